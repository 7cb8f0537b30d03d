r"""Judge whether a caption is true of a scene, by reading the caption.

It shares no code with the list in :mod:`throughtime.images.captions`, so each is the
other's test.
"""

import re
from collections.abc import Iterable

from throughtime.errors import KindError
from throughtime.images.world import COLOURS, SHAPES, SIZES, Scene, Thing

_NOUN = f"((?:(?:{'|'.join(SIZES)}) )?(?:{'|'.join(COLOURS)}) (?:{'|'.join(SHAPES)}))"
_HOW = "(left of|right of|above|below)"
_WHERE = "(middle|top|bottom|left|right|top left|top right|bottom left|bottom right)"
_ALONE = re.compile(f"(?:there is )?a {_NOUN}")
_PLACED = re.compile(f"a {_NOUN} in the {_WHERE}")
_BOTH = re.compile(f"a {_NOUN} and a {_NOUN}")
_RELATED = re.compile(f"(?:there is )?a {_NOUN} {_HOW} a {_NOUN}")


def is_true(words: Iterable[str], scene: Scene) -> bool:
    r"""Tell whether words are a caption of the grammar that is true of a scene.

    Args:
        words: Without marks such as ``<END>``. Words that are no caption are false.
        scene: What they speak of.

    Raises:
        KindError: One string in place of words.

    >>> thing = Thing("cross", "red", "big", 24, 24, 9)
    >>> is_true("a big red cross in the middle".split(), Scene([thing]))
    True
    """
    if isinstance(words, str):
        raise KindError(
            f"words is the string {words!r}; wanted a sequence of words. "
            "Try words.split()."
        )
    text = " ".join(words)
    things = scene.things
    if match := _ALONE.fullmatch(text):
        return len(things) == 1 and _fits(match[1], things[0])
    if match := _PLACED.fullmatch(text):
        return any(_fits(match[1], t) and _lies(t, match[2], scene) for t in things)
    if match := _BOTH.fullmatch(text):
        return len(things) == 2 and _any_pair(match[1], None, match[2], things)
    if match := _RELATED.fullmatch(text):
        return _any_pair(match[1], match[2], match[3], things)
    return False


def _any_pair(one: str, how: str | None, other: str, things: tuple[Thing, ...]) -> bool:
    """Tell whether two things fit two nouns, both with a size or both without."""
    if one.count(" ") != other.count(" "):
        return False
    return any(
        _fits(one, a) and _fits(other, b) and (how is None or _holds(a, how, b))
        for i, a in enumerate(things)
        for j, b in enumerate(things)
        if i != j
    )


def _fits(noun: str, thing: Thing) -> bool:
    *size, colour, shape = noun.split()
    return (colour, shape) == (thing.colour, thing.shape) and size in ([], [thing.size])


def _lies(thing: Thing, where: str, scene: Scene) -> bool:
    """Tell whether a centre lies in a ninth of the picture."""
    column = (3 * thing.x >= scene.side) + (3 * thing.x > 2 * scene.side)
    row = (3 * thing.y >= scene.side) + (3 * thing.y > 2 * scene.side)
    named = set(where.split())
    return column == 1 - ("left" in named) + ("right" in named) and row == 1 - (
        "top" in named
    ) + ("bottom" in named)


def _holds(one: Thing, how: str, other: Thing) -> bool:
    """Tell whether a relation holds; on the diagonal, above and below do."""
    right, down = one.x - other.x, one.y - other.y
    return {
        "left of": -right > abs(down),
        "right of": right > abs(down),
        "above": -down >= abs(right),
        "below": down >= abs(right),
    }[how]
