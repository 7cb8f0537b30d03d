"""What a graded submission becomes: a record, one line of JSON.

A record says what each graded cell earned and why, what was repaired before, how
strangers' code was kept apart while it ran, and how long it took.
"""

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a graded cell ended."""

    PASS = "PASS"  # full points
    PARTIAL = "PARTIAL"  # a part of them, awarded by the test
    FAIL = "FAIL"  # a test said no
    ERROR = "ERROR"  # the test could not be done: a name is missing, a cell raised
    TIMEOUT = "TIMEOUT"  # the student's code took too long
    DIED = "DIED"  # the student's process ended
    MEMORY = "MEMORY"  # the student's process took too much memory
    MISSING = "MISSING"  # the answer's cell was not handed in
    MANUAL = "MANUAL"  # waits for a hand


AMOK = {Outcome.TIMEOUT, Outcome.DIED, Outcome.MEMORY}


@dataclass
class CellRecord:
    """Say what one graded cell earned, and why.

    Args:
        grade_id: nbgrader's name of the cell.
        points: What was earned; None while the cell waits for a hand. What a hand gave
            to an older answer stands until somebody has looked again.
        max_points: What it is worth.
        outcome: How it ended.
        message: What the student reads. Hidden cases appear by name only.
        hint: The sentence of the known mistake that was recognised, or "".
        mistake: That mistake's name, or "".
    """

    grade_id: str
    points: float | None
    max_points: float
    outcome: Outcome
    message: str = ""
    hint: str = ""
    mistake: str = ""


@dataclass
class Record:
    """Say how one notebook of one student ended.

    Args:
        student: The student's id.
        assignment: The assignment's name.
        notebook: The notebook's name, without its ending.
        status: ``graded``; ``unreadable``: no notebook could be read; ``refused``: it
            was read, but could not be graded, and ``message`` says why.
        mode: ``split``, ``kernel`` or ``stock``.
        isolation: ``full``, ``namespaces``, ``process`` or ``none``.
        seconds: How long grading took.
        cells: One record for each graded cell, in the order of the source.
        repairs: What was mended in the notebook, a sentence each.
        message: One sentence when the status is not ``graded``.
        unchanged: Whether it is an earlier record that is still true; not stored.
    """

    student: str
    assignment: str
    notebook: str
    status: str = "graded"
    mode: str = "split"
    isolation: str = "none"
    seconds: float = 0.0
    cells: list[CellRecord] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    message: str = ""
    unchanged: bool = False

    @property
    def score(self) -> float:
        """The sum of what is graded."""
        return sum(cell.points or 0.0 for cell in self.cells)

    @property
    def max_score(self) -> float:
        """The sum of what can be earned."""
        return sum(cell.max_points for cell in self.cells)

    @property
    def needs_manual(self) -> bool:
        """Whether a cell waits for a hand."""
        return any(cell.outcome is Outcome.MANUAL for cell in self.cells)

    @property
    def amok(self) -> bool:
        """Whether a cell took too long, took too much memory, or killed its process."""
        return any(cell.outcome in AMOK for cell in self.cells)

    def to_json(self) -> str:
        """Return one line of JSON."""
        data = dataclasses.asdict(self) | {
            "score": self.score,
            "max_score": self.max_score,
            "needs_manual": self.needs_manual,
        }
        del data["unchanged"]
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Record":
        """Read a line that :meth:`to_json` wrote."""
        data: dict[str, Any] = json.loads(line)
        cells = [
            CellRecord(**{**cell, "outcome": Outcome(cell["outcome"])})
            for cell in data.pop("cells")
        ]
        for sums in ("score", "max_score", "needs_manual"):
            data.pop(sums)
        return cls(cells=cells, **data)
