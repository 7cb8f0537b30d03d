"""Grade one notebook: tests here, the student's cells over there.

The student's process never sees a test, a wanted value or the gradebook, and all that
a test sees of it is plain data. A cell that never ends, or that ends its process, costs
its own question alone: the process is started again without it.
"""

import builtins
import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from examiner.candidate import set_seeds
from examiner.errors import Gone, GraderFault
from examiner.names import Names
from examiner.outputs import clean_outputs, said
from examiner.record import AMOK, CellRecord, Outcome
from examiner.roles import Role, defined_names, role_of, stored_names
from examiner.sandbox import Limits
from examiner.scoring import Test, score
from examiner.shell import NotebookShell, run, text_of
from examiner.student import Student

SEED = 20260  # of the usual random generators, before each test


@dataclass
class Tested:
    """Say what came of a notebook.

    Args:
        cells: A record for each graded cell.
        notebook: The notebook with its outputs.
        fault: Why it could not be graded; "" if it could.
    """

    notebook: NotebookNode
    cells: list[CellRecord] = field(default_factory=list)
    fault: str = ""


class Tester:
    """Grade one notebook.

    Args:
        shell: Where tests and locked cells run.
        student: The student's process.
        limits: How long things may take.
        missing: The answers that were not handed in.
        asked: Names that the solution defines.
        hidden: What begins and ends hidden tests in a cell.
    """

    def __init__(
        self,
        shell: NotebookShell,
        student: Student,
        limits: Limits,
        missing: set[str],
        asked: set[str],
        hidden: tuple[str, str],
    ) -> None:
        self.shell, self.student, self.limits = shell, student, limits
        self.missing, self.hidden = missing, hidden
        shadows = {name for name in asked if hasattr(builtins, name)}
        self.names = Names(student, shell.user_ns, shadows)
        shell.use(self.names)
        self.history: list[str] = []  # what the student's process has run
        self.by_tests: set[str] = set()  # names that tests defined
        self.last_answer = ""  # the grade_id of the answer before a test
        self.stopped, self.how = "", Outcome.ERROR  # what stopped that answer
        self.end = time.monotonic() + limits.total

    def grade(self, notebook: NotebookNode) -> Tested:
        """Run a notebook that was aligned with its source, cell by cell."""
        tested = Tested(notebook)
        self.student.start()
        try:
            for cell in notebook.cells:
                self._cell(cell, tested)
        except GraderFault as fault:
            tested.fault = str(fault)
        finally:
            self.student.end()
        return tested

    def _cell(self, cell: NotebookNode, tested: Tested) -> None:
        role = role_of(cell)
        data = cell.metadata.get("nbgrader", {})
        if role in (Role.ANSWER, Role.MANUAL):
            self.last_answer, self.stopped = data["grade_id"], ""
            self.how = Outcome.ERROR
        if role is Role.MANUAL:
            waits = CellRecord(
                data["grade_id"], None, float(data["points"]), Outcome.MANUAL
            )
            tested.cells.append(waits)
        if cell.cell_type != "code":
            return
        if role is Role.TEST:
            tested.cells.append(self._test(cell))
            return
        self._run_theirs(cell)
        if role is Role.LOCKED:
            self._run_locked(cell)

    def _run_locked(self, cell: NotebookNode) -> None:
        """Run a locked cell here too: its names are the tests' own.

        Where it uses the student's code, as a visible test does, its error is no fault.
        """
        self.names.begin()
        try:
            with self._time():
                self._revive()
                ran = run(self.shell, cell.source)
        except Gone:
            return
        if ran.error is not None and not self.names.used:
            name = cell.metadata.nbgrader.grade_id
            raise GraderFault(
                f"the locked cell {name} stops with {type(ran.error).__name__}: "
                f"{text_of(ran.error)}"
            )
        defined = stored_names(cell.source)
        self.by_tests -= defined
        own = {name: self.names[name] for name in defined if name in self.names}
        self.student.given = {**self.student.given, **own}

    def _run_theirs(self, cell: NotebookNode) -> None:
        """Run a cell in the student's process."""
        try:
            with self._time():
                self._revive()
                answer = self.student.cell(cell.source)
        except Gone as gone:
            self.stopped, self.how = gone.message, gone.outcome
            cell.outputs = said(str(gone.outcome), gone.message)
            if self.student.alive:  # it stopped: what it did so far stays
                self.history.append("")
            return
        self.history.append(cell.source)
        cell.outputs = clean_outputs(answer["outputs"], self.limits.output)
        cell.execution_count = len(self.history)
        raised = answer["raised"]
        if raised and not self.stopped:  # a test after it stops for the same reason
            self.stopped = str(raised)
            self.how = Outcome.MEMORY if raised.kind == "MemoryError" else Outcome.ERROR
        for name in defined_names(cell.source) & self.by_tests:
            self.names.pop(name, None)  # the student's newer one counts
            self.by_tests.discard(name)

    def _test(self, cell: NotebookNode) -> CellRecord:
        data = cell.metadata.nbgrader
        test = Test(data.grade_id, float(data.points), cell.source, self.hidden)
        self.names.begin()
        before = set(self.names)
        try:
            with self._time():
                self._revive()
                self.student.seed(SEED)
        except Gone as gone:
            cell.outputs = said(str(gone.outcome), gone.message)
            return CellRecord(
                test.grade_id, 0.0, test.points, gone.outcome, gone.message
            )
        set_seeds(SEED)
        with self._time():
            ran = run(self.shell, cell.source)
        self.by_tests |= set(self.names) - before
        cell.outputs = clean_outputs(ran.outputs, self.limits.output)
        cell.execution_count = self.shell.execution_count - 1
        return self._explain(score(test, ran, self.names.taken))

    def _explain(self, record: CellRecord) -> CellRecord:
        """Say more where an answer is missing, or did not run to its end."""
        if record.outcome in (Outcome.PASS, Outcome.PARTIAL, Outcome.MANUAL):
            if self.how in AMOK and record.outcome is not Outcome.MANUAL:
                record.outcome = self.how
                said = f"{record.message} A cell before it was stopped: {self.stopped}"
                record.message = said.strip()
            return record
        if self.last_answer in self.missing:
            record.outcome = Outcome.MISSING
            record.message = f"The cell {self.last_answer} was not handed in."
        elif record.outcome is Outcome.ERROR and self.stopped:
            record.message += f" It stopped with: {self.stopped}"
            record.outcome = self.how
        return record

    def _revive(self) -> None:
        """Start the process again, and run what it had run."""
        if self.student.alive:
            return
        self.student.start()
        for i, source in enumerate(self.history):
            self.student.allow(self._left())
            try:
                self.student.cell(source)
            except Gone:
                self.history[i] = ""  # it went well once, and does not any more
                if not self.student.alive:
                    self._revive()
                    return
        self.student.allow(self._left())

    def _left(self) -> float:
        """Return the seconds that the next cell may take."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Gone(
                Outcome.TIMEOUT,
                f"The notebook took more than {self.limits.total:g} seconds.",
            )
        return min(left, self.limits.cell)

    @contextlib.contextmanager
    def _time(self) -> Iterator[None]:
        """Bound the time of the student's code, and, a little later, of the test.

        A test may loop over what a student's code returned, which may be long.
        """
        seconds = self._left()
        self.student.allow(seconds)

        def stop(*_: Any) -> None:
            raise Gone(Outcome.TIMEOUT, f"The test was stopped after {seconds:g} s.")

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 3 * self.limits.grace)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
