"""Split, kernel, stock and a dask cluster give the same marks."""

import dataclasses

import nbformat
import pytest
from split import LIMITS, needs
from tiny_course import hand_in, make_course

from examiner.course import Course
from examiner.errors import CannotRun
from examiner.grade import grade
from examiner.options import Options

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(bool(needs()), reason=needs()),
    pytest.mark.slow,
]
ANSWERS = {
    "loop": "def double(x):\n    return 2 * x",
    "nothing": None,
    "raises": "def double(x):\n    return 1 / 0",
    "squared": "def double(x):\n    return x * x",
    "sum": "import numpy as np\ndef double(x):\n    return np.add(x, x)",
    "syntax": "def double(x)\n    return 2 * x",
    "unnamed": "def twice(x):\n    return 2 * x",
}
OPTIONS = Options(jobs=2, limits=LIMITS)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    home = make_course(tmp_path_factory.mktemp("modes"))
    for student, answer in ANSWERS.items():
        hand_in(home, student, answer, "Because.")
    return Course(home)


@pytest.fixture(scope="module")
def split(course):
    return marks(course)


def marks(course, **changes):
    options = dataclasses.replace(OPTIONS, force=True, **changes)
    return {
        record.student: [(c.grade_id, c.points) for c in record.cells]
        for record in grade(course, "a0_double", options=options)
    }


def test_the_marks_are_right(split):
    assert {s: dict(c)["q1_test"] for s, c in split.items()} == {
        "loop": 3,
        "nothing": 0,
        "raises": 0,
        "squared": 1,
        "sum": 3,
        "syntax": 0,
        "unnamed": 0,
    }


@pytest.mark.parametrize("mode", ["kernel", "stock"])
def test_another_mode_gives_the_same_marks(course, split, mode):
    assert marks(course, isolation=mode, accept_weak=True) == split


def test_a_cluster_gives_the_same_marks(course, split):
    assert marks(course, scheduler="local") == split


@pytest.mark.parametrize("mode", ["kernel", "stock"])
def test_weak_isolation_must_be_accepted(course, mode):
    with pytest.raises(CannotRun, match="--accept-weak-isolation"):
        marks(course, isolation=mode)


def test_a_single_test_may_ask_for_a_kernel(tmp_path):
    home = make_course(tmp_path)
    path = home / "source/a0_double/a0_double.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells[1].metadata["examiner"] = {"mode": "kernel"}
    lines = source.cells[1].source
    source.cells[1].source = f"{lines}\nassert get_ipython().kernel is not None"
    nbformat.write(source, path)
    hand_in(home, "ada", ANSWERS["loop"])
    course = Course(home)
    with pytest.raises(CannotRun, match="The cells q1_test run in a kernel"):
        grade(course, "a0_double", options=OPTIONS)
    options = dataclasses.replace(OPTIONS, accept_weak=True)
    (ada,) = grade(course, "a0_double", options=options)
    assert (ada.isolation, ada.score) == ("none", 3)
