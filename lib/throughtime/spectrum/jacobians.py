r"""The Jacobian of one step, products of them in order, and the upper bound.

Rows are what comes out, columns what goes in. A gradient, written as a column, goes
back through the transpose.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from throughtime.cells import ACTIVATIONS
from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.shapes import check_kind, check_shape
from throughtime.unroll import State

# f' of each activation, at the pre-activation a; relu' at 0 is 0, as in torch.
SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": lambda a: 1 - torch.tanh(a) ** 2,
    "relu": lambda a: (a > 0).to(a.dtype),
    "identity": torch.ones_like,
}


def step_jacobian(step: Callable[[State], State], h_prev: State) -> Tensor:
    r"""Return the Jacobian of one step with respect to the state before it.

    .. math:: J_t = \partial h_t / \partial h_{t-1}

    It is taken by autograd, so it works for any cell. A state that is a tuple counts
    as one long vector: for an LSTM's (h, c) the result is ``(2H, 2H)``, with blocks
    dh/dh, dh/dc over dc/dh, dc/dc.

    Args:
        step: ``step(h_prev) -> h_t``, the input held fixed, as in
            ``partial(rnn_step, x_t, W_xh=W_xh, W_hh=W_hh, b_h=b_h)``.
        h_prev: One state, shape ``(1, H)``, or a tuple of such.

    Returns:
        Shape ``(H, H)``, or ``(nH, nH)`` for a tuple of n; no graph hangs on it.

    Raises:
        ShapeError: B is not 1, or the step returns another form than it got.
        KindError: ``h_prev`` is not floating-point.
    """
    parts = h_prev if isinstance(h_prev, tuple) else (h_prev,)
    check_kind(**{f"h_prev[{i}]": part for i, part in enumerate(parts)})
    sizes = [check_shape("h_prev", part, "B H", B=1)[1] for part in parts]

    def flat(vector: Tensor) -> Tensor:
        pieces = tuple(piece[None] for piece in vector.split(sizes))
        state = step(pieces if isinstance(h_prev, tuple) else pieces[0])
        return torch.cat(state if isinstance(state, tuple) else (state,), dim=1)[0]

    J = torch.autograd.functional.jacobian(flat, torch.cat(parts, dim=1)[0].detach())
    if J.shape[0] != J.shape[1]:
        raise ShapeError(
            f"the step turns {J.shape[1]} numbers into {J.shape[0]}; wanted as many "
            "as it got. Try a step that returns the state alone, without outputs."
        )
    return J


def elman_jacobian(a_t: Tensor, W_hh: Tensor, activation: str = "tanh") -> Tensor:
    r"""Return the Jacobian of Elman's step, f' being at the new pre-activation.

    .. math:: J_t = \mathrm{diag}(f'(a_t)) \, W_{hh}, \quad
        a_t = W_{xh} x_t + W_{hh} h_{t-1} + b_h

    Args:
        a_t: Pre-activation of the step, shape ``(1, H)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.

    Returns:
        d h_t / d h_{t-1}, shape ``(H, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: Another activation.

    Source:
        book/05_gradients.
    """
    return _slope("a_t", a_t, W_hh, activation)[:, None] * W_hh


def pascanu_jacobian(a_prev: Tensor, W_hh: Tensor, activation: str = "tanh") -> Tensor:
    r"""Return the Jacobian of Pascanu's step, f' being at the old pre-activation.

    .. math:: J_t = W_{hh} \, \mathrm{diag}(f'(a_{t-1})), \quad
        a_t = W_{hh} f(a_{t-1}) + W_{xh} x_t + b

    Args:
        a_prev: Pre-activation of the step before, shape ``(1, H)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.

    Returns:
        d a_t / d a_{t-1}, shape ``(H, H)``.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
        ThroughTimeError: Another activation.

    Source:
        Pascanu, Mikolov and Bengio (2013), eq. 5, there with the transpose misplaced.
    """
    return W_hh * _slope("a_prev", a_prev, W_hh, activation)


def jacobian_product(Js: Sequence[Tensor] | Tensor, t: int, k: int) -> Tensor:
    r"""Multiply the Jacobians of steps k + 1 to t, the latest at the left.

    .. math:: \frac{\partial h_t}{\partial h_k} = J_t J_{t-1} \cdots J_{k+1}

    Args:
        Js: The page's J_1 to J_T in ``Js[0]`` to ``Js[T - 1]``, shape ``(H, H)`` each.
        t: The later step, on the page, from k to T.
        k: The earlier step, on the page, from 0 to t; k = t gives the identity.

    Returns:
        Shape ``(H, H)``.

    Raises:
        ThroughTimeError: Not 0 <= k <= t <= T.
        ShapeError: The Jacobians are not square or of different sizes.
    """
    T = len(Js)
    if T == 0:
        raise ShapeError("Js is empty; wanted 1 or more Jacobians. Try step_jacobian.")
    if not 0 <= k <= t <= T:
        raise ThroughTimeError(
            f"t is {t} and k is {k}; wanted 0 <= k <= t <= T = {T}. Try t={T}, k=0."
        )
    (H, _) = check_shape("Js[0]", Js[0], "H H")
    product = torch.eye(H, dtype=Js[0].dtype, device=Js[0].device)
    for j in range(k, t):
        check_shape(f"Js[{j}]", Js[j], "H H", H=H)
        product = Js[j] @ product
    return product


def gradient_bound(beta_W: float, beta_h: float, gap: int) -> float:
    r"""Return the upper bound of the norm of a product of ``gap`` Jacobians.

    .. math:: \left\| \frac{\partial h_t}{\partial h_k} \right\|
        \le (\beta_W \beta_h)^{t-k}

    It is an upper bound only. Below 1 it proves that the gradient vanishes; above 1
    it proves nothing: [[0, 10], [0, 0]] has beta_W = 10, and its square is 0.

    Args:
        beta_W: At least the spectral norm of W_hh, so 0 or more.
        beta_h: At least the norm of each diag(f'): 1 for tanh and ReLU, 1/4 for the
            sigmoid.
        gap: t - k, at least 0.

    Returns:
        The bound; inf where float64 cannot hold it.

    Raises:
        ThroughTimeError: An argument is negative.

    Source:
        Pascanu, Mikolov and Bengio (2013), eq. 7.

    >>> gradient_bound(2.0, 0.25, 3)
    0.125
    """
    for name, value in (("beta_W", beta_W), ("beta_h", beta_h), ("gap", gap)):
        if value < 0:
            raise ThroughTimeError(
                f"{name} is {value}; wanted 0 or more, as norms and numbers of steps "
                f"are. Try {name}={-value}."
            )
    try:
        return float(beta_W * beta_h) ** gap
    except OverflowError:
        return float("inf")


def _slope(name: str, a: Tensor, W_hh: Tensor, activation: str) -> Tensor:
    if activation not in SLOPES:
        raise ThroughTimeError(
            f"activation is {activation!r}; wanted one of {', '.join(ACTIVATIONS)}. "
            'Try "tanh".'
        )
    check_kind(**{name: a, "W_hh": W_hh})
    _, H = check_shape(name, a, "B H", B=1)
    check_shape("W_hh", W_hh, "H H", H=H)
    return SLOPES[activation](a[0])
