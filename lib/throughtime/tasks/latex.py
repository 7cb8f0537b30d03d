r"""Small LaTeX-like documents, and a reader that finds their faults."""

import re

import torch

from throughtime.tasks.batch import check_task, numbers

ENVIRONMENTS = ("case", "claim", "lemma", "proof")
_TOKEN = re.compile(r"\\(begin|end|label|ref)\{(\w*)\}|([$(){}\\])")
_PAIRS = {"(": ")", "{": "}"}


def latex(count: int, generator: torch.Generator, depth: int = 3) -> list[str]:
    r"""Draw documents, each a line: environments in each other, formulas, references.

    A document's depth is uniform from 1 to ``depth``. An environment opens with a
    label or without one; then come a sentence, the next environment, and perhaps one
    more sentence. Formulas nest brackets; a reference names a label that
    stands before it.

    Args:
        count: Documents.
        generator: Source of chance.
        depth: The greatest number of environments in each other.

    Raises:
        ThroughTimeError: A size too small.

    Source:
        After the generated algebraic geometry of Karpathy (2015); book/03_characters.

    >>> print(*latex(1, torch.Generator().manual_seed(1), depth=1))
    \begin{proof}\label{a}If $y+g$.\end{proof}
    """
    check_task(generator, count=(count, 1), depth=(depth, 1))
    return [_Author(generator).document(depth) for _ in range(count)]


def latex_faults(text: str) -> tuple[str, ...]:
    r"""Return which rules a document breaks, sorted; none if it parses.

    - ``"environment"``: each ``\begin{...}`` is closed by its own ``\end{...}``, the
      last one first, and nothing else is closed; there is one at least.
    - ``"formula"``: dollars come in pairs within one environment, and the brackets
      between two are well nested.
    - ``"reference"``: a ``\ref`` names a ``\label`` before it; no label comes twice.

    >>> latex_faults(r"\begin{proof}See $f(x$ in \ref{a}.\end{lemma}")
    ('environment', 'formula', 'reference')
    """
    reader = _Reader()
    for token in _TOKEN.finditer(text):
        reader.read(*token.groups())
    reader.end()
    return tuple(sorted(reader.faults))


def latex_depth(text: str) -> int:
    r"""Return how many environments are open where most are.

    >>> latex_depth(r"\begin{proof}\begin{case}a\end{case}\end{proof}")
    2
    """
    open_now, most = 0, 0
    for kind, _, _ in _TOKEN.findall(text):
        open_now += {"begin": 1, "end": -1}.get(kind, 0)
        most = max(most, open_now)
    return most


class _Reader:
    """Walk over the tokens and note the rules that are broken."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.formula: list[str] | None = None  # brackets that wait to be closed
        self.labels: set[str] = set()
        self.faults: set[str] = set()
        self.any = False

    def read(self, kind: str | None, name: str, mark: str) -> None:
        if mark:
            self.read_mark(mark)
        elif kind in ("begin", "end"):
            self.read_environment(kind, name)
        else:
            self.read_name(kind, name)

    def read_environment(self, kind: str, name: str) -> None:
        self.any = True
        self.note("formula", self.formula is not None)
        if kind == "begin":
            self.note("environment", name not in ENVIRONMENTS)
            self.open.append(name)
        else:
            self.note("environment", not self.open or self.open.pop() != name)

    def read_name(self, kind: str, name: str) -> None:
        given = name in self.labels
        self.note("reference", not name or (given if kind == "label" else not given))
        if kind == "label":
            self.labels.add(name)

    def read_mark(self, mark: str) -> None:
        if mark == "\\":  # a command that is none
            self.faults.add("environment")
        elif mark == "$":
            self.note("formula", bool(self.formula))
            self.formula = [] if self.formula is None else None
        elif self.formula is None:
            self.faults.add("formula")  # a bracket in the words
        elif mark in _PAIRS:
            self.formula.append(_PAIRS[mark])
        else:
            self.note("formula", not self.formula or self.formula.pop() != mark)

    def note(self, fault: str, broken: bool) -> None:
        if broken:
            self.faults.add(fault)

    def end(self) -> None:
        self.note("environment", bool(self.open) or not self.any)
        self.note("formula", self.formula is not None)


class _Author:
    """Write one document."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator, self.labels = generator, ""

    def document(self, depth: int) -> str:
        return self.environment(1 + self.choose(depth))

    def environment(self, depth: int) -> str:
        name = ENVIRONMENTS[self.choose(len(ENVIRONMENTS))]
        body = self.label() + self.sentence()
        if depth > 1:
            body += self.environment(depth - 1)
            if self.choose(2):
                body += self.sentence()
        return f"\\begin{{{name}}}{body}\\end{{{name}}}"

    def label(self) -> str:
        if self.choose(2):
            return ""
        free = [letter for letter in "abcdefgh" if letter not in self.labels]
        if not free:
            return ""
        letter = free[self.choose(len(free))]
        self.labels += letter
        return f"\\label{{{letter}}}"

    def sentence(self) -> str:
        kind = self.choose(4)
        if kind == 0 and self.labels:
            letter = self.labels[self.choose(len(self.labels))]
            return f"By \\ref{{{letter}}}, ${self.formula()}$."
        return f"{('Let', 'Then', 'So', 'If')[kind]} ${self.formula()}$."

    def formula(self, depth: int = 1) -> str:
        letter = "fgxyz"[self.choose(5)]
        kind = self.choose(4) if depth else 0
        if kind == 1:
            return f"{letter}({self.formula(depth - 1)})"
        if kind == 2:
            return f"{letter}_{{{self.formula(depth - 1)}}}"
        if kind == 3:
            return f"{letter}+{self.formula(depth - 1)}"
        return letter

    def choose(self, count: int) -> int:
        return numbers(0, count, 1, self.generator)[0]
