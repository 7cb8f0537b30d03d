r"""MUT1, MUT2, MUT3: the three cells that a search over thousands of cells found.

The blocks are stacked z, r, h; one that a formula lacks is left out of that stack:

====  =======  =======  =======
cell  W_x      W_h      b
====  =======  =======  =======
MUT1  z, r     r, h     z, r, h
MUT2  z, h     z, r, h  z, r, h
MUT3  z, r, h  z, r, h  z, r, h
====  =======  =======  =======

Here z is the share of the new state, opposite to ``gru_step``'s default. The paper
writes h_{t+1} from h_t and x_t; here it is h_t from h_{t-1} and x_t, as everywhere.
"""

import torch
from torch import Tensor

from throughtime.gated.gates import Blocks, check_step

MUT1_BLOCKS = Blocks(W_x=("z", "r"), W_h=("r", "h"), b=("z", "r", "h"))
MUT2_BLOCKS = Blocks(W_x=("z", "h"), W_h=("z", "r", "h"), b=("z", "r", "h"))
MUT3_BLOCKS = Blocks(W_x=("z", "r", "h"), W_h=("z", "r", "h"), b=("z", "r", "h"))


def mut1_step(
    x_t: Tensor, h_prev: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor
) -> Tensor:
    r"""Advance MUT1 by one time step; it needs D = H.

    .. math::
        z_t &= \sigma(W_{xz} x_t + b_z) \\
        r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r) \\
        h_t &= z_t \odot \tanh(W_{hh} (r_t \odot h_{t-1}) + \tanh(x_t) + b_h)
            + (1 - z_t) \odot h_{t-1}

    Args:
        x_t: Input at step t, shape ``(B, H)``: it is added to H numbers as it is.
        h_prev: State before step t, shape ``(B, H)``.
        W_x: Input weights, blocks z, r, shape ``(2H, H)``.
        W_h: Recurrent weights, blocks r, h, shape ``(2H, H)``.
        b: Bias, blocks z, r, h, shape ``(3H,)``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or D is not H.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Jozefowicz, Zaremba and Sutskever (2015); book/07_gru.
    """
    why = "mut1_step adds tanh(x_t) to W_hh (r h_prev)"
    H = check_step(x_t, {"h_prev": h_prev}, (W_x, W_h, b), MUT1_BLOCKS, why)
    x_z, x_r = (x_t @ W_x.T).split(H, dim=1)
    W_hr, W_hh = W_h.split(H)
    b_z, b_r, b_h = b.split(H)
    z_t = torch.sigmoid(x_z + b_z)
    r_t = torch.sigmoid(x_r + h_prev @ W_hr.T + b_r)
    h_new = torch.tanh((r_t * h_prev) @ W_hh.T + torch.tanh(x_t) + b_h)
    return z_t * h_new + (1 - z_t) * h_prev


def mut2_step(
    x_t: Tensor, h_prev: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor
) -> Tensor:
    r"""Advance MUT2 by one time step; it needs D = H.

    .. math::
        z_t &= \sigma(W_{xz} x_t + W_{hz} h_{t-1} + b_z) \\
        r_t &= \sigma(x_t + W_{hr} h_{t-1} + b_r) \\
        h_t &= z_t \odot \tanh(W_{hh} (r_t \odot h_{t-1}) + W_{xh} x_t + b_h)
            + (1 - z_t) \odot h_{t-1}

    Args:
        x_t: Input at step t, shape ``(B, H)``: it is added to H numbers as it is.
        h_prev: State before step t, shape ``(B, H)``.
        W_x: Input weights, blocks z, h, shape ``(2H, H)``.
        W_h: Recurrent weights, blocks z, r, h, shape ``(3H, H)``.
        b: Bias, blocks z, r, h, shape ``(3H,)``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or D is not H.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Jozefowicz, Zaremba and Sutskever (2015); book/07_gru.
    """
    why = "mut2_step adds x_t to W_hr h_prev"
    H = check_step(x_t, {"h_prev": h_prev}, (W_x, W_h, b), MUT2_BLOCKS, why)
    x_z, x_h = (x_t @ W_x.T).split(H, dim=1)
    W_hz, W_hr, W_hh = W_h.split(H)
    b_z, b_r, b_h = b.split(H)
    z_t = torch.sigmoid(x_z + h_prev @ W_hz.T + b_z)
    r_t = torch.sigmoid(x_t + h_prev @ W_hr.T + b_r)
    h_new = torch.tanh((r_t * h_prev) @ W_hh.T + x_h + b_h)
    return z_t * h_new + (1 - z_t) * h_prev


def mut3_step(
    x_t: Tensor, h_prev: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor
) -> Tensor:
    r"""Advance MUT3 by one time step.

    .. math::
        z_t &= \sigma(W_{xz} x_t + W_{hz} \tanh(h_{t-1}) + b_z) \\
        r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r) \\
        h_t &= z_t \odot \tanh(W_{hh} (r_t \odot h_{t-1}) + W_{xh} x_t + b_h)
            + (1 - z_t) \odot h_{t-1}

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        h_prev: State before step t, shape ``(B, H)``.
        W_x: Input weights, blocks z, r, h, shape ``(3H, D)``.
        W_h: Recurrent weights, blocks z, r, h, shape ``(3H, H)``.
        b: Bias, blocks z, r, h, shape ``(3H,)``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Jozefowicz, Zaremba and Sutskever (2015); book/07_gru.
    """
    H = check_step(x_t, {"h_prev": h_prev}, (W_x, W_h, b), MUT3_BLOCKS)
    x_z, x_r, x_h = (x_t @ W_x.T).split(H, dim=1)
    W_hz, W_hr, W_hh = W_h.split(H)
    b_z, b_r, b_h = b.split(H)
    z_t = torch.sigmoid(x_z + torch.tanh(h_prev) @ W_hz.T + b_z)
    r_t = torch.sigmoid(x_r + h_prev @ W_hr.T + b_r)
    h_new = torch.tanh((r_t * h_prev) @ W_hh.T + x_h + b_h)
    return z_t * h_new + (1 - z_t) * h_prev
