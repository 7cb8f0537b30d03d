"""Sums and differences, written out and answered digit by digit."""

import torch

from throughtime.tasks.batch import Batch, check_task, next_symbols, numbers
from throughtime.text import Vocabulary

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOCABULARY = Vocabulary("0123456789+-=" + _LETTERS, marks=True)


def arithmetic(
    B: int, digits: int, generator: torch.Generator, distractors: int = 0
) -> Batch:
    r"""Draw sums and differences such as ``12+7=19`` and ``3-45=-42``.

    Both numbers are uniform from 0 to N - 1, N = ``10**digits``, + and - equally
    likely. Ids ``(T, B)`` begin with ``<START>``; the targets are the next
    characters, and what is scored is the answer with its ``<END>``.

    The baseline always gives the one best answer, 0 (which N - 1 equals): an
    accuracy of (1/N + 1/N^2) / 2 whole answers.

    Args:
        B: Sums.
        digits: Digits of the greatest number, 1 to 9.
        generator: Source of chance.
        distractors: Letters strewn between the characters before the ``=``, to be
            passed over.

    Raises:
        ThroughTimeError: A size too small or digits above 9.

    Source:
        After the task of Jozefowicz et al. (2015), with the sign of the answer first.
    """
    sizes = {"distractors": (distractors, 0), "digits left of 9": (9 - digits, 0)}
    check_task(generator, B=(B, 1), digits=(digits, 1), **sizes)
    N = 10**digits
    firsts, seconds = (numbers(0, N, B, generator) for _ in range(2))
    texts = []
    for a, b, plus in zip(firsts, seconds, numbers(0, 2, B, generator), strict=True):
        question = f"{a}+{b}" if plus else f"{a}-{b}"
        answer = a + b if plus else a - b
        texts.append(f"{_strew(question, distractors, generator)}={answer}")
    inputs, targets, mask = next_symbols(texts, _VOCABULARY, generator.device)
    equals = inputs == _VOCABULARY.encode("=").item()
    scored = mask & (equals.cumsum(0) > 0)
    baseline = (1 / N + 1 / N**2) / 2
    return Batch(inputs, targets, mask, scored, _VOCABULARY, baseline, "answers right")


def _strew(question: str, count: int, generator: torch.Generator) -> str:
    """Put letters at random places of a question."""
    for letter in numbers(0, len(_LETTERS), count, generator):
        (place,) = numbers(0, len(question) + 1, 1, generator)
        question = question[:place] + _LETTERS[letter] + question[place:]
    return question
