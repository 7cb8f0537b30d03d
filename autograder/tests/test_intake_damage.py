"""Random damage: whatever happens to a notebook, what must hold holds.

What must hold is in ``intake_desk.Desk.take``: nothing raises, the result is valid, and
the instructor's cells are all there, in order, and their own.
"""

import copy
import json
import random

import nbformat
import pytest
from intake_desk import Desk, named, own
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from tiny_course import cell, source_notebook

WRONG = [
    None,
    True,
    -1,
    1e400,
    "",
    "q1",
    "\ud800\0",
    [],
    [[]],
    {},
    {"q1": {}},
    ["x", 5],
]
ANSWERS = {
    "q1": "def double(x):\n    return x + x",
    "q2": "It is the same, since 2x = x + x.",
    "q3": "import math\n\ndef halve(x):\n    return x / 2",
}


def source():
    """Return a notebook with every kind of cell that nbgrader knows."""
    book = source_notebook()
    solution = (
        "def halve(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    )
    task = {"task": True, "locked": True, "points": 2}
    book.cells += [
        new_markdown_cell("## Question 3: halve a number.", id="text"),
        cell(new_code_cell, "given = [1.0, 2.0, 3.0]", "given", locked=True),
        cell(new_code_cell, solution, "q3", solution=True),
        cell(new_code_cell, "assert halve(2) == 1", "q3_see", locked=True),
        cell(new_code_cell, "assert halve(4) == 2", "q3_test", grade=True, points=1),
        new_code_cell("scratch = 5", id="scratch"),
        cell(new_markdown_cell, "Draw it in the cells below.", "q4", **task),
    ]
    return book


def handed_in():
    """Return an answered notebook as plain JSON, with a student's own cells."""
    book = copy.deepcopy(source())
    for step in (ClearSolutions(), ClearHiddenTests()):
        book, _ = step.preprocess(book, {})
    for each in book.cells:
        name = each.metadata.get("nbgrader", {}).get("grade_id")
        each.source = ANSWERS.get(name, each.source)
    plain = json.loads(nbformat.writes(book))
    plain["cells"].insert(1, own("print(double(2))", id="own-a"))
    plain["cells"].append(own("My notes.", "markdown", id="own-b"))
    return plain


def shuffle(book, dice):
    dice.shuffle(book["cells"])


def drop(book, dice):
    for _ in range(min(dice.randint(1, 4), len(book["cells"]))):
        book["cells"].pop(dice.randrange(len(book["cells"])))


def duplicate(book, dice):
    for _ in range(dice.randint(1, 4)):
        twin = copy.deepcopy(dice.choice(book["cells"] or [own("x = 1")]))
        book["cells"].insert(dice.randint(0, len(book["cells"])), twin)


def swap_metadata(book, dice):
    if book["cells"]:
        one, other = dice.choices(book["cells"], k=2)
        one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


def strip(book, dice):
    for each in book["cells"]:
        if dice.random() < 0.5:
            each["metadata"] = {}
        if dice.random() < 0.5:
            each.pop("id", None)


def mistype(book, dice):
    """Put a value of a wrong type somewhere in the notebook."""
    for _ in range(dice.randint(1, 5)):
        here = book
        while True:
            keys = list(here) if isinstance(here, dict) else range(len(here))
            if not keys:
                break
            key = dice.choice(keys)
            if not isinstance(here[key], dict | list) or dice.random() < 0.2:
                here[key] = copy.deepcopy(dice.choice(WRONG))
                break
            here = here[key]


def flip(data, dice):
    for _ in range(dice.randint(1, 20)):
        data[dice.randrange(len(data))] = dice.randrange(256)


def cut(data, dice):
    del data[dice.randrange(1, len(data)) :]


def stutter(data, dice):
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randint(1, 200)]


MOVES = [shuffle, duplicate, strip]
DAMAGE = [*MOVES, drop, swap_metadata, mistype]
BYTES = [flip, cut, stutter]


def harm(book, dice, kinds, most=3):
    """Do some damage to the cells."""
    for kind in dice.choices(kinds, k=dice.randint(1, most)):
        if isinstance(book.get("cells"), list) and all(
            isinstance(each, dict) and "metadata" in each for each in book["cells"]
        ):
            kind(book, dice)


@pytest.mark.parametrize("seed", range(200))
def test_no_damage_to_cells_breaks_what_must_hold(tmp_path, seed):
    dice, book = random.Random(seed), handed_in()
    harm(book, dice, DAMAGE)
    desk = Desk(tmp_path, source()).put(book)
    intake = desk.take()
    assert intake == desk.take()  # the same again, so that results can be kept
    assert len(intake.repairs) < 30


@pytest.mark.parametrize("seed", range(200))
def test_no_damage_to_bytes_breaks_what_must_hold(tmp_path, seed):
    dice = random.Random(seed)
    encoding = dice.choice(["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
    data = bytearray(json.dumps(handed_in(), indent=1).encode(encoding))
    dice.choice(BYTES)(data, dice)
    intake = Desk(tmp_path, source()).put(bytes(data)).take()
    assert bool(intake.notebook) != bool(intake.why_not)


@pytest.mark.parametrize("seed", range(200))
def test_cells_that_are_only_moved_copied_or_renamed_lose_no_word(tmp_path, seed):
    dice, book = random.Random(seed), handed_in()
    harm(book, dice, MOVES, most=4)
    intake = Desk(tmp_path, source()).put(book).take()
    cells = named(intake.notebook)
    assert intake.missing == []
    assert cells["q1"].source == ANSWERS["q1"]
    assert cells["q3"].source == ANSWERS["q3"]
    texts = {c.source for c in intake.notebook.cells}
    assert set(ANSWERS.values()) <= texts
    assert {"print(double(2))", "My notes.", "scratch = 5"} <= texts
