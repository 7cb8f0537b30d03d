"""Equations of book/05_gradients on powers and on starts, against an oracle."""

import pytest
import torch

from throughtime import spectrum
from throughtime.testing import assert_close


def draw(seed, *shape):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=chance, dtype=torch.float64)


@pytest.mark.equation("eq-05-sandwich")
@pytest.mark.parametrize("seed", range(5))
def test_the_norm_of_a_power_lies_between_the_powers_of_radius_and_norm(seed):
    W, power = draw(seed, 6, 6), torch.eye(6).double()
    rho = torch.linalg.eigvals(W).abs().max()
    for n in range(1, 30):
        power = W @ power
        norm = torch.linalg.matrix_norm(power, ord=2) * (1 + 1e-12)
        sigma = torch.linalg.matrix_norm(W, ord=2)
        assert rho**n <= norm
        assert norm <= sigma**n * (1 + 1e-10)
    symmetric = W + W.T  # normal: there both sides meet
    rho, power = torch.linalg.eigvals(symmetric).abs().max(), symmetric @ symmetric
    assert_close(torch.linalg.matrix_norm(power, ord=2), rho**2)


@pytest.mark.equation("eq-05-gelfand")
def test_the_roots_of_the_norms_come_to_the_radius_in_the_end():
    corner = torch.tensor([[0.9, 10.0], [0.0, 0.9]]).double()
    for W, rho in ((corner, 0.9), (draw(7, 5, 5) / 2, None)):
        rho = rho or torch.linalg.eigvals(W).abs().max()
        gaps = []
        for n in (10, 100, 1000):
            power = torch.linalg.matrix_power(W / rho, n)
            root = torch.linalg.matrix_norm(power, ord=2) ** (1 / n)
            gaps.append(abs(root - 1).item())
        assert gaps == sorted(gaps, reverse=True)
        assert gaps[-1] < 0.01


@pytest.mark.equation("eq-05-transient")
@pytest.mark.parametrize("c", [1.0, 10.0])
def test_the_corner_of_a_power_grows_before_it_falls(c):
    W = torch.tensor([[0.9, c], [0.0, 0.9]], dtype=torch.float64)
    power = torch.eye(2).double()
    for n in range(1, 60):
        power = W @ power
        assert_close(power, [[0.9**n, n * c * 0.9 ** (n - 1)], [0, 0.9**n]])


@pytest.mark.equation("eq-05-random")
def test_a_large_random_matrix_has_the_radius_and_norm_of_the_formula():
    for s, H, seed in ((0.01, 200, 0), (1.0, 250, 1)):
        chance = torch.Generator().manual_seed(seed)
        W = s * torch.randn(H, H, generator=chance, dtype=torch.float64)
        rho = torch.linalg.eigvals(W).abs().max().item()
        sigma = torch.linalg.svdvals(W).max().item()
        assert rho == pytest.approx(s * H**0.5, rel=0.1)
        assert sigma == pytest.approx(2 * s * H**0.5, rel=0.05)


@pytest.mark.equation("eq-05-orthogonal")
def test_an_orthogonal_matrix_keeps_every_length():
    chance = torch.Generator().manual_seed(4)
    Q = spectrum.orthogonal(6, chance, torch.float64)
    g = torch.randn(6, generator=chance, dtype=torch.float64)
    for n in (1, 2, 100):
        assert_close((torch.linalg.matrix_power(Q, n) @ g).norm(), g.norm())
