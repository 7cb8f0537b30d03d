r"""The error surface of a network with one unit, and the cliff in it."""

from typing import NamedTuple

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind, check_shape


class Surface(NamedTuple):
    """Hold a cost and its gradient over a grid.

    Args:
        cost: Row i belongs to ``w[i]``, column j to ``b[j]``, shape ``(M, N)``.
        dw: Derivative of the cost with respect to w, shape ``(M, N)``.
        db: Derivative of the cost with respect to b, shape ``(M, N)``.
    """

    cost: Tensor
    dw: Tensor
    db: Tensor


def error_surface(
    w: Tensor, b: Tensor, h_0: float = 0.5, steps: int = 50, target: float = 0.7
) -> Surface:
    r"""Return the cost of a network with one unit and no input, for each w and b.

    .. math:: h_t = w \, \sigma(h_{t-1}) + b, \quad
        E(w, b) = (\sigma(h_T) - \text{target})^2

    Where a small change of w or b moves the network from one resting point to
    another, the surface has a wall: its slope there is huge, and beside it small.

    Args:
        w: Recurrent weights, shape ``(M,)``.
        b: Biases, shape ``(N,)``.
        h_0: State before the first step.
        steps: T, at least 1.
        target: What the output shall be.

    Returns:
        The cost and its exact gradient, each ``(M, N)``; no graph hangs on them.

    Raises:
        ShapeError: ``w`` or ``b`` has not one axis, or is empty.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: ``steps`` is less than 1.

    Source:
        Pascanu, Mikolov and Bengio (2013), fig. 6; book/05_gradients.
    """
    check_kind(w=w, b=b)
    check_shape("w", w, "M")
    check_shape("b", b, "N")
    if steps < 1:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 or more. Try steps=50.")
    w_grid, b_grid = torch.meshgrid(w.detach(), b.detach(), indexing="ij")
    h_t = torch.full_like(w_grid, h_0)
    dh_dw, dh_db = torch.zeros_like(w_grid), torch.zeros_like(w_grid)
    for _ in range(steps):
        y = torch.sigmoid(h_t)
        slope = w_grid * y * (1 - y)  # d h_t / d h_{t-1}
        dh_dw = y + slope * dh_dw
        dh_db = 1 + slope * dh_db
        h_t = w_grid * y + b_grid
    y = torch.sigmoid(h_t)
    dE_dh = 2 * (y - target) * y * (1 - y)
    return Surface((y - target) ** 2, dE_dh * dh_dw, dE_dh * dh_db)
