r"""The LSTM over a whole sequence, in every variant of ``gated.lstm_step``.

Its loops, forth and back, and their equations are in
:mod:`throughtime.bptt.functions.lstm_loops`.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from throughtime.bptt.functions.lstm_loops import (
    Options,
    go_back,
    peephole_gradient,
    run,
)
from throughtime.bptt.functions.product import Linear
from throughtime.bptt.functions.shared import (
    Inputs,
    check_drop,
    or_zeros,
    plain_gradients,
    recurrent_gradient,
    rows,
)
from throughtime.gated import lstm_blocks, lstm_step
from throughtime.unroll.loop import check_sequence

State = tuple[Tensor, Tensor]
_GATES = ("forget_gate", "input_gate", "output_gate")


class _LSTM(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, options: Options, step: Any, *tensors: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        xs, h_0, c_0, W_x, W_h, b, W_c = tensors
        needs = ctx.needs_input_grad[2:]
        inputs = Inputs(Linear.apply, (xs, W_x, b), (needs[0], needs[3], needs[5]))
        A = inputs.take()
        hs, cs, ks = run(options, A, h_0, c_0, W_h, W_c)
        ctx.set_materialize_grads(False)
        if any(needs):
            ctx.options, ctx.step, ctx.inputs = options, step, inputs
            ctx.save_for_backward(*tensors, A, hs, cs, ks)
        return hs, hs[-1].clone(), cs[-1].clone()

    @staticmethod
    def backward(
        ctx: Any, dhs: Tensor | None, dh_T: Tensor | None, dc_T: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        *tensors, A, hs, cs, ks = ctx.saved_tensors
        options, needs = ctx.options, ctx.needs_input_grad[2:]
        _, h_0, c_0, _, W_h, _, W_c = tensors
        if torch.is_grad_enabled():
            mask, drop, grads = options.mask, options.drop, (dhs, dh_T, dc_T)
            return (
                *(None, None),
                *plain_gradients(ctx.step, mask, drop, tensors, 2, grads),
            )
        dh, dc = or_zeros(dh_T, h_0), or_zeros(dc_T, c_0)
        dhs = rows(dhs, len(hs))
        das, dh, dc = go_back(options, A, cs, ks, dhs, dh, dc, W_h, W_c)
        dW_h = dW_c = None
        if needs[4]:
            dW_h = recurrent_gradient(das, h_0, hs, options.drop)
        if needs[6]:
            dW_c = peephole_gradient(options, das, cs)
        dxs, dW_x, db = ctx.inputs.gradients(das)
        return None, None, dxs, dh, dc, dW_x, dW_h, db, dW_c


def lstm(
    xs: Tensor,
    state: State,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    W_c: Tensor | None = None,
    *,
    mask: Tensor | None = None,
    drop: Tensor | None = None,
    **variant: Any,
) -> tuple[Tensor, State]:
    r"""Run :func:`throughtime.gated.lstm_step` over a sequence.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        state: ``(h_0, c_0)``, each of shape ``(B, H)``.
        W_x: Input weights, stacked i, f, g, o, shape ``(4H, D)``.
        W_h: Recurrent weights, stacked alike, shape ``(4H, H)``.
        b: Bias, stacked alike, shape ``(4H,)``.
        W_c: Peephole weights, as the step takes them.
        mask: True for a real token; elsewhere the state stays. Shape ``(T, B)``.
        drop: Multiplies h_{t-1} before W_h, alike at every step. Shape ``(B, H)``.
        **variant: The step's options.

    Returns:
        ``hs``, h_1 to h_T, shape ``(T, B, H)``, and ``(h_T, c_T)``.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors of one dtype, or ``mask`` not boolean.
        DeviceError: Tensors on two devices.
        ThroughTimeError: No such option.

    Source:
        As :func:`throughtime.gated.lstm_step`; book/06_lstm for the way back.
    """
    gates = {q: variant.pop(q) for q in _GATES if q in variant}
    step = partial(lstm_step, **gates, **variant)
    check_sequence(xs, state, mask)
    with torch.no_grad():
        step(xs[0], state, W_x, W_h, b, W_c)  # it checks the rest
    check_drop(drop, state[0])
    blocks = lstm_blocks(**gates, coupled=variant.get("coupled", False))
    options = Options(mask, drop, blocks, **variant)
    hs, h_T, c_T = _LSTM.apply(options, step, xs, *state, W_x, W_h, b, W_c)
    return hs, (h_T, c_T)


def residual(
    xs: Tensor,
    state: State,
    W_x: Tensor,
    W_h: Tensor,
    b: Tensor,
    *,
    g: str = "tanh",
    h: str = "tanh",
    mask: Tensor | None = None,
    drop: Tensor | None = None,
) -> tuple[Tensor, State]:
    r"""Run :func:`throughtime.gated.residual_step` over a sequence.

    It is :func:`lstm` without its three gates; arguments, result and errors are alike,
    with ``W_x`` (H, D), ``W_h`` (H, H) and ``b`` (H,).
    """
    none = {"forget_gate": False, "input_gate": False, "output_gate": False}
    return lstm(xs, state, W_x, W_h, b, mask=mask, drop=drop, g=g, h=h, **none)
