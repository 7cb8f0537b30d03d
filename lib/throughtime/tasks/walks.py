r"""Ways told in words, through a plane of landmarks.

A way has legs, each straight on or after a turn, to a landmark that is named::

    go on to the red chair then turn left and walk to the blue lamp

The words say which way to turn and where to stop, but not how far it is: that must be
seen. A leg is 1 to 5 places long, each as likely, whatever the words. A way heads in
two directions of the plane only, so it never meets itself, and nothing has to be drawn
again: the distances are independent of the words, exactly.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.tasks.batch import check_task
from throughtime.tasks.pairs import Choices
from throughtime.tasks.steps import (
    COLOURS,
    FORWARD,
    KINDS,
    LEFT,
    NO_ACTION,
    RIGHT,
    STOP,
    move,
    stand,
    view,
)
from throughtime.text import Vocabulary, pad

SIDE = 40  # of the plane, places
FARTHEST = 5  # of a leg, places
MOST_LEGS = 7  # more might come back around the plane
SHARE = 0.3  # of places with a landmark


class Walks(NamedTuple):
    r"""Hold B ways; W, L and T are of the longest one."""

    fields: Tensor
    """The planes, ``(B, S, S)``, as :func:`throughtime.tasks.view` takes them."""
    words: Tensor
    """What is told, int64, ``(W, B)``."""
    words_mask: Tensor
    """True for a real word, bool, ``(W, B)``."""
    actions: Tensor
    """The right actions, the last one "stop", int64, ``(T, B)``."""
    mask: Tensor
    """True for a real action, bool, ``(T, B)``."""
    legs: Tensor
    """How many legs, int64, ``(B,)``."""
    turned: Tensor
    """True for a leg after a turn, bool, ``(L, B)``."""
    goal: Tensor
    """The last landmark's row and column, int64, ``(B, 2)``."""
    vocabulary: Vocabulary
    """What the ids of words stand for."""

    def along(self) -> tuple[Tensor, Tensor]:
        r"""Return what is seen on the right way, and the action before each.

        Returns:
            Views ``(T, B, VIEW_SIZE)``, and actions ``(T, B)``, the first
            ``NO_ACTION``.
        """
        standing, views = stand(len(self.legs), self.fields.device), []
        for actions in self.actions:
            views.append(view(self.fields, standing))
            standing = move(standing, actions, self.fields.shape[-1])
        first = torch.full_like(self.actions[:1], NO_ACTION)
        return torch.stack(views), torch.cat([first, self.actions[:-1]])


def walk_vocabulary() -> Vocabulary:
    r"""Return the words that ways are told in, after the four marks."""
    glue = "and go left on right the then to turn walk"
    return Vocabulary((*glue.split(), *COLOURS, *KINDS), marks=True, words=True)


def walks(B: int, generator: torch.Generator, legs: tuple[int, int] = (1, 4)) -> Walks:
    r"""Draw ways through planes of their own.

    Args:
        B: Ways.
        generator: Source of chance.
        legs: The fewest and the most, uniform between; 7 at most.

    Raises:
        KindError: No generator.
        ThroughTimeError: A size out of range.
    """
    fewest, most = legs
    sizes = {"the fewest of legs": (fewest, 1), "the most of legs": (most, fewest)}
    check_task(generator, B=(B, 1), **sizes)
    if most > MOST_LEGS:
        raise ThroughTimeError(
            f"legs go up to {most}; wanted {MOST_LEGS} at most, as a longer way might "
            f"come around the plane. Try legs=(1, {MOST_LEGS})."
        )
    device, choices = generator.device, Choices(generator)
    ways = [_Way(choices, fewest + choices.number(most - fewest + 1)) for _ in range(B)]
    fields = _plant(ways, generator)
    vocabulary = walk_vocabulary()
    words, words_mask = pad([vocabulary.encode(way.words) for way in ways])
    actions, mask = pad([way.actions for way in ways])
    turned, _ = pad([way.turned for way in ways])
    tensors = (
        words,
        words_mask,
        actions,
        mask,
        torch.tensor([len(way.turned) for way in ways]),
        turned.bool(),
        torch.tensor([way.place for way in ways]) % SIDE,
    )
    return Walks(fields, *(each.to(device) for each in tensors), vocabulary)


def blind_rate(turned: Sequence[bool]) -> float:
    r"""Return the best success rate of any agent that sees nothing.

    It knows which legs follow a turn, and nothing of distances. Legs of one direction
    add up, so it walks the likeliest sum in each.

    Args:
        turned: Of each leg, whether it follows a turn.

    >>> blind_rate([False]), round(blind_rate([False, True]), 4)
    (0.2, 0.04)
    """
    sums, axis = [np.ones(1), np.ones(1)], 0
    for turn in turned:
        axis = 1 - axis if turn else axis
        sums[axis] = np.convolve(sums[axis], np.full(FARTHEST, 1 / FARTHEST))
    return float(sums[0].max() * sums[1].max())


class _Way:
    """Draw one way: its words, its actions, and what must lie where."""

    def __init__(self, choices: Choices, legs: int) -> None:
        self.words: list[str] = []
        self.actions: list[int] = []
        self.turned: list[int] = []
        self.targets: list[tuple[int, int, int]] = []  # row, column, landmark
        self.passed: list[tuple[int, int, int]] = []  # what must not lie there
        self.place = (0, 0)
        across = 1 if choices.number(2) else -1  # the one side that it turns to
        ahead = (-1, 0)
        for _ in range(legs):
            turn = choices.number(2)
            if turn:
                ahead = self._turn(ahead, across)
            else:
                self._say("go on to the")
            self._walk(ahead, choices)
            self.turned.append(turn)
        self.actions.append(STOP)

    def _turn(self, ahead: tuple[int, int], across: int) -> tuple[int, int]:
        upwards = ahead[0] != 0
        right = (across == 1) == upwards
        self._say(f"turn {'right' if right else 'left'} and walk to the")
        self.actions.append(RIGHT if right else LEFT)
        return (0, across) if upwards else (-1, 0)

    def _say(self, words: str) -> None:
        self.words += [*(["then"] if self.words else []), *words.split()]

    def _walk(self, ahead: tuple[int, int], choices: Choices) -> None:
        far = 1 + choices.number(FARTHEST)
        colour, kind = choices.number(len(COLOURS)), choices.number(len(KINDS))
        self.words += [COLOURS[colour], KINDS[kind]]
        self.actions += [FORWARD] * far
        landmark = 1 + len(KINDS) * colour + kind
        row, column = self.place
        for k in range(1, far + 1):
            at = (row + k * ahead[0], column + k * ahead[1], landmark)
            (self.targets if k == far else self.passed).append(at)
        self.place = (row + far * ahead[0], column + far * ahead[1])


def _plant(ways: Sequence[_Way], generator: torch.Generator) -> Tensor:
    """Draw the planes, and put the landmarks of the ways in their places."""
    shape, device = (len(ways), SIDE, SIDE), generator.device
    drawn = torch.rand(shape, generator=generator, device=device) / SHARE
    count = len(COLOURS) * len(KINDS)
    fields = torch.where(drawn < 1, 1 + (drawn * count).long(), 0).to(torch.uint8)
    for name in ("passed", "targets"):
        rows = [(b, *at) for b, way in enumerate(ways) for at in getattr(way, name)]
        if not rows:
            continue
        b, row, column, landmark = torch.tensor(rows, device=device).T
        there = b, row % SIDE, column % SIDE
        if name == "targets":
            fields[there] = landmark.to(torch.uint8)
        else:  # or one would stop there
            same = fields[there] == landmark
            fields[there] = fields[there].masked_fill(same, 0)
    return fields
