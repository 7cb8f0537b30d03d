"""How a class stands: what was graded, with what a hand has given since."""

import json
from collections.abc import Iterable
from pathlib import Path

from examiner.course import Course
from examiner.gradebook import Writer
from examiner.record import CellRecord, Outcome, Record


def record_file(course: Course, assignment: str, student: str, notebook: str) -> Path:
    """Return where a record is kept; no file of a student's gets there."""
    return course.reports / assignment / student / f"{notebook}.json"


def write_record(file: Path, key: str, record: Record) -> None:
    """Keep a record, and the key of what it follows from."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"key": key, "record": record.to_json()})
    file.write_text(text, encoding="utf-8")


def read_record(file: Path, key: str | None = None) -> Record | None:
    """Read a record, if it is there and has the key."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if key is not None and data["key"] != key:
            return None
        return Record.from_json(data["record"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def standing(course: Course, assignment: str) -> list[Record]:
    """Return a record for each notebook of the class, graded or not."""
    found = []
    with Writer(course) as writer:
        for student in course.students(assignment):
            marks = writer.standing(assignment, student)
            for notebook in course.notebooks(assignment):
                file = record_file(course, assignment, student, notebook)
                record = read_record(file) or Record(
                    student,
                    assignment,
                    notebook,
                    "ungraded",
                    message=f"not graded yet: run examiner grade {assignment}",
                )
                add_marks(record, marks)
                found.append(record)
    return found


def add_marks(record: Record, marks: Iterable[CellRecord]) -> None:
    """Take over the points that a hand gave, from the gradebook's marks."""
    known = {mark.grade_id: mark for mark in marks}
    for cell in record.cells:
        _by_hand(cell, known.get(cell.grade_id))


def _by_hand(cell: CellRecord, mark: CellRecord | None) -> None:
    if mark is None or mark.points is None:
        return
    if cell.outcome is Outcome.MANUAL or mark.points != cell.points:
        cell.points, cell.outcome = mark.points, mark.outcome
