"""Every known answer to every question gets the same marks in all three modes.

A notebook holds one known answer to each question: the k-th notebook the k-th answers.
"""

import dataclasses
import importlib
import inspect
import re
import textwrap
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
CONFIG = """
load_subconfig("nbgrader_config.py", path={course!r})
c = get_config()
for step in ("release", "submitted", "autograded", "feedback"):
    c.CourseDirectory[f"{{step}}_directory"] = {here!r} + "/" + step
c.CourseDirectory.db_url = "sqlite:///" + {here!r} + "/gradebook.db"
"""
REGISTER = "def wrong(*_):\n    return lambda fn: fn\nright = wrong\n"
NEIGHBOUR = re.compile(
    r"^from (checks\.mutants\S+) import (?:\([^)]*\)|.*)\n", flags=re.MULTILINE
)
FOREIGN = re.compile(r"^from (?:examiner|checks)\b.*\n", flags=re.MULTILINE)


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def course(request, tmp_path_factory):
    """Return a course, an assignment, and which known answers each student gave."""
    here = tmp_path_factory.mktemp(request.param)
    text = CONFIG.format(course=str(ROOT / "autograder"), here=str(here))
    (here / "nbgrader_config.py").write_text(text)
    course = Course(here)
    hand_in(course, request.param, "reference", read(request.param))
    released = read(request.param, "assignments")
    hand_in(course, request.param, "untouched", released)
    asked, given = [q for q in questions() if q.assignment == request.param], {}
    for k, answers in enumerate(zip_longest(*(q.check.answers for q in asked))):
        notebook = nbformat.from_dict(read(request.param))
        for question, answer in zip(asked, answers, strict=True):
            if answer:
                write(notebook, question, answer)
                test = data(question.test_cell)["grade_id"]
                given[f"answers_{k:02}", test] = answer
        hand_in(course, request.param, f"answers_{k:02}", notebook)
    course.enter(request.param)
    return course, request.param, given


def hand_in(course, assignment, student, notebook):
    folder = course.path("submitted", assignment, student)
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment}.ipynb")


def write(notebook, question, answer):
    """Put a known answer into the cell of its question, with all that its file has.

    What the file has stays in a function, apart from that of other questions.
    """
    text = FOREIGN.sub("", source(answer.fn.__module__))
    name = data(question.test_cell)["grade_id"].removesuffix("_test")
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
