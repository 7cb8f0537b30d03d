r"""Draw scenes at random, in splits that share no scene.

Scene k of a split depends on the split, the seed and k alone: ask for more and the
first ones stay. Scenes are cheap, so nothing is stored.
"""

import math
from collections.abc import Collection, Iterable

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.images.world import HELD_OUT, PAIRS, SIDE, SIZES, Scene, Thing

SPLITS = {  # name: how many things a scene may have
    "train": (1, 2),
    "val": (1, 2),
    "test": (1, 2),
    "pairs": (1, 2),
    "count": (3,),
}
MOST_THINGS = 4  # more hardly fit

_SHARES = {"small": 0.11, "big": 0.19}  # radius, as a share of the side
_SEEN = tuple(pair for pair in PAIRS if pair not in HELD_OUT)


def scenes(
    split: str, n: int, seed: int = 0, things: int | None = None, start: int = 0
) -> list[Scene]:
    r"""Return scenes of a split.

    Args:
        split: ``"train"``, ``"val"`` and ``"test"`` have one or two things and none of
            the pairs of shape and colour in ``HELD_OUT``; each scene of ``"pairs"``
            has one of those pairs at least; ``"count"`` has three things.
        n: How many scenes.
        seed: A whole number from 0; another one makes another world.
        things: How many things each scene shall have, 1 to 4; what the split says
            without it.
        start: Number of the first scene, to go on where an earlier call ended.

    Raises:
        ThroughTimeError: No such split, or a number out of range.

    >>> scenes("train", 9)[7] == scenes("train", 1, start=7)[0]
    True
    """
    _check(split, n, seed, things, start)
    code = list(SPLITS).index(split)
    return [
        _scene(np.random.default_rng([seed, code, k]), split, things)
        for k in range(start, start + n)
    ]


def layout(scene: Scene, cell: int = 8) -> tuple:
    r"""Return what is left of a scene when its places are rounded to cells.

    Two scenes of one layout are near duplicates: same words, places a few pixels
    apart at most.

    Args:
        scene: Any scene.
        cell: Side of a cell, pixels.
    """
    parts = [
        (t.shape, t.colour, t.size, int(t.x // cell), int(t.y // cell))
        for t in scene.things
    ]
    return tuple(sorted(parts))


def near_duplicates(
    scenes: Iterable[Scene], known: Collection[Scene], cell: int = 8
) -> np.ndarray:
    r"""Tell which scenes share their coarse layout with one of the known scenes.

    In the test split nearly all scenes of one thing do, and few of two: report the
    two kinds apart.

    Returns:
        One bool for each scene, shape ``(n,)``.
    """
    layouts = {layout(scene, cell) for scene in known}
    return np.array([layout(scene, cell) in layouts for scene in scenes], dtype=bool)


def _scene(rng: np.random.Generator, split: str, number: int | None) -> Scene:
    choices = SPLITS[split]
    drawn = choices[int(rng.integers(len(choices)))]
    wanted = [_SEEN] * (number or drawn)
    if split == "pairs":
        wanted = [HELD_OUT] + [PAIRS] * (len(wanted) - 1)
    while True:  # until they all fit; the first try does nearly always
        placed: list[Thing] = []
        for pairs in wanted:
            placed += _place(rng, pairs, placed)
        if len(placed) == len(wanted):
            return Scene(tuple(placed))


def _place(
    rng: np.random.Generator, pairs: tuple[tuple[str, str], ...], placed: list[Thing]
) -> list[Thing]:
    """Return one thing that keeps clear of the others, or none after 60 tries."""
    for _ in range(60):
        u = rng.random(5)
        shape, colour = pairs[int(u[0] * len(pairs))]
        size = SIZES[int(u[1] * len(SIZES))]
        r = SIDE * _SHARES[size] * (0.92 + 0.16 * u[2])
        x, y = r + 1 + u[3:] * (SIDE - 2 * r - 2)
        thing = Thing(shape, colour, size, float(x), float(y), float(r))
        if all(_clear(thing, other) for other in placed):
            return [thing]
    return []


def _clear(one: Thing, other: Thing) -> bool:
    # Corners reach beyond r, by 0.13 r at most, and soft edges half a pixel.
    return math.hypot(one.x - other.x, one.y - other.y) > 1.15 * (one.r + other.r) + 1


def _check(split: str, n: int, seed: int, things: int | None, start: int) -> None:
    if split not in SPLITS:
        raise ThroughTimeError(
            f"split is {split!r}; wanted one of {', '.join(SPLITS)}. Try 'train'."
        )
    if min(n, seed, start) < 0:
        raise ThroughTimeError(
            f"n is {n}, seed {seed} and start {start}; wanted whole numbers from 0. "
            "Try scenes(split, n=100)."
        )
    if things is not None and not 1 <= things <= MOST_THINGS:
        raise ThroughTimeError(
            f"things is {things}; wanted 1 to {MOST_THINGS}. Try things=2."
        )
