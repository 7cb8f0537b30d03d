"""How a class stands: what was graded, with what a hand has given since."""

import json
from collections.abc import Iterable
from pathlib import Path

from examiner.course import Course
from examiner.feedback import write_feedback
from examiner.gradebook import Writer
from examiner.record import CellRecord, Outcome, Record


def record_file(course: Course, assignment: str, student: str, notebook: str) -> Path:
    """Return where a record is kept; no file of a student's gets there."""
    return course.reports / assignment / student / f"{notebook}.json"


def write_record(
    file: Path,
    key: str,
    record: Record,
    provenance: str = "",
    comments: dict[str, str] | None = None,
) -> None:
    """Keep a record, the key of what it follows from, and the rest of its feedback."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "key": key,
        "record": record.to_json(),
        "provenance": provenance,
        "comments": comments or {},
    }
    file.write_text(json.dumps(data), encoding="utf-8")


def read_record(
    course: Course, writer: Writer, file: Path, key: str | None = None
) -> Record | None:
    """Read a record, if it is there and has the key, with what a hand has given since.

    The feedback is written again when the marks or comments of a hand are others.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if key is not None and data["key"] != key:
            return None
        record = Record.from_json(data["record"])
        provenance, comments = data["provenance"], data["comments"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    add_marks(record, writer.standing(record.assignment, record.student))
    now = writer.comments(record.assignment, record.student, record.notebook)
    if record.to_json() != data["record"] or now != comments:
        write_feedback(course, record, writer.graded(record), provenance, now)
        write_record(file, data["key"], record, provenance, now)
    return record


def standing(course: Course, assignment: str) -> list[Record]:
    """Return a record for each notebook of the class, graded or not."""
    found = []
    with Writer(course) as writer:
        for student in course.students(assignment):
            for notebook in course.notebooks(assignment):
                file = record_file(course, assignment, student, notebook)
                record = read_record(course, writer, file) or Record(
                    student,
                    assignment,
                    notebook,
                    "ungraded",
                    message=f"not graded yet: run examiner grade {assignment}",
                )
                found.append(record)
    return found


def add_marks(record: Record, marks: Iterable[CellRecord]) -> None:
    """Take over the points that a hand gave, from the gradebook's marks."""
    known = {mark.grade_id: mark for mark in marks}
    for cell in record.cells:
        mark = known.get(cell.grade_id)
        if mark is None or mark.points is None:
            continue
        if cell.outcome is Outcome.MANUAL or mark.points != cell.points:
            cell.points, cell.outcome = mark.points, mark.outcome
