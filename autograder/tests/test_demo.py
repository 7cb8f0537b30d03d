"""The made-up class, as ``make demo`` graded it, against the table of its marks."""

import importlib.util
from pathlib import Path

import nbformat
import pytest

from examiner.course import Course
from examiner.record import CellRecord, Outcome, Record
from examiner.standing import standing

HERE = Path(__file__).resolve().parents[1] / "demo"
spec = importlib.util.spec_from_file_location("demo_grade", HERE / "grade.py")
demo = importlib.util.module_from_spec(spec)
spec.loader.exec_module(demo)

TABLE = demo.read_table(HERE / "marks.csv")
READABLE = sorted(s for s, row in TABLE.items() if row["status"] == "graded")


@pytest.fixture(scope="module")
def course():
    course = Course(HERE)
    if not course.reports.is_dir():
        pytest.fail("The made-up class is not graded: run `make demo` first.")
    return course


@pytest.fixture(scope="module")
def records(course):
    return {r.student: r for r in standing(course, demo.ASSIGNMENT)}


@pytest.mark.parametrize("student", sorted(TABLE))
def test_the_gradebook_has_the_expected_marks(records, student):
    found = demo.as_row(records[student])
    assert found == {k: v for k, v in TABLE[student].items() if v}


@pytest.mark.parametrize("student", READABLE)
def test_feedback_is_there_for_who_could_be_graded(course, student):
    page = course.path("feedback", demo.ASSIGNMENT, student) / f"{demo.ASSIGNMENT}.html"
    text = page.read_text(encoding="utf-8")
    assert "points" in text
    assert "yield Case" not in text
    assert "HIDDEN" not in text


def test_the_summary_names_everyone(course):
    text = (course.reports / f"{demo.ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert [s for s in TABLE if f">{s}<" not in text] == []


def test_a_wrong_mark_is_found():
    cell = CellRecord("q1", 3.0, 3, Outcome.PASS)
    graded = Record("ann", "a1", "a1", cells=[cell])
    table = {"ann": {"q1": "2", "total": "3", "status": "graded"}}
    assert demo.compare([graded], table) == ["ann, q1: '3', wanted '2'"]
    assert demo.compare([], table) != []


def test_an_answer_to_a_cell_that_is_not_there_is_refused():
    with pytest.raises(KeyError, match="q9"):
        demo.fill_in(nbformat.v4.new_notebook(), "# %% q9\n1\n")
