"""Several views as one model: the mean, written out, is the oracle."""

import pytest
import torch

from throughtime import decode
from throughtime.errors import ShapeError
from throughtime.testing import assert_close

V, K, B = 6, 3, 4


class Table:
    """A model whose logits depend on the last word and on the row of its state."""

    def __init__(self):
        generator = torch.Generator().manual_seed(0)
        size = (K * B, V, V)
        self.logits = torch.randn(size, generator=generator, dtype=torch.float64)

    def step(self, ids, state):
        return self.logits[state, ids], state


NAMES = torch.tensor([[0, 1, 2, 3, 4, 5], [0, 1, 2, 5, 3, 4], [0, 1, 2, 4, 3, 5]])


def test_the_distribution_is_the_mean_over_views_of_the_same_word_by_its_names():
    model, ids = Table(), torch.tensor([3, 4, 5, 1])
    averaged = decode.Averaged(model, NAMES)
    log_p, _ = averaged.step(ids, torch.arange(K * B))
    for b in range(B):
        for v in range(V):
            p = [
                model.logits[k * B + b, NAMES[k, ids[b]]].softmax(0)[NAMES[k, v]]
                for k in range(K)
            ]
            assert_close(log_p[b, v].exp(), sum(p) / K)
    assert_close(log_p.exp().sum(1), torch.ones(B).double())


def test_one_view_is_the_model_itself():
    model, first = Table(), torch.ones(B, dtype=torch.int64)
    averaged = decode.Averaged(model, NAMES[:1])
    state = torch.arange(B)
    found = decode.greedy(averaged, state, first, steps=5)
    want = decode.greedy(model, state, first, steps=5)
    assert (found.ids == want.ids).all()
    assert_close(found.scores, want.scores)


def test_a_state_without_all_views_is_refused():
    averaged = decode.Averaged(Same(), NAMES)
    with pytest.raises(ShapeError, match="returned 4 rows for 3 views of 2 things"):
        averaged.step(torch.tensor([1, 2]), None)


class Same:
    def step(self, ids, state):
        return torch.zeros(4, V), state
