"""Sizes of matrices, and matrices of a wanted size, held to closed forms."""

import math

import numpy as np
import pytest
import torch

from throughtime import spectrum
from throughtime.errors import DeviceError, KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close

SIZES = [
    spectrum.spectral_radius,
    spectrum.spectral_norm,
    spectrum.frobenius_norm,
    spectrum.numerical_radius,
    spectrum.departure_from_normality,
]


def _t(rows):
    return torch.tensor(rows, dtype=torch.float64)


def _draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


NILPOTENT = _t([[0, 10], [0, 0]])
TRANSIENT = _t([[0.9, 10], [0, 0.9]])


def test_a_nilpotent_matrix_has_a_large_norm_and_no_radius():
    """Errata 5: sigma_max = 10 > 1, and yet W^2 = 0."""
    got = [size(NILPOTENT) for size in SIZES]
    assert_close(got, [0, 10, 10, 5, 10])
    assert not (NILPOTENT @ NILPOTENT).any()


def test_a_rotation_turned_by_a_factor_has_it_everywhere_and_departs_from_nothing():
    c, s = 3 * math.cos(0.4), 3 * math.sin(0.4)
    got = [size(_t([[c, -s], [s, c]])) for size in SIZES]
    assert_close(got[:3], [3, 3, 3 * math.sqrt(2)])
    assert math.cos(math.pi / 360) * 3 <= got[3] <= 3 + 1e-12
    assert got[4] < 1e-6


def test_sizes_equal_numpys():
    W = _draw(4, 4)
    array = W.numpy()
    assert_close(spectrum.spectral_radius(W), np.abs(np.linalg.eigvals(array)).max())
    assert_close(spectrum.spectral_norm(W), np.linalg.norm(array, 2))
    assert_close(spectrum.frobenius_norm(W), np.linalg.norm(array))


def test_the_sizes_come_in_their_order():
    for seed in range(20):
        rho, norm, frobenius, w, _ = [size(_draw(4, 4, seed=seed)) for size in SIZES]
        assert rho <= w / math.cos(math.pi / 360)
        assert w <= norm <= 2 * w / math.cos(math.pi / 360)
        assert norm <= frobenius


def test_the_departure_is_the_strictly_upper_part_of_a_triangular_matrix():
    W = _t([[1, 2, 3], [0, 5, 6], [0, 0, 9]])
    assert_close(spectrum.departure_from_normality(W), math.sqrt(4 + 9 + 36))
    Q = spectrum.orthogonal(3, torch.Generator().manual_seed(0), torch.float64)
    turned = Q @ W @ Q.T
    assert_close(spectrum.departure_from_normality(turned), 7.0, rtol=1e-9)


def test_a_symmetric_matrix_departs_from_normality_by_rounding_only():
    for seed in range(20):
        W = _draw(4, 4, seed=seed)
        assert spectrum.departure_from_normality(W + W.T) < 1e-6


def test_the_numerical_range_of_a_jordan_block_is_a_disc():
    points = spectrum.numerical_range(TRANSIENT, 12)
    angles = torch.arange(12, dtype=torch.float64) * math.pi / 6
    want = 0.9 + 5 * torch.polar(torch.ones_like(angles), angles)
    assert_close(torch.view_as_real(points), torch.view_as_real(want), atol=1e-12)
    assert_close(spectrum.numerical_radius(TRANSIENT, 12), 5.9)


def test_the_numerical_range_of_a_normal_matrix_is_the_hull_of_its_eigenvalues():
    points = spectrum.numerical_range(torch.diag(_t([1.0, -2.0, 0.5])), 90)
    ends = torch.stack([(points - end).abs() for end in (1.0, -2.0)])
    real = points[(points.imag.abs() < 1e-9)].real
    assert real.max() == pytest.approx(1)
    assert real.min() == pytest.approx(-2)
    assert len(points) == 90
    assert ends.min(dim=0).values.median() < 1e-9


def test_no_vector_leaves_the_numerical_range():
    W = _draw(4, 4)
    points = spectrum.numerical_range(W, 360)
    v = torch.complex(_draw(4, 500, seed=1), _draw(4, 500, seed=2))
    v = v / v.norm(dim=0)
    inside = (v.conj() * (W.to(v.dtype) @ v)).sum(0)
    for j in range(0, 360, 7):
        turn = complex(math.cos(math.pi * j / 180), -math.sin(math.pi * j / 180))
        assert (inside * turn).real.max() <= (points[j] * turn).real + 1e-12


def test_powers_of_a_non_normal_matrix_peak_before_they_vanish():
    """Errata 6: rho = .9, sigma_max = 10.1, the norm of W^k peaks at 38.7, k = 9."""
    norms = spectrum.power_norms(TRANSIENT, 300)
    assert spectrum.spectral_radius(TRANSIENT) == pytest.approx(0.9)
    assert norms[1].item() == pytest.approx(10.08, abs=0.005)
    assert norms.argmax() == 9
    assert norms.max().item() == pytest.approx(38.7, abs=0.05)
    assert norms[300] < 1e-9
    assert_close(norms[0], 1.0)


def test_powers_of_a_jordan_block_have_their_closed_form():
    lam, k = 0.9, 9
    power = _t([[lam**k, k * lam ** (k - 1) * 10], [0, lam**k]])
    got = spectrum.power_norms(TRANSIENT, k)[k]
    assert_close(got, np.linalg.norm(power.numpy(), 2))


def test_powers_of_a_normal_matrix_are_the_powers_of_its_radius():
    S = _draw(4, 4) + _draw(4, 4).T
    norms = spectrum.power_norms(S, 6)
    assert_close(norms, spectrum.spectral_radius(S) ** torch.arange(7.0).double())


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_matrix_with_nan_or_inf_has_nan_for_its_sizes(bad):
    W = _draw(4, 4)
    W[1, 2] = bad
    assert all(math.isnan(size(W)) for size in SIZES)
    assert spectrum.power_norms(W, 2)[1:].isnan().all()


@pytest.mark.parametrize("size", SIZES)
def test_only_square_floating_tensors_have_a_size(size):
    with pytest.raises(ShapeError, match="H is 5"):
        size(torch.ones(4, 5))
    with pytest.raises(KindError, match=r"W holds torch\.int64"):
        size(torch.ones(4, 4, dtype=torch.int64))
    with pytest.raises(KindError, match="W is a ndarray"):
        size(np.ones((4, 4)))


@pytest.mark.parametrize("size", SIZES)
def test_a_parameter_has_a_size_too_and_keeps_its_values(size):
    W = torch.nn.Parameter(_draw(4, 4))
    assert size(W) == size(W.detach())
    assert torch.equal(W, _draw(4, 4))


def test_too_few_points_or_steps_are_refused():
    with pytest.raises(ThroughTimeError, match="points is 2; wanted 3"):
        spectrum.numerical_range(NILPOTENT, 2)
    with pytest.raises(ThroughTimeError, match="steps is -1; wanted 0"):
        spectrum.power_norms(NILPOTENT, -1)


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.25])
def test_a_scaled_matrix_has_the_wanted_radius(rho):
    W = _draw(4, 4)
    got = spectrum.with_radius(W, rho)
    assert_close(spectrum.spectral_radius(got), rho)
    assert_close(got * spectrum.spectral_radius(W), rho * W)


def test_what_has_no_radius_cannot_be_scaled():
    bad = torch.full((2, 2), math.nan)
    for W, text in ((NILPOTENT, "is 0.0; wanted"), (bad, "is nan; wanted")):
        with pytest.raises(ThroughTimeError, match=text):
            spectrum.with_radius(W, 1.0)
    for rho in (-1.0, math.nan, math.inf):
        with pytest.raises(ThroughTimeError, match=f"rho is {rho}; wanted"):
            spectrum.with_radius(TRANSIENT, rho)


def test_an_orthogonal_matrix_is_one_and_its_draw_can_be_repeated():
    def draw(dtype):
        return spectrum.orthogonal(5, torch.Generator().manual_seed(3), dtype)

    Q = draw(torch.float64)
    assert_close(Q.T @ Q, torch.eye(5), atol=1e-14)
    assert torch.equal(Q, draw(torch.float64))
    assert draw(None).dtype == torch.get_default_dtype()


def test_orthogonal_matrices_are_drawn_alike_in_every_direction():
    """Haar: E[tr Q] = 0 and E[(tr Q)^2] = 1; without the signs the mean is off."""
    generator = torch.Generator().manual_seed(4)
    traces = torch.stack(
        [spectrum.orthogonal(3, generator, torch.float64).trace() for _ in range(2000)]
    )
    assert abs(traces.mean().item()) < 5 / math.sqrt(2000)
    assert traces.square().mean().item() == pytest.approx(1, abs=0.15)


def test_the_identity_may_be_scaled():
    got = spectrum.identity(3, 0.5, dtype=torch.float64)
    assert torch.equal(got, torch.diag(_t([0.5, 0.5, 0.5])))
    for make in (spectrum.identity, lambda H: spectrum.orthogonal(H, None)):
        with pytest.raises(ThroughTimeError, match="H is 0; wanted"):
            make(0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_sizes_on_a_gpu_equal_those_on_the_cpu():
    W = _draw(4, 4)
    for size in SIZES:
        assert_close(size(W.cuda()), size(W), rtol=1e-8, atol=1e-7)
    generator = torch.Generator("cuda").manual_seed(0)
    Q = spectrum.orthogonal(4, generator, torch.float64)
    assert Q.is_cuda
    assert_close(Q.T @ Q, torch.eye(4), atol=1e-12)
    assert spectrum.power_norms(W.cuda(), 3).is_cuda
    with pytest.raises(DeviceError):
        spectrum.elman_jacobian(W[:1].cuda(), W)
