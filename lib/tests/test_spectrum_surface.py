"""The error surface of a network with one unit, held to loops and closed forms."""

import math

import pytest
import torch

from throughtime import spectrum
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close


def _cost(w, b, steps=50):
    h_t = 0.5
    for _ in range(steps):
        h_t = w / (1 + math.exp(-h_t)) + b
    return (1 / (1 + math.exp(-h_t)) - 0.7) ** 2


def _grid():
    w = torch.linspace(1, 8, 9, dtype=torch.float64)
    return w, torch.linspace(-3.5, -1, 6, dtype=torch.float64)


def test_the_surface_is_the_cost_of_a_plain_loop():
    w, b = _grid()
    want = [[_cost(u, v) for v in b.tolist()] for u in w.tolist()]
    assert_close(spectrum.error_surface(w, b).cost, want)


def test_the_surfaces_gradient_is_autograds():
    w, b = _grid()
    grids = [g.clone().requires_grad_() for g in torch.meshgrid(w, b, indexing="ij")]
    h_t = torch.full_like(grids[0], 0.5)
    for _ in range(50):
        h_t = grids[0] * h_t.sigmoid() + grids[1]
    dw, db = torch.autograd.grad(((h_t.sigmoid() - 0.7) ** 2).sum(), grids)
    surface = spectrum.error_surface(w, b)
    assert_close(surface.dw, dw, name="dw")
    assert_close(surface.db, db, name="db")


def test_the_surface_has_a_cliff_whose_slope_has_a_closed_form():
    """With b = h_0 - w sigma(h_0) the state rests at h_0, where it is unstable."""
    w, y = 6.0, 1 / (1 + math.exp(-0.5))
    b, slope = 0.5 - w * y, w * y * (1 - y)
    at = [torch.tensor([v], dtype=torch.float64) for v in (w, b)]
    surface = spectrum.error_surface(*at)
    dE_dh, growth = 2 * (y - 0.7) * y * (1 - y), (slope**50 - 1) / (slope - 1)
    assert_close(surface.db, [[dE_dh * growth]], rtol=1e-4)
    assert_close(surface.dw, [[dE_dh * growth * y]], rtol=1e-4)
    assert surface.db.abs() > 1e5
    beside = spectrum.error_surface(torch.tensor([5.9, 6.1]).double(), at[1])
    assert (beside.cost[0] - beside.cost[1]).abs() > 0.3  # it falls to 0 or 1
    assert beside.db.abs().max() < 1


def test_one_step_and_another_target_have_their_closed_form():
    w = torch.tensor([2.0], dtype=torch.float64)
    got = spectrum.error_surface(w, 0 * w - 1, h_0=0.0, steps=1, target=0.25)
    assert_close(got.cost, [[0.0625]])  # h_1 = 2 * 1/2 - 1 = 0
    assert_close(got.db, [[2 * 0.25 * 0.25]])
    assert_close(got.dw, [[2 * 0.25 * 0.25 * 0.5]])


def test_bad_arguments_of_the_surface_are_refused():
    w = torch.ones(3)
    with pytest.raises(ThroughTimeError, match="steps is 0; wanted"):
        spectrum.error_surface(w, w, steps=0)
    with pytest.raises(ShapeError, match="w has shape"):
        spectrum.error_surface(torch.ones(3, 2), w)
    with pytest.raises(KindError, match=r"b torch\.float64; wanted one dtype"):
        spectrum.error_surface(w, w.double())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_surface_on_a_gpu_equals_that_on_the_cpu():
    w, b = _grid()
    here = spectrum.error_surface(w, b)
    there = spectrum.error_surface(w.cuda(), b.cuda())
    for got, want in zip(there, here, strict=True):
        assert got.is_cuda
        assert_close(got, want, rtol=1e-8)
