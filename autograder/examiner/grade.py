"""Grade a class: submissions in, records out.

Nothing that one student hands in stops the others, and nothing is graded before the
instructor's own solution got full marks and the empty release none. Work that has not
changed since it was graded is not run again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from examiner.assignment import Assignment, jobs_by_default
from examiner.course import Course
from examiner.crew import Crew
from examiner.errors import CannotRun
from examiner.feedback import write_feedback
from examiner.gradebook import Writer
from examiner.intake import Intake, is_untouched, safe_student_id, take_in
from examiner.job import Job, Setup, to_record
from examiner.record import CellRecord, Outcome, Record
from examiner.roles import Role, role_of
from examiner.sandbox import Limits
from examiner.sandbox.levels import best_level
from examiner.standing import read_record, record_file, write_record

REFERENCE, RELEASE = "the instructor's solution", "the empty release"


@dataclass(frozen=True)
class Options:
    """Say how to grade.

    Args:
        isolation: ``split``, ``kernel`` or ``stock``.
        jobs: How many workers; 0 for one a processor.
        force: Whether to grade again what has not changed.
        accept_weak: Whether to go on where students' code cannot be kept apart.
        limits: What a student's code may use.
    """

    isolation: str = "split"
    jobs: int = 0
    force: bool = False
    accept_weak: bool = False
    limits: Limits = field(default_factory=Limits)


def grade(
    course: Course,
    assignment: str,
    students: Iterable[str] = (),
    *,
    options: Options = Options(),
    on_start: Callable[[int], None] = lambda count: None,
    on_done: Callable[[Record], None] = lambda record: None,
) -> list[Record]:
    """Grade the submissions of an assignment.

    Args:
        course: The course.
        assignment: The assignment's name.
        students: Only these; by default all who handed in.
        options: How.
        on_start: Called with the number of notebooks.
        on_done: Called with each record as it comes.

    Returns:
        A record for each student and notebook, in order.

    Raises:
        CannotRun: Nothing was graded; the text says why.
    """
    course.require_assignment(assignment)
    wanted = _wanted(course, assignment, students)
    run = Run(course, Assignment(course, assignment), options)
    on_start(len(wanted) * len(run.assignment.sources))
    records = []
    with ExitStack() as stack:
        run.open(stack)
        for record in run.grade(wanted):
            records.append(record)
            on_done(record)
    return sorted(records, key=lambda r: (r.student, r.notebook))


def _wanted(course: Course, assignment: str, students: Iterable[str]) -> list[str]:
    there = course.students(assignment)
    if unknown := sorted(set(students) - set(there)):
        raise CannotRun(
            f"{', '.join(unknown)} handed in nothing for {assignment}; there are "
            f"submissions of {', '.join(there[:20])}."
        )
    return sorted(set(students)) or there


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
        self.level = best_level()
        if not (self.level.is_full or options.accept_weak):
            raise CannotRun(
                f"Students' code can only be kept apart at the level "
                f"{self.level.name!r} here. {self.level.lacks} For a class that you "
                "trust: --accept-weak-isolation."
            )
        setup = Setup(self.level.name, options.limits, assignment.warm, assignment.seen)
        self.crew = Crew(setup, options.jobs or jobs_by_default())
        self.digest = assignment.digest(
            [options.isolation, self.level.name, repr(options.limits)]
        )
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
        self._prove()
        todo = (((r, key), self._job(r.notebook, i)) for r, i, key in changed)
        for (record, key), answer in self.crew.grade(todo):
            yield self._conclude(record, key, answer)

    def _take(self, student: str, notebook: str) -> tuple[Record, Intake]:
        record = Record(
            student,
            self.assignment.name,
            notebook,
            mode=self.options.isolation,
            isolation=self.level.name,
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
        self.writer.write(record, notebook)
        if safe_student_id(record.student):
            write_feedback(self.course, record, notebook)
            write_record(self._file(record), key, record)
        return record

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
        found = read_record(self._file(record), key)
        standing = self.writer.standing(self.assignment.name, record.student)
        if found is None or not standing:
            return None
        found.unchanged = True
        return found

    def _prove(self) -> None:
        """See that the solution gets full marks here, and the release none.

        Raises:
            CannotRun: A cell gives something else; the text names it.
        """
        file = self.folder / "proof.txt"
        if file.exists() and file.read_text(encoding="utf-8") == self.digest:
            return
        wrong: list[str] = []
        for (what, name), answer in self.crew.grade(self._proofs()):
            record = to_record(answer, Record("", self.assignment.name, name))
            if record.status != "graded":
                wrong.append(f"{what} of {name}: {record.message}")
            for cell in record.cells:
                want = cell.max_points if what == REFERENCE else 0.0
                if cell.outcome is not Outcome.MANUAL and cell.points != want:
                    wrong.append(
                        f"{cell.grade_id} gives {what} {cell.points:g} of "
                        f"{cell.max_points:g} points, wanted {want:g}. {cell.message}"
                    )
        if wrong:
            raise CannotRun(
                f"Nothing was graded: the tests of {self.assignment.name} do not "
                "judge the instructor's own notebooks right.\n  " + "\n  ".join(wrong)
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.digest, encoding="utf-8")

    def _proofs(self) -> Iterator[tuple[tuple[str, str], Job]]:
        for name, source in self.assignment.sources.items():
            asked = self.assignment.asked(name)
            for what, notebook in (
                (REFERENCE, source),
                (RELEASE, self.assignment.release(name)),
            ):
                text = nbformat.writes(notebook)
                job = Job(text, {}, self.assignment.given, (), asked)
                yield (what, name), job
