"""One step in time: pure functions on tensors.

Torch code holds a batch as rows, so the page's ``W h`` for one column ``h`` reads
``h @ W.T`` here, with the same ``W``. Gated cells are in ``gated``; loops,
in ``unroll``.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind, check_shape

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "identity": lambda a: a,
}


def rnn_step(
    x_t: Tensor,
    h_prev: Tensor,
    W_xh: Tensor,
    W_hh: Tensor,
    b_h: Tensor,
    activation: str = "tanh",
) -> Tensor:
    r"""Advance an Elman network by one time step.

    .. math:: h_t = f(W_{xh} x_t + W_{hh} h_{t-1} + b_h)

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        h_prev: State before step t, shape ``(B, H)``.
        W_xh: Input weights, shape ``(H, D)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        b_h: Bias, shape ``(H,)``.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.

    Returns:
        State after step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Elman (1990); book/02_unrolling.
    """
    _check("h_prev", h_prev, "b_h", b_h, x_t, W_xh, W_hh)
    f = _activation(activation)
    return f(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def pascanu_step(
    x_t: Tensor,
    a_prev: Tensor,
    W_xh: Tensor,
    W_hh: Tensor,
    b: Tensor,
    activation: str = "tanh",
) -> Tensor:
    r"""Advance the same network by one step, its pre-activation being the state.

    .. math:: a_t = W_{hh} f(a_{t-1}) + W_{xh} x_t + b

    Put h = f(a) and this is Elman's network: a change of variable, not another model.

    Args:
        x_t: Input at step t, shape ``(B, D)``.
        a_prev: Pre-activation of the step before, shape ``(B, H)``.
        W_xh: Input weights, shape ``(H, D)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        b: Bias, shape ``(H,)``.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.

    Returns:
        Pre-activation at step t, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Pascanu, Mikolov and Bengio (2013), eq. 2; book/02_unrolling.
    """
    _check("a_prev", a_prev, "b", b, x_t, W_xh, W_hh)
    f = _activation(activation)
    return f(a_prev) @ W_hh.T + x_t @ W_xh.T + b


def _activation(name: str) -> Callable[[Tensor], Tensor]:
    if name not in ACTIVATIONS:
        raise ThroughTimeError(
            f"activation is {name!r}; wanted one of {', '.join(ACTIVATIONS)}. "
            'Try "tanh".'
        )
    return ACTIVATIONS[name]


def _check(
    state: str, s: Tensor, bias: str, b: Tensor, x_t: Tensor, W_xh: Tensor, W_hh: Tensor
) -> None:
    check_kind(**{"x_t": x_t, state: s, "W_xh": W_xh, "W_hh": W_hh, bias: b})
    B, H = check_shape(state, s, "B H")
    _, D = check_shape("x_t", x_t, "B D", B=B)
    check_shape("W_xh", W_xh, "H D", H=H, D=D)
    check_shape("W_hh", W_hh, "H H", H=H)
    check_shape(bias, b, "H", H=H)
