r"""MUT1, MUT2 and MUT3 over a whole sequence: how their inputs enter.

The rest of the way, forth and back, is in :mod:`throughtime.bptt.functions.reset`.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Linear
from throughtime.bptt.functions.reset import Form, Options, check, reset_before
from throughtime.gated import mut1_step, mut2_step, mut3_step

# The blocks are put in the order r, z, n, by moving weights: they are few, the
# pre-activations of all steps are many.


def _mut1(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    W_z, W_r = W_x.chunk(2)
    b_z, b_r, b_h = b.chunk(3)
    rz = Linear.apply(xs, torch.cat([W_r, W_z]), torch.cat([b_r, b_z]))
    return torch.cat([rz, xs.tanh() + b_h], -1)


def _mut2(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    b_z, b_r, b_h = b.chunk(3)
    return torch.cat([xs + b_r, Linear.apply(xs, W_x, torch.cat([b_z, b_h]))], -1)


def _mut3(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    (W_z, W_r, W_n), (b_z, b_r, b_h) = W_x.chunk(3), b.chunk(3)
    return Linear.apply(xs, torch.cat([W_r, W_z, W_n]), torch.cat([b_r, b_z, b_h]))


MUT1 = Form(_mut1, "rn")
MUT2 = Form(_mut2, "zrn")
MUT3 = Form(_mut3, "zrn", squash=True)


def mut1(
    xs: Tensor,
    h_0: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Run :func:`throughtime.gated.mut1_step` over a sequence.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``, D = H.
        h_0: State before the first step, shape ``(B, H)``.
        W_x: Input weights, stacked as the step takes them.
        W_h: Recurrent weights, likewise.
        b: Bias, likewise.
        mask: True for a real token; elsewhere the state stays. Shape ``(T, B)``.
        drop: Multiplies h_{t-1} before W_h, alike at every step. Shape ``(B, H)``.

    Returns:
        ``hs``, h_1 to h_T, shape ``(T, B, H)``, and h_T, ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, D is not H, or T or B is 0.
        KindError: Not floating-point tensors of one dtype, or ``mask`` not boolean.
        DeviceError: Tensors on two devices.
    """
    return _mutant(MUT1, mut1_step, mask, drop, xs, h_0, W_x, W_h, b)


def mut2(
    xs: Tensor,
    h_0: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Run :func:`throughtime.gated.mut2_step` over a sequence, as :func:`mut1`."""
    return _mutant(MUT2, mut2_step, mask, drop, xs, h_0, W_x, W_h, b)


def mut3(
    xs: Tensor,
    h_0: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Run :func:`throughtime.gated.mut3_step` over a sequence, as :func:`mut1`.

    MUT3 has no size rule: D need not be H.
    """
    return _mutant(MUT3, mut3_step, mask, drop, xs, h_0, W_x, W_h, b)


def _mutant(
    form: Form,
    step: Callable[..., Tensor],
    mask: Tensor | None,
    drop: Tensor | None,
    *tensors: Tensor,
) -> tuple[Tensor, Tensor]:
    options = Options(step, mask, drop, z="writes")
    check(options, *tensors)
    return reset_before(form, options, *tensors)
