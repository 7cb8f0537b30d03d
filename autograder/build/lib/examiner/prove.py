"""Try the tests on the instructor's own notebooks, before anybody else's."""

from collections.abc import Iterator

import nbformat

from examiner.assignment import Assignment
from examiner.crew import AnyCrew
from examiner.errors import CannotRun
from examiner.job import Job, to_record
from examiner.record import Record
from examiner.roles import Role, role_of

REFERENCE, RELEASE = "the instructor's solution", "the empty release"


def prove(assignment: Assignment, crew: AnyCrew) -> None:
    """See that the solution gets full marks here, and the release none.

    Args:
        assignment: Its source.
        crew: Who grades it.

    Raises:
        CannotRun: A cell gives something else; the text names it.
    """
    wrong: list[str] = []
    for (what, name), answer in crew.grade(_proofs(assignment)):
        record = to_record(answer, Record("", assignment.name, name))
        if record.status != "graded":
            wrong.append(f"{what} of {name}: {record.message}")
        for cell in record.cells:
            want = cell.max_points if what == REFERENCE else 0.0
            if cell.grade_id in _tests(assignment, name) and cell.points != want:
                points = "no" if cell.points is None else f"{cell.points:g}"
                wrong.append(
                    f"{cell.grade_id} gives {what} {points} of "
                    f"{cell.max_points:g} points, wanted {want:g}. "
                    f"{_error(answer['notebook'], cell.grade_id) or cell.message}"
                )
    if wrong:
        raise CannotRun(
            f"Nothing was graded: the tests of {assignment.name} do not "
            "judge the instructor's own notebooks right.\n  " + "\n  ".join(wrong)
        )


def _tests(assignment: Assignment, notebook: str) -> set[str]:
    cells = assignment.sources[notebook].cells
    return {c.metadata.nbgrader.grade_id for c in cells if role_of(c) is Role.TEST}


def _proofs(assignment: Assignment) -> Iterator[tuple[tuple[str, str], Job]]:
    for name, source in assignment.sources.items():
        asked = assignment.asked(name)
        for what, notebook in (
            (REFERENCE, source),
            (RELEASE, assignment.release(name)),
        ):
            text = nbformat.writes(notebook)
            job = Job(text, {}, assignment.given, (), asked, assignment.hidden)
            yield (what, name), job


def _error(text: str, grade_id: str) -> str:
    """Return what a test raised, for the instructor alone."""
    for cell in nbformat.reads(text, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            for output in cell.outputs:
                if output.output_type == "error":
                    return f"{output.ename}: {output.evalue}"
    return ""
