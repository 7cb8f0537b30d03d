"""Small notebooks, graded by the real runner in the real sandbox."""

import functools
import json
import os

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from examiner.job import Job
from examiner.sandbox import Limits
from examiner.sandbox.levels import best_level

LIMITS = Limits(cell=5, grace=0.5, total=60, memory=2**29, processes=40)


@functools.cache
def needs():
    """Why no student's code can run here, or "".

    Where REQUIRE_SYSTEM_PACKAGES is set, as in the gate, that is a failure.
    """
    level = best_level()
    if os.environ.get("REQUIRE_SYSTEM_PACKAGES"):
        return ""
    return "" if level.is_full else f"needs full isolation: {level.lacks}"


def answer(source, grade_id="q"):
    return _cell(source, grade_id, solution=True)


def given(source, grade_id="given"):
    return _cell(source, grade_id, locked=True)


def quiz(source, points=2, grade_id="t"):
    return _cell(source, grade_id, grade=True, locked=True, points=points)


def extra(source):
    return new_code_cell(source)


def _cell(source, grade_id, **flags):
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    data = {"grade_id": grade_id, "schema_version": 3, **usual, **flags}
    return new_code_cell(source, metadata={"nbgrader": data})


def run(worker, *cells, **more):
    """Grade cells; return the records by grade_id, and the notebook."""
    text = nbformat.writes(new_notebook(cells=list(cells)))
    done = worker.grade(Job(text, **more))
    assert done["fault"] == "", done["fault"]
    json.dumps(done["cells"])
    cells = {c["grade_id"]: c for c in done["cells"]}
    return cells, nbformat.reads(done["notebook"], as_version=4)
