"""Write nbgrader's gradebook, and the notebooks that its formgrader shows.

One writer, one session, one transaction a submission: many workers send their records
here. Old automatic scores never survive a new submission; what a hand gave does, and is
marked for a second look when the answer has changed.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from examiner.course import Course
from examiner.record import CellRecord, Outcome, Record


class Writer:
    """Hold the gradebook open.

    Args:
        course: The course, whose configuration says where the gradebook is.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.book: Gradebook | None = None

    def __enter__(self) -> "Writer":
        """Open the gradebook; it is made if it is not there."""
        self.book = self.course.gradebook()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the gradebook."""
        self.book.close()

    def enter(self, assignment: str, sources: Mapping[str, NotebookNode]) -> None:
        """Write an assignment's cells and points as its source has them.

        Args:
            assignment: The assignment's name.
            sources: The instructor's notebooks by name, without their ending.
        """
        self.book.update_or_create_assignment(assignment)
        for name, source in sources.items():
            spec = json.dumps(source.metadata.get("kernelspec", {}))
            self.book.update_or_create_notebook(name, assignment, kernelspec=spec)
            cells = [c for c in source.cells if "nbgrader" in c.metadata]
            for cell in cells:
                self._enter_cell(cell, name, assignment)
            self._forget(cells, name, assignment)
        self.book.db.commit()

    def _enter_cell(self, cell: NotebookNode, notebook: str, assignment: str) -> None:
        grade_id = cell.metadata.nbgrader.grade_id
        where = grade_id, notebook, assignment
        points = {"cell_type": cell.cell_type}
        if utils.is_grade(cell) or utils.is_task(cell):
            points["max_score"] = float(cell.metadata.nbgrader.points)
        if utils.is_grade(cell):
            self.book.update_or_create_grade_cell(*where, **points)
        if utils.is_solution(cell):
            self.book.update_or_create_solution_cell(*where)
        if utils.is_task(cell):
            self.book.update_or_create_task_cell(*where, **points)
        self.book.update_or_create_source_cell(
            *where,
            cell_type=cell.cell_type,
            locked=utils.is_locked(cell),
            source=cell.source,
            checksum=utils.compute_checksum(cell),
        )

    def _forget(
        self, cells: list[NotebookNode], notebook: str, assignment: str
    ) -> None:
        """Remove cells that the source no longer has, with their marks."""
        entry = self.book.find_notebook(notebook, assignment)
        kinds = {
            "grade_cells": utils.is_grade,
            "solution_cells": utils.is_solution,
            "task_cells": utils.is_task,
            "source_cells": lambda cell: True,
        }
        for name, belongs in kinds.items():
            kept = {c.metadata.nbgrader.grade_id for c in cells if belongs(c)}
            for cell in list(getattr(entry, name)):
                if cell.name not in kept:
                    self.book.db.delete(cell)
        self.book.db.commit()
        self.book.db.expire_all()

    def write(self, record: Record, notebook: NotebookNode | None) -> None:
        """Write what a notebook earned, and the notebook itself.

        Args:
            record: What it earned; no automatic score but these survives.
            notebook: As it was run; None if it could not be read.
        """
        changed = self._changed(record, notebook)
        entry = self._submission(record)
        marks = {cell.grade_id: cell for cell in record.cells}
        for grade in entry.grades:
            _write_grade(grade, marks.get(grade.cell.name), changed)
        for comment in entry.comments:
            mark = marks.get(comment.cell.name)
            empty = mark is not None and mark.outcome is Outcome.MISSING
            comment.auto_comment = "No response." if empty else None
        self.book.db.commit()
        self._penalty(record)
        self._keep(record, notebook)

    def _submission(self, record: Record) -> SubmittedNotebook:
        """Return the notebook's entry, with a grade and a comment for each cell."""
        self.book.update_or_create_student(record.student)
        folder = self.course.path("submitted", record.assignment, record.student)
        timestamp = _timestamp(folder)
        more = {"timestamp": timestamp} if timestamp else {}
        self.book.update_or_create_submission(record.assignment, record.student, **more)
        where = record.notebook, record.assignment, record.student
        try:
            entry = self.book.find_submission_notebook(*where)
        except MissingEntry:  # the notebook is newer than the submission
            notebook = self.book.find_notebook(*where[:2])
            submission = self.book.find_submission(*where[1:])
            entry = SubmittedNotebook(notebook=notebook, assignment=submission)
            self.book.db.add(entry)
        _complete(entry)
        self.book.db.commit()
        return entry

    def _changed(self, record: Record, notebook: NotebookNode | None) -> set[str]:
        """Return the cells whose text is not that of the last time."""
        try:
            before = nbformat.read(self._autograded(record), as_version=4)
        except Exception:  # there was none, or somebody damaged it
            return {cell.grade_id for cell in record.cells}
        old = _texts(before)
        new = _texts(notebook) if notebook is not None else {}
        return {name for name in {*old, *new} if old.get(name) != new.get(name)}

    def _penalty(self, record: Record) -> None:
        """Take off what the course's late policy says."""
        submission = self.book.find_submission(record.assignment, record.student)
        late = submission.total_seconds_late
        plugin = AssignLatePenalties(config=self.course.config)
        plugin.init_plugin()
        entry = self.book.find_submission_notebook(
            record.notebook, record.assignment, record.student
        )
        entry.late_submission_penalty = None
        if late > 0:
            entry.late_submission_penalty = plugin.plugin_inst.late_submission_penalty(
                record.student, entry.score, late
            )
        self.book.db.commit()

    def _keep(self, record: Record, notebook: NotebookNode | None) -> None:
        """Put the notebook where formgrader looks, all of it or nothing."""
        path = self._autograded(record)
        if notebook is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        text = nbformat.writes(notebook)
        draft.write_text(text, encoding="utf-8", errors="replace")
        draft.replace(path)

    def _autograded(self, record: Record) -> Path:
        folder = self.course.path("autograded", record.assignment, record.student)
        return folder / f"{record.notebook}.ipynb"

    def standing(self, assignment: str, student: str) -> list[CellRecord]:
        """Return what the gradebook has for a student, by cell."""
        try:
            submission = self.book.find_submission(assignment, student)
        except MissingEntry:
            return []
        found = []
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                waits = grade.needs_manual_grade and grade.manual_score is None
                points = None if waits else grade.score
                outcome = Outcome.MANUAL if waits else Outcome.PASS
                cell = CellRecord(grade.cell.name, points, grade.max_score, outcome)
                found.append(cell)
        return found

    def remove(self, assignment: str, student: str) -> None:
        """Forget a submission, and its graded notebooks."""
        with contextlib.suppress(MissingEntry):
            self.book.remove_submission(assignment, student)
        folder = self.course.path("autograded", assignment, student)
        shutil.rmtree(folder, ignore_errors=True)


def _complete(entry: SubmittedNotebook) -> None:
    """Add grades and comments for cells that are newer than the submission."""
    cells = entry.notebook
    graded = {grade.cell.id for grade in entry.grades}
    for cell in (*cells.grade_cells, *cells.task_cells):
        if cell.id not in graded:
            entry.grades.append(Grade(cell=cell))
    commented = {comment.cell.id for comment in entry.comments}
    for cell in (*cells.solution_cells, *cells.task_cells):
        if cell.id not in commented:
            entry.comments.append(Comment(cell=cell))


def _write_grade(grade: Grade, mark: CellRecord | None, changed: set[str]) -> None:
    """Write an automatic score; points that a hand gave stay."""
    grade.auto_score = mark.points if mark else 0.0
    if grade.manual_score is not None:
        # An answer that is as it was needs no second look.
        look = grade.cell.name in changed or grade.needs_manual_grade
        grade.needs_manual_grade = look
    else:
        grade.needs_manual_grade = grade.auto_score is None


def _texts(notebook: NotebookNode) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def _timestamp(folder: Path) -> str:
    """Return when a submission came, if nbgrader wrote it down."""
    path = folder / "timestamp.txt"
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            text = file.read(100).decode().strip()
        utils.parse_utc(text)
    except Exception:  # not there, or a stranger's
        return ""
    return text
