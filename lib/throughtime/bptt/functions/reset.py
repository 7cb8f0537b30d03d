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

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Linear, Recurrent, weight_gradient
from throughtime.bptt.functions.shared import (
    IN_PLACE,
    SLOPES,
    Inputs,
    added,
    before,
    check_drop,
    chunks,
    columns,
    or_zeros,
    plain_gradients,
    rows,
    scaled,
    stay_,
)
from throughtime.unroll.loop import check_sequence


class Options(NamedTuple):
    """Hold what is not a tensor to differentiate."""

    step: Callable[..., Tensor]
    mask: Tensor | None
    drop: Tensor | None
    z: str = "keeps"
    sigma: str = "sigmoid"


class Form(NamedTuple):
    """Say how the inputs enter, which blocks W_h has, and what z sees."""

    project: Callable[[Tensor, Tensor, Tensor], Tensor]
    blocks: str
    squash: bool = False  # s = tanh


GRU = Form(Linear.apply, "rzn")


class _ResetBefore(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        form: Form,
        options: Options,
        *tensors: Tensor,
    ) -> tuple[Tensor, Tensor]:
        xs, h, W_x, W_h, b = tensors
        mask, drop, needs = options.mask, options.drop, ctx.needs_input_grad[2:]
        inputs = Inputs(form.project, (xs, W_x, b), (needs[0], needs[2], needs[4]))
        A = inputs.take()
        hs = torch.empty_like(A.chunk(3, -1)[0])
        into, _ = _products(form, W_h, len(h))
        sigma = IN_PLACE[options.sigma]
        parts = [part.unbind(0) for part in (*A.chunk(3, -1), hs)]
        for r, z, n, h_t, real in zip(*parts, columns(mask, len(xs)), strict=True):
            seen = scaled(h, drop)
            if "z" in into:
                into["z"].add_to(z, _seen_by_z(form, h, drop))
            sigma(into["r"].add_to(r, seen))
            into["n"].add_to(n, r * seen).tanh_()
            ends = (n, h) if options.z == "keeps" else (h, n)
            torch.lerp(*ends, sigma(z), out=h_t)
            stay_(real, h_t, h)
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
        hs_prev = before(h_0, hs)
        dhs, dh = rows(dhs, len(hs)), or_zeros(dh_T, h_0)
        dh, das = _go_back(form, options, A, hs_prev, dhs, dh, W_h)
        dW_h = None
        if ctx.needs_input_grad[5]:
            dW_h = _weight_gradient(form, das, A, hs_prev, drop)
        del hs_prev  # as large as the states
        dxs, dW_x, db = ctx.inputs.gradients(das)
        return None, None, dxs, dh, dW_x, dW_h, db


def _go_back(
    form: Form,
    options: Options,
    A: Tensor,
    hs_prev: Tensor,
    dhs: Any,
    dh: Tensor,
    W_h: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return dL/dh_0, and the gradients of the three pre-activations."""
    das, (_, back) = torch.empty_like(A), _products(form, W_h, len(dh))
    mask, drop = options.mask, options.drop
    for steps in chunks(*hs_prev.shape):
        s = slice(steps.start, steps.stop)
        keep = _coefficients(options, das[s], A[s], hs_prev[s])
        if mask is not None:
            das[s] *= mask[s, :, None]
            keep = torch.where(mask[s, :, None], keep, 1)
        squashed = hs_prev[s].tanh() if form.squash else None
        parts = (*das[s].chunk(3, -1), A[s].chunk(3, -1)[0], keep)
        loop = (*(part.unbind(0) for part in parts), rows(squashed, len(keep)))
        for dr, dz, dn, r, keep_t, tanh_h, dh_t in reversed(
            list(zip(*loop, dhs[s], strict=True))
        ):
            dh = added(dh, dh_t)
            dq = scaled(back["n"].plus(None, dn.mul_(dh)), drop)
            through = scaled(back["r"].plus(None, dr.mul_(dq)), drop)
            through.addcmul_(dq, r).addcmul_(dh, keep_t)
            dz.mul_(dh)
            if "z" in back:
                through += _through_z(scaled(back["z"].plus(None, dz), drop), tanh_h)
            dh = through
    return dh, das


def _through_z(d: Tensor, tanh_h: Tensor | None) -> Tensor:
    """Go back through what z sees of the state: tanh of it, or itself."""
    return d if tanh_h is None else SLOPES["tanh"](d, tanh_h, d)


def _products(
    form: Form, W_h: Tensor, B: int
) -> tuple[dict[str, Recurrent], dict[str, Recurrent]]:
    """Return each block's product with W, and with its transpose."""
    blocks = dict(zip(form.blocks, W_h.chunk(len(form.blocks)), strict=True))
    into = {q: Recurrent(W, B) for q, W in blocks.items()}
    return into, {q: Recurrent(W.T, B) for q, W in blocks.items()}


def _seen_by_z(form: Form, h: Tensor, drop: Tensor | None) -> Tensor:
    return scaled(h.tanh() if form.squash else h, drop)


def _coefficients(v: Options, das: Tensor, A: Tensor, h_prev: Tensor) -> Tensor:
    """Write what dh and dq are multiplied with; return the part that is kept."""
    (r, z, n), (dr, dz, dn) = A.chunk(3, -1), das.chunk(3, -1)
    keep, write = (z, 1 - z) if v.z == "keeps" else (1 - z, z)
    SLOPES["tanh"](write, n, dn)
    SLOPES[v.sigma](h_prev - n if v.z == "keeps" else n - h_prev, z, dz)
    SLOPES[v.sigma](h_prev, r, dr)
    return keep


def _weight_gradient(
    form: Form, das: Tensor, A: Tensor, hs_prev: Tensor, drop: Tensor | None
) -> Tensor:
    """Return the gradient of W_h, block by block in its own order."""
    d, r = dict(zip("rzn", das.chunk(3, -1), strict=True)), A.chunk(3, -1)[0]
    saw = {
        "r": lambda: scaled(hs_prev, drop),
        "z": lambda: _seen_by_z(form, hs_prev, drop),
        "n": lambda: r * scaled(hs_prev, drop),
    }
    # One after the other, so that one copy of the states at a time is held.
    found = (
        weight_gradient(d[q].flatten(0, 1), saw[q]().flatten(0, 1)) for q in form.blocks
    )
    return torch.cat(list(found))


def check(options: Options, xs: Tensor, h_0: Tensor, *weights: Tensor | None) -> None:
    """Check the arguments of a sequence; the step itself checks the weights."""
    check_sequence(xs, h_0, options.mask)
    with torch.no_grad():
        options.step(xs[0], h_0, *weights)
    check_drop(options.drop, h_0)


def reset_before(
    form: Form, options: Options, *tensors: Tensor
) -> tuple[Tensor, Tensor]:
    """Run a cell of some form on tensors that are checked."""
    return _ResetBefore.apply(form, options, *tensors)
