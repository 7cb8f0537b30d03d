"""The numbers that book/13_attention states by hand and in answers."""

import math
from functools import partial

import pytest
import torch
from chapter_13 import PAGE, answer

from throughtime.testing import assert_close

LN2 = math.log(2)
exactly = partial(torch.tensor, dtype=torch.float64)
F = exactly([[1.0, 0], [0, 1], [1, 1]])
Q = exactly([[LN2, 0], [0, LN2], [LN2, LN2]])


def seen(q, f=F):
    """Return weights and context of one query by dot products."""
    e = torch.stack([(q * one).sum() for one in f])
    alpha = e.exp() / e.exp().sum()
    return alpha, sum(a * one for a, one in zip(alpha, f, strict=True))


def test_the_table_of_the_example():
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith(("| 1 | $(\\ln", "| 2 | $(0", "| 3 | $(\\ln"))
    ]
    assert len(rows) == 3
    for q, row in zip(Q, rows, strict=True):
        alpha, z = seen(q)
        cells = [cell.strip() for cell in row.split("|")[5:7]]
        for cell, want in zip(cells, (alpha, z), strict=True):
            assert_close([float(x) for x in cell.strip("()").split(",")], want)


@pytest.mark.parametrize(("t", "dz"), [(0, [1.0, 0]), (1, [0, 1.0])])
def test_the_way_back_of_the_example_and_of_its_exercise(t, dz):
    f, q = F.clone().requires_grad_(), Q[t].clone().requires_grad_()
    (seen(q, f)[1] @ exactly(dz)).backward()
    want = {0: ([0.16, -0.08], [0.455, 0.0]), 1: ([-0.08, 0.16], [0.0, 0.455])}[t]
    assert_close(q.grad, want[0])
    assert_close(f.grad[t], want[1], atol=5e-4)
    if t == 1:
        for number in ("(-0.16, 0.08, 0.08)", "(-0.08, 0.16)", "(0, 0.455)"):
            assert number in answer("ex-13-hand")


def test_the_query_hears_the_covariance_of_the_features():
    alpha, z = seen(Q[1])
    matrix = torch.einsum("j,ja,jb->ab", alpha, F, F) - torch.outer(z, z)
    assert_close(matrix, [[0.24, -0.08], [-0.08, 0.16]])
    assert "0.24 & -0.08" in answer("ex-13-hand")
    assert torch.linalg.det(matrix) > 0


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_with_two_cells_the_best_baseline_leaves_no_noise(p):
    a, b = 1.3, -0.4
    alpha, ell = exactly([p, 1 - p]), exactly([a, b])
    exact = exactly([p * (1 - p) * (a - b), -p * (1 - p) * (a - b)])
    best = (1 - p) * a + p * b
    for s in range(2):
        g = (ell[s] - best) * (torch.eye(2).double()[s] - alpha)
        assert_close(g, exact)
    for beta in (0.0, 1.0, best):
        g = (ell - beta)[:, None] * (torch.eye(2).double() - alpha)
        V = 2 * p * (1 - p) ** 2 * (a - beta) ** 2
        V += 2 * (1 - p) * p**2 * (b - beta) ** 2
        V -= 2 * p**2 * (1 - p) ** 2 * (a - b) ** 2
        assert_close(V, (alpha[:, None] * (g - exact) ** 2).sum(), atol=1e-12)


def test_the_noise_of_the_example():
    alpha, ell = exactly([0.4, 0.2, 0.4]), exactly([1.0, 0, 1])
    exact = exactly([0.08, -0.16, 0.08])
    assert_close((exact**2).sum(), 0.0384)
    assert "0.0384" in PAGE
    for beta, want in ((0.0, 0.4096), (0.8, 0.1024), (0.7, 0.096)):
        g = (ell - beta)[:, None] * (torch.eye(3) - alpha)
        assert_close(alpha @ ((g - exact) ** 2).sum(1), want, atol=1e-6)


def test_the_answers_on_chance_and_on_pointing():
    assert 40 / 2 + 30 / 3 + 30 / 4 == 37.5
    assert "37.5" in answer("ex-13-chance")
    text = answer("ex-13-mass")
    for value in (5 / 36, 0.5 + 4 * 0.5 / 35, 0.5 / 31):
        assert f"{value:.3f}" in text
    assert 5 * 0.15 + 0.25 == 1
    assert "0.75" in text


def test_features_that_are_all_alike_teach_no_query():
    f, q = F[:1].expand(4, 2), Q[0].clone().requires_grad_()
    seen(q, f)[1].sum().backward()
    assert_close(q.grad, [0.0, 0.0], atol=1e-15)
