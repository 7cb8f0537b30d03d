"""Linear recurrences: the tree against the loop, and the loop against plain numbers."""

import pytest
import torch

from throughtime.errors import KindError, ShapeError
from throughtime.testing import assert_close
from throughtime.unroll import linear_loop, linear_scan

B, H = 3, 4
RUNS = (linear_loop, linear_scan)


def drawn(T, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = ((T, B, H), (T, B, H), (B, H))
    return [
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes
    ]


def by_hand(a, b, h_0):
    """Return the states in plain Python, one number after the other."""
    hs = torch.zeros_like(b)
    for row in range(B):
        for unit in range(H):
            h = h_0[row, unit].item()
            for t in range(len(a)):
                h = a[t, row, unit].item() * h + b[t, row, unit].item()
                hs[t, row, unit] = h
    return hs


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("T", [1, 2, 3, 4, 7, 8, 9, 33])
def test_every_length_gives_what_the_formula_gives(run, T):
    inputs = drawn(T)
    assert_close(run(*inputs), by_hand(*inputs), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("run", RUNS)
def test_a_may_be_nothing_and_then_only_the_newest_stays(run):
    a, b, h_0 = drawn(7)
    assert_close(run(0 * a, b, h_0), b)


def test_the_tree_has_the_loops_gradients():
    inputs = [x.requires_grad_() for x in drawn(13)]
    weights = torch.linspace(-1, 1, 13 * B * H, dtype=torch.float64).reshape(13, B, H)
    pairs = (
        torch.autograd.grad((weights * run(*inputs)).sum(), inputs) for run in RUNS
    )
    for one, other in zip(*pairs, strict=True):
        assert_close(one, other, atol=1e-10)


def test_chunks_join_to_the_whole():
    a, b, h_0 = drawn(9)
    whole = linear_scan(a, b, h_0)
    first = linear_scan(a[:4], b[:4], h_0)
    assert_close(linear_scan(a[4:], b[4:], first[-1]), whole[4:])


@pytest.mark.parametrize("run", RUNS)
def test_what_does_not_fit_is_refused(run):
    a, b, h_0 = drawn(5)
    with pytest.raises(ShapeError, match="h_0"):
        run(a, b, h_0[0])
    with pytest.raises(ShapeError, match="b has shape"):
        run(a, b[:-1], h_0)
    with pytest.raises(ShapeError):
        run(a[:0], b[:0], h_0)
    with pytest.raises(KindError):
        run(a.long(), b, h_0)
