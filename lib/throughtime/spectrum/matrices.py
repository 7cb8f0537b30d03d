r"""Recurrent matrices with a wanted spectrum, to start a network from.

What draws at random takes its generator.
"""

import math

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.spectrum.sizes import spectral_radius


def with_radius(W: Tensor, rho: float) -> Tensor:
    r"""Return W scaled so that its spectral radius is rho.

    Args:
        W: Square, shape ``(H, H)``; left as it is.
        rho: The wanted radius, 0 or more.

    Returns:
        W * rho / rho(W), shape ``(H, H)``.

    Raises:
        ShapeError: Not square.
        KindError: Not a floating-point tensor.
        ThroughTimeError: ``rho`` is negative or not finite, or all eigenvalues of W
            are 0, or W holds NaN or inf.
    """
    if not 0 <= rho < math.inf:
        raise ThroughTimeError(f"rho is {rho}; wanted a number from 0 on. Try rho=1.0.")
    radius = spectral_radius(W)
    if not radius > 0:
        raise ThroughTimeError(
            f"the spectral radius of W is {radius}; wanted more than 0, as no factor "
            "turns it into another. Try a W that is drawn at random."
        )
    return W * (rho / radius)


def orthogonal(
    H: int, generator: torch.Generator | None, dtype: torch.dtype | None = None
) -> Tensor:
    r"""Draw an orthogonal matrix, each as likely as any other (Haar).

    The Q of a Gaussian matrix's QR is not uniform, as the signs of its columns are the
    routine's choice; making R's diagonal positive mends it.

    Args:
        H: The size, at least 1.
        generator: What draws; the matrix is made on its device. None: torch's own, on
            the CPU.
        dtype: Floating-point type; torch's default if None.

    Returns:
        Q with Qᵀ Q = I, shape ``(H, H)``.

    Raises:
        ThroughTimeError: ``H`` is less than 1.

    Source:
        Mezzadri (2007); Saxe, McClelland and Ganguli (2014).
    """
    _check_size(H)
    device = None if generator is None else generator.device
    G = torch.randn((H, H), generator=generator, dtype=dtype, device=device)
    Q, R = torch.linalg.qr(G)
    return Q * torch.where(R.diagonal() < 0, -1.0, 1.0).to(Q.dtype)


def identity(
    H: int,
    scale: float = 1.0,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    r"""Return the identity times a number: a start for ReLU networks.

    Args:
        H: The size, at least 1.
        scale: What stands on the diagonal.
        dtype: Floating-point type; torch's default if None.
        device: Where; torch's default if None.

    Returns:
        Shape ``(H, H)``.

    Raises:
        ThroughTimeError: ``H`` is less than 1.

    Source:
        Le, Jaitly and Hinton (2015).
    """
    _check_size(H)
    return scale * torch.eye(H, dtype=dtype, device=device)


def _check_size(H: int) -> None:
    if H < 1:
        raise ThroughTimeError(f"H is {H}; wanted 1 or more. Try H=4.")
