"""Grade a class: submissions in, marks and reasons out.

Nothing that one student hands in stops the others: each submission is read first,
graded alone, and ends with a status and a sentence. Work that has not changed since
it was graded is not run again.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry

from examiner.check import MIMETYPE
from examiner.course import Course, last_line
from examiner.errors import CannotRun
from examiner.intake import unreadable


@dataclass
class CellMark:
    """Say what one graded cell earned.

    Args:
        grade_id: nbgrader's name of the cell.
        points: What was earned, or None while it waits for a hand. Points that a hand
            gave stay when the work is graded again.
        max_points: What it is worth.
        mistake: The name of the known mistake that was recognised, or "".
        hint: The sentence that was shown for it, or "".
    """

    grade_id: str
    points: float | None
    max_points: float
    mistake: str = ""
    hint: str = ""


@dataclass
class Graded:
    """Say how one submission ended.

    Args:
        student: The student's id.
        assignment: The assignment's name.
        status: ``graded``; ``ungraded``, not yet; ``unreadable``, the file is no
            notebook; ``refused``, nbgrader could not grade it; ``fault``, a check
            itself broke. Marks beside another status than ``graded`` or ``fault``
            are those of an earlier file.
        message: One sentence for the instructor when the status is not ``graded``.
        score: The sum of the points so far.
        max_score: The sum of all points.
        needs_manual: Whether a cell waits for a hand, or for a second look.
        seconds: How long grading took.
        cells: One mark for each graded cell, in the order of the notebook.
        cached: Whether an earlier result was still true.
    """

    student: str
    assignment: str
    status: str = "graded"
    message: str = ""
    score: float = 0.0
    max_score: float = 0.0
    needs_manual: bool = False
    seconds: float = 0.0
    cells: list[CellMark] = field(default_factory=list)
    cached: bool = False


def grade(
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    *,
    force: bool = False,
    on_start: Callable[[list[str]], None] = lambda students: None,
    on_done: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade the submissions of an assignment with nbgrader.

    Args:
        course: The course.
        assignment: Name of the assignment.
        students: Whom to grade; by default everyone who handed in.
        force: Grade again what has not changed.
        on_start: Told whom there is to grade.
        on_done: Told each result as it comes.

    Raises:
        CannotRun: Nothing could be graded.
    """
    course.require_assignment(assignment)
    there = course.students(assignment)
    if missing := sorted(set(students) - set(there)):
        raise CannotRun(
            f"{missing[0]!r} has not handed in {assignment}; those who have: "
            f"{', '.join(there)}."
        )
    wanted = sorted(set(students)) or there
    course.enter(assignment)
    on_start(wanted)
    results = []
    for student in wanted:
        results.append(_grade_one(course, assignment, student, force))
        on_done(results[-1])
    return results


def _grade_one(course: Course, assignment: str, student: str, force: bool) -> Graded:
    if why := unreadable(course, assignment, student):
        return _failed(course, assignment, student, "unreadable", why)
    key = _content_key(course, assignment, student)
    record = _record_file(course, assignment, student)
    if not force and _read_record(record).get("key") == key:
        result = read_marks(course, assignment, student)
        if result.status != "ungraded":  # else the gradebook was lost
            result.cached = True
            return result
    start = time.perf_counter()
    done = course.api.autograde(assignment, student, force=True)
    seconds = time.perf_counter() - start
    record.parent.mkdir(parents=True, exist_ok=True)
    if not done["success"] and last_line(done) == "KeyboardInterrupt":
        raise KeyboardInterrupt  # nbgrader catches it, and would go on to the next
    if not done["success"]:
        log = record.with_suffix(".log")
        log.write_text(done.get("log", "") + done.get("error", ""), encoding="utf-8")
        why = f"nbgrader could not grade it: {last_line(done)} (all of it in {log})"
        return _failed(course, assignment, student, "refused", why)
    record.write_text(json.dumps({"key": key, "seconds": seconds}))
    return read_marks(course, assignment, student)


def standing(course: Course, assignment: str, student: str) -> Graded:
    """Say how a submission stands, without grading it."""
    if why := unreadable(course, assignment, student):
        return _failed(course, assignment, student, "unreadable", why)
    return read_marks(course, assignment, student)


def _failed(
    course: Course, assignment: str, student: str, status: str, why: str
) -> Graded:
    """Return what an earlier file got, if there was one, under the new status."""
    result = read_marks(course, assignment, student)
    result.status, result.message = status, why
    if result.cells:
        result.message += "; the marks are those of an earlier file"
    return result


def _content_key(course: Course, assignment: str, student: str) -> str:
    """Hash all that the marks follow from: submission, source, checks."""
    digest = hashlib.sha256()
    homes = [
        course.path("submitted", assignment, student),
        course.path("source", assignment),
        course.folder / "checks",
    ]
    for home in homes:
        for file in sorted(p for p in home.rglob("*") if p.is_file()):
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(home)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _record_file(course: Course, assignment: str, student: str) -> Path:
    """Return where we remember a grading; no file of a student's gets there."""
    return course.reports / assignment / f"{student}.json"


def _read_record(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


def read_marks(course: Course, assignment: str, student: str) -> Graded:
    """Read one student's marks from the gradebook."""
    result = Graded(student, assignment)
    shown = _shown(course, assignment, student)
    with course.gradebook() as book:
        try:
            submission = book.find_submission(assignment, student)
        except MissingEntry:
            why = f"not graded yet: run examiner grade {assignment}"
            return Graded(student, assignment, "ungraded", why)
        result.score = submission.score
        result.max_score = submission.max_score
        result.needs_manual = submission.needs_manual_grade
        for notebook in submission.notebooks:
            for mark in notebook.grades:
                waits = mark.needs_manual_grade and mark.manual_score is None
                points = None if waits else mark.score
                note = shown.get(mark.name, {})
                result.cells.append(
                    CellMark(
                        mark.name,
                        points,
                        mark.max_score,
                        note.get("mistake", ""),
                        note.get("hint", ""),
                    )
                )
    if fault := next((n["fault"] for n in shown.values() if "fault" in n), ""):
        result.status, result.message = "fault", fault
    record = _read_record(_record_file(course, assignment, student))
    result.seconds = record.get("seconds", 0.0)
    # A cell may have left the source since it was graded: then it comes last.
    order = {name: i for i, name in enumerate(course.grade_ids(assignment))}
    result.cells.sort(key=lambda cell: order.get(cell.grade_id, len(order)))
    return result


def _shown(course: Course, assignment: str, student: str) -> dict[str, dict[str, Any]]:
    """Return what the checks said of each test cell, by the cell's grade_id."""
    found = {}
    for file in course.path("autograded", assignment, student).glob("*.ipynb"):
        for cell in nbformat.read(file, as_version=4).cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            for output in cell.get("outputs", []):
                if MIMETYPE in output.get("data", {}):
                    found[name] = output["data"][MIMETYPE]
                elif output.get("ename") == "GraderFault":
                    found[name] = {"fault": output["evalue"]}
    return found
