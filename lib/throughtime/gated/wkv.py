r"""One step of RWKV's memory: a mean of values, weighted by keys, that fades."""

import torch
from torch import Tensor

from throughtime.shapes import check_kind, check_shape

WKVState = tuple[Tensor, Tensor, Tensor]


def wkv_start(B: int, H: int, like: Tensor) -> WKVState:
    r"""Return the memory before the first step: empty.

    Args:
        B: Rows.
        H: Channels.
        like: A tensor whose dtype and device are taken.
    """
    zeros = like.new_zeros(B, H)
    return zeros, zeros, torch.full_like(zeros, -torch.inf)


def wkv_step(
    k_t: Tensor, v_t: Tensor, state: WKVState, w: Tensor, u: Tensor
) -> tuple[Tensor, WKVState]:
    r"""Read RWKV's memory, then write to it, without any large exponential.

    .. math::
        y_t &= \frac{\alpha_{t-1} + e^{u + k_t} v_t}{\beta_{t-1} + e^{u + k_t}} \\
        \alpha_t &= e^{-w} \alpha_{t-1} + e^{k_t} v_t, \quad
        \beta_t = e^{-w} \beta_{t-1} + e^{k_t}

    The state holds alpha e^{-p} and beta e^{-p}, where p is the largest exponent so
    far, so that no exponential here exceeds 1.

    Args:
        k_t: Keys, shape ``(B, H)``.
        v_t: Values, shape ``(B, H)``.
        state: The scaled alpha and beta, and p, each ``(B, H)``; see ``wkv_start``.
        w: By how much an exponent falls each step, 0 or more, shape ``(H,)``.
        u: What the newest key has in addition, shape ``(H,)``.

    Returns:
        y_t, shape ``(B, H)``, and the state after the step.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Peng et al. (2023), section 3 and the appendix on stability; book/14_next.
    """
    alpha, beta, p = state
    check_kind(k_t=k_t, v_t=v_t, alpha=alpha, beta=beta, p=p, w=w, u=u)
    B, H = check_shape("k_t", k_t, "B H")
    for name, tensor in (("v_t", v_t), ("alpha", alpha), ("beta", beta), ("p", p)):
        check_shape(name, tensor, "B H", B=B, H=H)
    check_shape("w", w, "H", H=H)
    check_shape("u", u, "H", H=H)
    y_t = wkv_read(k_t, v_t, state, u)
    return y_t, wkv_join(state, (v_t, torch.ones_like(v_t), k_t), w)


def wkv_read(k_t: Tensor, v_t: Tensor, state: WKVState, u: Tensor) -> Tensor:
    r"""Return y_t from the memory before step t and the newest key and value."""
    alpha, beta, p = state
    old, new, _ = _scales(p, u + k_t)
    return (old * alpha + new * v_t) / (old * beta + new)


def wkv_join(earlier: WKVState, later: WKVState, fall: Tensor) -> WKVState:
    r"""Return two memories as one, after the earlier one's exponents fell."""
    alpha, beta, p = earlier
    alpha_new, beta_new, k = later
    old, new, p = _scales(p - fall, k)
    return old * alpha + new * alpha_new, old * beta + new * beta_new, p


def _scales(p: Tensor, k: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return e^(p - m), e^(k - m) and m, the larger of both."""
    m = torch.maximum(p, k)
    return torch.exp(p - m), torch.exp(k - m), m
