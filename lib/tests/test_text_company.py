"""Bags, rarity, company and word vectors, against counting by hand and closed forms."""

import math

import numpy as np
import pytest
import torch

from throughtime import text
from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.testing import assert_close, numerical_gradient

ROWS = [torch.tensor([2, 0, 2, 1]), torch.tensor([1, 1]), torch.tensor([3])]


@pytest.fixture
def table():
    """Positive counts of pairs, probabilities, and two sets of vectors."""
    draw = torch.Generator().manual_seed(4)
    counts = torch.rand(5, 5, generator=draw, dtype=torch.float64) + 0.1
    q = torch.rand(5, generator=draw, dtype=torch.float64)
    both = torch.randn(2, 5, 3, generator=draw, dtype=torch.float64)
    return counts, q / q.sum(), both


def test_a_bag_counts_and_forgets_the_order():
    turned = [row.flip(0) for row in ROWS]
    assert text.bags(ROWS, 5).tolist() == [
        [1, 1, 2, 0, 0],
        [0, 2, 0, 0, 0],
        [0, 0, 0, 1, 0],
    ]
    assert_close(text.bags(turned, 5), text.bags(ROWS, 5))


def test_tf_idf_by_hand():
    counts = text.bags(ROWS, 5)
    rare = text.rarity(counts)
    half, third, quarter = (1 + math.log(4 / n) for n in (2, 3, 1))
    assert_close(rare, [half, third, half, half, quarter], rtol=1e-6)
    weighed = text.tf_idf(counts, rare)
    length = math.hypot(half, third, 2 * half)
    assert_close(weighed[0, :3], np.array([half, third, 2 * half]) / length, rtol=1e-6)
    assert weighed[1].tolist() == [0, 1, 0, 0, 0]


def test_a_text_without_known_words_stays_zero():
    assert text.tf_idf(torch.zeros(1, 2), torch.ones(2)).tolist() == [[0, 0]]


def test_company_counts_pairs_both_ways_and_not_across_texts():
    want = np.zeros((4, 4))
    for row in ROWS:
        for t, w in enumerate(row.tolist()):
            for s, c in enumerate(row.tolist()):
                want[w, c] += 0 < abs(s - t) <= 2
    assert_close(text.cooccurrences(ROWS, 4, window=2), want)
    assert text.cooccurrences(ROWS[2:], 4, window=9).sum() == 0


def test_the_skip_gram_loss_is_the_sum_over_pairs_and_its_gradient_is_right(table):
    counts, q, (v, u) = table
    total = 0.0
    for w in range(5):
        for c in range(5):
            x = float(v[w] @ u[c])
            total -= counts[w, c] * math.log(1 / (1 + math.exp(-x)))
            total -= 3 * counts[w].sum() * q[c] * math.log(1 / (1 + math.exp(x)))
    loss = text.skip_gram_loss(v, u, counts, q, k=3)
    assert_close(loss, total / counts.sum())
    free = v.clone().requires_grad_()
    text.skip_gram_loss(free, u, counts, q, k=3).backward()
    check = numerical_gradient(
        lambda x: text.skip_gram_loss(torch.tensor(x), u, counts, q, k=3), v.numpy()
    )
    assert_close(free.grad, check, rtol=1e-6, atol=1e-8)


def test_no_scores_cost_less_than_the_closed_form(table):
    counts, q, (noise, _) = table
    best = torch.log(counts / counts.sum(1, keepdim=True) / q) - math.log(2)
    identity = torch.eye(5, dtype=torch.float64)
    floor = text.skip_gram_loss(best, identity, counts, q, k=2)
    for size in (1e-3, 1e-1, 1.0):
        moved = best + size * (noise @ noise.T)
        assert text.skip_gram_loss(moved, identity, counts, q, k=2) > floor


def test_words_with_the_same_company_get_the_same_direction():
    # 0 and 1 stand beside 2, 3 and 4 beside 5.
    rows = [torch.tensor(row) for row in ([0, 2], [1, 2], [3, 5], [4, 5])] * 20
    counts = text.cooccurrences(rows, 6, window=1)
    v = text.word_vectors(counts, 4, torch.Generator().manual_seed(1))
    cosine = torch.nn.functional.normalize(v) @ torch.nn.functional.normalize(v).T
    assert cosine[0, 1] > 0.95
    assert cosine[3, 4] > 0.95
    assert cosine[0, 3] < 0.5


def test_a_word_without_company_keeps_its_start():
    counts = torch.tensor([[0.0, 2, 0], [2, 0, 0], [0, 0, 0]])
    draw = torch.Generator().manual_seed(3)
    start = torch.randn(2, 3, 4, generator=draw)[0, 2] / 10
    v = text.word_vectors(counts, 4, torch.Generator().manual_seed(3), steps=5)
    assert_close(v[2], start)


def test_what_does_not_fit_is_told():
    with pytest.raises(VocabularyError, match=r"rows\[0\] has ids from 0 to 2"):
        text.bags(ROWS, 2)
    with pytest.raises(ThroughTimeError, match="no rows came"):
        text.bags([], 3)
    with pytest.raises(ThroughTimeError, match="window is 0"):
        text.cooccurrences(ROWS, 4, window=0)
    with pytest.raises(ShapeError, match="rarities"):
        text.tf_idf(torch.ones(2, 3), torch.ones(2))
