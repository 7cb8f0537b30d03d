"""A tiny course whose gradebook is written without running anything."""

import contextlib
import copy
import functools
import tempfile
from pathlib import Path

from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from tiny_course import CONFIG, make_course, source_notebook

from examiner.course import Course
from examiner.gradebook import Writer
from examiner.record import CellRecord, Outcome, Record

NAME = "a0_double"


def course_in(home, db_url="", more=""):
    """Make the tiny course, with more lines in its configuration."""
    make_course(home)
    more += f"\nc.Exchange.root = {str(home / 'exchange')!r}\n"
    if db_url:
        more += f"c.CourseDirectory.db_url = {db_url!r}\n"
    (home / "nbgrader_config.py").write_text(CONFIG + more)
    (home / "exchange").mkdir()
    course = Course(home)
    if not db_url:
        (home / "gradebook.db").write_bytes(_empty_gradebook())
    return course


@functools.cache
def _empty_gradebook():
    """Make a gradebook once: nbgrader starts a program for each, which is slow."""
    with tempfile.TemporaryDirectory() as folder:
        Gradebook(f"sqlite:///{folder}/gradebook.db", "tiny").close()
        return Path(folder, "gradebook.db").read_bytes()


@contextlib.contextmanager
def entered(course, source=None):
    """Open a writer, and enter the source."""
    with Writer(course) as writer:
        writer.enter(NAME, {NAME: source or source_notebook()})
        yield writer


def record(student="ada", test=3.0, words=None, **more):
    """Return a record: what the test and the answer in words earned."""
    waits = Outcome.MANUAL if words is None else Outcome.MISSING
    cells = [
        CellRecord("q1_test", test, 3.0, Outcome.PASS if test == 3 else Outcome.FAIL),
        CellRecord("q2", words, 2.0, waits),
    ]
    return Record(student, NAME, NAME, cells=cells, **more)


def work(answer="def double(x):\n    return 2 * x", words="Because.", extra=""):
    """Return an executed notebook."""
    notebook = copy.deepcopy(source_notebook())
    cells = {c.id: c for c in notebook.cells}
    cells["q1"].source, cells["q2"].source = answer, words
    if extra:
        notebook.cells.append(new_code_cell(extra))
    return notebook


def grade_of(course, grade_id, student="ada"):
    """Return a grade as a second reader of the database sees it."""
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        grade = book.find_grade(grade_id, NAME, NAME, student)
        return grade.to_dict() | {"score": grade.score}


def mark_by_hand(course, grade_id, points, comment=None, student="ada"):
    """Give points as formgrader does, from another session."""
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        grade = book.find_grade(grade_id, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            book.find_comment(grade_id, NAME, NAME, student).manual_comment = comment
        book.db.commit()
