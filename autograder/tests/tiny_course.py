"""A tiny course of its own: examiner must not know the course that it lives beside."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CONFIG = """
import os
from pathlib import Path
from examiner.seed import VARIABLE, ensure_seed_file
here = Path(__file__).resolve().parent
c = get_config()
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "tiny"
c.Execute.shutdown_kernel = "immediate"
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\\s\\S]"
os.environ["PYTHONPATH"] = str(here)
os.environ[VARIABLE] = str(ensure_seed_file(here / "seed"))
"""

CHECK = '''
from examiner.check import Case, check

@check(points=3)
def double(rng):
    """`double(x)` returns twice x."""
    yield Case(name="a number", args={"x": 2.0}, want=4.0, points=1)
    x = rng.normal(size=3)
    yield Case(name="an array", args={"x": x}, want=x + x, points=2)
'''

MUTANTS = '''
from examiner.answers import wrong

@wrong("double")
def squared(x):
    """x times x is not x plus x."""
    return x * x
'''

SOLUTION = """def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION"""

TEST = """assert callable(double)
### BEGIN HIDDEN TESTS
from checks import a0_double as c
c.double(double)
### END HIDDEN TESTS"""

WORDS = "YOUR ANSWER HERE"  # what nbgrader leaves in a release


def cell(make, source, grade_id, **flags):
    """Return a cell with nbgrader's metadata."""
    data = {
        "grade_id": grade_id,
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        **flags,
    }
    return make(source, id=grade_id, metadata={"nbgrader": data})


def source_notebook():
    """Return the tiny course's only assignment."""
    notebook = new_notebook(
        cells=[
            cell(new_code_cell, SOLUTION, "q1", solution=True),
            cell(new_code_cell, TEST, "q1_test", grade=True, locked=True, points=3),
            cell(
                new_markdown_cell,
                "YOUR ANSWER HERE",
                "q2",
                grade=True,
                solution=True,
                points=2,
            ),
        ]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return notebook


def make_course(home):
    """Write the tiny course to a folder."""
    for name, text in {
        "nbgrader_config.py": CONFIG,
        "checks/__init__.py": "",
        "checks/mutants/__init__.py": "",
        "checks/a0_double.py": CHECK,
        "checks/mutants/a0_double.py": MUTANTS,
    }.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (home / "source" / "a0_double").mkdir(parents=True)
    nbformat.write(source_notebook(), home / "source/a0_double/a0_double.ipynb")
    return home


def hand_in(home, student, answer=None, words=None):
    """Hand in the assignment with an answer; None leaves the cell as released."""
    notebook = source_notebook()
    cells = {c.id: c for c in notebook.cells}
    cells["q1"].source = answer or "def double(x):\n    raise NotImplementedError()"
    cells["q1_test"].source = "assert callable(double)"
    if words:
        cells["q2"].source = words
    folder = home / "submitted" / student / "a0_double"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "a0_double.ipynb")
    return folder
