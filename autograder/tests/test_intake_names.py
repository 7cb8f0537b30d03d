"""Which notebook is meant, and which names are safe."""

import json

import pytest
from intake_desk import NAME, RIGHT, STUB, VISIBLE, Desk, named, own, released

from examiner.intake import Limits, safe_student_id


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "a0_double (1).ipynb",
        "a0_double.ipynb.txt",
        "A0_DOUBLE.IPYNB",
        "a0_double/a0_double.ipynb",
        "-rf.ipynb",
        "ada\n.ipynb",
    ],
)
def test_a_single_notebook_of_another_name_is_taken(desk, name):
    intake = desk.put(released(RIGHT), name).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert len(intake.repairs) == 1
    assert intake.repairs[0].endswith(f"was taken for {NAME}, which is not there.")


def test_the_right_name_wins_and_the_others_are_told(desk):
    other = released("def double(x):\n    return 3 * x", "Because.")
    intake = desk.put(other, "a0_double (1).ipynb").put(released(RIGHT)).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert intake.repairs == ["Other notebooks were not used: a0_double (1).ipynb."]


@pytest.mark.parametrize(
    ("right", "why"),
    [(json.dumps(released()), "holds no answer"), ('{"cells": [', "breaks off")],
)
def test_work_wins_over_the_right_name_of_an_empty_one(desk, right, why):
    intake = desk.put(right).put(released(RIGHT), "a0_double (1).ipynb").take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert why in intake.repairs[0]


def test_of_several_other_names_the_best_match_is_taken(desk):
    desk.put({"cells": [own("print(1)")]}, "a.ipynb").put("{", "b.ipynb")
    desk.put(released(RIGHT), "c.ipynb").put(released(RIGHT, "Because."), "d.ipynb")
    intake = desk.take()
    assert intake.repairs[0] == f"d.ipynb was taken for {NAME}, which is not there."
    assert "Other notebooks were not used: a.ipynb, b.ipynb, c.ipynb." in intake.repairs


def test_only_so_many_notebooks_are_read(desk):
    desk.put({"cells": [own("print(1)")]}, "a.ipynb").put(released(RIGHT), "b.ipynb")
    assert desk.take(limits=Limits(notebooks=1)).missing == ["q1", "q2"]
    assert desk.take(limits=Limits(notebooks=2)).missing == []


def test_another_notebook_of_the_assignment_is_never_taken_for_this_one(desk):
    intake = desk.put(released(RIGHT), "part2.ipynb").take(siblings=["part2"])
    assert intake.why_not == f"{NAME} is not there; the folder holds part2.ipynb."


def test_a_notebook_of_something_else_has_every_answer_missing(desk):
    cells = [own("import os"), own("print(os.name)")]
    intake = desk.put({"cells": cells, "nbformat": 4}, "other.ipynb").take()
    assert intake.missing == ["q1", "q2"]


def test_a_notebook_is_not_taken_twice_as_a_file(desk):
    intake = desk.put(released(RIGHT)).put(released(STUB), "b.ipynb.json").take()
    assert intake.files == {}
    assert VISIBLE in named(intake.notebook)["q1_test"].source


@pytest.mark.parametrize(
    "name", ["ada", "Doe, Jane", "s1234", "josé", "a.b-c_d", "x" * 128]
)
def test_an_ordinary_id_is_safe(name):
    assert safe_student_id(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "../x", "a/b", "a\\b", "C:x", "/etc"),
        *("[1]", "a*", "a?", "-rf", ".hidden", "x" * 129),
        *("a\nb", "a\0", "a\x1b[0m", "a\u202eb", "a\u200bb", "a\u2028b", "a\ud800"),
    ],
)
def test_an_id_that_could_mislead_is_refused(name):
    assert not safe_student_id(name)
