r"""RWKV's memory over a whole sequence: as a loop, as a matrix, and as a tree."""

import torch
from torch import Tensor

from throughtime.gated.wkv import WKVState, wkv_join, wkv_read, wkv_start, wkv_step
from throughtime.shapes import check_kind, check_shape


def wkv_loop(
    ks: Tensor, vs: Tensor, w: Tensor, u: Tensor, state: WKVState | None = None
) -> tuple[Tensor, WKVState]:
    r"""Read and write the memory step by step.

    Args:
        ks: Keys, shape ``(T, B, H)``.
        vs: Values, shape ``(T, B, H)``.
        w: By how much an exponent falls each step, shape ``(H,)``.
        u: What the newest key has in addition, shape ``(H,)``.
        state: As of :func:`throughtime.gated.wkv_step`; empty without it.

    Returns:
        y_1 to y_T, shape ``(T, B, H)``, and the state after the last step.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.
    """
    _, B, H = _check(ks, vs)
    state = wkv_start(B, H, ks) if state is None else state
    ys = []
    for k_t, v_t in zip(ks.unbind(0), vs.unbind(0), strict=True):
        y_t, state = wkv_step(k_t, v_t, state, w, u)
        ys.append(y_t)
    return torch.stack(ys), state


def wkv_matrix(
    ks: Tensor, vs: Tensor, w: Tensor, u: Tensor, state: WKVState | None = None
) -> tuple[Tensor, WKVState]:
    r"""Return what :func:`wkv_loop` returns, all steps at once.

    Row t of the matrix of a channel has the weights of all values that step t sees;
    divided by their sum they are a softmax. It needs room for T (T + 1) B H numbers.

    Args:
        ks: Keys, shape ``(T, B, H)``.
        vs: Values, shape ``(T, B, H)``.
        w: By how much an exponent falls each step, shape ``(H,)``.
        u: What the newest key has in addition, shape ``(H,)``.
        state: As of :func:`throughtime.gated.wkv_step`; empty without it.

    Returns:
        y_1 to y_T, shape ``(T, B, H)``, and the state after the last step.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.

    Source:
        Peng et al. (2023), section 3; book/14_next.
    """
    T, B, H = _check(ks, vs)
    alpha, beta, p = wkv_start(B, H, ks) if state is None else state
    # What came before counts as one more entry, written at step 0.
    tops = torch.cat([alpha[None], vs])
    bottoms = torch.cat([beta[None], torch.ones_like(vs)])
    written = torch.cat([p[None], ks])
    step = torch.arange(T + 1, device=ks.device)
    ago = (step[1:, None] - 1 - step).to(ks.dtype)  # (T, T + 1); -1 for the newest
    exponents = written - ago.clamp(min=0)[..., None, None] * w
    exponents = torch.where((ago == -1)[..., None, None], exponents + u, exponents)
    exponents = exponents.masked_fill((ago < -1)[..., None, None], -torch.inf)
    weights = torch.exp(exponents - exponents.amax(1, keepdim=True))
    ys = (weights * tops).sum(1) / (weights * bottoms).sum(1)
    last = written - (T - step).to(ks.dtype)[:, None, None] * w
    p = last.amax(0)
    weights = torch.exp(last - p)
    return ys, ((weights * tops).sum(0), (weights * bottoms).sum(0), p)


def wkv_scan(
    ks: Tensor, vs: Tensor, w: Tensor, u: Tensor, state: WKVState | None = None
) -> tuple[Tensor, WKVState]:
    r"""Return what :func:`wkv_loop` returns, in about log2 T rounds.

    What some neighbouring steps have written is a memory of its own. An earlier one
    fades by ``reach`` steps before the later one, which spans so many, joins it.

    Args:
        ks: Keys, shape ``(T, B, H)``.
        vs: Values, shape ``(T, B, H)``.
        w: By how much an exponent falls each step, shape ``(H,)``.
        u: What the newest key has in addition, shape ``(H,)``.
        state: As of :func:`throughtime.gated.wkv_step`; empty without it.

    Returns:
        y_1 to y_T, shape ``(T, B, H)``, and the state after the last step.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.

    Source:
        book/14_next.
    """
    T, B, H = _check(ks, vs)
    state = wkv_start(B, H, ks) if state is None else state
    written: WKVState = (vs, torch.ones_like(vs), ks)
    reach = 1
    while reach < T:
        earlier = tuple(part[:-reach] for part in written)
        later = tuple(part[reach:] for part in written)
        joined = wkv_join(earlier, later, reach * w)
        pairs = zip(written, joined, strict=True)
        written = tuple(torch.cat([part[:reach], new]) for part, new in pairs)
        reach *= 2
    steps = torch.arange(1, T + 1, dtype=ks.dtype, device=ks.device)[:, None, None]
    whole = wkv_join(tuple(part[None] for part in state), written, steps * w)
    before = (
        torch.cat([part[None], new[:-1]])
        for part, new in zip(state, whole, strict=True)
    )
    ys = wkv_read(ks, vs, tuple(before), u)
    return ys, tuple(part[-1] for part in whole)


def _check(ks: Tensor, vs: Tensor) -> tuple[int, int, int]:
    check_kind(ks=ks, vs=vs)
    T, B, H = check_shape("ks", ks, "T B H")
    check_shape("vs", vs, "T B H", T=T, B=B, H=H)
    return T, B, H
