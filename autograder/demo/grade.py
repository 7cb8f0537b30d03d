"""Grade the made-up class from end to end, and compare its marks with the table.

Each student is a folder of ``students/``. What one wrote stands in
``a1_unroll.py``: a line ``# %% GRADE_ID`` begins the answer to that cell, with
``[markdown]`` before the id for words. The notebooks are made from the release, so
that the class always works on today's questions. A file ``NAME.ipynb.broken`` is
handed in as it is.
"""

import csv
import re
import shutil
import sys
from pathlib import Path

import nbformat
from rich.console import Console

from examiner.course import Course
from examiner.grade import grade
from examiner.options import Options
from examiner.record import Record
from examiner.report import write_report
from examiner.sandbox.levels import best_level
from examiner.table import show

HERE = Path(__file__).resolve().parent
ASSIGNMENT = "a1_unroll"
MARK = re.compile(r"^# %% (?:\[markdown\] )?(\w+) *$", flags=re.MULTILINE)


def main() -> int:
    """Hand in, grade, write the summary; return 0 if all marks fit."""
    console = Console()
    note_isolation(console)
    course = Course(HERE)
    # Begin anew: a gradebook of yesterday's questions would disturb today's table.
    shutil.rmtree(course.reports.parent, ignore_errors=True)
    course.reports.mkdir(parents=True)
    course.enter(ASSIGNMENT)
    hand_in(course)
    # The class is made up, so that it may be graded where the sandbox is weak.
    results = grade(
        course,
        ASSIGNMENT,
        options=Options(accept_weak=True),
        on_done=lambda record: tell(console, record),
    )
    show(results, console)
    write_report(course, ASSIGNMENT, results)
    wrong = compare(results, read_table(HERE / "marks.csv"))
    for line in wrong:
        console.print(line, style="red")
    if not wrong:
        console.print("The marks are as expected (autograder/demo/marks.csv).")
    return 1 if wrong else 0


def note_isolation(console: Console) -> None:
    """Say how far students' code is kept apart on this machine."""
    level = best_level()
    console.print(f"Isolation: {level.name}. {level.lacks}", soft_wrap=True)


def hand_in(course: Course) -> None:
    """Make each student's submission from the release and the student's answers."""
    release = course.path("release", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    for student in sorted(p for p in (HERE / "students").iterdir() if p.is_dir()):
        home = course.path("submitted", ASSIGNMENT, student.name)
        home.mkdir(parents=True, exist_ok=True)
        broken = student / f"{ASSIGNMENT}.ipynb.broken"
        if broken.exists():
            shutil.copy(broken, home / f"{ASSIGNMENT}.ipynb")
            continue
        notebook = nbformat.read(release, as_version=4)
        fill_in(notebook, (student / f"{ASSIGNMENT}.py").read_text(encoding="utf-8"))
        nbformat.write(notebook, home / f"{ASSIGNMENT}.ipynb")


def fill_in(notebook: nbformat.NotebookNode, text: str) -> None:
    """Write a student's answers into the notebook's cells.

    Raises:
        KeyError: An answer names a cell that the notebook does not have.
    """
    parts = MARK.split(text)[1:]
    answers = dict(zip(parts[::2], parts[1::2], strict=True))
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
    for name, answer in answers.items():
        cells[name].source = answer.strip("\n")


def tell(console: Console, record: Record) -> None:
    """Print one line a submission, as it is graded."""
    ending = "unchanged" if record.unchanged else f"{record.seconds:.1f} s"
    console.print(f"  {record.student}: {record.status}, {ending}")


def read_table(file: Path) -> dict[str, dict[str, str]]:
    """Read the expected marks: a row a student, a column a graded cell."""
    with file.open(newline="", encoding="utf-8") as lines:
        return {row.pop("student"): row for row in csv.DictReader(lines)}


def compare(results: list[Record], table: dict[str, dict[str, str]]) -> list[str]:
    """Return a sentence for each mark that is not the expected one."""
    found = {result.student: as_row(result) for result in results}
    if found.keys() != table.keys():
        return [f"The class is {sorted(found)}; the table has {sorted(table)}."]
    return [
        f"{student}, {column}: {found[student].get(column, '')!r}, wanted {want!r}"
        for student, row in table.items()
        for column, want in row.items()
        if found[student].get(column, "") != want
    ]


def as_row(result: Record) -> dict[str, str]:
    """Return a result as a row of the table."""
    row = {c.grade_id: f"{c.points:g}" for c in result.cells if c.points is not None}
    total = {"total": f"{result.score:g}"} if result.cells else {}
    return {**row, **total, "status": result.status}


if __name__ == "__main__":
    sys.exit(main())
