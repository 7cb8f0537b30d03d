"""Structure: cells that are copied, moved, deleted, changed, written elsewhere."""

import copy

import pytest
from intake_desk import RIGHT, STUB, WORDS, Desk, named, own, released, strip
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny_course import SOLUTION, TEST, cell

from examiner.intake import take


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_an_ordinary_notebook_comes_through_without_a_word(desk):
    intake = desk.put(released(RIGHT, "Because.")).take()
    assert [c.source for c in intake.notebook.cells] == [RIGHT, TEST, "Because."]
    assert (intake.repairs, intake.missing, intake.files) == ([], [], {})


def test_of_copied_answers_the_one_that_was_changed_wins(desk):
    for place, copied in ((0, STUB), (3, STUB), (3, "")):
        book = released(RIGHT)
        twin = copy.deepcopy(book["cells"][0]) | {"source": copied, "id": "twin"}
        book["cells"].insert(place, twin)
        assert desk.put(book).texts() == [RIGHT, TEST, WORDS]


def test_of_two_changed_copies_the_later_wins_and_the_other_still_runs_before(desk):
    book = released("half = 2")
    later = copy.deepcopy(book["cells"][0]) | {"source": RIGHT, "id": "later"}
    book["cells"][1:1] = [own("between = half"), later]
    intake = desk.put(book).take()
    texts = [c.source for c in intake.notebook.cells]
    assert texts == ["half = 2", "between = half", RIGHT, TEST, WORDS]
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "q1" in intake.repairs[0]
    assert "more than once" in intake.repairs[0]


def test_an_answer_copied_unchanged_stays_one_answer(desk):
    book = released()
    book["cells"].insert(1, copy.deepcopy(book["cells"][0]))
    intake = desk.put(book).take()
    assert [c.source for c in intake.notebook.cells] == [STUB, TEST, WORDS]
    assert intake.missing == []


def test_a_nameless_copy_of_what_was_given_goes(desk):
    book = released(RIGHT)
    book["cells"] += [own(STUB), own("n = 1")]
    assert desk.put(book).texts() == [RIGHT, TEST, WORDS, "n = 1"]


def test_a_copied_test_goes_and_a_changed_copy_runs_as_the_student_s_own(desk):
    book = released(RIGHT)
    test = book["cells"][1]
    book["cells"] += [copy.deepcopy(test), copy.deepcopy(test) | {"source": "mine = 1"}]
    assert desk.put(book).texts() == [RIGHT, TEST, WORDS, "mine = 1"]


def test_a_deleted_test_comes_back(desk):
    book = released(RIGHT)
    del book["cells"][1]
    intake = desk.put(book).take()
    assert [c.source for c in intake.notebook.cells] == [RIGHT, TEST, WORDS]
    assert intake.repairs == ["q1_test: missing; put back."]
    assert intake.missing == []


def test_a_changed_test_is_the_course_s_again(desk):
    book = released(RIGHT)
    book["cells"][1]["source"] = "assert True"
    intake = desk.put(book).take()
    assert intake.repairs == [
        "q1_test: not as it was given; the course's own text is used."
    ]


def test_a_deleted_answer_is_missing_and_its_cell_defines_nothing(desk):
    book = released(RIGHT)
    del book["cells"][0]
    intake = desk.put(book).take()
    assert intake.missing == ["q1"]
    assert intake.repairs == ["q1: not handed in."]
    assert intake.notebook.cells[0].source == ""


def test_a_deleted_answer_in_words_is_missing_whatever_else_was_written(desk):
    book = released(RIGHT)
    del book["cells"][2]
    book["cells"].insert(0, own("My notes.", "markdown"))
    assert desk.put(book).take().missing == ["q2"]


def test_a_notebook_without_cells_has_every_answer_missing(desk):
    intake = desk.put(released() | {"cells": []}).take()
    assert intake.missing == ["q1", "q2"]


@pytest.mark.parametrize("kind", ["markdown", "raw", "mystery", None, 5])
def test_an_answer_of_another_type_is_code_again(desk, kind):
    book = released(RIGHT)
    book["cells"][0] = own(RIGHT, kind) | {"metadata": book["cells"][0]["metadata"]}
    intake = desk.put(book).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "q1: another type of cell; changed back." in intake.repairs


def test_cells_that_were_moved_go_back_and_the_student_s_own_follow_them(desk):
    book = released(RIGHT, "Because.")
    answer, test, words = book["cells"]
    first, after_test = own("import math"), own("after_test = 1")
    book["cells"] = [first, test, after_test, words, answer, own("after_answer = 1")]
    intake = desk.put(book).take()
    assert [c.source for c in intake.notebook.cells] == [
        "import math",
        RIGHT,
        "after_answer = 1",
        TEST,
        "after_test = 1",
        "Because.",
    ]
    assert intake.repairs == ["The cells were not in the course's order; sorted."]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_an_answer_written_beside_its_untouched_cell_is_taken(desk, place):
    book = released()
    book["cells"].insert(place, own(RIGHT))
    intake = desk.put(book).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert [c.source for c in intake.notebook.cells].count(STUB) == 0


def test_an_answer_written_over_the_test_is_taken(desk):
    book = released()
    book["cells"][1]["source"] = RIGHT
    assert desk.put(book).marks()["q1"].source == RIGHT


def test_cells_between_the_course_s_may_be_changed_or_deleted(tmp_path):
    desk = Desk(tmp_path)
    desk.source.cells.insert(0, new_markdown_cell("Read this.", id="text"))
    desk.source.cells.insert(1, new_code_cell("n = 3", id="n"))
    book = released(RIGHT)
    book["cells"].insert(0, own("n = 4", id="n"))
    assert desk.put(book).texts() == ["n = 4", RIGHT, TEST, WORDS]


def test_of_two_answers_in_words_each_keeps_its_place(tmp_path):
    desk = Desk(tmp_path)
    flags = {"grade": True, "solution": True, "points": 1}
    texts = [new_markdown_cell(f"Question number {n}: say why.") for n in (3, 4)]
    more = [cell(new_markdown_cell, WORDS, f"q{n}", **flags) for n in (3, 4)]
    desk.source.cells += [texts[0], more[0], texts[1], more[1]]
    book = released(RIGHT)
    said = [texts[0].source, "First.", texts[1].source, WORDS]
    book["cells"] += [own(text, "markdown") for text in said]
    cells = desk.put(strip(book)).marks()
    assert (cells["q3"].source, cells["q4"].source) == ("First.", WORDS)


def two_questions(desk, **flags):
    """Let the course ask for a second function, and return what is given of it."""
    text = SOLUTION.replace("double", "halve").replace("x + x", "x / 2")
    desk.source.cells.append(cell(new_code_cell, text, "q3", solution=True, **flags))
    given = STUB.replace("double", "halve")
    return own(given, metadata={"nbgrader": {"grade_id": "q3"}})


@pytest.mark.parametrize("deleted", [False, True])
def test_no_stub_defines_again_what_stands_in_another_answer(desk, deleted):
    both = RIGHT + "\n\ndef halve(x):\n    return x / 2"
    book, stub = released(both), two_questions(desk)
    book["cells"] += [] if deleted else [stub]
    intake = desk.put(book).take()
    assert [c.source for c in intake.notebook.cells] == [both, TEST, WORDS, ""]
    assert intake.missing == []
    assert intake.repairs == ["q3: written in another cell; taken from there."]


def test_an_answer_for_a_hand_is_shown_to_it_also_from_another_answer(desk):
    both = RIGHT + "\n\ndef halve(x):\n    return x / 2"
    book, stub = released(both), two_questions(desk, grade=True, points=2)
    book["cells"].append(stub)
    assert desk.put(book).texts() == [both, TEST, WORDS, both]


def test_all_answers_may_stand_in_one_cell_of_the_student_s_own(desk):
    both = RIGHT + "\n\ndef halve(x):\n    return x / 2"
    book, stub = released(), two_questions(desk)
    book["cells"] = [own("import math"), own(both), own("n = 1"), *book["cells"], stub]
    texts = desk.put(book).texts()
    assert texts == ["import math", both, "n = 1", TEST, WORDS, ""]


def test_a_fault_of_ours_stops_no_class(desk, monkeypatch):
    monkeypatch.setattr(take, "pick", lambda *args: 1 / 0)
    intake = take.take_in(desk.home, "a0_double", desk.source)
    assert intake.why_not == (
        "examiner itself failed on this submission (ZeroDivisionError): please report "
        "it."
    )


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_what_the_course_shows_is_nobody_s_answer(desk, kind):
    shown = "def double(x):\n    return x * 2"
    make = {"code": new_code_cell, "markdown": new_markdown_cell}[kind]
    desk.source.cells.insert(0, make(shown, id="shown"))
    book = released()
    book["cells"].insert(0, own(shown, kind, id="shown"))
    book["cells"].append(own("```\n" + shown + "\n```", "markdown"))
    assert desk.put(book).marks()["q1"].source == STUB
