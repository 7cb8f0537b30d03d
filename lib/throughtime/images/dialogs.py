r"""Talk about a scene, so that a question can be answered only with what was said.

Things are named by their shape and asked for their colour, or the other way about::

    is there a cross                  yes     names a thing: from here on it is "it"
    is there a circle                 no      names nothing: "it" stays what it was
    what colour is it                 red     the thing named last
    what colour is the first one      blue    the thing named first
    what colour is the remaining one  cyan    the one of three not named yet

A scene of three things gives six dialogs, which name the things in the six possible
orders and are alike in all else. So at each question that holds "it" or "one", each
thing is meant in two of the six: whoever sees the picture and the question, and not
the turns before, is right in a third of them at most.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.images.scenes import scenes
from throughtime.images.world import COLOURS, SHAPES, Scene

KINDS = ("named", "absent", "it", "first", "remaining")
POINTING = KINDS[2:]  # the kinds that need the turns before
MARK = "?"  # stands between a question and its answer

_PLANS = (
    ("named", "it", "named", "it", "remaining"),
    ("named", "named", "it", "first", "remaining"),
)
_POINTERS = {"it": "it", "first": "the first one", "remaining": "the remaining one"}
_MOST_ABSENT = 2  # questions that name nothing, before each that points


class Turn(NamedTuple):
    r"""Hold a question and its answer.

    Args:
        words: The question.
        answer: One word.
        kind: One of ``KINDS``.
        refers: The thing that is named or meant, an index; -1 where there is none.
        since: How many turns back the earliest turn lies that the answer hangs on; 0
            where the question stands on its own.
    """

    words: tuple[str, ...]
    answer: str
    kind: str
    refers: int
    since: int


class Dialog(NamedTuple):
    """Hold the turns of a dialog, and the index of the scene that it is about."""

    turns: tuple[Turn, ...]
    scene_index: int

    def __str__(self) -> str:
        return " ".join(f"{' '.join(t.words)}? {t.answer}." for t in self.turns)


def dialog_scenes(split: str, n: int, seed: int = 0) -> list[Scene]:
    r"""Return scenes of three things that share no shape and no colour.

    Args:
        split: As for :func:`throughtime.images.scenes`.
        n: How many; about one scene of five will do.
        seed: A whole number from 0.

    Raises:
        ThroughTimeError: No such split, or a number out of range.
    """
    found: list[Scene] = []
    start = 0
    while len(found) < n:
        drawn = scenes(split, 1000, seed, things=3, start=start)
        found += [scene for scene in drawn if _suits(scene)]
        start += 1000
    return found[:n]


def dialogs(scenes: Sequence[Scene], seed: int = 0) -> list[Dialog]:
    r"""Return six dialogs for each scene that suits, in random order.

    Args:
        scenes: Those that do not suit (see :func:`dialog_scenes`) are left out.
        seed: A whole number from 0.

    Raises:
        ThroughTimeError: ``seed`` is less than 0.

    >>> dialog = dialogs(dialog_scenes("train", 1))[0]
    >>> len(dialog.turns) >= 5, dialog.turns[0].answer, dialog.turns[-1].kind
    (True, 'yes', 'remaining')
    """
    if seed < 0:
        raise ThroughTimeError(
            f"seed is {seed}; wanted a whole number from 0. Try seed=0."
        )
    found: list[Dialog] = []
    for index, scene in enumerate(scenes):
        if _suits(scene):
            rng = np.random.default_rng([seed, index])
            found += [Dialog(turns, index) for turns in _six(scene, rng)]
    order = np.random.default_rng(seed).permutation(len(found))
    return [found[i] for i in order]


def dialog_words() -> tuple[str, ...]:
    r"""Return the words that dialogs are made of, answers and mark too, sorted."""
    glue = "a colour first is it no one remaining shape the there thing what yes"
    return tuple(sorted((*glue.split(), MARK, *SHAPES, *COLOURS)))


def _suits(scene: Scene) -> bool:
    shapes = {thing.shape for thing in scene.things}
    colours = {thing.colour for thing in scene.things}
    return len(scene.things) == len(shapes) == len(colours) == 3


def _six(scene: Scene, rng: np.random.Generator) -> Iterator[tuple[Turn, ...]]:
    """Yield the six dialogs of one plan."""
    named, asked = [("shape", "colour"), ("colour", "shape")][rng.integers(2)]
    there = {word for thing in scene.things for word in (thing.shape, thing.colour)}
    lacking = [word for word in (*SHAPES, *COLOURS) if word not in there]
    plan: list[tuple[str, str]] = []  # kind, and the word of what is not there
    for kind in _PLANS[rng.integers(2)]:
        if kind in POINTING:
            for _ in range(rng.integers(_MOST_ABSENT + 1)):
                plan.append(("absent", lacking[rng.integers(len(lacking))]))
        plan.append((kind, ""))
    for order in itertools.permutations(range(3)):
        yield tuple(_turns(scene, order, plan, named, asked))


def _turns(
    scene: Scene,
    order: tuple[int, ...],
    plan: list[tuple[str, str]],
    named: str,
    asked: str,
) -> Iterator[Turn]:
    """Follow a plan, with the things named in some order."""
    said: list[int] = []  # turns in which a thing was named
    for k, (kind, lacking) in enumerate(plan):
        if kind == "absent":
            yield Turn(_is_there(lacking), "no", kind, -1, 0)
            continue
        if kind == "named":
            said.append(k)
        place = {"first": 0, "remaining": 2}.get(kind, len(said) - 1)
        thing = scene.things[order[place]]
        if kind == "named":
            yield Turn(_is_there(getattr(thing, named)), "yes", kind, order[place], 0)
            continue
        words = tuple(f"what {asked} is {_POINTERS[kind]}".split())
        since = k - (said[-1] if kind == "it" else said[0])
        yield Turn(words, getattr(thing, asked), kind, order[place], since)


def _is_there(word: str) -> tuple[str, ...]:
    thing = (word, "thing") if word in COLOURS else (word,)
    return ("is", "there", "a", *thing)
