"""Write marks in nbgrader's gradebook, and the notebooks that its formgrader shows.

One writer, one session, one transaction a submission: many workers send their records
here. Old automatic scores never survive a new submission; what a hand gave does, and is
marked for a second look when the answer has changed.
"""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties

from examiner.course import Course
from examiner.gradebook.arrival import read_timestamp
from examiner.gradebook.entry import enter_notebook
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

        Raises:
            CannotRun: nbgrader cannot release a source.
        """
        self.book.update_or_create_assignment(assignment)
        for name, source in sources.items():
            enter_notebook(self.book, assignment, name, source, self.course.config)
        for old in list(self.book.find_assignment(assignment).notebooks):
            if old.name not in sources:
                self.book.remove_notebook(old.name, assignment)

    def write(self, record: Record, notebook: NotebookNode | None) -> None:
        """Write what a notebook earned, and the notebook itself.

        Args:
            record: What it earned; no automatic score but these survives.
            notebook: As it was run; None if it could not be read.

        Raises:
            Exception: The database or the disk refused; nothing is half written, and
                the next record can be.
        """
        changed = self._changed(record, notebook)
        try:
            self._write_marks(record, changed)
            self.book.db.commit()
        except Exception:
            self.book.db.rollback()
            raise
        self._keep(record, notebook)

    def _write_marks(self, record: Record, changed: set[str]) -> None:
        entry = self._submission(record)
        marks = {cell.grade_id: cell for cell in record.cells}
        answers = {comment.cell.name for comment in entry.comments}
        for grade in entry.grades:
            name = grade.cell.name
            # A test's points follow from all that the student wrote.
            new = name in changed if name in answers else bool(changed)
            _write_grade(grade, marks.get(name), new)
        for comment in entry.comments:
            mark = marks.get(comment.cell.name)
            empty = mark is not None and mark.outcome is Outcome.MISSING
            comment.auto_comment = "No response." if empty else None
        self._penalty(record, entry)

    def _submission(self, record: Record) -> SubmittedNotebook:
        """Return the notebook's entry, with a grade and a comment for each cell."""
        book, where = self.book, (record.assignment, record.student)
        try:
            submission = book.find_submission(*where)
        except MissingEntry:
            submission = self._new_submission(*where)
        if timestamp := read_timestamp(self.course.path("submitted", *where)):
            submission.timestamp = utils.parse_utc(timestamp)
        found = {entry.notebook.name: entry for entry in submission.notebooks}
        for notebook in submission.assignment.notebooks:
            if notebook.name not in found:
                entry = SubmittedNotebook(notebook=notebook, assignment=submission)
                book.db.add(entry)
                found[notebook.name] = entry
        for entry in found.values():
            _complete(entry)
        return found[record.notebook]

    def _new_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        """Begin an entry; nbgrader's own way commits, which waits for the disk."""
        try:
            who = self.book.find_student(student)
        except MissingEntry:
            who = Student(id=student)
            self.book.db.add(who)
        submission = SubmittedAssignment(
            assignment=self.book.find_assignment(assignment), student=who
        )
        self.book.db.add(submission)
        return submission

    def _changed(self, record: Record, notebook: NotebookNode | None) -> set[str]:
        """Return the cells whose text is not that of the last time."""
        before = self.graded(record)
        if before is None:
            return {cell.grade_id for cell in record.cells}
        old = _texts(before)
        new = _texts(notebook) if notebook is not None else {}
        return {name for name in {*old, *new} if old.get(name) != new.get(name)}

    def _penalty(self, record: Record, entry: SubmittedNotebook) -> None:
        """Take off what the course's late policy says, but no more than was earned."""
        late = entry.assignment.total_seconds_late
        entry.late_submission_penalty = None
        if late <= 0:
            return
        self.book.db.flush()
        self.book.db.expire(entry)
        plugin = AssignLatePenalties(config=self.course.config)
        plugin.init_plugin()
        penalty = plugin.plugin_inst.late_submission_penalty(
            record.student, entry.score, late
        )
        if penalty is not None:
            entry.late_submission_penalty = min(max(penalty, 0.0), entry.score)

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

    def graded(self, record: Record) -> NotebookNode | None:
        """Return the notebook as it was run, if it is there."""
        try:
            return nbformat.read(self._autograded(record), as_version=4)
        except Exception:  # there is none, or somebody damaged it
            return None

    def _autograded(self, record: Record) -> Path:
        folder = self.course.path("autograded", record.assignment, record.student)
        return folder / f"{record.notebook}.ipynb"

    def standing(self, assignment: str, student: str) -> list[CellRecord]:
        """Return what the gradebook has for a student, by cell."""
        try:
            submission = self.book.find_submission(assignment, student)
        except MissingEntry:
            return []
        grades = [g for notebook in submission.notebooks for g in notebook.grades]
        return [_stands(grade) for grade in grades]

    def comments(self, assignment: str, student: str, notebook: str) -> dict[str, str]:
        """Return what an instructor wrote to a student's answers, by cell."""
        try:
            entry = self.book.find_submission_notebook(notebook, assignment, student)
        except MissingEntry:
            return {}
        return {
            c.cell.name: c.manual_comment for c in entry.comments if c.manual_comment
        }

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


def _write_grade(grade: Grade, mark: CellRecord | None, new: bool) -> None:
    """Write an automatic score; points that a hand gave stay."""
    grade.auto_score = mark.points if mark else 0.0
    if grade.manual_score is None:
        grade.needs_manual_grade = grade.auto_score is None
    else:  # an answer that is as it was needs no second look
        grade.needs_manual_grade = new or grade.needs_manual_grade


def _stands(grade: Grade) -> CellRecord:
    """Return a grade as a record."""
    if grade.needs_manual_grade:
        outcome = Outcome.MANUAL
    elif grade.score >= grade.max_score:
        outcome = Outcome.PASS
    else:
        outcome = Outcome.PARTIAL if grade.score > 0 else Outcome.FAIL
    unread = grade.needs_manual_grade and grade.manual_score is None
    points = None if unread else grade.score
    return CellRecord(grade.cell.name, points, grade.max_score, outcome)


def _texts(notebook: NotebookNode) -> dict[str, str]:
    """Return the cells' texts by name, and under "" those of the others together."""
    texts = {"": ""}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        texts[name] = texts.get(name, "") + cell.source
    return texts
