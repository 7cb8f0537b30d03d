r"""The LSTM over a whole sequence, in every variant of ``gated.lstm_step``.

Backward, from the last step to the first, with k_t = h(c_t):

.. math::
    da^o_t &= dh_t \odot k_t \odot \sigma'(a^o_t) \\
    dc_t &= dL/dc_t + dh_t \odot o_t \odot h'(c_t) \\
    da^i_t &= dc_t \odot g_t \odot \sigma'(a^i_t) \\
    da^f_t &= dc_t \odot c_{t-1} \odot \sigma'(a^f_t) \\
    da^g_t &= dc_t \odot i_t \odot g'(a^g_t) \\
    dL/dc_{t-1} &= dc_t \odot f_t, \quad
    dh_{t-1} = dL/dh_{t-1} + W_h^\top da_t

Each right-hand side is dh_t or dc_t times something that is known before the loop back
begins: :func:`_coefficients` computes these factors for many steps at once, and the
loop turns them into the gradients in place.
"""

from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Linear, Recurrent, weight_gradient
from throughtime.bptt.functions.shared import (
    IN_PLACE,
    SLOPES,
    Inputs,
    before,
    check_drop,
    chunks,
    or_zeros,
    plain_gradients,
    rows,
)
from throughtime.gated import lstm_blocks, lstm_peepholes, lstm_step
from throughtime.unroll.loop import check_sequence

State = tuple[Tensor, Tensor]
_GATES = ("forget_gate", "input_gate", "output_gate")


class _Options(NamedTuple):
    """Hold what is not a tensor to differentiate."""

    mask: Tensor | None
    drop: Tensor | None
    blocks: tuple[str, ...]
    coupled: bool = False
    peephole: str | None = None
    sigma: str = "sigmoid"
    g: str = "tanh"
    h: str = "tanh"

    def split(self, A: Tensor) -> dict[str, Tensor]:
        """Return views of the stacked blocks, by name."""
        parts = A.chunk(len(self.blocks), dim=-1)
        return dict(zip(self.blocks, parts, strict=True))

    def peepholes(self, W_c: Tensor | None) -> dict[str, Tensor]:
        """Return each gate's own part of ``W_c``."""
        if W_c is None:
            return {}
        names = lstm_peepholes(self.blocks)
        return dict(zip(names, W_c.chunk(len(names)), strict=True))


def _see(c: Tensor, w: Tensor) -> Tensor:
    return c @ w.T if w.dim() == 2 else c * w


def _seen(da: Tensor, w: Tensor) -> Tensor:
    return da @ w if w.dim() == 2 else da * w


def _write_cell(
    coupled: bool,
    f: Tensor | None,
    i: Tensor | None,
    g: Tensor,
    c: Tensor,
    out: Tensor,
) -> Tensor:
    """Write c_t = f c_{t-1} + i g into out, for the gates that there are."""
    if coupled:
        return torch.lerp(g, c, f, out=out)  # g + f (c - g)
    out.copy_(c) if f is None else torch.mul(f, c, out=out)
    return out.add_(g) if i is None else out.addcmul_(i, g)


class _LSTM(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, options: _Options, step: Any, *tensors: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        xs, h_0, c_0, W_x, W_h, b, W_c = tensors
        needs = ctx.needs_input_grad[2:]
        inputs = Inputs(Linear.apply, (xs, W_x, b), (needs[0], needs[3], needs[5]))
        A = inputs.values
        hs, cs, ks = _run(options, A, h_0, c_0, W_h, W_c)
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
        das = torch.empty_like(A)
        dh, dc = or_zeros(dh_T, h_0), or_zeros(dc_T, c_0)
        back, dhs = Recurrent(W_h.T, len(h_0)), rows(dhs, len(hs))
        peep = options.peepholes(W_c)
        for steps in chunks(*hs.shape):
            factors = _coefficients(options, das, A, cs, ks, steps)
            dh, dc = _go_back(options, das, dhs, dh, dc, back, peep, steps, *factors)
        dW_h = dW_c = None
        if needs[4]:
            dW_h = weight_gradient(das.flatten(0, 1), before(h_0, hs, options.drop))
        if needs[6]:
            dW_c = _peephole_gradient(options, das, cs)
        dxs, dW_x, db = ctx.inputs.gradients(das)
        return None, None, dxs, dh, dc, dW_x, dW_h, db, dW_c


def _run(
    options: _Options,
    A: Tensor,
    h: Tensor,
    c: Tensor,
    W_h: Tensor,
    W_c: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Turn A into the gates in place; return hs, c_0 to c_T, and h(c_t)."""
    v, mask, drop = options, options.mask, options.drop
    T, (B, H) = len(A), h.shape
    hs, cs, ks = (A.new_empty(n, B, H) for n in (T, T + 1, T))
    cs[0] = c
    parts = options.split(A)
    at = {q: part.unbind(0) for q, part in parts.items()}
    none = [None] * T
    i, f, o = (at.get(q, none) for q in "ifo")
    peep, into = options.peepholes(W_c), Recurrent(W_h, B)
    gates = [q for q in v.blocks if q in "if"]
    both = A[..., : len(gates) * H].unbind(0)  # i and f side by side
    sigma, g_of, h_of = IN_PLACE[v.sigma], IN_PLACE[v.g], IN_PLACE[v.h]
    real = rows(None if mask is None else mask[..., None], T)
    loop = (A.unbind(0), both, at["g"], cs[1:].unbind(0), ks.unbind(0), hs.unbind(0))
    for t, (a, if_, g, c_t, k_t, h_t) in enumerate(zip(*loop, strict=True)):
        into.add_to(a, h if drop is None else h * drop)
        if peep:
            for q in gates:
                at[q][t].add_(_see(c, peep[q]))
        if gates:
            sigma(if_)
        _write_cell(v.coupled, f[t], i[t], g_of(g), c, c_t)
        h_of(k_t.copy_(c_t)) if v.h != "tanh" else torch.tanh(c_t, out=k_t)
        if o[t] is None:
            h_t.copy_(k_t)
        else:
            sigma(o[t].add_(_see(c_t, peep["o"])) if peep else o[t])
            torch.mul(o[t], k_t, out=h_t)
        if real[t] is not None:
            torch.where(real[t], c_t, c, out=c_t)
            torch.where(real[t], h_t, h, out=h_t)
        h, c = h_t, c_t
    return hs, cs, ks


def _coefficients(
    options: _Options, das: Tensor, A: Tensor, cs: Tensor, ks: Tensor, steps: range
) -> tuple[Tensor, Tensor | None]:
    """Write what dc and dh are multiplied with; return dh's part in dc, and f."""
    v, s = options, slice(steps.start, steps.stop)
    part, d = options.split(A[s]), options.split(das[s])
    k, c_prev, sigma = ks[s], cs[s], SLOPES[v.sigma]
    one = k.new_ones(1, 1, 1).expand_as(k)
    i, f = part.get("i", one), part.get("f", one)
    if "f" in d:
        sigma(c_prev - part["g"] if v.coupled else c_prev, f, d["f"])
    if "i" in d:
        sigma(part["g"], i, d["i"])
    SLOPES[v.g](1 - f if v.coupled else i, part["g"], d["g"])
    if "o" in d:
        sigma(k, part["o"], d["o"])
    to_cell = SLOPES[v.h](part.get("o", one), k, torch.empty_like(k))
    keep = part.get("f")
    if options.mask is not None:
        real = options.mask[s, :, None]
        das[s] *= real
        to_cell *= real
        keep = keep if keep is None else torch.where(real, keep, 1)
    return to_cell, keep


def _go_back(
    options: _Options,
    das: Tensor,
    dhs: Any,
    dh: Tensor,
    dc: Tensor,
    back: Recurrent,
    peep: dict[str, Tensor],
    steps: range,
    to_cell: Tensor,
    keep: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Go back through some steps; return the gradients of the state before them."""
    mask, drop, n = options.mask, options.drop, len(options.blocks)
    s = slice(steps.start, steps.stop)
    d = {q: part.unbind(0) for q, part in options.split(das[s]).items()}
    n_cell = n - ("o" in d)
    blocks = das[s].unflatten(-1, (n, -1))[:, :, :n_cell].unbind(0)
    d_o, da, to_cell = d.get("o"), das[s].unbind(0), to_cell.unbind(0)
    keep = rows(keep, len(steps))
    for t in reversed(range(len(steps))):
        if dhs[s.start + t] is not None:
            dh = dh.add_(dhs[s.start + t])
        stays = None if mask is None else dh * ~mask[s.start + t, :, None]
        dc.addcmul_(dh, to_cell[t])
        if d_o is not None:
            d_o[t].mul_(dh)
            if peep:
                dc += _seen(d_o[t], peep["o"])
        blocks[t].mul_(dc[:, None])
        if keep[t] is not None:
            dc.mul_(keep[t])
        for q in peep:
            if q != "o":
                dc += _seen(d[q][t], peep[q])
        dh = back.plus(None, da[t])
        if drop is not None:
            dh *= drop
        if stays is not None:
            dh += stays
    return dh, dc


def _peephole_gradient(options: _Options, das: Tensor, cs: Tensor) -> Tensor:
    d, grads = options.split(das), []
    for q in lstm_peepholes(options.blocks):
        c = cs[1:] if q == "o" else cs[:-1]
        if options.peephole == "full":
            grads.append(weight_gradient(d[q].flatten(0, 1), c.flatten(0, 1)))
        else:
            grads.append((d[q] * c).sum((0, 1)))
    return torch.cat(grads)


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
    options = _Options(mask, drop, blocks, **variant)
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
