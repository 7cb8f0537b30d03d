r"""The cells whose reset comes before the product, over a whole sequence.

The GRU of 2014 and the three mutants share one form; X holds what the inputs give:

.. math::
    r_t &= \sigma(X^r_t + W_{hr} h_{t-1}), \quad
    z_t = \sigma(X^z_t + W_{hz} s(h_{t-1})) \\
    n_t &= \tanh(X^n_t + W_{hn} (r_t \odot h_{t-1})), \quad
    h_t = k_t \odot h_{t-1} + (1 - k_t) \odot n_t

s is the identity, tanh (MUT3), or there is no such term (MUT1); k is z where z keeps
and 1 - z where it writes, as in the mutants. From the last step to the first:

.. math::
    da^n_t &= dh_t \odot (1 - k_t) \odot (1 - n_t^2), \quad
    dq_t = W_{hn}^\top da^n_t, \quad
    da^r_t = dq_t \odot h_{t-1} \odot \sigma'(a^r_t) \\
    da^z_t &= \pm dh_t \odot (h_{t-1} - n_t) \odot \sigma'(a^z_t) \\
    dh_{t-1} &= dL/dh_{t-1} + dh_t \odot k_t + dq_t \odot r_t + W_{hr}^\top da^r_t
    + s'(h_{t-1}) \odot W_{hz}^\top da^z_t
"""

from collections.abc import Callable, Mapping
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
from throughtime.gated import mut1_step, mut2_step, mut3_step
from throughtime.unroll.loop import check_sequence


def _mut1(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    b_z, b_r, b_h = b.chunk(3)
    zr = Linear.apply(xs, W_x, torch.cat([b_z, b_r]))
    return torch.cat([*zr.chunk(2, -1)[::-1], xs.tanh() + b_h], -1)


def _mut2(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    b_z, b_r, b_h = b.chunk(3)
    z, n = Linear.apply(xs, W_x, torch.cat([b_z, b_h])).chunk(2, -1)
    return torch.cat([xs + b_r, z, n], -1)


def _mut3(xs: Tensor, W_x: Tensor, b: Tensor) -> Tensor:
    z, r, n = Linear.apply(xs, W_x, b).chunk(3, -1)
    return torch.cat([r, z, n], -1)


class Options(NamedTuple):
    """Hold what is not a tensor to differentiate."""

    step: Callable[..., Tensor]
    mask: Tensor | None
    drop: Tensor | None
    z: str = "keeps"
    sigma: str = "sigmoid"


class _Form(NamedTuple):
    """Say how the inputs enter, which blocks W_h has, and what z sees."""

    project: Callable[[Tensor, Tensor, Tensor], Tensor]
    blocks: str
    squash: bool = False  # s = tanh


FORMS: Mapping[str, _Form] = {
    "gru": _Form(Linear.apply, "rzn"),
    "mut1": _Form(_mut1, "rn"),
    "mut2": _Form(_mut2, "zrn"),
    "mut3": _Form(_mut3, "zrn", squash=True),
}


class _ResetBefore(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        form: _Form,
        options: Options,
        *tensors: Tensor,
    ) -> tuple[Tensor, Tensor]:
        xs, h, W_x, W_h, b = tensors
        mask, drop, needs = options.mask, options.drop, ctx.needs_input_grad[2:]
        inputs = Inputs(form.project, (xs, W_x, b), (needs[0], needs[2], needs[4]))
        A = inputs.values
        hs = torch.empty_like(A.chunk(3, -1)[0])
        into, _ = _products(form, W_h, len(h))
        sigma = IN_PLACE[options.sigma]
        real = rows(mask if mask is None else mask[..., None], len(xs))
        loop = zip(*(p.unbind(0) for p in (*A.chunk(3, -1), hs)), strict=True)
        for t, (r, z, n, h_t) in enumerate(loop):
            seen = h if drop is None else h * drop
            if "z" in into:
                into["z"].add_to(z, _seen_by_z(form, h, drop))
            sigma(into["r"].add_to(r, seen))
            into["n"].add_to(n, r * seen).tanh_()
            ends = (n, h) if options.z == "keeps" else (h, n)
            torch.lerp(*ends, sigma(z), out=h_t)
            if real[t] is not None:
                torch.where(real[t], h_t, h, out=h_t)
            h = h_t
        ctx.set_materialize_grads(False)
        if any(needs):
            ctx.form, ctx.options, ctx.inputs = form, options, inputs
            ctx.save_for_backward(*tensors, A, hs)
        return hs, h.clone()

    @staticmethod
    def backward(
        ctx: Any, dhs: Tensor | None, dh_T: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        *tensors, A, hs = ctx.saved_tensors
        form, options = ctx.form, ctx.options
        step, mask, drop, *_ = options
        if torch.is_grad_enabled():
            grads = plain_gradients(step, mask, drop, tensors, 1, (dhs, dh_T))
            return None, None, *grads
        _, h_0, _, W_h, _ = tensors
        das, dh = torch.empty_like(A), or_zeros(dh_T, h_0)
        _, back = _products(form, W_h, len(h_0))
        dhs, hs_prev = rows(dhs, len(hs)), before(h_0, hs).view_as(hs)
        for steps in chunks(*hs.shape):
            s = slice(steps.start, steps.stop)
            keep = _coefficients(options, das[s], A[s], hs_prev[s])
            if mask is not None:
                das[s] *= mask[s, :, None]
                keep = torch.where(mask[s, :, None], keep, 1)
            squashed = hs_prev[s].tanh() if form.squash else None
            parts = (*das[s].chunk(3, -1), A[s].chunk(3, -1)[0])
            for t in reversed(range(len(steps))):
                if dhs[s.start + t] is not None:
                    dh = dh.add_(dhs[s.start + t])
                da_r, da_z, da_n, r = (part[t] for part in parts)
                dq = back["n"].plus(None, da_n.mul_(dh))
                if drop is not None:
                    dq *= drop
                da_r.mul_(dq)
                da_z.mul_(dh)
                through = back["r"].plus(None, da_r)
                if drop is not None:
                    through *= drop
                through.addcmul_(dq, r).addcmul_(dh, keep[t])
                if "z" in back:
                    part = back["z"].plus(None, da_z)
                    if drop is not None:
                        part *= drop
                    if squashed is not None:
                        part = SLOPES["tanh"](part, squashed[t], part)
                    through += part
                dh = through
        dW_h = None
        if ctx.needs_input_grad[5]:
            dW_h = _weight_gradient(form, das, A, hs_prev, drop)
        dxs, dW_x, db = ctx.inputs.gradients(das)
        return None, None, dxs, dh, dW_x, dW_h, db


def _products(
    form: _Form, W_h: Tensor, B: int
) -> tuple[dict[str, Recurrent], dict[str, Recurrent]]:
    """Return each block's product with W, and with its transpose."""
    blocks = dict(zip(form.blocks, W_h.chunk(len(form.blocks)), strict=True))
    into = {q: Recurrent(W, B) for q, W in blocks.items()}
    return into, {q: Recurrent(W.T, B) for q, W in blocks.items()}


def _seen_by_z(form: _Form, h: Tensor, drop: Tensor | None) -> Tensor:
    s = h.tanh() if form.squash else h
    return s if drop is None else s * drop


def _coefficients(v: Options, das: Tensor, A: Tensor, h_prev: Tensor) -> Tensor:
    """Write what dh and dq are multiplied with; return the part that is kept."""
    (r, z, n), (dr, dz, dn) = A.chunk(3, -1), das.chunk(3, -1)
    keep, write = (z, 1 - z) if v.z == "keeps" else (1 - z, z)
    SLOPES["tanh"](write, n, dn)
    SLOPES[v.sigma](h_prev - n if v.z == "keeps" else n - h_prev, z, dz)
    SLOPES[v.sigma](h_prev, r, dr)
    return keep


def _weight_gradient(
    form: _Form, das: Tensor, A: Tensor, hs_prev: Tensor, drop: Tensor | None
) -> Tensor:
    """Return the gradient of W_h, block by block in its own order."""
    (dr, dz, dn), r = das.chunk(3, -1), A.chunk(3, -1)[0]
    seen = hs_prev if drop is None else hs_prev * drop
    sides = {"r": (dr, seen), "n": (dn, r * seen)}
    if "z" in form.blocks:
        sides["z"] = (dz, _seen_by_z(form, hs_prev, drop))
    pairs = [sides[q] for q in form.blocks]
    return torch.cat(
        [weight_gradient(d.flatten(0, 1), h.flatten(0, 1)) for d, h in pairs]
    )


def check(options: Options, xs: Tensor, h_0: Tensor, *weights: Tensor | None) -> None:
    """Check the arguments of a sequence; the step itself checks the weights."""
    check_sequence(xs, h_0, options.mask)
    with torch.no_grad():
        options.step(xs[0], h_0, *weights)
    check_drop(options.drop, h_0)


def reset_before(name: str, options: Options, *tensors: Tensor) -> tuple[Tensor, Tensor]:
    """Run one of :data:`FORMS` on tensors that are checked."""
    return _ResetBefore.apply(FORMS[name], options, *tensors)


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
    return _mutant("mut1", mut1_step, mask, drop, xs, h_0, W_x, W_h, b)


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
    return _mutant("mut2", mut2_step, mask, drop, xs, h_0, W_x, W_h, b)


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
    return _mutant("mut3", mut3_step, mask, drop, xs, h_0, W_x, W_h, b)


def _mutant(
    name: str,
    step: Callable[..., Tensor],
    mask: Tensor | None,
    drop: Tensor | None,
    *tensors: Tensor,
) -> tuple[Tensor, Tensor]:
    options = Options(step, mask, drop, z="writes")
    check(options, *tensors)
    return reset_before(name, options, *tensors)
