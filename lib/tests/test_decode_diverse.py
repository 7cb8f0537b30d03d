"""Beams in groups, against a search by hand that knows nothing of tensors."""

import math

import pytest
import torch

from throughtime import decode
from throughtime.errors import ThroughTimeError
from throughtime.models import CharLM
from throughtime.testing import assert_close

H, V, END, STEPS = 4, 6, 2, 6
FIRST = torch.tensor([1, 3, 4])
HOW = {"steps": STEPS, "groups": 3, "width": 2}


def language_model(seed):
    torch.manual_seed(seed)
    model = CharLM(V, H, dtype=torch.float64).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    return model


def log_p(model, first, path):
    """Return the log-probabilities of what follows a beginning, from a forward pass."""
    with torch.no_grad():
        logits, _ = model(torch.tensor([[first], *([i] for i in path)]))
    return logits[-1, 0].log_softmax(-1).tolist()


def by_hand(model, first, groups, width, penalty, alpha=0.0):
    """Search one row with lists and dictionaries; return (ids, score, rank) a group."""
    opened = [[((), 0.0, 0.0)] for _ in range(groups)]
    found = [[] for _ in range(groups)]
    for t in range(1, STEPS + 1):
        taken = dict.fromkeys(range(V), 0)
        for g in range(groups):
            grown = []
            for path, score, rank in opened[g]:
                gains = log_p(model, first, path)
                for v, gain in enumerate(gains):
                    paid = rank + gain - penalty * taken[v]
                    grown.append(((*path, v), score + gain, paid))
            grown.sort(key=lambda one: -one[2])
            opened[g] = []
            for path, score, rank in grown[:width]:
                if path[-1] == END or t == STEPS:
                    found[g].append((path, score, rank / t**alpha))
                else:
                    opened[g].append((path, score, rank))
            for path, _, _ in grown[:width]:
                taken[path[-1]] += 1
    return [sorted(group, key=lambda one: -one[2])[:width] for group in found]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("penalty", "alpha"), [(0.3, 0.0), (1.0, 0.7), (5.0, 0.0)])
def test_groups_find_what_a_search_by_hand_finds(seed, penalty, alpha):
    model = language_model(seed)
    found = decode.diverse_beam(
        model, None, FIRST, **HOW, penalty=penalty, length_norm=alpha
    )
    for row, first in zip(found, FIRST.tolist(), strict=True):
        want = by_hand(model, first, 3, 2, penalty, alpha)
        assert [[h.ids for h in group] for group in row] == [
            [ids for ids, _, _ in group] for group in want
        ]
        for group, wanted in zip(row, want, strict=True):
            for h, (ids, score, rank) in zip(group, wanted, strict=True):
                assert_close((h.score, h.rank), (score, rank), atol=1e-10)
                assert h.ended == (ids[-1] == END)
                assert h.watched is None


@pytest.mark.parametrize("seed", range(4))
def test_one_group_or_no_penalty_is_a_plain_beam(seed):
    model = language_model(seed)
    plain = decode.beam(model, None, FIRST, steps=STEPS, width=3)
    alone = decode.diverse_beam(
        model, None, FIRST, steps=STEPS, groups=1, width=3, penalty=2.0
    )
    free = decode.diverse_beam(
        model, None, FIRST, steps=STEPS, groups=2, width=3, penalty=0.0
    )
    for b, row in enumerate(plain):
        want = [h.ids for h in row]
        assert [h.ids for h in alone[b][0]] == want
        assert [[h.ids for h in group] for group in free[b]] == [want, want]


def test_under_a_large_penalty_all_groups_write_another_symbol_at_each_step():
    model = language_model(1)
    found = decode.diverse_beam(
        model, None, FIRST, steps=3, groups=4, width=1, penalty=1000.0, end=None
    )
    for row in found:
        for t in range(3):
            assert len({group[0].ids[t] for group in row}) == 4


def test_what_was_paid_stays_in_the_rank_and_not_in_the_score():
    p = torch.full((V, V), 1 / V, dtype=torch.float64)
    p[:, 3], p[:, END], p[:, [0, 1, 4, 5]] = 0.9, 0.1, 0.0

    class Chain:
        def step(self, ids, state):
            return p[ids].log(), state

        def select(self, state, rows):
            return state

    how = {"steps": 2, "groups": 2, "width": 1, "penalty": 0.25}
    (row,) = decode.diverse_beam(Chain(), None, FIRST[:1], **how)
    for g, (h,) in enumerate(row):
        assert h.ids == (3, 3)
        assert_close(h.score, 2 * math.log(0.9))
        assert_close(h.rank, 2 * math.log(0.9) - 2 * 0.25 * g)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"groups": 0}, "groups is 0; wanted"),
        ({"penalty": -1.0}, "penalty is -1.0; wanted"),
        ({"width": 0}, "width is 0; wanted"),
    ],
)
def test_numbers_out_of_range_are_refused(how, words):
    with pytest.raises(ThroughTimeError, match=words):
        decode.diverse_beam(language_model(0), None, FIRST, steps=2, **how)
