"""Every known answer to every question gets the same marks in all three modes.

To start Python with torch for a notebook takes most of the time, so the course here
asks each question a few times, and a notebook holds as many known answers to it.
"""

import dataclasses
import importlib
import inspect
import re
import textwrap
from copy import deepcopy
from itertools import zip_longest

import nbformat
import pytest
from questions import ASSIGNMENTS, ROOT, data, questions, read
from split import needs

from examiner.course import Course
from examiner.grade import grade
from examiner.options import Options
from examiner.sandbox import Limits

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(bool(needs()), reason=needs()),
    pytest.mark.slow,
]
OPTIONS = Options(jobs=2, limits=Limits(cell=30), accept_weak=True, force=True)
# One seed for all runs: with some, two mistakes give the same results; none is named.
CONFIG = """
import os
from examiner.seed import VARIABLE
load_subconfig("nbgrader_config.py", path={course!r})
c = get_config()
for step in ("source", "release", "submitted", "autograded", "feedback"):
    c.CourseDirectory[f"{{step}}_directory"] = {here!r} + "/" + step
c.CourseDirectory.db_url = "sqlite:///" + {here!r} + "/gradebook.db"
os.environ[VARIABLE] = {here!r} + "/seed"
"""
TIMES = 4
REGISTER = "def wrong(*_):\n    return lambda fn: fn\nright = wrong\n"
NEIGHBOUR = re.compile(
    r"^from (checks\.mutants\S+) import (?:\([^)]*\)|.*)\n", flags=re.MULTILINE
)
FOREIGN = re.compile(r"^from (?:examiner|checks)\b.*\n", flags=re.MULTILINE)


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def course(request, tmp_path_factory):
    """Return a course, an assignment, and the known answer in each student's cell."""
    assignment, here = request.param, tmp_path_factory.mktemp(request.param)
    text = CONFIG.format(course=str(ROOT / "autograder"), here=str(here))
    (here / "nbgrader_config.py").write_text(text)
    (here / "seed").write_text("1")
    course, given = Course(here), {}
    for step, student, room in (
        ("source", ".", "solutions"),
        ("submitted", "reference", "solutions"),
        ("submitted", "untouched", "assignments"),
    ):
        hand_in(course, step, assignment, student, repeated(assignment, room))
    asked = [q for q in questions() if q.assignment == assignment]
    rounds = list(zip_longest(*(q.check.answers for q in asked)))
    for first in range(0, len(rounds), TIMES):
        student, notebook = f"answers_{first:02}", repeated(assignment, "solutions")
        for k, answers in enumerate(rounds[first : first + TIMES]):
            for question, answer in zip(asked, answers, strict=True):
                if answer:
                    write(notebook, question, answer, k)
                    given[student, numbered(question.grade_id, k)] = answer
        hand_in(course, "submitted", assignment, student, notebook)
    course.enter(assignment)
    return course, assignment, given


def hand_in(course, step, assignment, student, notebook):
    folder = course.path(step, assignment, student)
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment}.ipynb")


def numbered(name, k):
    return f"{name}_{k}" if k else name


def repeated(assignment, room):
    """Return a notebook of the course in which each question is asked several times."""
    notebook = nbformat.from_dict(read(assignment, room))
    cells = {data(cell).get("grade_id"): cell for cell in notebook.cells}
    for question in questions():
        if question.assignment == assignment:
            place = notebook.cells.index(cells[question.grade_id]) + 1
            pair = cells[question.answer_id], cells[question.grade_id]
            notebook.cells[place:place] = [
                again(cell, k) for k in range(1, TIMES) for cell in pair
            ]
    return notebook


def again(cell, k):
    copy = nbformat.from_dict(deepcopy(cell))
    copy.id = f"{cell.id}-{k}"
    copy.metadata.nbgrader.grade_id = numbered(data(cell)["grade_id"], k)
    return copy


def write(notebook, question, answer, k):
    """Put a known answer into the k-th cell of its question, with all its file has.

    What the file has stays in a function, apart from that of other questions.
    """
    text = FOREIGN.sub("", source(answer.fn.__module__))
    name = numbered(question.answer_id, k)
    (cell,) = [c for c in notebook.cells if data(c).get("grade_id") == name]
    text = f"{REGISTER}{text}\nreturn {answer.fn.__name__}"
    text = f"def known():\n{textwrap.indent(text, '    ')}"
    cell.source = f"{text}\n\n{question.name} = known()"


def source(name):
    """Return a module's text, with the neighbours that it imports written out."""
    text = inspect.getsource(importlib.import_module(name))
    return NEIGHBOUR.sub(lambda found: source(found[1]), text)


def records(course, assignment, **changes):
    options = dataclasses.replace(OPTIONS, **changes)
    return grade(course, assignment, options=options)


def marks(found):
    return {
        r.student: [(cell.grade_id, cell.points) for cell in r.cells] for r in found
    }


def test_split_kernel_and_stock_give_the_same_marks(course):
    course, assignment, given = course
    split = records(course, assignment)
    cells = {(r.student, cell.grade_id): cell for r in split for cell in r.cells}
    for place, answer in given.items():
        cell = cells[place]
        assert cell.mistake == answer.name * answer.wrong, (place, answer.name)
        assert answer.wrong or cell.points == cell.max_points, (place, answer.name)
    for mode in ("kernel", "stock"):
        found = records(course, assignment, isolation=mode)
        assert marks(found) == marks(split), mode
