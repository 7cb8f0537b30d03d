r"""Sentences in two languages, with the word that each word renders.

The first language has English words and goes forward, the second, which we call
Tavi, goes backward from each head::

    first    S  = NP verb NP | NP does not verb NP
             NP = (the | a) [adjective [adjective]] noun [preposition NP]
    Tavi     S  = NP NP verb [ne]
             NP = [NP postposition] noun [adjective [adjective]] [ti]

So in Tavi what follows a preposition stands before its noun, adjectives stand behind
it in turned order, the verb behind both its nouns, and ``ne``, "not", at the very end;
``ti`` renders "a" and stands last in its phrase. "The" and "does" have no word of
their own. A Tavi adjective ends as its noun does, in a or in o, so its form is decided
by two words of the source; it renders the adjective.
"""

import torch

from throughtime.tasks.batch import check_task
from throughtime.tasks.pairs import Choices, Pair, Pairs, draw_pairs
from throughtime.text import Vocabulary

_NOUNS = {
    "dog": "kana",
    "cat": "mura",
    "bird": "sela",
    "horse": "tova",
    "child": "nira",
    "baker": "pola",
    "tree": "dimo",
    "house": "rako",
    "river": "welo",
    "bridge": "luno",
    "boat": "faso",
    "tower": "gemo",
}
_ADJECTIVES = {
    "tall": "alt",
    "young": "nov",
    "small": "min",
    "large": "gran",
    "red": "rub",
    "green": "vir",
    "quiet": "tac",
    "happy": "bel",
}
_VERBS = {
    "sees": "vidu",
    "finds": "trovu",
    "likes": "amu",
    "hears": "audu",
    "follows": "sequ",
    "paints": "pingu",
}
_PREPOSITIONS = {"near": "apud", "behind": "post", "under": "sub", "above": "sur"}

Phrase = tuple[list[str], list[tuple[str, int]]]  # source words; (Tavi word, place)


def translation_vocabularies() -> tuple[Vocabulary, Vocabulary]:
    """Return the words of both languages, each after the four marks."""
    first = [*_NOUNS, *_ADJECTIVES, *_VERBS, *_PREPOSITIONS, "the", "a", "does", "not"]
    first += [_bare(verb) for verb in _VERBS]
    tavi = [*_NOUNS.values(), *_VERBS.values(), *_PREPOSITIONS.values(), "ti", "ne"]
    tavi += [stem + end for stem in _ADJECTIVES.values() for end in "ao"]
    return Vocabulary.from_sentences(first), Vocabulary.from_sentences(tavi)


def translation(
    B: int,
    generator: torch.Generator,
    split: str = "train",
    *,
    nested: tuple[int, int] = (0, 2),
) -> Pairs:
    r"""Draw sentences and their translations, word by word aligned.

    Args:
        B: Sentences.
        generator: Source of chance.
        split: ``"train"`` (8 sentences of 10), ``"val"`` or ``"test"`` (1 each); no
            two splits share a sentence.
        nested: The fewest and the most prepositions of a sentence, uniform between;
            each belongs to either noun phrase alike. A sentence has 5 words at least,
            and 3 to 5 more a preposition.

    Raises:
        KindError: No generator.
        ThroughTimeError: A size too small, or no such split.
    """
    fewest, most = nested
    sizes = {"the fewest of nested": (fewest, 0), "the most of nested": (most, fewest)}
    check_task(generator, B=(B, 1), **sizes)
    grammar = _Grammar(Choices(generator))
    return draw_pairs(
        B,
        split,
        lambda: grammar.sentence(fewest, most),
        translation_vocabularies(),
        generator.device,
    )


class _Grammar:
    """Draw in both languages at once, so that the alignment is known."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def sentence(self, fewest: int, most: int) -> Pair:
        count = fewest + self.choices.number(most - fewest + 1)
        first = sum(self.choices.number(2) for _ in range(count))
        subject, object_ = self.phrase(first), self.phrase(count - first)
        verb = self.choices.pick([*_VERBS])
        negated = bool(self.choices.number(2))
        middle = ["does", "not", _bare(verb)] if negated else [verb]
        source = [*subject[0], *middle, *object_[0]]
        at = len(subject[0])  # where the middle begins
        tavi = [*subject[1], *_moved(object_[1], at + len(middle))]
        tavi.append((_VERBS[verb], at + len(middle) - 1))
        if negated:
            tavi.append(("ne", at + 1))
        return Pair(source, [word for word, _ in tavi], [place for _, place in tavi])

    def phrase(self, nested: int) -> Phrase:
        article = self.choices.pick(["the", "a"])
        adjectives = [*_ADJECTIVES]
        chosen = [
            adjectives.pop(self.choices.number(len(adjectives)))
            for _ in range(self.choices.number(3))
        ]
        noun = self.choices.pick([*_NOUNS])
        source, place = [article, *chosen, noun], len(chosen) + 1
        end = _NOUNS[noun][-1]
        tavi = [(_NOUNS[noun], place)]
        for i in reversed(range(len(chosen))):
            tavi.append((_ADJECTIVES[chosen[i]] + end, i + 1))
        tavi += [("ti", 0)] if article == "a" else []
        if not nested:
            return source, tavi
        preposition = self.choices.pick([*_PREPOSITIONS])
        inner = self.phrase(nested - 1)
        before = _moved(inner[1], place + 2)
        before.append((_PREPOSITIONS[preposition], place + 1))
        return [*source, preposition, *inner[0]], [*before, *tavi]


def _bare(verb: str) -> str:
    return verb.removesuffix("s")


def _moved(tavi: list[tuple[str, int]], by: int) -> list[tuple[str, int]]:
    return [(word, place + by) for word, place in tavi]
