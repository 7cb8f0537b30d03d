r"""Counting and stacking: a^n b^n, Dyck words, and small XML."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.tasks.batch import Batch, check_task, next_symbols, numbers
from throughtime.text import END, Vocabulary

_PAIRS = ("()", "[]", "{}", "<>")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ANBN = Vocabulary("ab", marks=True)
_XML = Vocabulary(_LETTERS + "</>", marks=True)


def anbn(B: int, longest: int, generator: torch.Generator) -> Batch:
    r"""Draw words a^n b^n, with n uniform from 1 to ``longest``.

    Ids ``(T, B)`` begin with ``<START>``; the targets ``(T, B, V)`` are the sets of
    symbols that may come next in the language: a; a or b; b; ``<END>``. A word counts
    as right when all its sets are.

    The baseline sees the last symbol only. After a b it has to say the same each
    time, so it is right at best for n = 1: accuracy 1 / ``longest``.

    Args:
        B: Words.
        longest: The greatest n.
        generator: Source of chance.

    Raises:
        ThroughTimeError: A size too small.

    Source:
        Gers and Schmidhuber (2001).
    """
    check_task(generator, B=(B, 1), longest=(longest, 1))
    words = ["a" * n + "b" * n for n in numbers(1, longest + 1, B, generator)]
    follow = {"": "a", "a": "ab", "b": "b"}
    sets = [[follow[word[:t][-1:]] for t in range(len(word))] for word in words]
    return _sets(words, sets, _ANBN, 1 / longest, "words right", generator)


def dyck(
    B: int, pairs: int, generator: torch.Generator, kinds: int = 2, depth: int = 10
) -> Batch:
    r"""Draw Dyck words: brackets of some kinds, well nested.

    Words have 1 to ``pairs`` pairs, uniform. Ids ``(T, B)`` begin with ``<START>``;
    the targets ``(T, B, V)`` are the sets of symbols that may come next: any opening
    bracket below the greatest depth, the closing one of the last still open, and
    ``<END>`` at depth 0.

    The baseline knows the depth, but of the kinds only that of the last symbol. After
    a closing bracket at depth 1 or more it guesses the kind, so at such steps
    1 / ``kinds`` of its sets are right.

    Args:
        B: Words.
        pairs: The greatest number of pairs.
        generator: Source of chance.
        kinds: 1 to 4 of ``()``, ``[]``, ``{}``, ``<>``.
        depth: The greatest depth, at least 1.

    Raises:
        ThroughTimeError: A size too small, or more than four kinds.
    """
    sizes = {"kinds": (kinds, 1), "depth": (depth, 1)}
    check_task(generator, B=(B, 1), pairs=(pairs, 1), **sizes)
    if kinds > len(_PAIRS):
        raise ThroughTimeError(f"kinds is {kinds}; wanted 1 to 4. Try kinds=2.")
    vocabulary = Vocabulary("".join(_PAIRS[:kinds]), marks=True)
    words, sets = [], []
    for count in numbers(1, pairs + 1, B, generator):
        opens = numbers(0, 2, 2 * count, generator)
        word, allowed = _nest(opens, numbers(0, kinds, 2 * count, generator), depth)
        words.append(word)
        sets.append([_PAIRS_OPEN[:kinds] * more + close for more, close in allowed])
    return _sets(words, sets, vocabulary, 1 / kinds, "sets right", generator)


def xml(
    T: int, B: int, generator: torch.Generator, longest: int = 10, depth: int = 4
) -> Batch:
    r"""Draw small XML: nested tags of random names, as ``<ab><xyz></xyz></ab>``.

    Each name has 2 to ``longest`` letters, uniform, as has its length. After each tag
    another opens or the last closes, each at one half; below depth 1 one opens, at
    the greatest depth one closes. Ids ``(T, B)``; the targets are the next
    characters. Each row is cut after T steps, so it may end in an open tag.

    What is scored are the letters of closing tags, where memory tells the next
    character: 0 nats a letter with it. The baseline has forgotten the opening tag:
    ln 26 = 3.258 nats a letter, even if it knows that a letter comes.

    Args:
        T: Steps.
        B: Sequences.
        generator: Source of chance.
        longest: Letters of the longest name, at least 2.
        depth: The greatest depth, at least 1.

    Raises:
        ThroughTimeError: A size too small.

    Source:
        After the task of Jozefowicz et al. (2015); their generator was not published.
    """
    sizes = {"longest": (longest, 2), "depth": (depth, 1)}
    check_task(generator, T=(T, 1), B=(B, 1), **sizes)
    rows = [_document(T + 1, generator, longest, depth) for _ in range(B)]
    ids = torch.stack([_XML.encode(text) for text, _ in rows], 1).to(generator.device)
    scored = torch.tensor([known[1:] for _, known in rows], device=ids.device).T
    mask = torch.ones_like(scored)
    baseline = math.log(len(_LETTERS))
    return Batch(ids[:-1], ids[1:], mask, scored, _XML, baseline, "nats a letter")


_PAIRS_OPEN = "".join(pair[0] for pair in _PAIRS)


def _nest(
    opens: Sequence[int], kinds: Sequence[int], depth: int
) -> tuple[str, list[tuple[bool, str]]]:
    """Return a Dyck word, and before each symbol: may one open, which may close."""
    word, stack, allowed = "", [], []
    for t, (wish, kind) in enumerate(zip(opens, kinds, strict=True)):
        allowed.append((len(stack) < depth, stack[-1] if stack else ""))
        room = len(stack) < min(depth, len(opens) - t)
        if not stack or (wish and room):
            word += _PAIRS[kind][0]
            stack.append(_PAIRS[kind][1])
        else:
            word += stack.pop()
    return word, allowed


def _sets(
    words: Sequence[str],
    sets: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    baseline: float,
    measure: str,
    generator: torch.Generator,
) -> Batch:
    inputs, _, mask = next_symbols(words, vocabulary, generator.device)
    targets = torch.zeros(*inputs.shape, len(vocabulary), dtype=torch.bool)
    for b, row in enumerate(sets):
        for t, symbols in enumerate(row):
            targets[t, b, vocabulary.encode(symbols)] = True
            # Between two whole words of the language the word may also end.
            targets[t, b, END] = t > 0 and _is_whole(words[b][:t])
        targets[len(row), b] = _after(words[b], vocabulary)
    targets = targets.to(generator.device)
    return Batch(inputs, targets, mask, mask, vocabulary, baseline, measure)


def _is_whole(word: str) -> bool:
    """Say whether each opening bracket of a Dyck word is closed."""
    return "a" not in word and 2 * sum(word.count(o) for o in _PAIRS_OPEN) == len(word)


def _after(word: str, vocabulary: Vocabulary) -> Tensor:
    """Return the set after a whole word: END, or for brackets a new pair too."""
    follow = torch.zeros(len(vocabulary), dtype=torch.bool)
    follow[END] = True
    if "a" not in word:
        opening = [symbol for symbol in vocabulary.symbols if symbol in _PAIRS_OPEN]
        follow[vocabulary.encode("".join(opening))] = True
    return follow


def _document(
    length: int, generator: torch.Generator, longest: int, depth: int
) -> tuple[str, list[bool]]:
    """Return characters, and whether each is a letter of a closing tag."""
    text, known, stack = "", [], []
    while len(text) < length:
        close = bool(numbers(0, 2, 1, generator)[0])
        if stack and (close or len(stack) == depth):
            name = stack.pop()
            text += f"</{name}>"
            known += [False, False, *[True] * len(name), False]
        else:
            (size,) = numbers(2, longest + 1, 1, generator)
            letters = numbers(0, len(_LETTERS), size, generator)
            stack.append("".join(_LETTERS[i] for i in letters))
            text += f"<{stack[-1]}>"
            known += [False] * (size + 2)
    return text[:length], known[:length]
