"""The course that hostile students take: one question of each kind."""

import copy
import functools

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from tiny_course import CONFIG, cell

ASSIGNMENT = "h1"

GIVEN = """import numpy as np

SCALE = 3


def helper(x):
    return x + SCALE"""

ANSWERS = {
    "q1": ("def add(a, b):", "return a + b"),
    "q2": (
        "def running_sum(xs):",
        "return [sum(xs[: i + 1]) for i in range(len(xs))]",
    ),
    "q3": ("def squares(x):", "return x * x"),
    "q4": ("def evens(n):", "return list(range(0, n, 2))"),
    "q6": (
        "class Tally:",
        "def __init__(self):\n    self.sum = 0\n\n"
        "def add(self, n):\n    self.sum += n\n\n"
        "def total(self):\n    return self.sum",
    ),
    "q7": ("def scaled(xs):", "return [helper(x) for x in xs]"),
}

TESTS = {
    "q1": """assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add(10, -4) == 6
assert add("a", "b") == "ab"
### END HIDDEN TESTS""",
    "q2": """assert callable(running_sum)
### BEGIN HIDDEN TESTS
from checks import h1 as c
c.running_sum(running_sum)
### END HIDDEN TESTS""",
    "q3": """import torch
x = torch.tensor([1.0, -2.0, 3.0])
torch.testing.assert_close(squares(x), torch.tensor([1.0, 4.0, 9.0]))
### BEGIN HIDDEN TESTS
x = torch.tensor([[0.5, -4.0]])
np.testing.assert_allclose(squares(x).numpy(), [[0.25, 16.0]])
### END HIDDEN TESTS""",
    "q4": """earned = 0.0
### BEGIN HIDDEN TESTS
if evens(1) == [0]:
    earned = 0.5
if evens(1) == [0] and evens(5) == [0, 2, 4]:
    earned = 2.0
### END HIDDEN TESTS
earned""",
    "q6": """one, two = Tally(), Tally()
one.add(2)
one.add(3)
assert one.total() == 5
### BEGIN HIDDEN TESTS
assert two.total() == 0
### END HIDDEN TESTS""",
    "q7": """got = scaled([1, 2])
assert len(got) == 2
### BEGIN HIDDEN TESTS
assert all(a == b for a, b in zip(got, [helper(1), helper(2)]))
### END HIDDEN TESTS""",
}

POINTS = {"q1": 2, "q2": 4, "q3": 2, "q4": 2, "q5": 2, "q6": 2, "q7": 1}
FULL = float(sum(POINTS.values()) - POINTS["q5"])  # the words wait for a hand

CHECKS = '''
from examiner.check import Case, check


@check(points=4)
def running_sum(rng):
    """`running_sum(xs)` returns the sums of the first 1, 2, ... numbers."""
    yield Case(name="three numbers", args={"xs": [1, 2, 3]}, want=[1, 3, 6], points=1)
    xs = rng.integers(1, 100, size=6).tolist()
    want = [xs[0]]
    for x in xs[1:]:
        want.append(want[-1] + x)
    yield Case(name="six numbers", args={"xs": xs}, want=want, points=3)
'''


def right(question):
    """Return a right answer's text."""
    head, body = ANSWERS[question]
    return head + "\n    " + body.replace("\n", "\n    ")


RIGHT = {question: right(question) for question in ANSWERS}


def _with_marks(question):
    head, body = ANSWERS[question]
    lines = ["### BEGIN SOLUTION", *body.split("\n"), "### END SOLUTION"]
    return "\n".join([head, *(f"    {line}" if line else "" for line in lines)])


def source_notebook():
    """Return the instructor's notebook."""
    cells = [cell(new_code_cell, GIVEN, "given", locked=True)]
    for question in POINTS:
        if question == "q5":
            flags = {"grade": True, "solution": True, "points": POINTS[question]}
            cells.append(cell(new_markdown_cell, "YOUR ANSWER HERE", "q5", **flags))
            continue
        cells.append(
            cell(new_code_cell, _with_marks(question), question, solution=True)
        )
        flags = {"grade": True, "locked": True, "points": POINTS[question]}
        cells.append(cell(new_code_cell, TESTS[question], f"{question}_test", **flags))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@functools.cache
def _release():
    notebook, resources = source_notebook(), {}
    for step in (ClearSolutions(), ClearHiddenTests()):
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def released_notebook():
    """Return what students are given, made by nbgrader."""
    return copy.deepcopy(_release())


def make_course(home):
    """Write the course to a folder."""
    for name, text in {
        "nbgrader_config.py": CONFIG.replace('"tiny"', '"hostile"'),
        "checks/__init__.py": "",
        "checks/mutants/__init__.py": "",
        "checks/mutants/h1.py": "",
        "checks/h1.py": CHECKS,
    }.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    folder = home / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / f"{ASSIGNMENT}.ipynb")
    return home
