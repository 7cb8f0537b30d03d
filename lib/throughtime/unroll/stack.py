"""Layers: each reads the states of the one below as its inputs."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.unroll.bidirectional import unroll_bidirectional
from throughtime.unroll.loop import State, Step, unroll

Between = Callable[[Tensor], Tensor]


def unroll_stack(
    steps: Sequence[Step],
    xs: Tensor,
    states: Sequence[State],
    mask: Tensor | None = None,
    between: Between | None = None,
) -> tuple[Tensor, tuple[State, ...]]:
    r"""Unroll layer on layer.

    .. math:: h_t^l = \mathrm{step}^l(h_t^{l-1}, h_{t-1}^l), \quad h_t^0 = x_t

    Args:
        steps: One step a layer, the lowest first.
        xs: Inputs x_1 to x_T of the lowest, shape ``(T, B, D)``. The other layers read
            H numbers.
        states: One start state a layer, as in :func:`unroll`.
        mask: As in :func:`unroll`, for every layer.
        between: What is done to a layer's ``hs`` before the next reads it, dropout for
            example; not to the highest layer's. None: nothing.

    Returns:
        ``hs`` of the highest layer, shape ``(T, B, H)``, and the last state of each.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors, or ``mask`` not boolean.
        ThroughTimeError: No steps, or another number of states.

    Source:
        Graves (2013); book/08_deep.
    """
    _check_layers(steps, states)
    hs, last = xs, []
    for layer, (step, h_0) in enumerate(zip(steps, states, strict=True)):
        below = between(hs) if between and layer > 0 else hs
        hs, h_T = unroll(step, below, h_0, mask)
        last.append(h_T)
    return hs, tuple(last)


def unroll_bidirectional_stack(
    steps: Sequence[tuple[Step, Step]],
    xs: Tensor,
    states: Sequence[tuple[State, State]],
    mask: Tensor | None = None,
    between: Between | None = None,
) -> tuple[Tensor, tuple[tuple[State, State], ...]]:
    r"""Unroll layer on layer, each in both directions.

    Each direction of a layer reads both directions of the layer below, side by side.

    Args:
        steps: A forward and a backward step a layer, the lowest first.
        xs: Inputs x_1 to x_T of the lowest, shape ``(T, B, D)``. The other layers read
            2H numbers.
        states: Two start states a layer, as in :func:`unroll_bidirectional`.
        mask: As in :func:`unroll`, for every layer and direction.
        between: As in :func:`unroll_stack`.

    Returns:
        ``hs`` of the highest layer, forward half first, shape ``(T, B, 2H)``, and the
        last states of each layer, forward first.

    Raises:
        ShapeError: The sizes do not agree, or T or B is 0.
        KindError: Not floating-point tensors, or ``mask`` not boolean.
        ThroughTimeError: No steps, or another number of states.

    Source:
        Graves, Jaitly and Mohamed (2013); book/08_deep.
    """
    _check_layers(steps, states)
    hs, last = xs, []
    for layer, (pair, start) in enumerate(zip(steps, states, strict=True)):
        below = between(hs) if between and layer > 0 else hs
        hs, ends = unroll_bidirectional(*_two(pair), below, *_two(start), mask)
        last.append(ends)
    return hs, tuple(last)


def _check_layers(steps: Sequence[Any], states: Sequence[Any]) -> None:
    if len(steps) == 0 or len(steps) != len(states):
        raise ThroughTimeError(
            f"There are {len(steps)} steps and {len(states)} states; wanted one state "
            "a layer, and at least one layer. Try states of len(steps)."
        )


def _two(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise ThroughTimeError(
            f"A layer has a {type(pair).__name__}; wanted the pair (forward, backward) "
            "in steps and in states. Try unroll_stack if there is one direction."
        )
    return pair
