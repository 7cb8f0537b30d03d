r"""Sentences whose sentiment depends on the order of their words.

The grammar, in which each choice is free::

    simple   = clause | clause but clause | although clause , clause
             | clause and clause
    clause   = subject is [not | never | hardly | far from] [very | ...] adjective
    nested   = clause but nested | although clause , nested | nested although clause

A negation turns an adjective around. What follows "but" decides, what follows
"although" does not, and both sides of "and" agree. As half the clauses are negated,
no word alone tells anything.
"""

import torch

from throughtime.tasks.batch import Batch, check_task
from throughtime.tasks.pairs import Choices, check_split, split_of
from throughtime.text import Vocabulary, pad

_GOOD = [
    "great",
    "wonderful",
    "moving",
    "sharp",
    "charming",
    "funny",
    "brilliant",
    "honest",
]
_BAD = ["dull", "awful", "flat", "messy", "tedious", "bland", "clumsy", "hollow"]
_SUBJECTS = [
    f"the {w}" for w in ["plot", "acting", "film", "ending", "script", "music", "cast"]
]
_SUBJECTS += ["this movie"]
_DEGREES = ["", "very ", "really ", "truly ", "quite ", "rather "]
_NEGATIONS = ["not ", "never ", "hardly ", "far from "]
_NEUTRAL = [
    "we",
    "saw",
    "it",
    "at",
    "noon",
    "in",
    "town",
    "with",
    "two",
    "friends",
    "on",
    "a",
    "rainy",
    "day",
    "of",
    "may",
]
_OTHERS = ["is", "but", "although", "and", ",", "."]


def sentiment_vocabulary() -> Vocabulary:
    """Return the grammar's words after the four marks."""
    phrases = [*_GOOD, *_BAD, *_SUBJECTS, *_DEGREES, *_NEGATIONS, *_NEUTRAL, *_OTHERS]
    return Vocabulary.from_sentences(phrases)


def sentiment(
    B: int,
    generator: torch.Generator,
    split: str = "train",
    *,
    nested: int = 0,
    distractor: int = 0,
) -> Batch:
    r"""Draw sentences and whether they praise (1) or blame (0).

    Ids ``(T, B)`` of words, shorter sentences padded; targets ``(B,)``. A sentence
    belongs to one split for good, so that no two splits share one. It may come twice
    within a split; the short ones do.

    The baseline is a bag of words: accuracy 1/2.

    Args:
        B: Sentences.
        generator: Source of chance.
        split: ``"train"`` (8 sentences of 10), ``"val"`` or ``"test"`` (1 each).
        nested: Wrap the sentence so many times in a "but" or "although" with a
            clause of its own.
        distractor: Neutral words after the sentence, between the cue and the end.

    Raises:
        ThroughTimeError: A size too small, or no such split.
    """
    sizes = {"nested": (nested, 0), "distractor": (distractor, 0)}
    check_task(generator, B=(B, 1), **sizes)
    check_split(split)
    grammar, drawn = _Grammar(generator), []
    while len(drawn) < B:
        sentence, praise = grammar.sentence(nested)
        if split_of(sentence) == split:
            drawn.append((f"{sentence} {grammar.neutral(distractor)}", praise))
    vocabulary = sentiment_vocabulary()
    ids, mask = pad([vocabulary.encode(text) for text, _ in drawn])
    targets = torch.tensor([int(praise) for _, praise in drawn])
    inputs, targets, mask = (x.to(generator.device) for x in (ids, targets, mask))
    return Batch(inputs, targets, mask, None, vocabulary, 0.5, "accuracy")


class _Grammar:
    """Draw sentences; each method returns a text and whether it praises."""

    def __init__(self, generator: torch.Generator) -> None:
        self.choose = Choices(generator).number

    def sentence(self, nested: int) -> tuple[str, bool]:
        text, praise = self.simple()
        for _ in range(nested):
            other, _ = self.clause()
            kind = self.choose(3)
            if kind == 2:
                text = f"{text} although {other}"
            else:
                text = self.contrast(kind, other, text)
        return text, praise

    def simple(self) -> tuple[str, bool]:
        text, praise = self.clause()
        kind = self.choose(20)  # in twentieths: 6 alone, 7 but, 4 although, 3 and
        if kind < 6:
            return text, praise
        other, said = self.clause()
        if kind < 17:
            return self.contrast(kind >= 13, text, other), said
        while said != praise:
            other, said = self.clause()
        return f"{text} and {other}", praise

    def clause(self) -> tuple[str, bool]:
        praise, negated = bool(self.choose(2)), bool(self.choose(2))
        negation = self.pick(_NEGATIONS) if negated else ""
        phrase = f"{self.pick(_SUBJECTS)} is {negation}{self.pick(_DEGREES)}"
        return phrase + self.pick(_GOOD if praise else _BAD), praise != negated

    def contrast(self, concede: int, weak: str, strong: str) -> str:
        return f"although {weak} , {strong}" if concede else f"{weak} but {strong}"

    def neutral(self, count: int) -> str:
        return " ".join(self.pick(_NEUTRAL) for _ in range(count))

    def pick(self, words: list[str]) -> str:
        return words[self.choose(len(words))]
