r"""Score answers that need no picture: what a model must beat to have looked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import torch

from throughtime.errors import ThroughTimeError
from throughtime.images.captions import Caption, captions
from throughtime.images.drawing import object_cells
from throughtime.images.questions import Question
from throughtime.images.world import Scene


def most_common_caption(seen: Iterable[Caption]) -> tuple[str, ...]:
    r"""Return the words that come most often among captions; the first of equals.

    Raises:
        ThroughTimeError: No captions.
    """
    counts = Counter(caption.words for caption in seen)
    if not counts:
        raise ThroughTimeError(
            "seen is empty; wanted captions to count. Try references(scene) of some "
            "training scenes."
        )
    return counts.most_common(1)[0][0]


def uniform_attention_mass(scenes: Iterable[Scene], grid: int = 6) -> float:
    r"""Return the attention mass of a model that looks everywhere alike.

    The mean over the words that name a thing, in all true captions of the scenes, of
    the share of cells that the thing covers.

    Raises:
        ThroughTimeError: No scenes with things.
    """
    shares: list[torch.Tensor] = []
    for scene in scenes:
        named = [i for c in captions(scene) for i in c.refers if i >= 0]
        share = object_cells(scene, grid).float().mean((1, 2))
        shares.append(share[torch.tensor(named, dtype=torch.int64)])
    if not sum(map(len, shares)):
        raise ThroughTimeError(
            "scenes name no thing; wanted scenes of one thing or more. Try "
            "scenes('test', 100)."
        )
    return float(torch.cat(shares).mean())


def majority_rate(questions: Sequence[Question]) -> dict[str, float]:
    r"""Return how often the most common answer of each kind is right."""
    kinds = defaultdict(Counter)
    for question in questions:
        kinds[question.kind][question.answer] += 1
    return {kind: max(c.values()) / c.total() for kind, c in sorted(kinds.items())}


def question_only_rate(
    train: Sequence[Question], test: Sequence[Question]
) -> dict[str, float]:
    r"""Return how often one is right, by kind, who has learnt from words alone.

    Of the choices it takes the one that was the answer most often when these words
    and choices were asked in training; of equals the one that this text, then any
    text, had as its answer most often, then the first one offered.
    """
    counts = Counter()
    for q in train:
        for given in _given(q):
            counts[given, q.answer] += 1
    right = defaultdict(list)
    for q in test:
        guess = max(q.choices, key=lambda a, q=q: [counts[g, a] for g in _given(q)])
        right[q.kind].append(guess == q.answer)
    return {kind: sum(rows) / len(rows) for kind, rows in sorted(right.items())}


def _given(question: Question) -> tuple:
    """Return what can be known without the picture, from the most telling on."""
    words, choices = question.words, tuple(sorted(question.choices))
    return (words, choices), (words,), ()
