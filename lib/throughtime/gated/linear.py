r"""One step of the GRU whose gate does not see the state."""

import torch
from torch import Tensor

from throughtime.gated.gates import Blocks, check_stack
from throughtime.shapes import check_kind, check_shape

MIN_GRU_BLOCKS = Blocks(W_x=("z", "n"), W_h=(), b=("z", "n"))


def min_gru_step(x_t: Tensor, h_prev: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    r"""Advance the minimal GRU by one time step.

    .. math::
        z_t &= \sigma(W_{xz} x_t + b_z) \\
        \tilde h_t &= W_{xn} x_t + b_n \\
        h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t

    Neither the gate nor the candidate sees h_{t-1}, so the step is linear in it. As in
    ``gru_step``, z keeps; the paper's z writes.

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        h_prev: State before step t, shape ``(B, H)``.
        W_x: Input weights, blocks z, n, shape ``(2H, D)``.
        b: Bias, blocks z, n, shape ``(2H,)``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Feng et al. (2024), section 3.1; book/14_next.
    """
    check_kind(x_t=x_t, h_prev=h_prev, W_x=W_x, b=b)
    B, H = check_shape("h_prev", h_prev, "B H")
    _, D = check_shape("x_t", x_t, "B D", B=B)
    check_stack("W_x", W_x, "D", MIN_GRU_BLOCKS.W_x, H=H, D=D)
    check_stack("b", b, "", MIN_GRU_BLOCKS.b, H=H)
    a_z, h_tilde = (x_t @ W_x.T + b).split(H, dim=1)
    z_t = torch.sigmoid(a_z)
    return z_t * h_prev + (1 - z_t) * h_tilde
