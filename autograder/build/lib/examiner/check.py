"""Checks: cases with points, and the sentence that helps.

A check is a generator function of cases; its docstring is the sentence that the
student reads. Decorated, it is called with the student's function as the last line
of a test cell. It returns None for full points, a float for a part of them, and
raises :class:`~examiner.errors.Mismatch` for none, as nbgrader's scoring wants::

    @check(points=3)
    def double(rng):
        \"\"\"`double(x)` returns twice x.\"\"\"
        x = rng.normal(size=(3, 2))
        yield Case(name="an array", args={"x": x}, want=x + x, points=3)
"""

import functools
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from examiner.answers import Answer, answers_to
from examiner.case import Case, Outcome, reason, try_case
from examiner.errors import Gone, GraderFault, Mismatch
from examiner.seed import generator

MIMETYPE = "application/vnd.examiner+json"


@dataclass(frozen=True)
class Result:
    """Say what an answer earned in a check, and why.

    Args:
        check: The check's name.
        sentence: The check's docstring: what a right answer does.
        points: What was earned.
        max_points: What a right answer earns.
        reasons: One sentence for each case that failed, first failure first.
        cases: The number of cases.
        hint: The sentence of the one known mistake that explains everything, or "".
        mistake: The name of that mistake, or "".
        gone: What ended the student's code before the last case, if anything did.
    """

    check: str
    sentence: str
    points: float
    max_points: float
    reasons: list[str] = field(default_factory=list)
    cases: int = 0
    hint: str = ""
    mistake: str = ""
    gone: Gone | None = None

    @property
    def text(self) -> str:
        """The feedback that a student reads, in lines of at most 80 characters."""
        right = self.cases - len(self.reasons)
        lines = [
            f"{self.check}: {self.points:g} of {self.max_points:g} points, "
            f"{right} of {self.cases} cases right.",
            f"Wanted: {self.sentence}",
        ]
        if self.reasons:
            lines.append(f"Found: {self.reasons[0]}")
        if self.hint:
            lines.append(f"Likely cause: {self.hint}")
        return "\n".join(
            textwrap.fill(line, 80, subsequent_indent="  ") for line in lines
        )

    @property
    def record(self) -> dict[str, Any]:
        """The same for programs, as JSON can hold it."""
        return {
            "check": self.check,
            "points": self.points,
            "max_points": self.max_points,
            "reasons": self.reasons,
            "hint": self.hint,
            "mistake": self.mistake,
        }


class Award(float):
    """Points that a check awards, as no student's code can make them.

    Args:
        points: The points.
        gone: How the student's code ended before the last case, if it did.
    """

    def __new__(cls, points: float, gone: Gone | None = None) -> "Award":
        award = super().__new__(cls, points)
        award.gone = gone
        return award


class Check:
    """Examine a student's function by cases.

    Args:
        cases: Generator function: a random generator in, cases out.
        points: What a right answer earns.
    """

    def __init__(
        self, cases: Callable[[np.random.Generator], Iterator[Case]], points: float
    ) -> None:
        functools.update_wrapper(self, cases)
        self.cases = cases
        self.points = points

    @property
    def answers(self) -> list[Answer]:
        """The known wrong and right answers."""
        return answers_to(self.cases.__module__, self.cases.__name__)

    def draw(self, seed: int | None = None) -> list[Case]:
        """Draw the cases; by default from the hidden seed.

        Raises:
            GraderFault: The check itself broke.
        """
        try:
            cases = list(self.cases(generator(self.cases.__name__, seed)))
        except GraderFault:
            raise
        except Exception as fault:
            raise self._fault(f"it raised {type(fault).__name__}: {fault}") from fault
        total = sum(case.points for case in cases)
        if abs(total - self.points) > 1e-9:
            raise self._fault(f"its cases have {total:g} points of {self.points:g}")
        return cases

    def examine(self, answer: Any, seed: int | None = None) -> Result:
        """Try an answer on every case and say what it earned and why."""
        cases = self.draw(seed)
        outcomes = _try_until_gone(cases, answer)
        reasons = [reason(c, o) for c, o in zip(cases, outcomes, strict=True)]
        earned = [c.points for c, why in zip(cases, reasons, strict=True) if not why]
        gone = next((o.gone for o in outcomes if o.gone), None)
        told = any(reasons) and not gone
        mistake = self._diagnose(cases, outcomes) if told else None
        return Result(
            check=self.cases.__name__,
            sentence=" ".join((self.cases.__doc__ or "").split()),
            points=float(sum(earned)) if any(reasons) else self.points,
            max_points=self.points,
            reasons=[why for why in reasons if why],
            cases=len(cases),
            hint=mistake.sentence if mistake else "",
            mistake=mistake.name if mistake else "",
            gone=gone,
        )

    def __call__(self, answer: Any) -> float | None:
        """Score an answer as the last line of a test cell.

        Returns:
            None for full points, else the points earned, which are more than 0.

        Raises:
            Mismatch: Nothing was earned.
            Gone: Nothing was earned, for the student's code did not come back.
        """
        result = self.examine(answer)
        if not result.reasons:
            return None
        shown = _show(result)
        if result.points == 0 and result.gone:
            raise result.gone
        if result.points == 0:
            raise Mismatch(f"0 of {self.points:g} points" if shown else result.text)
        return Award(result.points, result.gone)

    def _diagnose(self, cases: list[Case], outcomes: list[Outcome]) -> Answer | None:
        """Return the one known mistake that does the same in every case, if any."""
        if all(o.raised and o.raised.kind == "NotImplementedError" for o in outcomes):
            return None
        rows = list(zip(cases, outcomes, strict=True))
        found = [
            mutant
            for mutant in self.answers
            if mutant.wrong and all(try_case(c, mutant.fn).agrees(o) for c, o in rows)
        ]
        return found[0] if len(found) == 1 else None

    def _fault(self, what: str) -> GraderFault:
        return GraderFault(
            f"The check `{self.cases.__name__}` itself broke: {what}. "
            "This is not the student's fault."
        )


def check(points: float) -> Callable[[Callable[..., Iterator[Case]]], Check]:
    """Make a check of a generator function of cases."""
    return lambda cases: Check(cases, points)


def _try_until_gone(cases: list[Case], answer: Any) -> list[Outcome]:
    """Ask all questions; when the answer does not come back, the rest get no answer."""
    outcomes: list[Outcome] = []
    for case in cases:
        lost = outcomes and outcomes[-1].gone
        outcomes.append(outcomes[-1] if lost else try_case(case, answer))
    return outcomes


def _show(result: Result) -> bool:
    """Show feedback in the notebook, with a record for the report.

    Never on stderr, which nbgrader counts as a failure. A display is neither an
    error nor a value, so it does not touch the score.

    Returns:
        Whether a notebook was there to show it.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return False
    data = {MIMETYPE: result.record, "text/plain": result.text}
    shell.display_pub.publish(data=data)
    return True


__all__ = ["Case", "Check", "Result", "check"]
