"""The one loop through time, and the loop that feeds itself.

The loop knows nothing of the cell: a step is a function ``step(x_t, h_prev) -> h_t``.
A state is a tensor ``(B, H)``, or a tuple whose first member is h, as the LSTM's
``(h, c)``. In code ``hs[t]`` is the page's h_{t+1}; h_0 stays apart.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError
from throughtime.shapes import check_kind, check_shape

State = Tensor | tuple[Tensor, ...]
Step = Callable[[Tensor, State], State]


def unroll(
    step: Step, xs: Tensor, h_0: State, mask: Tensor | None = None
) -> tuple[Tensor, State]:
    r"""Apply one step to each input in turn.

    .. math:: h_t = \mathrm{step}(x_t, h_{t-1}), \quad t = 1, \dots, T

    A many-to-many network (N-N) reads ``hs``; a many-to-one network (N-1), ``h_T``.

    Args:
        step: ``step(x_t, h_prev) -> h_t``, the same at every t.
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0: State before the first step, shape ``(B, H)``, or a tuple of such.
        mask: Where True, a real token; where False the row's state stays as it is.
            Boolean, shape ``(T, B)``.

    Returns:
        ``hs``, the states h_1 to h_T, shape ``(T, B, H)``, and the state after the
        last step, of the same form as ``h_0``.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, or ``mask`` not boolean.

    Source:
        book/02_unrolling.
    """
    _, B, H = check_sequence(xs, h_0, mask)
    state, hs = h_0, []
    # unbind, since the backward pass of xs[t] fills a (T, B, D) of zeros at each t
    for t, x_t in enumerate(xs.unbind(0)):
        h_prev, state = state, step(x_t, state)
        _check_state("step(x_t, h_prev)", state, B=B, H=H)
        if mask is not None:
            state = _keep(mask[t], state, h_prev)
        hs.append(_visible(state))
    return torch.stack(hs), state


def unroll_from(
    step: Step, feed: Callable[[Tensor], Tensor], x_1: Tensor, h_0: State, steps: int
) -> tuple[Tensor, State]:
    r"""Apply one step to its own results: a one-to-many network (1-N).

    .. math:: h_t = \mathrm{step}(x_t, h_{t-1}), \quad x_{t+1} = \mathrm{feed}(h_t)

    A feed that returns zeros means: no further input.

    Args:
        step: ``step(x_t, h_prev) -> h_t``, the same at every t.
        feed: Makes the next input, shape ``(B, D)``, from h_t, shape ``(B, H)``.
        x_1: The only input from outside, shape ``(B, D)``.
        h_0: State before the first step, shape ``(B, H)``, or a tuple of such.
        steps: The number of steps T, at least 1.

    Returns:
        ``hs``, the states h_1 to h_T, shape ``(T, B, H)``, and the state after the
        last step, of the same form as ``h_0``.

    Raises:
        ShapeError: The sizes do not agree, or B is 0.
        KindError: ``x_1`` or ``h_0`` is not floating-point.
        ThroughTimeError: ``steps`` is less than 1.

    Source:
        book/02_unrolling.
    """
    if steps < 1:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 or more. Try steps=1.")
    B, H = _check_state("h_0", h_0)
    _, D = check_shape("x_1", x_1, "B D", B=B)
    check_kind(x_1=x_1)
    x_t, state, hs = x_1, h_0, []
    for t in range(steps):
        if t > 0:
            x_t = feed(_visible(state))
            check_shape("feed(h_t)", x_t, "B D", B=B, D=D)
        state = step(x_t, state)
        _check_state("step(x_t, h_prev)", state, B=B, H=H)
        hs.append(_visible(state))
    return torch.stack(hs), state


def _visible(state: State) -> Tensor:
    """Return h, the part of a state that the rest of a network sees."""
    return state[0] if isinstance(state, tuple) else state


def _check_state(name: str, state: State, **sizes: int) -> tuple[int, ...]:
    h = _visible(state)
    B, H = check_shape(name, h, "B H", **sizes)
    check_kind(**{name: h})
    return B, H


def check_sequence(xs: Tensor, h_0: State, mask: Tensor | None) -> tuple[int, int, int]:
    r"""Check what a loop is given, and return T, B and H.

    Args:
        xs: Inputs, shape ``(T, B, D)``.
        h_0: State before the first step, shape ``(B, H)``, or a tuple of such.
        mask: None, or boolean, shape ``(T, B)``.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, or ``mask`` not boolean.
    """
    B, H = _check_state("h_0", h_0)
    T, _, _ = check_shape("xs", xs, "T B D", B=B)
    check_kind(xs=xs)
    check_mask(mask, T, B)
    return T, B, H


def check_mask(mask: Tensor | None, T: int, B: int) -> None:
    r"""Check that a mask is None, or a boolean tensor of shape ``(T, B)``.

    Raises:
        ShapeError: Another shape.
        KindError: Another kind.
    """
    if mask is None:
        return
    check_shape("mask", mask, "T B", T=T, B=B)
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        raise KindError(
            f"mask is a {type(mask).__name__} of {mask.dtype}; wanted a tensor of "
            "booleans, True for a real token. Try torch.as_tensor(mask).bool()."
        )


def _keep(real: Tensor, state: State, h_prev: State) -> State:
    """Return the new state in the rows that are real, the old one in the others."""
    if isinstance(state, tuple):
        pairs = zip(state, h_prev, strict=True)
        return tuple(torch.where(real[:, None], new, old) for new, old in pairs)
    return torch.where(real[:, None], state, h_prev)
