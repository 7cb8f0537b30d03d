"""Gradients are clipped jointly, in place, and only where they are too long."""

import math

import pytest
import torch

from throughtime.errors import DeviceError, KindError, ThroughTimeError
from throughtime.spectrum import clip_norm_, clip_value_
from throughtime.testing import assert_close


def _parameters(*grads):
    parameters = []
    for grad in grads:
        grad = None if grad is None else torch.as_tensor(grad)
        like = torch.zeros(2) if grad is None else torch.zeros_like(grad)
        parameters.append(torch.nn.Parameter(like))
        parameters[-1].grad = grad
    return parameters


def _drawn(scale):
    generator = torch.Generator().manual_seed(0)
    shapes = [(4, 5), (4, 4), (4,)]
    draws = [torch.randn(s, generator=generator, dtype=torch.float64) for s in shapes]
    return _parameters(*(scale * draw for draw in draws))


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_the_clipped_gradients_equal_torchs(scale):
    ours, theirs = _drawn(scale), _drawn(scale)
    norm = clip_norm_(ours, 5.0)
    want = torch.nn.utils.clip_grad_norm_(theirs, 5.0)
    assert_close(norm, want)
    for a, b in zip(ours, theirs, strict=True):
        assert_close(a.grad, b.grad, rtol=1e-6)  # torch adds 1e-6 to the norm


@pytest.mark.parametrize(("norm", "after"), [(3.0, 3.0), (10.0, 5.0), (100.0, 5.0)])
def test_the_norm_is_compared_and_not_its_square(norm, after):
    """Errata 1: with the squared norm these give 1.67, 0.5 and 0.05."""
    (p,) = _parameters([norm * 0.6, norm * 0.8])
    assert clip_norm_(p, 5.0) == pytest.approx(norm)
    assert p.grad.norm().item() == pytest.approx(after)


def test_a_threshold_below_one_is_kept_too():
    (p,) = _parameters([0.18, 0.24])
    clip_norm_(p, 0.25)
    assert p.grad.norm().item() == pytest.approx(0.25)


def test_a_small_gradient_is_left_as_it_is_bit_for_bit():
    parameters = _drawn(0.01)
    before = [p.grad.clone() for p in parameters]
    clip_norm_(parameters, 5.0)
    assert all(torch.equal(p.grad, g) for p, g in zip(parameters, before, strict=True))


def test_the_norm_is_joint_and_the_direction_stays():
    a, b = _parameters([3.0], [4.0])
    assert clip_norm_([a, b], 1.0) == pytest.approx(5.0)
    assert_close(torch.cat([a.grad, b.grad]), [0.6, 0.8], rtol=1e-6)


def test_zero_gradients_stay_zero_and_no_gradients_have_norm_zero():
    (p,) = _parameters([0.0, 0.0])
    assert clip_norm_([p], 5.0) == 0
    assert p.grad.tolist() == [0, 0]
    assert clip_norm_([], 5.0) == 0
    assert clip_norm_(_parameters(None), 5.0) == 0


def test_parameters_without_a_gradient_are_skipped():
    a, none, b = _parameters([3.0], None, [4.0])
    assert clip_norm_(iter([a, none, b]), 1.0) == pytest.approx(5.0)
    assert none.grad is None
    clip_value_([a, none, b], 0.7)
    assert none.grad is None


def test_a_tied_parameter_counts_once():
    (p,) = _parameters([6.0, 8.0])
    assert clip_norm_([p, p], 5.0) == pytest.approx(10.0)
    assert p.grad.norm().item() == pytest.approx(5.0)


def test_gradients_whose_squares_overflow_float32_are_clipped_too():
    (p,) = _parameters(torch.tensor([3e30, 4e30]))
    assert clip_norm_(p, 5.0) == pytest.approx(5e30, rel=1e-6)
    assert_close(p.grad, [3.0, 4.0], rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite_is_returned_and_nothing_is_changed(bad):
    a, b = _parameters([bad, 1.0], [100.0])
    norm = clip_norm_([a, b], 5.0)
    assert math.isnan(norm) if math.isnan(bad) else norm == math.inf
    assert b.grad.item() == 100
    assert a.grad[1] == 1


def test_clipping_by_value_turns_the_gradient():
    """Errata 2: (100, 1) clipped at 5 points 10.7 degrees away."""
    (p,) = _parameters([100.0, 1.0])
    before = p.grad.clone()
    assert clip_value_(p, 5.0) is None
    assert p.grad.tolist() == [5, 1]
    cosine = torch.nn.functional.cosine_similarity(before, p.grad, dim=0).item()
    assert math.degrees(math.acos(cosine)) == pytest.approx(10.7, abs=0.05)


def test_clipping_by_value_keeps_nan_and_bounds_inf():
    (p,) = _parameters([math.nan, math.inf, -math.inf, -1.0])
    clip_value_([p], 5.0)
    assert p.grad[0].isnan()
    assert p.grad[1:].tolist() == [5, -5, -1]


def test_clipping_does_not_bring_back_what_is_short():
    """Errata 56: (10^6 long-range, 1 short-range) becomes (5, 5e-6)."""
    (p,) = _parameters(torch.tensor([1e6, 1.0]).double())
    clip_norm_(p, 5.0)
    assert_close(p.grad, [5.0, 5e-6], rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_norm_, clip_value_])
@pytest.mark.parametrize("threshold", [0.0, -1.0, math.nan])
def test_a_threshold_that_is_not_positive_is_refused(clip, threshold):
    (p,) = _parameters([1.0])
    with pytest.raises(ThroughTimeError, match=f"threshold is {threshold}; wanted"):
        clip(p, threshold)
    assert p.grad.item() == 1


@pytest.mark.parametrize("clip", [clip_norm_, clip_value_])
def test_a_sparse_gradient_is_refused(clip):
    table = torch.nn.Embedding(11, 5, sparse=True)
    table(torch.tensor([1, 2])).sum().backward()
    with pytest.raises(KindError, match=r"sparse.*sparse=False"):
        clip(table.parameters(), 5.0)


@pytest.mark.parametrize("clip", [clip_norm_, clip_value_])
def test_gradients_on_two_devices_are_refused(clip):
    a, b = _parameters([1.0], torch.ones(1, device="meta"))
    with pytest.raises(DeviceError, match="on cpu and meta; wanted one"):
        clip([a, b], 5.0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_clipping_on_a_gpu_equals_clipping_on_the_cpu():
    here = _drawn(10.0)
    there = _parameters(*(p.grad.cuda() for p in here))
    assert_close(clip_norm_(there, 5.0), clip_norm_(here, 5.0))
    for a, b in zip(there, here, strict=True):
        assert_close(a.grad, b.grad)
