r"""Let an agent go where it is told, by its own moves."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.tasks.steps import NO_ACTION, STOP, Standing, move, stand, view
from throughtime.tasks.walks import Walks


class Followed(NamedTuple):
    r"""Hold what B agents did, time first; who has stopped does nothing more."""

    actions: Tensor
    """What each chose, "stop" after its end too, int64, ``(T, B)``."""
    places: Tensor
    """Where each stood before each action and at the end, ``(T + 1, B, 2)``."""
    maps: Tensor
    """Where each looked in the words, ``(T, B, W)``."""
    stopped: Tensor
    """Whether each stopped by itself, bool, ``(B,)``."""
    arrived: Tensor
    """Whether each stopped, and at its goal, bool, ``(B,)``."""


@torch.no_grad()
def follow(
    agent: Any,
    walks: Walks,
    *,
    steps: int = 60,
    see: Callable[[Tensor, Standing], Tensor] = view,
) -> Followed:
    r"""Choose the likeliest action at each step, move, and see anew.

    Args:
        agent: As :class:`throughtime.models.Agent`, with ``start`` and ``step``.
        walks: What to follow; its right actions are not looked at.
        steps: The most actions.
        see: What an agent sees, from the planes and where it stands.

    Raises:
        ThroughTimeError: ``steps`` is less than 1.
    """
    if steps < 1:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 or more. Try steps=60.")
    B, side = len(walks.legs), walks.fields.shape[-1]
    state = agent.start(walks.words, walks.words_mask)
    standing = stand(B, walks.fields.device)
    stopped = torch.zeros_like(walks.legs, dtype=torch.bool)
    action = torch.full_like(walks.legs, NO_ACTION)
    actions, places, maps = [], [standing.place], []
    for _ in range(steps):
        logits, state = agent.step(see(walks.fields, standing), action, state)
        action = logits.argmax(-1).masked_fill(stopped, STOP)
        stopped = stopped | (action == STOP)
        standing = move(standing, action, side)
        actions.append(action)
        places.append(standing.place)
        maps.append(state.map)
        if stopped.all():
            break
    there = (standing.place == walks.goal).all(1)
    told = (torch.stack(each) for each in (actions, places, maps))
    return Followed(*told, stopped, stopped & there)
