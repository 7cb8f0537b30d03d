r"""Stand on a plane of landmarks, move, and see what lies ahead.

A plane is a grid of places, rolled up at its ends; a place is empty or has a landmark,
of one of four colours and one of four kinds. An agent stands on a place, heads one way
of four, and sees the places in front of it only::

    3 ahead    . . .
    2 ahead    . . .        12 places: its own row, and three rows ahead,
    1 ahead    . . .        each one place to the left and to the right
    own row    . A .
"""

from typing import NamedTuple

import torch
from torch import Tensor

COLOURS = ("red", "green", "blue", "yellow")
KINDS = ("chair", "table", "lamp", "plant")
ACTIONS = ("forward", "left", "right", "stop")
FORWARD, LEFT, RIGHT, STOP = range(4)
NO_ACTION = len(ACTIONS)  # before the first

ROWS, COLUMNS = 4, 3  # of a view
VIEW_SIZE = ROWS * COLUMNS * (len(COLOURS) + len(KINDS))

_AHEAD = ((-1, 0), (0, 1), (1, 0), (0, -1))  # rows down, columns to the right


class Standing(NamedTuple):
    """Say where B agents stand: ``(B, 2)``, row and column; and head, ``(B,)``."""

    place: Tensor
    """int64, ``(B, 2)``: row and column."""
    heading: Tensor
    """int64, ``(B,)``: 0 up, 1 right, 2 down, 3 left on the map."""


def stand(B: int, device: torch.device | None = None) -> Standing:
    r"""Return B agents at place (0, 0) that head up the map."""
    zeros = torch.zeros((B, 2), dtype=torch.int64, device=device)
    return Standing(zeros, zeros[:, 0])


def move(standing: Standing, actions: Tensor, side: int) -> Standing:
    r"""Return where agents stand after an action each.

    Args:
        standing: Before it.
        actions: Index in ``ACTIONS``, int64, ``(B,)``.
        side: Of the plane, places; who leaves at one end comes back at the other.
    """
    turn = (actions == RIGHT).long() - (actions == LEFT).long()
    heading = (standing.heading + turn) % 4
    ahead = actions.new_tensor(_AHEAD)[heading]
    going = (actions == FORWARD).long()[:, None]
    return Standing((standing.place + going * ahead) % side, heading)


def view(fields: Tensor, standing: Standing) -> Tensor:
    r"""Return what agents see, for each place its landmark's colour and kind.

    Args:
        fields: Planes, ``(B, S, S)``: 0 for an empty place, else 1 + the landmark's
            number, which is 4 times its colour and its kind.
        standing: Of the B agents.

    Returns:
        Shape ``(B, VIEW_SIZE)``, 0 and 1: rows from the agent on, in each from left to
        right, of each place four colours and four kinds.
    """
    B = len(fields)
    number = seen(fields, standing).long()
    codes = torch.zeros((1 + len(COLOURS) * len(KINDS), len(COLOURS) + len(KINDS)))
    for i in range(len(codes) - 1):
        colour, kind = divmod(i, len(KINDS))
        codes[1 + i, [colour, len(COLOURS) + kind]] = 1.0
    return codes.to(fields.device)[number].reshape(B, -1)


def seen(fields: Tensor, standing: Standing) -> Tensor:
    r"""Return what lies on the places that agents see, ``(B, 4, 3)``, as in fields."""
    headings, side = standing.heading, fields.shape[-1]
    steps = headings.new_tensor(_AHEAD)
    ahead, right = steps[headings], steps[(headings + 1) % 4]  # (B, 2)
    far = torch.arange(ROWS, device=headings.device)[:, None, None]
    off = torch.arange(COLUMNS, device=headings.device)[:, None] - COLUMNS // 2
    places = standing.place[:, None, None] + far * ahead[:, None, None]
    places = (places + off * right[:, None, None]) % side  # (B, 4, 3, 2)
    rows = torch.arange(len(fields), device=headings.device)[:, None, None]
    return fields[rows, places[..., 0], places[..., 1]]
