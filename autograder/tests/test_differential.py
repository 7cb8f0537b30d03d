"""Every known answer to every question gets the same marks in all three modes.

A notebook holds one known answer to each question: the k-th notebook the k-th answers.
"""

import dataclasses
import importlib
import inspect
import re
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
FOREIGN = re.compile(r"^from (?:examiner|checks)\b.*\n", flags=re.MULTILINE)


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def course(request, tmp_path_factory):
    """Return a course, an assignment that the class handed in, and who is right."""
    here = tmp_path_factory.mktemp(request.param)
    text = CONFIG.format(course=str(ROOT / "autograder"), here=str(here))
    (here / "nbgrader_config.py").write_text(text)
    course = Course(here)
    hand_in(course, request.param, "reference", read(request.param))
    released = read(request.param, "assignments")
    hand_in(course, request.param, "untouched", released)
    asked = [q for q in questions() if q.assignment == request.param]
    for k, answers in enumerate(zip_longest(*(q.check.answers for q in asked))):
        notebook = nbformat.from_dict(read(request.param))
        for question, answer in zip(asked, answers, strict=True):
            if answer:
                write(notebook, question, answer)
        hand_in(course, request.param, f"answers_{k:02}", notebook)
    course.enter(request.param)
    return course, request.param


def hand_in(course, assignment, student, notebook):
    folder = course.path("submitted", assignment, student)
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment}.ipynb")


def write(notebook, question, answer):
    """Put a known answer, with all that its file has, into the cell of the question."""
    module = importlib.import_module(answer.fn.__module__)
    text = FOREIGN.sub("", inspect.getsource(module))
    name = data(question.test_cell)["grade_id"].removesuffix("_test")
    (cell,) = [c for c in notebook.cells if data(c).get("grade_id") == name]
    cell.source = f"{REGISTER}{text}\n{question.name} = {answer.fn.__name__}"


def marks(course, assignment, **changes):
    options = dataclasses.replace(OPTIONS, **changes)
    return {
        record.student: [(cell.grade_id, cell.points) for cell in record.cells]
        for record in grade(course, assignment, options=options)
    }


def test_split_kernel_and_stock_give_the_same_marks(course):
    split = marks(*course)
    assert len(split) > 2
    known = {points for cells in split.values() for _, points in cells}
    assert 0 in known, "no wrong answer lost a point"
    for mode in ("kernel", "stock"):
        assert marks(*course, isolation=mode) == split, mode
