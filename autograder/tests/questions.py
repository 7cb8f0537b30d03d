"""The questions of every assignment: each check, its cells and its known answers."""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import nbformat

import checks
from examiner.check import Check

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {"mutants", "oracles", "worlds"}
ASSIGNMENTS = [
    m.name for m in pkgutil.iter_modules(checks.__path__) if m.name not in OTHERS
]


@dataclass(frozen=True)
class Question:
    """A check and the cells that belong to it."""

    assignment: str
    name: str

    @property
    def check(self):
        return getattr(importlib.import_module(f"checks.{self.assignment}"), self.name)

    @property
    def test_cell(self):
        found = [
            cell
            for cell in cells(self.assignment)
            if f"c.{self.name}(" in cell.source and data(cell).get("grade")
        ]
        assert len(found) == 1, f"{len(found)} cells call {self.name}"
        return found[0]

    @property
    def grade_id(self):
        return data(self.test_cell)["grade_id"]

    @property
    def answer_id(self):
        return self.grade_id.removesuffix("_test")

    @property
    def visible_cell(self):
        grade_id = f"{self.answer_id}_visible"
        return {data(c).get("grade_id"): c for c in cells(self.assignment)}[grade_id]


def questions():
    return [
        Question(assignment, name)
        for assignment in ASSIGNMENTS
        for name, value in vars(importlib.import_module(f"checks.{assignment}")).items()
        if isinstance(value, Check)
    ]


def copied(check):
    """Return the answer that pastes the chapter's code."""
    return {a.name: a.fn for a in check.answers}["copied_from_chapter"]


def answer_modules(assignment):
    """Return the module of an assignment's known answers, and those inside it."""
    home = importlib.import_module(f"checks.mutants.{assignment}")
    inside = pkgutil.iter_modules(getattr(home, "__path__", []))
    names = [f"{home.__name__}.{module.name}" for module in inside]
    return [home, *map(importlib.import_module, names)]


@cache
def read(assignment, room="solutions"):
    file = ROOT / room / assignment / f"{assignment}.ipynb"
    return nbformat.read(file, as_version=4)


def cells(assignment, room="solutions"):
    return read(assignment, room).cells


def data(cell):
    return cell.metadata.get("nbgrader", {})


@cache
def run(assignment, room="solutions"):
    """Run a notebook but its tests; return its names, and the modules that it closes.

    The modules stay open here, since other tests of this process need them.
    """
    names = {}
    with mock.patch("throughtime.assignment.write_yourself") as write_yourself:
        for cell in cells(assignment, room):
            is_test = data(cell).get("grade_id", "").endswith(("_visible", "_test"))
            if cell.cell_type == "code" and not is_test:
                exec(compile(cell.source, cell.id, "exec"), names)
    return names, [list(call.args) for call in write_yourself.call_args_list]
