"""The directive ``{assignments}``: what each assignment asks, from its own notebook.

With the argument ``questions`` it has a row for each question.
Points and questions are nbgrader's metadata, minutes and chapters stand in the header
cell, and known wrong answers are counted in ``autograder/checks/mutants``. So nothing
of it is typed a second time in the book.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HEAD = "| assignment | chapters | questions | points | of these by hand | hours | "
RULE = "|:--|:--|--:|--:|--:|--:|--:|"
QUESTIONS = ["| question | asks for | points | minutes |", "|:--|:--|--:|--:|"]
ROW = re.compile(r"^\| (\d+) \| (.*) \| (\d+) \| (\d+) \|$", flags=re.MULTILINE)


class Assignment(NamedTuple):
    """What a table of assignments tells of one."""

    name: str
    chapters: list[str]
    questions: int
    points: float
    by_hand: float
    minutes: int
    wrong: int
    rows: list[tuple[str, ...]]  # number, what is asked, points, minutes


def read(notebook: Path, mutants: Path) -> Assignment:
    """Read one instructor's notebook, and count its known wrong answers."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    graded = [mark for mark in marks if mark.get("grade")]
    header = "".join(cells[0]["source"])
    minutes = re.search(r"\*\*\d+\*\* \| (\d+) \|", header)
    reading = re.search(r"^Read chapters? .*$", header, flags=re.MULTILINE)
    wrong = [
        re.findall(r"^@wrong\(", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for path in mutants.rglob("*.py")
    ]
    return Assignment(
        name=notebook.stem,
        chapters=re.findall(r"\b\d\d\b", reading[0]) if reading else [],
        questions=len(graded),
        points=sum(mark["points"] for mark in graded),
        by_hand=sum(mark["points"] for mark in graded if mark["solution"]),
        minutes=int(minutes[1]) if minutes else 0,
        wrong=sum(map(len, wrong)),
        rows=ROW.findall(header),
    )


def read_all(root: Path) -> list[Assignment]:
    """Return the assignments of a course, by name."""
    return [
        read(path, root / "autograder" / "checks" / "mutants" / path.stem)
        for path in sorted((root / "solutions").glob("*/*.ipynb"))
    ]


def table(assignments: list[Assignment]) -> list[str]:
    """Return the lines of a table in markdown."""
    rows = [
        f"| {{repo}}`{a.name} <assignments/{a.name}>` "
        f"| {', '.join(f'{{ref}}`{int(c)} <ch-{c}>`' for c in a.chapters)} "
        f"| {a.questions} | {a.points:g} | {a.by_hand:g} | {a.minutes / 60:.1f} "
        f"| {a.wrong} |"
        for a in assignments
    ]
    points, minutes = (
        sum(getattr(a, name) for a in assignments) for name in ("points", "minutes")
    )
    by_hand = sum(a.by_hand for a in assignments)
    total = f"| together | | | {points:g} | {by_hand:g} | {minutes / 60:.1f} | |"
    return [f"{HEAD}wrong answers known |", RULE, *rows, total]


def questions(assignments: list[Assignment]) -> list[str]:
    """Return the lines of a table with a row for each question."""
    return QUESTIONS + [
        f"| {a.name.split('_')[0]}, {number} | {asked} | {points} | {minutes} |"
        for a in assignments
        for number, asked, points, minutes in a.rows
    ]


class _Table(SphinxDirective):
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        root = Path(self.env.srcdir).parent
        for path in (root / "solutions").glob("*/*.ipynb"):
            self.env.note_dependency(str(path))
        box = nodes.container()
        made = questions if self.arguments == ["questions"] else table
        lines = StringList(made(read_all(root)), source="house/assignments.py")
        self.state.nested_parse(lines, self.content_offset, box)
        return box.children


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("assignments", _Table)
