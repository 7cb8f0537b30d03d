r"""List every true caption of a scene, with the thing that each word names.

The grammar, where ``X`` is ``red circle`` or ``big red circle``, of one kind in a
caption, and ``R`` a region::

    a X                     there is a X          if the scene has no other thing
    a X in the R                                  in any scene
    a X and a Y                                   if the scene has no third thing
    a X left of a Y         there is a X left of a Y    (right of, above, below)

So a caption that leaves a thing out must say where the others are, and each caption
is plainly true or false: :func:`throughtime.images.judge.is_true` tells which,
without this list.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.images.world import COLOURS, SHAPES, SIZES, Scene, region, relation

_GLUE = "a above and below bottom in is left middle of right the there top"


class Caption(NamedTuple):
    r"""Hold a caption's words, and for each the thing that it names.

    ``refers[k]`` is an index into ``scene.things``, or -1 where word k names none. The
    words of a region name the thing that lies there.
    """

    words: tuple[str, ...]
    refers: tuple[int, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


def captions(scene: Scene) -> tuple[Caption, ...]:
    r"""Return all true captions of a scene.

    Where two things answer to the same words, those words come once for each of them:
    same words, other ``refers``.

    >>> from throughtime.images import Thing
    >>> print(*captions(Scene([Thing("cross", "red", "big", 24, 24, 9)]))[:3], sep="; ")
    a red cross; there is a red cross; a red cross in the middle
    """
    found = []
    for sized in (False, True):
        found += _of_one(scene, sized)
        found += _of_two(scene, sized)
    return tuple(found)


def references(scene: Scene, seed: int = 0, n: int = 5) -> tuple[Caption, ...]:
    r"""Draw some of a scene's true captions, all of different words.

    Args:
        scene: A scene of one thing at least.
        seed: Give each scene another one.
        n: How many; a scene of one thing has 6 captions, of two about 16.

    Raises:
        ThroughTimeError: The scene has fewer than ``n``, or ``seed`` is below 0.
    """
    distinct = list({caption.words: caption for caption in captions(scene)}.values())
    if not 0 <= n <= len(distinct) or seed < 0:
        raise ThroughTimeError(
            f"n is {n} and seed {seed}; wanted n from 0 to {len(distinct)}, the true "
            "captions of this scene, and a seed from 0. Try n=5, seed=0."
        )
    order = np.random.default_rng(seed).permutation(len(distinct))
    return tuple(distinct[i] for i in order[:n])


def alignments(words: Sequence[str], scene: Scene) -> tuple[tuple[int, ...], ...]:
    r"""Return what the words of a caption may refer to: none if it is not true.

    More than one where two things answer to the same words.
    """
    wanted = tuple(words)
    return tuple(c.refers for c in captions(scene) if c.words == wanted)


def caption_words() -> tuple[str, ...]:
    r"""Return the 26 words that captions are made of, sorted."""
    return tuple(sorted((*_GLUE.split(), *SHAPES, *COLOURS, *SIZES)))


def _of_one(scene: Scene, sized: bool) -> Iterator[Caption]:
    for i, thing in enumerate(scene.things):
        noun = _noun(scene, i, sized)
        if len(scene.things) == 1:
            yield _join("a", noun)
            yield _join("there is a", noun)
        yield _join("a", noun, "in the", (region(thing, scene.side), i))


def _of_two(scene: Scene, sized: bool) -> Iterator[Caption]:
    for i, j in itertools.permutations(range(len(scene.things)), 2):
        one, other = _noun(scene, i, sized), _noun(scene, j, sized)
        how = " ".join(relation(scene.things[i], scene.things[j]))
        yield _join("a", one, how, "a", other)
        yield _join("there is a", one, how, "a", other)
        if len(scene.things) == 2:
            yield _join("a", one, "and a", other)


def _noun(scene: Scene, i: int, sized: bool) -> tuple[tuple[str, ...], int]:
    thing = scene.things[i]
    return ((thing.size,) if sized else ()) + (thing.colour, thing.shape), i


def _join(*parts: str | tuple[tuple[str, ...], int]) -> Caption:
    """Join plain words and (words, thing) into a caption."""
    words: list[str] = []
    refers: list[int] = []
    for part in parts:
        more, thing = (part.split(), -1) if isinstance(part, str) else part
        words += more
        refers += [thing] * len(more)
    return Caption(tuple(words), tuple(refers))
