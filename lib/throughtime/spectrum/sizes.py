r"""How large a square matrix is, in the senses that matter to its powers.

For every W, where normal means W Wᵀ = Wᵀ W:

.. math:: \rho(W) \le w(W) \le \|W\|_2 \le \|W\|_F

rho, the spectral radius, rules the powers of W in the long run; the spectral norm
bounds one step; between the two lies what a non-normal W may do for a while. The first
three are equal where W is normal. A matrix with NaN or inf has NaN for each.
"""

import math

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind, check_shape


def spectral_radius(W: Tensor) -> float:
    r"""Return the largest absolute value of an eigenvalue.

    .. math:: \rho(W) = \max_j |\lambda_j| = \lim_{k \to \infty} \|W^k\|^{1/k}

    Args:
        W: Square, shape ``(H, H)``.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.

    >>> spectral_radius(torch.tensor([[0.0, 10.0], [0.0, 0.0]]))
    0.0
    """
    _check(W)
    if not W.isfinite().all():
        return math.nan
    return torch.linalg.eigvals(W.detach()).abs().max().item()


def spectral_norm(W: Tensor) -> float:
    r"""Return the largest singular value: how much W can stretch a vector.

    Args:
        W: Square, shape ``(H, H)``.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.

    >>> spectral_norm(torch.tensor([[0.0, 10.0], [0.0, 0.0]]))
    10.0
    """
    _check(W)
    if not W.isfinite().all():
        return math.nan
    return torch.linalg.svdvals(W.detach()).max().item()


def frobenius_norm(W: Tensor) -> float:
    r"""Return the root of the sum of the squared entries.

    Args:
        W: Square, shape ``(H, H)``.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.

    >>> frobenius_norm(torch.tensor([[3.0, 0.0], [4.0, 0.0]]))
    5.0
    """
    _check(W)
    if not W.isfinite().all():
        return math.nan
    return torch.linalg.matrix_norm(W.detach()).item()


def numerical_range(W: Tensor, points: int = 360) -> Tensor:
    r"""Return points on the boundary of the numerical range, counter-clockwise.

    .. math:: F(W) = \{ v^* W v : v \in \mathbb{C}^H, \|v\| = 1 \}

    It is convex and holds the eigenvalues. For each of equally spaced angles, the
    point of F(W) that lies farthest in that direction is v* W v, v being the top
    eigenvector of the Hermitian part of the rotated W. On a straight piece of the
    boundary the points are its ends, so the curve to draw is their polygon.

    Args:
        W: Square, shape ``(H, H)``.
        points: The number of angles, from 0 on, at least 3. Each costs an
            eigendecomposition.

    Returns:
        Complex numbers, shape ``(points,)``; NaN if W holds NaN or inf.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.
        ThroughTimeError: ``points`` is less than 3.

    Source:
        Johnson (1978), Numerical determination of the field of values.
    """
    _check(W)
    if points < 3:
        raise ThroughTimeError(f"points is {points}; wanted 3 or more. Try 360.")
    A = W.detach().to(torch.promote_types(W.dtype, torch.complex64))
    if not W.isfinite().all():
        return torch.full((points,), math.nan, dtype=A.dtype, device=A.device)
    boundary = []
    for j in range(points):
        angle = 2 * math.pi * j / points
        turned = A * complex(math.cos(angle), -math.sin(angle))
        _, vectors = torch.linalg.eigh((turned + turned.mH) / 2)
        v = vectors[:, -1]
        boundary.append(v.conj() @ A @ v)
    return torch.stack(boundary)


def numerical_radius(W: Tensor, points: int = 360) -> float:
    r"""Return the largest absolute value in the numerical range.

    It is found among ``points`` angles, so it may come out too small, but not by
    more than the factor cos(pi / points): 1 - 4e-5 at 360.

    Args:
        W: Square, shape ``(H, H)``.
        points: As in :func:`numerical_range`.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.
        ThroughTimeError: ``points`` is less than 3.
    """
    return numerical_range(W, points).abs().max().item()


def departure_from_normality(W: Tensor) -> float:
    r"""Return Henrici's departure from normality.

    .. math:: d(W) = \sqrt{\|W\|_F^2 - \textstyle\sum_j |\lambda_j|^2}

    It is 0 if and only if W is normal, and then the norm of W^k is rho^k. The
    difference of two near numbers leaves about 1e-8 of the norm in float64, 3e-4 in
    float32, where it should be 0.

    Args:
        W: Square, shape ``(H, H)``.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.

    Source:
        Henrici (1962).
    """
    _check(W)
    if not W.isfinite().all():
        return math.nan
    W = W.detach()
    eigenvalues = torch.linalg.eigvals(W)
    gap = W.square().sum() - eigenvalues.abs().square().sum()
    return gap.clamp(min=0).sqrt().item()


def power_norms(W: Tensor, steps: int) -> Tensor:
    r"""Return the spectral norms of W^0, W^1, ..., W^steps.

    In a linear network they are the most by which a gradient can grow in 0, 1, ...,
    steps steps.

    Args:
        W: Square, shape ``(H, H)``.
        steps: The last power, at least 0.

    Returns:
        Shape ``(steps + 1,)``, beginning with 1.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.
        ThroughTimeError: ``steps`` is negative.
    """
    _check(W)
    if steps < 0:
        raise ThroughTimeError(f"steps is {steps}; wanted 0 or more. Try 50.")
    W = W.detach()
    power = torch.eye(len(W), dtype=W.dtype, device=W.device)
    norms = []
    for _ in range(steps + 1):
        norms.append(spectral_norm(power))
        power = W @ power
    return torch.tensor(norms, dtype=W.dtype, device=W.device)


def _check(W: Tensor) -> None:
    check_kind(W=W)
    check_shape("W", W, "H H")
