"""Truncated windows: the state goes on for ever, the gradient stops at each border."""

from collections.abc import Iterator

from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.unroll.loop import State, Step, check_sequence, unroll


def unroll_windows(
    step: Step, xs: Tensor, h_0: State, length: int, mask: Tensor | None = None
) -> Iterator[tuple[Tensor, State]]:
    r"""Unroll a long sequence window by window, for truncated backpropagation.

    Each window starts from the state that the one before has left, detached: the
    values are those of the whole sequence, but a loss reaches back to the start of its
    own window only, so its gradient is not the whole one. A window is computed when it
    is asked for; weights that change in place in between are those of the next window.

    Args:
        step: ``step(x_t, h_prev) -> h_t``, the same at every t.
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0: State before the first step, as in :func:`unroll`; not detached.
        length: Steps of a window; the last window may be shorter.
        mask: As in :func:`unroll`.

    Yields:
        ``hs`` of the window, shape ``(length, B, H)``, and the state after it, which
        still belongs to the window's graph.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, or ``mask`` not boolean.
        ThroughTimeError: ``length`` is less than 1.

    Source:
        Williams and Peng (1990); book/04_bptt.
    """
    if length < 1:
        raise ThroughTimeError(f"length is {length}; wanted 1 or more. Try length=1.")
    check_sequence(xs, h_0, mask)
    return _windows(step, xs, h_0, length, mask)


def _windows(
    step: Step, xs: Tensor, h_0: State, length: int, mask: Tensor | None
) -> Iterator[tuple[Tensor, State]]:
    state = h_0
    for t in range(0, len(xs), length):
        window = slice(t, t + length)
        real = None if mask is None else mask[window]
        hs, state = unroll(step, xs[window], state, real)
        yield hs, state
        state = detach(state)


def detach(state: State) -> State:
    r"""Return a state with the same numbers that no gradient passes through.

    Args:
        state: A tensor, or a tuple of tensors.
    """
    if isinstance(state, tuple):
        return tuple(member.detach() for member in state)
    return state.detach()
