r"""The Elman network over a whole sequence: the function to read first.

Forward, for each t: a_t = A_t + W_hh h_{t-1}, h_t = f(a_t), where A holds
W_xh x_t + b_h of all steps. Backward, from the last step to the first:

.. math::
    da_t = f'(a_t) \odot dh_t, \quad dh_{t-1} = dL/dh_{t-1} + W_{hh}^\top da_t

f' is computed from h_t for many steps at once. The gradient of W_hh, the sum over t of
the outer products of da_t and h_{t-1}, is one product after the loop.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Linear, Recurrent
from throughtime.bptt.functions.shared import (
    IN_PLACE,
    SLOPES,
    Inputs,
    added,
    check_drop,
    columns,
    or_zeros,
    plain_gradients,
    recurrent_gradient,
    rows,
    scaled,
    stay_,
)
from throughtime.cells import rnn_step
from throughtime.unroll.loop import check_sequence


class _Elman(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        activation: str,
        mask: Tensor | None,
        drop: Tensor | None,
        *tensors: Tensor,
    ) -> tuple[Tensor, Tensor]:
        xs, h_0, W_xh, W_hh, b_h = tensors
        needs = ctx.needs_input_grad[3:]
        inputs = Inputs(Linear.apply, (xs, W_xh, b_h), (needs[0], needs[2], needs[4]))
        hs = inputs.take()
        into, f = Recurrent(W_hh, len(h_0)), IN_PLACE[activation]
        h = h_0
        for a_t, real in zip(hs.unbind(0), columns(mask, len(xs)), strict=True):
            h_t = f(into.add_to(a_t, scaled(h, drop)))
            stay_(real, h_t, h)
            h = h_t
        ctx.set_materialize_grads(False)
        if any(needs):
            ctx.options, ctx.inputs = (activation, mask, drop), inputs
            ctx.save_for_backward(*tensors, hs)
        return hs, h.clone()

    @staticmethod
    def backward(
        ctx: Any, dhs: Tensor | None, dh_T: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        *tensors, hs = ctx.saved_tensors
        activation, mask, drop = ctx.options
        if torch.is_grad_enabled():
            step = partial(rnn_step, activation=activation)
            return (
                *(None,) * 3,
                *plain_gradients(step, mask, drop, tensors, 1, (dhs, dh_T)),
            )
        _, h_0, _, W_hh, _ = tensors
        ones = hs.new_ones(1, 1, 1).expand_as(hs)
        das = SLOPES[activation](ones, hs, torch.empty_like(hs))
        if mask is not None:
            das *= mask[..., None]
        back, dh = Recurrent(W_hh.T, len(h_0)), or_zeros(dh_T, h_0)
        unreal = columns(None if mask is None else ~mask, len(hs))
        loop = zip(rows(dhs, len(hs)), das.unbind(0), unreal, strict=True)
        for dh_t, da_t, unreal_t in reversed(list(loop)):
            dh = added(dh, dh_t)
            stays = None if unreal_t is None else dh * unreal_t
            dh = added(scaled(back.plus(None, da_t.mul_(dh)), drop), stays)
        dW_hh = None
        if ctx.needs_input_grad[6]:
            dW_hh = recurrent_gradient(das, h_0, hs, drop)
        dxs, dW_xh, db_h = ctx.inputs.gradients(das)
        return None, None, None, dxs, dh, dW_xh, dW_hh, db_h


def rnn(
    xs: Tensor,
    h_0: Tensor,
    W_xh: Tensor,
    W_hh: Tensor,
    b_h: Tensor,
    activation: str = "tanh",
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    r"""Run :func:`throughtime.cells.rnn_step` over a sequence.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0: State before the first step, shape ``(B, H)``.
        W_xh: Input weights, shape ``(H, D)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        b_h: Bias, shape ``(H,)``.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.
        mask: True for a real token; elsewhere the state stays. Shape ``(T, B)``.
        drop: Multiplies h_{t-1} before W_hh, alike at every step. Shape ``(B, H)``.

    Returns:
        ``hs``, the states h_1 to h_T, shape ``(T, B, H)``, and h_T, ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors of one dtype, or ``mask`` not boolean.
        DeviceError: Tensors on two devices.

    Source:
        Elman (1990); Werbos (1990) for the way back; book/04_bptt.
    """
    check_sequence(xs, h_0, mask)
    with torch.no_grad():
        rnn_step(xs[0], h_0, W_xh, W_hh, b_h, activation)  # it checks the rest
    check_drop(drop, h_0)
    return _Elman.apply(activation, mask, drop, xs, h_0, W_xh, W_hh, b_h)
