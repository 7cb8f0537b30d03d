"""One assignment, graded once: from submissions to gradebook, feedback and records."""

import hashlib
import platform
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from examiner import __version__
from examiner.assignment import Assignment
from examiner.course import Course
from examiner.crews import isolation, make_crew
from examiner.feedback import write_feedback
from examiner.gradebook import Writer, hand_on
from examiner.intake import Intake, is_untouched, safe_student_id, take_in
from examiner.job import Job, to_record
from examiner.options import Options
from examiner.prove import prove
from examiner.record import CellRecord, Outcome, Record
from examiner.roles import Role, role_of
from examiner.standing import add_marks, read_record, record_file, write_record
from examiner.tester import SEED


class Run:
    """Grade one assignment once.

    Args:
        course: The course.
        assignment: Its source.
        options: How.
    """

    def __init__(
        self, course: Course, assignment: Assignment, options: Options
    ) -> None:
        self.course, self.assignment, self.options = course, assignment, options
        self.level = isolation(assignment, options)
        self.crew = make_crew(assignment, options)
        gpu = "gpu" if options.gpus else "cpu"
        what = [options.isolation, self.level, repr(options.limits), gpu]
        self.digest = assignment.digest(what)
        self.folder = course.reports / assignment.name

    def open(self, stack: ExitStack) -> None:
        """Open what must be closed."""
        stack.enter_context(self.crew)
        self.writer = stack.enter_context(Writer(self.course))
        self.writer.enter(self.assignment.name, self.assignment.sources)

    def grade(self, students: list[str]) -> Iterator[Record]:
        """Grade some students' notebooks; yield records as they come."""
        changed: list[tuple[Record, Intake, str]] = []
        for student in students:
            for notebook in self.assignment.sources:
                record, intake = self._take(student, notebook)
                if record.status == "unreadable":
                    yield self._finish(record, None, "")
                    continue
                key = self._key(intake)
                known = None if self.options.force else self._known(record, key)
                if known:
                    yield known
                else:
                    changed.append((record, intake, key))
        if not changed:
            return
        self._prove_once()
        todo = (((r, key), self._job(r.notebook, i)) for r, i, key in changed)
        for (record, key), answer in self.crew.grade(todo):
            yield self._conclude(record, key, answer)

    def _take(self, student: str, notebook: str) -> tuple[Record, Intake]:
        record = Record(
            student,
            self.assignment.name,
            notebook,
            mode=self.options.isolation,
            isolation=self.level,
        )
        if not safe_student_id(student):
            record.status = "unreadable"
            record.message = "the folder's name is no student's id"
            return record, Intake()
        intake = take_in(
            self.course.path("submitted", self.assignment.name, student),
            notebook,
            self.assignment.sources[notebook],
            siblings=[n for n in self.assignment.sources if n != notebook],
            config=self.course.config,
        )
        record.repairs = intake.repairs
        if intake.notebook is None:
            record.status, record.message = "unreadable", intake.why_not
            record.cells = self._nothing(notebook)
        return record, intake

    def _nothing(self, notebook: str) -> list[CellRecord]:
        """Return what a notebook earns that cannot be read."""
        return [
            CellRecord(
                c.metadata.nbgrader.grade_id,
                0.0,
                float(c.metadata.nbgrader.points),
                Outcome.MISSING,
            )
            for c in self.assignment.sources[notebook].cells
            if c.metadata.get("nbgrader", {}).get("grade")
        ]

    def _job(self, notebook: str, intake: Intake) -> Job:
        return Job(
            nbformat.writes(intake.notebook),
            intake.files,
            self.assignment.given,
            tuple(intake.missing),
            self.assignment.asked(notebook),
            self.assignment.hidden,
        )

    def _conclude(self, record: Record, key: str, answer: dict[str, Any]) -> Record:
        """Make a record of a worker's answer, and write it everywhere."""
        record = to_record(answer, record)
        record.seconds = answer["seconds"]
        notebook = None
        if answer["notebook"]:
            notebook = nbformat.reads(answer["notebook"], as_version=4)
            self._untouched(record, notebook)
        return self._finish(record, notebook, key)

    def _untouched(self, record: Record, notebook: NotebookNode) -> None:
        """Give 0 points to answers in words that were left as they were."""
        source = {
            c.metadata.nbgrader.grade_id: c
            for c in self.assignment.sources[record.notebook].cells
            if role_of(c) is Role.MANUAL
        }
        theirs = {
            c.metadata.nbgrader.grade_id: c
            for c in notebook.cells
            if role_of(c) is Role.MANUAL
        }
        for cell in record.cells:
            if cell.outcome is not Outcome.MANUAL or cell.grade_id not in theirs:
                continue
            given = source[cell.grade_id]
            if is_untouched(theirs[cell.grade_id], given, self.course.config):
                cell.points, cell.outcome = 0.0, Outcome.MISSING
                cell.message = "There is no answer."

    def _finish(
        self, record: Record, notebook: NotebookNode | None, key: str
    ) -> Record:
        """Write a record to the gradebook, the feedback and its own file."""
        if safe_student_id(record.student):
            self.writer.write(record, notebook)
            self._add_marks_by_hand(record)
            where = record.assignment, record.student, record.notebook
            comments = self.writer.comments(*where)
            line = self._provenance(record, key)
            write_feedback(self.course, record, notebook, line, comments)
            write_record(self._file(record), key, record, line, comments)
            hand_on(self.course, record.assignment, record.student)
        return record

    def _add_marks_by_hand(self, record: Record) -> None:
        if record.needs_manual:
            marks = self.writer.standing(record.assignment, record.student)
            add_marks(record, marks)

    def _provenance(self, record: Record, key: str) -> str:
        """Say in one line how the marks came about."""
        limits = self.options.limits
        return (
            f"Graded by examiner {__version__} in {record.seconds:.1f} s, mode "
            f"{record.mode}, isolation {record.isolation}, Python "
            f"{platform.python_version()}; at most {limits.cell:g} s a cell and "
            f"{limits.memory / 2**30:g} GiB; random seed {SEED}; tests "
            f"{self.digest[:12]}, work {key[:12] or 'unread'}."
        )

    def _key(self, intake: Intake) -> str:
        """Hash what the marks follow from; no file of a student's is read again."""
        digest = hashlib.sha256(self.digest.encode())
        digest.update(nbformat.writes(intake.notebook).encode("utf-8", "surrogatepass"))
        for name, data in sorted(intake.files.items()):
            digest.update(f"{name}\0".encode() + data)
        return digest.hexdigest()

    def _file(self, record: Record) -> Path:
        where = record.assignment, record.student, record.notebook
        return record_file(self.course, *where)

    def _known(self, record: Record, key: str) -> Record | None:
        """Return the record of unchanged work, if the gradebook still has it."""
        if not self.writer.standing(self.assignment.name, record.student):
            return None
        found = read_record(self.course, self.writer, self._file(record), key)
        if found is None:
            return None
        found.unchanged = True
        return found

    def _prove_once(self) -> None:
        """Try the tests on the instructor's own notebooks, if anything is new."""
        file = self.folder / "proof.txt"
        if file.exists() and file.read_text(encoding="utf-8") == self.digest:
            return
        prove(self.assignment, self.crew)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.digest, encoding="utf-8")
