"""What several cases compute their wants with: known spectra, and torch's autograd."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

Arrays = dict[str, np.ndarray]


def with_spectrum(
    H: int, rho: float, angle: float, rng: np.random.Generator, shear: float = 1.0
) -> np.ndarray:
    """Return a real matrix whose eigenvalues are known, in a random basis.

    Args:
        H: The size, at least 3.
        rho: Absolute value of the leading eigenvalue; others have at most half of it.
        angle: Its angle; where it is not real its conjugate comes with it.
        rng: What draws.
        shear: What stands above the diagonal; the more, the larger the norm. With 0
            and a real eigenvalue the matrix is symmetric.
    """
    triangle = np.triu(shear * rng.uniform(0.5, 1, size=(H, H)), 1)
    triangle += np.diag(rng.uniform(-0.5, 0.5, size=H) * rho)
    x, y = rho * np.cos(angle), rho * np.sin(angle)
    triangle[0, 0] = x
    if abs(y) > 1e-9:
        triangle[:2, :2] = [[x, y], [-y, x]]
    basis, _ = np.linalg.qr(rng.normal(size=(H, H)))
    return basis @ triangle @ basis.T


def copy(weights: Arrays) -> dict[str, Tensor]:
    """Return tensors with gradients of their own."""
    return {key: torch.tensor(W, requires_grad=True) for key, W in weights.items()}


# What the locked cell of a2's question 4 gives to students.
INPUTS = torch.tensor([[1.0], [0.0], [-1.0], [0.5]], dtype=torch.float64)
WANTED = torch.tensor([[0.5], [0.0], [1.0], [-0.5]], dtype=torch.float64)


def true_gradient(weights: Arrays) -> Arrays:
    """Return the gradient of the loss of a2's question 4."""
    w = copy(weights)
    h_t = torch.zeros_like(w["b_h"])
    loss = torch.zeros((), dtype=torch.float64)
    for x_t, y_t in zip(INPUTS, WANTED, strict=True):
        h_t = torch.tanh(w["W_xh"] @ x_t + w["W_hh"] @ h_t + w["b_h"])
        loss = loss + functional.mse_loss(w["W_hy"] @ h_t, y_t, reduction="sum") / 2
    loss.backward()
    return {key: W.grad.numpy() for key, W in w.items()}


def apart(g: np.ndarray, n: np.ndarray) -> float:
    """Return the distance of two arrays by their sizes: the law of cosines."""
    gg, nn, gn = np.sum(g * g), np.sum(n * n), np.sum(g * n)
    if gg + nn == 0:
        return 0.0
    return float(max(gg + nn - 2 * gn, 0) ** 0.5 / (gg**0.5 + nn**0.5))
