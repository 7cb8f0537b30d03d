r"""The loops of the LSTM, forth and back.

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
loop turns them into the gradients in place. Peepholes add their terms to dc.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.bptt.functions.product import Recurrent, weight_gradient
from throughtime.bptt.functions.shared import (
    IN_PLACE,
    SLOPES,
    added,
    chunks,
    columns,
    rows,
    scaled,
    stay_,
)
from throughtime.gated import lstm_peepholes


class Options(NamedTuple):
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


def run(
    options: Options, A: Tensor, h: Tensor, c: Tensor, W_h: Tensor, W_c: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Turn A into the gates in place; return hs, c_0 to c_T, and every h(c_t)."""
    T, (B, H) = len(A), h.shape
    hs, cs, ks = (A.new_empty(n, B, H) for n in (T, T + 1, T))
    cs[0] = c
    parts, peep, into = options.split(A), options.peepholes(W_c), Recurrent(W_h, B)
    gates = H * sum(q in parts for q in "if")  # i and f lie side by side
    at = (rows(parts.get(q), T) for q in "ifgo")
    states = (q.unbind(0) for q in (A, A[..., :gates], cs[1:], ks, hs))
    sigma, g_of, h_of = (IN_PLACE[f] for f in (options.sigma, options.g, options.h))
    loop = zip(*states, *at, columns(options.mask, T), strict=True)
    for a, i_and_f, c_t, k, h_t, i, f, g, o, real in loop:
        into.add_to(a, scaled(h, options.drop))
        if peep:
            _look_(i, peep.get("i"), c)
            _look_(f, peep.get("f"), c)
        sigma(i_and_f)
        _write_cell(options.coupled, f, i, g_of(g), c, c_t)
        torch.tanh(c_t, out=k) if options.h == "tanh" else h_of(k.copy_(c_t))
        if peep:
            _look_(o, peep.get("o"), c_t)
        h_t.copy_(k) if o is None else torch.mul(sigma(o), k, out=h_t)
        stay_(real, c_t, c)
        stay_(real, h_t, h)
        h, c = h_t, c_t
    return hs, cs, ks


def go_back(
    options: Options,
    A: Tensor,
    cs: Tensor,
    ks: Tensor,
    dhs: Any,
    dh: Tensor,
    dc: Tensor,
    W_h: Tensor,
    W_c: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of the pre-activations, of h_0 and of c_0."""
    das, back = torch.empty_like(A), Recurrent(W_h.T, len(dh))
    peep = options.peepholes(W_c)
    w_i, w_f, w_o = (peep.get(q) for q in "ifo")
    dc_for_blocks = dc[:, None]  # dc is only ever changed in place
    for steps in chunks(*ks.shape):
        s = slice(steps.start, steps.stop)
        to_cell, keep, lost = _coefficients(options, das[s], A[s], cs, ks[s], s)
        part = options.split(das[s])
        by_dc = das[s].unflatten(-1, (len(part), -1))[:, :, : len(part) - ("o" in part)]
        n = len(steps)
        d_i, d_f = (part.get(q) if peep else None for q in "if")
        at = (rows(q, n) for q in (d_i, d_f, part.get("o"), keep, lost))
        loop = (das[s].unbind(0), by_dc.unbind(0), to_cell.unbind(0), *at, dhs[s])
        for da, blocks, to_c, d_i_t, d_f_t, d_o, keep_t, lost_t, dh_t in reversed(
            list(zip(*loop, strict=True))
        ):
            dh = added(dh, dh_t)
            stays = None if lost_t is None else dh * lost_t
            dc.addcmul_(dh, to_c)
            if d_o is not None:
                dc = added(dc, _seen(d_o.mul_(dh), w_o))
            blocks.mul_(dc_for_blocks)
            if keep_t is not None:
                dc.mul_(keep_t)
            if peep:
                dc = added(added(dc, _seen(d_i_t, w_i)), _seen(d_f_t, w_f))
            dh = added(scaled(back.plus(None, da), options.drop), stays)
    return das, dh, dc


def _coefficients(
    options: Options, das: Tensor, A: Tensor, cs: Tensor, k: Tensor, s: slice
) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """Write the gates' factors into das, for some steps.

    Return dh's factor in dc, the factor of dc that is kept, and the rows that a mask
    takes out.
    """
    part, d, c_prev = options.split(A), options.split(das), cs[s]
    one, sigma = k.new_ones(1, 1, 1).expand_as(k), SLOPES[options.sigma]
    i, f, keep = part.get("i", one), part.get("f", one), part.get("f")
    if "f" in d:
        sigma(c_prev - part["g"] if options.coupled else c_prev, f, d["f"])
    if "i" in d:
        sigma(part["g"], i, d["i"])
    SLOPES[options.g](1 - f if options.coupled else i, part["g"], d["g"])
    if "o" in d:
        sigma(k, part["o"], d["o"])
    to_cell = SLOPES[options.h](part.get("o", one), k, torch.empty_like(k))
    if options.mask is None:
        return to_cell, keep, None
    real = options.mask[s, :, None]
    das *= real
    to_cell *= real
    keep = keep if keep is None else torch.where(real, keep, 1)
    return to_cell, keep, ~real


def peephole_gradient(options: Options, das: Tensor, cs: Tensor) -> Tensor:
    """Return the gradient of W_c; o saw c_t, the other gates c_{t-1}."""
    d, grads = options.split(das), []
    for q in lstm_peepholes(options.blocks):
        c = cs[1:] if q == "o" else cs[:-1]
        if options.peephole == "full":
            grads.append(weight_gradient(d[q].flatten(0, 1), c.flatten(0, 1)))
        else:
            grads.append((d[q] * c).sum((0, 1)))
    return torch.cat(grads)


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


def _look_(a: Tensor | None, w: Tensor | None, c: Tensor) -> None:
    """Add to a gate, in place, what its peephole sees of the cell."""
    if a is not None:
        a.add_(c @ w.T if w.dim() == 2 else c * w)


def _seen(da: Tensor | None, w: Tensor | None) -> Tensor | None:
    """Return what goes back to the cell through a peephole."""
    if da is None or w is None:
        return None
    return da @ w if w.dim() == 2 else da * w
