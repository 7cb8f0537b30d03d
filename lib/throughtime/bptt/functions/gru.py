r"""The GRU over a whole sequence; here the one whose reset comes after the product.

With u_t = W_hn h_{t-1} + b_hn, n_t = tanh(W_xn x_t + b_n + r_t ⊙ u_t) and
h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ n_t, from the last step to the first:

.. math::
    da^n_t &= dh_t \odot (1 - z_t) \odot (1 - n_t^2), & du_t &= da^n_t \odot r_t \\
    da^z_t &= dh_t \odot (h_{t-1} - n_t) \odot \sigma'(a^z_t), &
    da^r_t &= da^n_t \odot u_t \odot \sigma'(a^r_t) \\
    dh_{t-1} &= dL/dh_{t-1} + dh_t \odot z_t + W_h^\top (da^r_t, da^z_t, du_t)

Each is dh_t times something known before the loop back begins. If z writes instead of
keeping, z and 1 - z change places.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Linear, Recurrent, weight_gradient
from throughtime.bptt.functions.reset import GRU, Options, check, reset_before
from throughtime.bptt.functions.shared import (
    IN_PLACE,
    SLOPES,
    Inputs,
    added,
    before,
    chunks,
    columns,
    or_zeros,
    plain_gradients,
    rows,
    scaled,
    stay_,
)
from throughtime.gated import gru_step


class _ResetAfter(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        options: Options,
        *tensors: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        xs, h, W_x, W_h, b, b_hn = tensors
        mask, drop, needs = options.mask, options.drop, ctx.needs_input_grad[1:]
        inputs = Inputs(Linear.apply, (xs, W_x, b), (needs[0], needs[2], needs[4]))
        A = inputs.take()
        T, (B, H) = len(xs), h.shape
        hs, us = A.new_empty(T, B, H), A.new_zeros(T, B, H)
        if b_hn is not None:
            us += b_hn
        into_rz, into_n = Recurrent(W_h[: 2 * H], B), Recurrent(W_h[2 * H :], B)
        sigma = IN_PLACE[options.sigma]
        parts = (A[..., : 2 * H], *A.chunk(3, -1), us, hs)
        loop = zip(*(q.unbind(0) for q in parts), columns(mask, T), strict=True)
        for rz, r, z, n, u, h_t, real in loop:
            seen = scaled(h, drop)
            sigma(into_rz.add_to(rz, seen))
            into_n.add_to(u, seen)
            n.addcmul_(r, u).tanh_()
            ends = (n, h) if options.z == "keeps" else (h, n)
            torch.lerp(*ends, z, out=h_t)
            stay_(real, h_t, h)
            h = h_t
        ctx.set_materialize_grads(False)
        if any(needs):
            ctx.options, ctx.inputs = options, inputs
            ctx.save_for_backward(*tensors, A, us, hs)
        return hs, h.clone()

    @staticmethod
    def backward(
        ctx: Any, dhs: Tensor | None, dh_T: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        *tensors, A, us, hs = ctx.saved_tensors
        options, mask, drop = ctx.options, ctx.options.mask, ctx.options.drop
        if torch.is_grad_enabled():
            grads = (dhs, dh_T)
            return None, *plain_gradients(options.step, mask, drop, tensors, 1, grads)
        _, h_0, _, W_h, _, b_hn = tensors
        needs, H = ctx.needs_input_grad[1:], hs.shape[2]
        hs_prev = before(h_0, hs)
        dh, das, dus = _go_back(
            options, A, us, hs_prev, rows(dhs, len(hs)), or_zeros(dh_T, h_0), W_h
        )
        dW_h = db_hn = None
        if needs[3]:
            seen = scaled(hs_prev, drop).flatten(0, 1)
            dW_h = weight_gradient(dus.flatten(0, 1), seen)
        if b_hn is not None and needs[5]:
            db_hn = dus[..., 2 * H :].sum((0, 1))
        dxs, dW_x, db = ctx.inputs.gradients(das)
        return None, dxs, dh, dW_x, dW_h, db, db_hn


def _go_back(
    options: Options,
    A: Tensor,
    us: Tensor,
    hs_prev: Tensor,
    dhs: Any,
    dh: Tensor,
    W_h: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return dL/dh_0, and the gradients of what x and what h gave to each step."""
    (T, B, H), mask = hs_prev.shape, options.mask
    das, dus = torch.empty_like(A), torch.empty_like(A)
    back = Recurrent(W_h.T, B)
    for steps in chunks(T, B, H):
        s = slice(steps.start, steps.stop)
        keep = _coefficients(options, dus[s], das[s], A[s], us[s], hs_prev[s])
        if mask is not None:
            real = mask[s, :, None]
            dus[s] *= real
            das[s] *= real
            keep = torch.where(real, keep, 1)
        parts = dus[s], das[s, :, 2 * H :], dus[s].unflatten(-1, (3, H)), keep
        loop = zip(*(part.unbind(0) for part in parts), dhs[s], strict=True)
        for du, dn, blocks, keep_t, dh_t in reversed(list(loop)):
            dh = added(dh, dh_t)
            blocks.mul_(dh[:, None])
            dn.mul_(dh)
            dh = scaled(back.plus(None, du), options.drop).addcmul_(dh, keep_t)
    das[..., : 2 * H] = dus[..., : 2 * H]
    return dh, das, dus


def _coefficients(
    v: Options, dus: Tensor, das: Tensor, A: Tensor, u: Tensor, h_prev: Tensor
) -> Tensor:
    """Write what dh is multiplied with; return the part of h_{t-1} that is kept."""
    (r, z, n), (dr, dz, du) = A.chunk(3, -1), dus.chunk(3, -1)
    dn = das.chunk(3, -1)[2]
    keep, write = (z, 1 - z) if v.z == "keeps" else (1 - z, z)
    SLOPES["tanh"](write, n, dn)
    SLOPES[v.sigma](h_prev - n if v.z == "keeps" else n - h_prev, z, dz)
    SLOPES[v.sigma](dn * u, r, dr)
    torch.mul(dn, r, out=du)
    return keep


def gru(
    xs: Tensor,
    h_0: Tensor,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    b_hn: Tensor | None = None,
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
    **variant: Any,
) -> tuple[Tensor, Tensor]:
    r"""Run :func:`throughtime.gated.gru_step` over a sequence.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0: State before the first step, shape ``(B, H)``.
        W_x: Input weights, stacked r, z, n, shape ``(3H, D)``.
        W_h: Recurrent weights, stacked alike, shape ``(3H, H)``.
        b: Bias, stacked alike, shape ``(3H,)``.
        b_hn: The bias inside the reset, shape ``(H,)``; zero without it.
        mask: True for a real token; elsewhere the state stays. Shape ``(T, B)``.
        drop: Multiplies h_{t-1} before W_h, alike at every step. Shape ``(B, H)``.
        **variant: The step's options.

    Returns:
        ``hs``, h_1 to h_T, shape ``(T, B, H)``, and h_T, ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors of one dtype, or ``mask`` not boolean.
        DeviceError: Tensors on two devices.
        ThroughTimeError: No such option.

    Source:
        As :func:`throughtime.gated.gru_step`; book/07_gru for the way back.
    """
    step = partial(gru_step, **variant)
    after = variant.pop("reset_after", False)
    options = Options(step, mask, drop, **variant)
    weights = (W_x, W_h, b, b_hn)
    check(options, xs, h_0, *weights)
    if after:
        return _ResetAfter.apply(options, xs, h_0, *weights)
    return reset_before(GRU, options, xs, h_0, W_x, W_h, b)
