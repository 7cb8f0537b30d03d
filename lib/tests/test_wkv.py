"""RWKV's memory: three forms against the paper's sum, written out in plain numbers."""

import math

import pytest
import torch

from throughtime.errors import KindError, ShapeError
from throughtime.gated import wkv_start, wkv_step
from throughtime.testing import assert_close
from throughtime.unroll import wkv_loop, wkv_matrix, wkv_scan

T, B, H = 9, 3, 4
RUNS = (wkv_loop, wkv_matrix, wkv_scan)


def drawn(seed=0):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    return draw(T, B, H), draw(T, B, H), draw(H).exp(), draw(H)


def by_hand(ks, vs, w, u, row, unit):
    """Return y_1 to y_T of one channel, by the sum over all that was written."""
    k, v = ks[:, row, unit].tolist(), vs[:, row, unit].tolist()
    fall, more = w[unit].item(), u[unit].item()
    ys = []
    for t in range(len(k)):
        weights = [math.exp(k[i] - (t - 1 - i) * fall) for i in range(t)]
        weights.append(math.exp(k[t] + more))
        top = sum(g * x for g, x in zip(weights, v[: t + 1], strict=True))
        ys.append(top / sum(weights))
    return ys


@pytest.mark.parametrize("run", RUNS)
def test_every_form_is_the_papers_sum(run):
    ks, vs, w, u = drawn()
    ys, _ = run(ks, vs, w, u)
    for row in range(B):
        for unit in range(H):
            assert_close(ys[:, row, unit], by_hand(ks, vs, w, u, row, unit))


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("cut", [1, 4, 8])
def test_a_sequence_may_be_cut_anywhere(run, cut):
    ks, vs, w, u = drawn()
    whole, end = wkv_loop(ks, vs, w, u)
    first, state = run(ks[:cut], vs[:cut], w, u)
    second, last = run(ks[cut:], vs[cut:], w, u, state)
    assert_close(torch.cat([first, second]), whole)
    for one, other in zip(last, end, strict=True):
        assert_close(one, other)


@pytest.mark.parametrize("run", RUNS[1:])
def test_all_forms_have_one_gradient(run):
    inputs = [x.requires_grad_() for x in drawn()]
    weights = torch.linspace(-1, 1, T * B * H, dtype=torch.float64).reshape(T, B, H)
    pairs = (
        torch.autograd.grad((weights * form(*inputs)[0]).sum(), inputs)
        for form in (run, wkv_loop)
    )
    for one, other in zip(*pairs, strict=True):
        assert_close(one, other, atol=1e-11)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("more", [-2000.0, 2000.0])
def test_a_common_factor_of_all_weights_changes_nothing_however_large(run, more):
    ks, vs, w, u = drawn()
    ys, _ = run(ks + more, vs, w, u)
    assert_close(ys, wkv_loop(ks, vs, w, u)[0], rtol=1e-8)


def test_the_first_step_reads_its_own_value():
    ks, vs, w, u = drawn()
    y_1, state = wkv_step(ks[0], vs[0], wkv_start(B, H, ks), w, u)
    assert_close(y_1, vs[0])
    assert_close(state[0], vs[0])
    assert_close(state[2], ks[0])


def test_what_does_not_fit_is_refused():
    ks, vs, w, u = drawn()
    with pytest.raises(ShapeError, match="vs has shape"):
        wkv_scan(ks, vs[:-1], w, u)
    with pytest.raises(ShapeError, match="w has shape"):
        wkv_step(ks[0], vs[0], wkv_start(B, H, ks), w[:-1], u)
    with pytest.raises(KindError):
        wkv_loop(ks.long(), vs, w, u)
