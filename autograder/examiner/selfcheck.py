"""What a student may run before handing in: the visible tests, by the same runner."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from examiner.assignment import HEAVY, packages_apart
from examiner.crew import Crew
from examiner.errors import CannotRun
from examiner.intake import take_in
from examiner.job import Job, Setup, to_record
from examiner.record import AMOK, CellRecord, Outcome, Record
from examiner.roles import Role, role_of
from examiner.sandbox import Limits
from examiner.sandbox.levels import best_level


def check_notebook(path: Path, *, accept_weak: bool = False) -> Record:
    """Run a notebook as it will be graded, with the tests that it holds.

    Args:
        path: The notebook.
        accept_weak: Whether to go on where the code cannot be kept apart. It is the
            student's own, so nothing is lost by it.

    Raises:
        CannotRun: The notebook cannot be read.
    """
    record = Record("you", path.stem, path.stem)
    try:
        own = nbformat.read(path, as_version=4)
        intake = take_in(path.parent, path.stem, own)
    except Exception as fault:
        reason = str(fault).split("\n", 1)[0][:200]
        raise CannotRun(
            f"{path} is no notebook that can be read: {reason}. Take the one that you "
            "were given, and copy your answers into it."
        ) from None
    if intake.notebook is None:
        raise CannotRun(intake.why_not)
    level = best_level().name
    text = nbformat.writes(intake.notebook)
    warm = tuple(module for name, module in HEAVY.items() if f"import {name}" in text)
    code = [c.source for c in intake.notebook.cells if c.cell_type == "code"]
    seen = packages_apart("\n".join(code))
    with Crew(Setup(level, Limits(), warm, seen), 1) as crew:
        job = Job(text, intake.files, {}, tuple(intake.missing), ())
        ((_, answer),) = crew.grade([(None, job)])
    record.isolation, record.repairs = level, intake.repairs
    to_record(answer, record)
    _hand_on(record.cells, nbformat.reads(answer["notebook"] or text, as_version=4))
    return record


def _hand_on(records: list[CellRecord], notebook: NotebookNode) -> None:
    """Let each graded test say what the visible tests before it have found.

    Without its hidden lines a graded test may say nothing, and pass.
    """
    graded = {record.grade_id: record for record in records}
    found = None
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        role = role_of(cell)
        if role is Role.LOCKED:
            found = found or _stopped(cell)
        elif role is Role.TEST and cell.metadata.nbgrader.grade_id in graded:
            record = graded[cell.metadata.nbgrader.grade_id]
            if found := found or _stopped(cell, unanswered=True):
                record.outcome, record.message = found
            found = None


def _stopped(
    cell: NotebookNode, *, unanswered: bool = False
) -> tuple[Outcome, str] | None:
    """Return how a cell stopped and what it said, if it did.

    Args:
        cell: A cell that has run.
        unanswered: Whether only an answer that is not there yet counts.
    """
    for output in cell.outputs:
        if output.output_type != "error":
            continue
        name, said = output.ename, output.evalue.strip()
        if name == "NotImplementedError":
            return Outcome.MISSING, "This is not answered yet."
        if unanswered:
            return None
        if name in AMOK:
            return Outcome(name), said
        place = f"{cell.metadata.nbgrader.grade_id}, which you can see,"
        if name == "AssertionError":
            return Outcome.FAIL, f"The test {place} says: {said or 'AssertionError'}"
        return Outcome.ERROR, f"The cell {place} stops with {name}: {said}"
    return None
