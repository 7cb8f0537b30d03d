r"""Sentences, and their parse trees written as sequences of brackets.

The grammar::

    S  = NP VP
    VP = V NP | V NP PP         a PP here says with what or when it is done
    NP = D [A] N | D [A] N PP   a PP here says which one is meant
    PP = P NP

A "with" or an "on" may belong to the noun before it or to the verb: "with the
telescope" to the verb, "with the tail" to the noun. The noun inside decides, so that
each sentence has one tree. In a tree an opening bracket carries its name, and each
word is replaced by its class: ``(S (NP D N ) (VP V (NP D N ) ) )``.
"""

from collections.abc import Sequence

import torch

from throughtime.tasks.batch import check_task
from throughtime.tasks.pairs import NONE, Choices, Pair, Pairs, draw_pairs
from throughtime.text import Vocabulary

_THINGS = ["dog", "cat", "bird", "horse", "tree", "house", "boat", "tower"]
_PARTS = ["tail", "roof", "scar", "flag"]  # with one of these: which one is meant
_TOOLS = ["telescope", "camera", "lamp", "mirror"]  # with one of these: by what means
_PLACES = ["hill", "shore", "corner", "meadow"]  # on one of these: which one is meant
_DAYS = ["monday", "tuesday", "holiday", "birthday"]  # on one of these: when
_ADJECTIVES = ["tall", "small", "red", "quiet"]
_VERBS = ["sees", "finds", "follows", "paints"]
_DETERMINERS = ["the", "a"]
_OF_NOUN = {"with": _PARTS, "on": _PLACES}
_OF_VERB = {"with": _TOOLS, "on": _DAYS}
OPENING = ("(S", "(NP", "(VP", "(PP")
CLASSES = ("D", "A", "N", "V", "P")

Tree = tuple[str, list]  # a name, and trees or pairs (class, word)


def parse_vocabularies() -> tuple[Vocabulary, Vocabulary]:
    """Return the words, and the symbols of trees, each after the four marks."""
    words = [*_THINGS, *_PARTS, *_TOOLS, *_PLACES, *_DAYS, *_ADJECTIVES, *_VERBS]
    words += [*_DETERMINERS, *_OF_NOUN]
    symbols = [*OPENING, *CLASSES, ")"]
    return tuple(Vocabulary.from_sentences(each) for each in (words, symbols))


def parses(
    B: int,
    generator: torch.Generator,
    split: str = "train",
    *,
    nested: tuple[int, int] = (0, 3),
) -> Pairs:
    r"""Draw sentences and their trees, written out.

    Who attaches each PP to the noun before it, or each to the verb, gets at best the
    sentences right in which no noun says otherwise.

    Args:
        B: Sentences.
        generator: Source of chance.
        split: As for :func:`throughtime.tasks.translation`.
        nested: The fewest and the most prepositions of a sentence, uniform between;
            at most one of them belongs to the verb.

    Returns:
        The pairs; classes are aligned with their words, brackets with none.

    Raises:
        KindError: No generator.
        ThroughTimeError: A size too small, or no such split.

    Source:
        Vinyals et al. (2015), who write trees in the same way; the grammar is ours.
    """
    fewest, most = nested
    sizes = {"the fewest of nested": (fewest, 0), "the most of nested": (most, fewest)}
    check_task(generator, B=(B, 1), **sizes)
    grammar = _Grammar(Choices(generator))
    return draw_pairs(
        B,
        split,
        lambda: _write(grammar.sentence(fewest, most)),
        parse_vocabularies(),
        generator.device,
    )


def well_formed(symbols: Sequence[str], words: int) -> bool:
    r"""Tell whether symbols are one bracketed tree with that many words.

    >>> well_formed("(S (NP N ) (VP V ) )".split(), 2)
    True
    >>> well_formed("(S (NP N ) (VP V )".split(), 2)
    False
    """
    depth, inside = 0, []
    for i, symbol in enumerate(symbols):
        if i and not depth:
            return False  # the root is closed, and something follows
        if symbol in OPENING:
            depth += 1
            inside.append(i)
        elif symbol == ")":
            if not depth or inside.pop() == i - 1:
                return False  # nothing to close, or nothing inside
            depth -= 1
        elif symbol not in CLASSES or not depth:
            return False
    return depth == 0 and sum(symbol in CLASSES for symbol in symbols) == words


class _Grammar:
    """Draw trees."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def sentence(self, fewest: int, most: int) -> Tree:
        count = fewest + self.choices.number(most - fewest + 1)
        of_verb = self.choices.number(2) if count else 0
        first = sum(self.choices.number(2) for _ in range(count - of_verb))
        subject = self.phrase(_THINGS, first)
        object_ = self.phrase(_THINGS, count - of_verb - first)
        action = [("V", self.choices.pick(_VERBS)), object_]
        if of_verb:
            action.append(self.beside(_OF_VERB, 0))
        return "S", [subject, ("VP", action)]

    def phrase(self, nouns: list[str], nested: int) -> Tree:
        parts = [("D", self.choices.pick(_DETERMINERS))]
        if self.choices.number(2):
            parts.append(("A", self.choices.pick(_ADJECTIVES)))
        parts.append(("N", self.choices.pick(nouns)))
        if nested:
            parts.append(self.beside(_OF_NOUN, nested - 1))
        return "NP", parts

    def beside(self, kinds: dict[str, list[str]], nested: int) -> Tree:
        preposition = self.choices.pick([*kinds])
        inner = self.phrase(kinds[preposition], nested)
        return "PP", [("P", preposition), inner]


def _write(tree: Tree) -> Pair:
    """Return the words of a tree, its symbols, and which word each stands for."""
    pair = Pair([], [], [])

    def walk(name: str, inside: list | str) -> None:
        if isinstance(inside, str):
            pair.alignment.append(len(pair.source))
            pair.source.append(inside)
            pair.target.append(name)
            return
        pair.target.append(f"({name}")
        pair.alignment.append(NONE)
        for part in inside:
            walk(*part)
        pair.target.append(")")
        pair.alignment.append(NONE)

    walk(*tree)
    return pair
