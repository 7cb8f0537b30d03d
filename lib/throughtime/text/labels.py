r"""Label each character of a Python source text: quote, comment, depth and the like.

The scanner is our own and takes any text: a piece cut anywhere, or what a network
wrote. ``tokenize`` refuses those, and cuts f-strings otherwise since Python 3.12; on
whole files it is the oracle of this module's tests. One thing is not followed: since
3.12 an f-string may hold its own quotation mark inside braces (25 characters of the
7.6 million of 3.13's library).
"""

import re
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from throughtime.errors import ShapeError

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<quote>(?:[rR]?[bBfF]|[bBfFuU]?[rR]|[uU])?(?:
        '{3}(?:[^\\]|\\.)*?(?:'{3}|\Z) | "{3}(?:[^\\]|\\.)*?(?:"{3}|\Z)
        | '(?:[^\\\n']|\\.)*(?:'|(?=\n)|\Z) | "(?:[^\\\n"]|\\.)*(?:"|(?=\n)|\Z)))
    | (?P<word>\w+) | (?P<joined>\\\n) | (?P<newline>\n) | (?P<blank>[ \t\f]+)
    | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


class SourceLabels(NamedTuple):
    r"""Hold a label for each of a text's T characters, every tensor ``(T,)``."""

    quote: Tensor
    """bool: in a string literal, its prefix and marks with it."""
    comment: Tensor
    """bool: in a comment, from its ``#`` on."""
    depth: Tensor
    """int64: open indented blocks at the character's statement. A comment's own line
    counts the blocks that begin at or left of it; an empty line, those before it."""
    bracket: Tensor
    """int64: open brackets of any kind, those in quotes and comments not counted; a
    bracket itself counts as inside."""
    position: Tensor
    """int64: characters before it in its line."""
    line_length: Tensor
    """int64: characters of its line, the newline not counted."""
    condition: Tensor
    """bool: between ``if``, ``elif`` or ``while`` at a statement's start and its
    colon. Conditions inside expressions do not count."""


def source_labels(text: str) -> SourceLabels:
    r"""Return the labels of each character of a source text.

    Args:
        text: Python source, whole or a piece; a piece is read as if it began a file.

    Raises:
        ShapeError: The text is empty.

    >>> labels = source_labels("if a: b = 'c'  # d")
    >>> "".join("Q" if q else "C" if c else "." for q, c in zip(*labels[:2]))
    '..........QQQ..CCC'
    """
    if not text:
        raise ShapeError("text is empty; wanted a character or more. Try text='a'.")
    scanner = _Scanner(text)
    for token in _TOKEN.finditer(text):
        scanner.read(token)
    scanner.end_statement(len(text))
    arrays = (scanner.quote, scanner.comment, scanner.depth, scanner.bracket)
    arrays += (*_lines(text), scanner.condition)
    return SourceLabels(*map(torch.from_numpy, arrays))


def _lines(text: str) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(line) for line in text.split("\n")])
    starts = np.cumsum(lengths + 1) - lengths - 1
    sizes = lengths + 1
    sizes[-1] -= 1  # no newline ends the last line
    position = np.arange(len(text)) - np.repeat(starts, sizes)
    return position, np.repeat(lengths, sizes)


class _Scanner:
    """Walk over the tokens and fill the arrays that depend on what came before."""

    def __init__(self, text: str) -> None:
        self.quote, self.comment, self.condition = np.zeros((3, len(text)), bool)
        self.depth, self.bracket = np.zeros((2, len(text)), np.int64)
        self.columns = [0]  # where the open blocks begin
        self.open = 0  # brackets
        self.level = 0  # depth of the statement
        self.start = 0  # of the statement, its indentation with it
        self.column: int | None = None  # of its first token; None before that
        self.fresh = True  # the next word may be a statement's first
        self.asked: int | None = None  # where a condition began
        self.lambdas = 0  # colons that are not the condition's

    def read(self, token: re.Match) -> None:
        kind, (begin, end) = token.lastgroup, token.span()
        if kind == "newline" and not self.open:
            self.end_statement(end)
            return
        if self.column is None and kind not in ("blank", "newline", "joined"):
            self.begin_line(begin, kind)
        inside = self.open + (kind == "open")
        self.bracket[begin:end] = inside
        if kind in ("quote", "comment"):
            getattr(self, kind)[begin:end] = True
        elif kind == "open":
            self.open += 1
        elif kind == "close":
            self.open = max(self.open - 1, 0)
        elif kind in ("word", "mark"):
            self.read_word(token.group(), begin, end)
        self.fresh = self.fresh and kind in ("blank", "joined")

    def begin_line(self, begin: int, kind: str) -> None:
        self.column = begin - self.start
        if kind == "comment":
            left = sum(column <= self.column for column in self.columns)
            self.level = max(left - 1, 0)
            return
        while self.columns[-1] > self.column:
            self.columns.pop()
        if self.columns[-1] < self.column:
            self.columns.append(self.column)
        self.level = len(self.columns) - 1
        self.fresh = True

    def read_word(self, word: str, begin: int, end: int) -> None:
        if self.asked is not None:
            self.read_condition(word, begin)
        elif self.fresh and word in ("if", "elif", "while"):
            self.asked, self.lambdas = end, 0

    def read_condition(self, word: str, begin: int) -> None:
        if self.open:
            return
        if word == "lambda":
            self.lambdas += 1
        elif word == ":" and self.lambdas:
            self.lambdas -= 1
        elif word == ":":
            self.condition[self.asked : begin] = True
            self.asked = None

    def end_statement(self, end: int) -> None:
        if self.asked is not None:  # the text ended, or no colon came
            self.condition[self.asked : end] = True
        level = self.level if self.column is not None else len(self.columns) - 1
        self.depth[self.start : end] = level
        self.start, self.column, self.asked, self.fresh = end, None, None, True
