"""Two networks over one sequence, one of which reads it backwards."""

import torch
from torch import Tensor

from throughtime.unroll.loop import State, Step, check_sequence, unroll


def unroll_backward(
    step: Step, xs: Tensor, h_0: State, mask: Tensor | None = None
) -> tuple[Tensor, State]:
    r"""Apply one step to each input in turn, from the last to the first.

    .. math:: h_t = \mathrm{step}(x_t, h_{t+1}), \quad t = T, \dots, 1

    A mask keeps the start state through a row's padding, so a row that is padded on
    the right starts at its own last real token, as if it were alone.

    Args:
        step: ``step(x_t, h_next) -> h_t``.
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0: State before the step that reads x_T, as in :func:`unroll`.
        mask: As in :func:`unroll`.

    Returns:
        ``hs`` in page order, so ``hs[t]`` is the state that has read x_T to x_{t+1},
        shape ``(T, B, H)``; and the last state, which has read everything.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, or ``mask`` not boolean.

    Source:
        Schuster and Paliwal (1997); book/08_deep.
    """
    check_sequence(xs, h_0, mask)
    turned = None if mask is None else mask.flip(0)
    hs, h_1 = unroll(step, xs.flip(0), h_0, turned)
    return hs.flip(0), h_1


def unroll_bidirectional(
    step_forward: Step,
    step_backward: Step,
    xs: Tensor,
    h_0_forward: State,
    h_0_backward: State,
    mask: Tensor | None = None,
) -> tuple[Tensor, tuple[State, State]]:
    r"""Read a sequence in both directions and put the states side by side.

    .. math:: h_t = [\overrightarrow h_t; \overleftarrow h_t]

    The state at t knows the whole sequence, so it cannot serve to predict what comes
    next: such a network generates nothing from left to right.

    Args:
        step_forward: ``step(x_t, h_prev) -> h_t``.
        step_backward: ``step(x_t, h_next) -> h_t``.
        xs: Inputs x_1 to x_T, shape ``(T, B, D)``.
        h_0_forward: State before x_1, shape ``(B, H)``, or a tuple of such.
        h_0_backward: State before x_T (or before a row's last real token), likewise.
        mask: As in :func:`unroll`.

    Returns:
        ``hs``, the forward half first, in page order of t, shape ``(T, B, 2H)``; and
        the last states of the two, forward first. Under a mask's padding on the right
        the backward half is its start state.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors, or ``mask`` not boolean.

    Source:
        Schuster and Paliwal (1997); book/08_deep.
    """
    forward, h_T = unroll(step_forward, xs, h_0_forward, mask)
    backward, h_1 = unroll_backward(step_backward, xs, h_0_backward, mask)
    return torch.cat([forward, backward], dim=2), (h_T, h_1)
