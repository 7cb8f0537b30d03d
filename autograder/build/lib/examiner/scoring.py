"""What a test cell earns, and what the student reads about it."""

import ast
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from examiner.check import MIMETYPE, Award
from examiner.errors import Gone, GraderFault, Mismatch, Raised
from examiner.record import CellRecord, Outcome
from examiner.shell import Ran, text_of

DELIMITERS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")  # nbgrader's own


@dataclass(frozen=True)
class Test:
    """One test cell of the source.

    Args:
        grade_id: nbgrader's name of the cell.
        points: What it is worth.
        source: Its text, with what is hidden.
        delimiters: What the lines hold that begin and end what is hidden.
    """

    grade_id: str
    points: float
    source: str
    delimiters: tuple[str, str] = DELIMITERS


def score(test: Test, ran: Ran, theirs: Iterable[str]) -> CellRecord:
    """Score a test cell that ran.

    Args:
        test: The cell.
        ran: What it did.
        theirs: The names that it took from the student's code.
    """
    shown = _record(ran)
    if ran.error is not None:
        outcome, message = _failed(test, ran.error)
        points = None if outcome is Outcome.MANUAL else 0.0
    else:
        points, outcome, message = _award(test, ran.value, set(theirs))
    return CellRecord(
        test.grade_id,
        points,
        test.points,
        outcome,
        shown.get("text") or message,
        shown.get("hint", ""),
        shown.get("mistake", ""),
    )


def _record(ran: Ran) -> dict[str, Any]:
    """Return what a check said of itself, if there was one."""
    for output in reversed(ran.outputs):
        data = output.get("data", {})
        if MIMETYPE in data:
            return {**data[MIMETYPE], "text": data.get("text/plain", "")}
    return {}


def _award(
    test: Test, value: Any, theirs: set[str]
) -> tuple[float | None, Outcome, str]:
    """Take points from a check, or from the instructor's own last line."""
    own = type(value) is Award
    if not own and (type(value) not in (int, float) or _names(test.source) & theirs):
        return test.points, Outcome.PASS, ""  # no award: what is no error is right
    if not (math.isfinite(value) and 0 <= value <= test.points):
        message = (
            f"The test awarded {value!r} of {test.points:g} points. This is not your "
            "fault; your instructor will look."
        )
        return None, Outcome.MANUAL, message
    if value == test.points:
        return test.points, Outcome.PASS, ""
    outcome = Outcome.PARTIAL if value else Outcome.FAIL
    if own and value.gone:
        outcome = value.gone.outcome
    return float(value), outcome, f"{value:g} of {test.points:g} points."


def _names(source: str) -> set[str]:
    """Return the names in a cell's last line, if that is an expression."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:  # IPython's own syntax: then nothing is awarded by value
        return set()
    if not last or not isinstance(last[0], ast.Expr):
        return set()
    return {n.id for n in ast.walk(last[0]) if isinstance(n, ast.Name)}


def _failed(test: Test, error: BaseException) -> tuple[Outcome, str]:
    if isinstance(error, Gone):
        return error.outcome, error.message
    if isinstance(error, GraderFault):
        return Outcome.MANUAL, f"{error} Your instructor will look."
    if isinstance(error, Mismatch):
        return Outcome.FAIL, str(error)
    kind = error.kind if isinstance(error, Raised) else type(error).__name__
    if kind == "MemoryError":
        return Outcome.MEMORY, "Your code took more memory than it may."
    if isinstance(error, NameError):
        return Outcome.ERROR, f"{text_of(error)}: was the cell that defines it run?"
    return Outcome.FAIL, _message(test, error, kind)


def _message(test: Test, error: BaseException, kind: str) -> str:
    """Say what failed, without showing what is hidden."""
    line, hidden = _where(test, error)
    if hidden:
        hint = _hint(test, line)
        return f"A hidden test failed{': ' + hint if hint else '.'}"
    text = str(error) if isinstance(error, Raised) else text_of(error)
    lines = test.source.splitlines()
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    said = f"{kind}: {text}" if text and not isinstance(error, Raised) else text or kind
    return f"{said} (in the test {shown!r})" if shown else said


def _where(test: Test, error: BaseException) -> tuple[int, bool]:
    """Return the line of the cell that failed, and whether it is hidden."""
    line, at = 0, error.__traceback__
    while at is not None:
        if "ipython-input" in at.tb_frame.f_code.co_filename:
            line = line or at.tb_lineno
        at = at.tb_next
    begin, end = test.delimiters
    lines = test.source.splitlines()
    # What is not known to be visible counts as hidden.
    before = lines[: line - 1] if line else lines
    begun = sum(begin in text for text in before)
    ended = sum(end in text for text in before) if line else 0
    return line, begun > ended


def _hint(test: Test, line: int) -> str:
    """Return a failed assertion's text, if the instructor wrote it as it is."""
    try:
        tree = ast.parse(test.source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        inside = isinstance(node, ast.Assert) and node.lineno <= line
        if inside and line <= (node.end_lineno or line):
            text = node.msg.value if isinstance(node.msg, ast.Constant) else ""
            return text if isinstance(text, str) else ""
    return ""
