r"""Ask questions about scenes, so that the words alone do not give the answer.

Kinds, and how many answers each offers::

    colour  4  what colour is the circle             the only circle of its scene
    shape   3  what shape is the red thing           the only red thing
    beside  4  what shape is left of the red thing   also right of, above, below
    count   3  how many red things are there         also circles; zero to three
    exists  2  is there a red circle
    same    2  are the circle and the square the same colour

Questions come in groups of one text and one set of choices, on as many scenes as there
are choices, each with another of them as its answer. So whoever sees no picture is
right by chance, exactly.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.images.world import COLOURS, PAIRS, SHAPES, Scene, Thing, relation

# A shape has 5 colours or 6 in training, a colour 3 shapes or 4: so only 3 of shape.
CHOICES = {"colour": 4, "shape": 3, "beside": 4, "count": 3, "exists": 2, "same": 2}
NUMBERS = ("zero", "one", "two", "three", "four")
PLURALS = {s: s + ("es" if s.endswith("s") else "s") for s in SHAPES}

_RELATIONS = ("left of", "right of", "above", "below")
_GLUE = (
    "a above and are below colour how is left many of right same shape the there "
    "thing things what"
)


class Question(NamedTuple):
    r"""Hold a question, its answer, and what the answer depends on.

    Args:
        words: The question.
        answer: One word, one of ``choices``.
        choices: What is offered, in an order that tells nothing.
        kind: A key of ``CHOICES``.
        scene_index: Index of the scene in the list that was asked about.
        refers: Things of the scene that one must see to answer, as indices; none
            where the answer is that a thing is not there.
    """

    words: tuple[str, ...]
    answer: str
    choices: tuple[str, ...]
    kind: str
    scene_index: int
    refers: tuple[int, ...]


class _Candidate(NamedTuple):
    text: str
    answer: str
    refers: tuple[int, ...]


def questions(
    scenes: Sequence[Scene], seed: int = 0, kinds: Sequence[str] = tuple(CHOICES)
) -> list[Question]:
    r"""Return balanced questions about scenes, in random order.

    A scene is asked at most one question of a kind. Scenes that find no partners for a
    group are left out: of 1,000 scenes come about 3,000 questions.

    Args:
        scenes: A few hundred or more; of a few, there may be no question.
        seed: A whole number from 0.
        kinds: Which kinds to ask.

    Raises:
        ThroughTimeError: No such kind, or ``seed`` is less than 0.
    """
    unknown = [kind for kind in kinds if kind not in CHOICES]
    if unknown or seed < 0:
        raise ThroughTimeError(
            f"kinds holds {unknown} and seed is {seed}; wanted some of "
            f"{', '.join(CHOICES)}, and a seed from 0. Try kinds=['colour'], seed=0."
        )
    asked: list[Question] = []
    for kind in dict.fromkeys(kinds):
        rng = np.random.default_rng([seed, list(CHOICES).index(kind)])
        asked += _ask(scenes, kind, rng)
    order = np.random.default_rng(seed).permutation(len(asked))
    return [asked[i] for i in order]


def question_words() -> tuple[str, ...]:
    r"""Return the words that questions are made of, sorted."""
    return tuple(sorted((*_GLUE.split(), *SHAPES, *COLOURS, *PLURALS.values())))


def answer_words() -> tuple[str, ...]:
    r"""Return every possible answer, sorted."""
    return tuple(sorted((*SHAPES, *COLOURS, *NUMBERS, "yes", "no")))


def _ask(
    scenes: Sequence[Scene], kind: str, rng: np.random.Generator
) -> Iterator[Question]:
    """Yield the balanced questions of a kind: one candidate a scene, then groups."""
    texts: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for index, scene in enumerate(scenes):
        candidate = _draw(list(_CANDIDATES[kind](scene)), rng)
        if candidate:
            by_answer = texts[candidate.text]
            by_answer[candidate.answer].append((index, candidate.refers))
    for text in sorted(texts):
        for group in _groups(texts[text], CHOICES[kind], rng):
            choices = tuple(rng.permutation(sorted(group)).tolist())
            for answer, (index, refers) in group.items():
                words = tuple(text.split())
                yield Question(words, answer, choices, kind, index, refers)


def _draw(found: list[_Candidate], rng: np.random.Generator) -> _Candidate | None:
    """Draw an answer, then a question that has it: rare answers come as often."""
    if not found:
        return None
    answers = sorted({candidate.answer for candidate in found})
    answer = answers[rng.integers(len(answers))]
    having = [candidate for candidate in found if candidate.answer == answer]
    return having[rng.integers(len(having))]


def _groups(
    by_answer: dict[str, list], size: int, rng: np.random.Generator
) -> Iterator[dict[str, tuple]]:
    """Take one scene each of the answers that have most left, while it goes."""
    left = {answer: list(rows) for answer, rows in sorted(by_answer.items())}
    while True:
        most = sorted(left, key=lambda a: (-len(left[a]), rng.random()))[:size]
        if len(most) < size or not left[most[-1]]:
            return
        yield {answer: left[answer].pop() for answer in most}


def _colour(scene: Scene) -> Iterator[_Candidate]:
    for shape in SHAPES:
        if len(found := _all(scene, shape=shape)) == 1:
            answer = scene.things[found[0]].colour
            yield _Candidate(f"what colour is the {shape}", answer, found)


def _shape(scene: Scene) -> Iterator[_Candidate]:
    for colour in COLOURS:
        if len(found := _all(scene, colour=colour)) == 1:
            answer = scene.things[found[0]].shape
            yield _Candidate(f"what shape is the {colour} thing", answer, found)


def _beside(scene: Scene) -> Iterator[_Candidate]:
    for colour, how in itertools.product(COLOURS, _RELATIONS):
        found = _all(scene, colour=colour)
        if len(found) != 1:
            continue
        (other,) = found
        there = [i for i in _others(scene, other) if _how(scene, i, other) == how]
        if len(there) == 1:
            text = f"what shape is {how} the {colour} thing"
            yield _Candidate(text, scene.things[there[0]].shape, (there[0], other))


def _count(scene: Scene) -> Iterator[_Candidate]:
    asked = [(f"{colour} things", {"colour": colour}) for colour in COLOURS]
    asked += [(plural, {"shape": shape}) for shape, plural in PLURALS.items()]
    for name, wanted in asked:
        found = _all(scene, **wanted)
        if len(found) < len(NUMBERS):
            yield _Candidate(f"how many {name} are there", NUMBERS[len(found)], found)


def _exists(scene: Scene) -> Iterator[_Candidate]:
    for shape, colour in PAIRS:
        found = _all(scene, shape=shape, colour=colour)
        text = f"is there a {colour} {shape}"
        yield _Candidate(text, "yes" if found else "no", found)


def _same(scene: Scene) -> Iterator[_Candidate]:
    for one, other in itertools.combinations(SHAPES, 2):
        found = _all(scene, shape=one), _all(scene, shape=other)
        if [len(each) for each in found] == [1, 1]:
            refers = found[0] + found[1]
            alike = len({scene.things[i].colour for i in refers}) == 1
            text = f"are the {one} and the {other} the same colour"
            yield _Candidate(text, "yes" if alike else "no", refers)


_CANDIDATES = {
    "colour": _colour,
    "shape": _shape,
    "beside": _beside,
    "count": _count,
    "exists": _exists,
    "same": _same,
}


def _all(scene: Scene, **wanted: str) -> tuple[int, ...]:
    """Return the indices of the things that have the wanted words."""

    def fits(thing: Thing) -> bool:
        return all(getattr(thing, name) == word for name, word in wanted.items())

    return tuple(i for i, thing in enumerate(scene.things) if fits(thing))


def _others(scene: Scene, i: int) -> list[int]:
    return [j for j in range(len(scene.things)) if j != i]


def _how(scene: Scene, one: int, other: int) -> str:
    return " ".join(relation(scene.things[one], scene.things[other]))
