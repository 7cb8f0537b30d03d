"""Broken notebooks: each is read as far as it can be, or a sentence says why not."""

import codecs
import json

import pytest
from intake_desk import RIGHT, WORDS, Desk, named, own, released
from tiny_course import TEST

from examiner.intake import Limits

ACCENTS = RIGHT + "  # café, naïve"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def written(answer=ACCENTS):
    """Return an answered notebook's text."""
    return json.dumps(released(answer), ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"My answer is 4.", "it is not JSON"),
        (b"%PDF-1.7 \xff\xfe\x00", "it is not JSON"),
        (bytes(range(256)), "it is not JSON"),
        (b"[]", "JSON of another kind"),
        (b"3", "JSON of another kind"),
        (b"{}", "no list of cells"),
        (b'{"cells": null}', "no list of cells"),
        (b'{"cells": {"a": 1}}', "no list of cells"),
        (b'{"worksheets": 5}', "no list of cells"),
        (b"[" * 200_000, "over 100 deep"),
        (b'{"a":' * 200_000, "over 100 deep"),
        (b'{"cells": [' + b"[]," * 40 + b"[]]}", "over 30 values"),
        (b'{"cells": [], "a": tru', "breaks off"),
        (b'{"cells": [], "a": "b', "breaks off"),
        (b'{"cells": [],\n "a": b}', "is damaged in line 2"),
    ],
)
def test_what_is_no_notebook_is_told_in_one_sentence(desk, data, why):
    intake = desk.put(data).take(limits=Limits(values=30))
    assert intake.notebook is None
    assert intake.why_not.startswith("a0_double.ipynb ")
    assert why in intake.why_not


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_notebook_that_breaks_off_says_so(desk, part):
    text = json.dumps(released(RIGHT))
    assert "breaks off" in desk.put(text[: int(len(text) * part)]).take().why_not


def test_a_git_conflict_has_a_sentence_of_its_own(desk):
    lines = written().split("\n")
    lines[5:5] = ["<<<<<<< HEAD", "=======", ">>>>>>> main"]
    assert "git conflict" in desk.put("\n".join(lines)).take().why_not


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"],
)
def test_every_usual_encoding_is_read(desk, encoding):
    intake = desk.put(written().encode(encoding)).take()
    assert named(intake.notebook)["q1"].source == ACCENTS
    assert len(intake.repairs) == (not encoding.startswith("utf-8"))


def test_a_byte_that_is_damaged_does_not_cost_the_other_letters(desk):
    data = written(ACCENTS + "é").encode()
    place = data.rindex("é".encode())
    intake = desk.put(data[:place] + b"\xff" + data[place + 2 :]).take()
    assert named(intake.notebook)["q1"].source == ACCENTS + "\ufffd"
    assert "damaged" in intake.repairs[0]


def test_lines_of_windows_are_lines(desk):
    desk.put(written(RIGHT.replace("\n", "\r\n")).replace("\n", "\r\n"))
    intake = desk.take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert intake.repairs == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return 2", "return \0002"),
        ("return 2", "return \\u00002"),
        ('"cell_type"', '\0"cell_type"'),
    ],
)
def test_nul_characters_are_left_out(desk, old, new):
    text = json.dumps(released(RIGHT)).replace(old, new)
    intake = desk.put(text).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "NUL" in intake.repairs[0]


def test_a_lone_half_of_a_character_is_replaced(desk):
    intake = desk.put(released(RIGHT + " # \ud83d")).take()
    assert named(intake.notebook)["q1"].source == RIGHT + " # \ufffd"
    assert "half characters" in intake.repairs[0]


def test_a_raw_tab_or_line_end_in_a_string_is_read(desk):
    text = json.dumps(released(RIGHT)).replace("\\n", "\n")
    assert desk.put(text).marks()["q1"].source == RIGHT


def test_what_stands_after_the_end_is_left_out(desk):
    intake = desk.put(json.dumps(released(RIGHT)) + '"old": 1}]}').take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "11 characters more" in intake.repairs[0]


def test_a_number_of_many_digits_is_no_obstacle(desk):
    text = json.dumps(released(RIGHT))[:-1] + ', "n": ' + "9" * 9999 + ', "m": NaN}'
    assert desk.put(text).marks()["q1"].source == RIGHT


def test_format_3_is_read(desk):
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["My", " work"]},
        {"cell_type": "html", "source": "<b>bold</b>"},
        {"cell_type": "code", "input": [RIGHT], "outputs": [], "language": "python"},
        {"cell_type": "code", "input": "assert callable(double)", "outputs": []},
        {"cell_type": "markdown", "source": "Because of sums."},
    ]
    book = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    intake = desk.put(book).take()
    texts = [c.source for c in intake.notebook.cells]
    assert texts == ["## My work", "<b>bold</b>", RIGHT, TEST, "Because of sums."]
    assert "The file said that it is of format 3; read as format 4." in intake.repairs


@pytest.mark.parametrize("version", [99, 5, 0, -1, "4", None, [4], 1e400])
def test_any_format_that_looks_like_4_is_read_as_4(desk, version):
    intake = desk.put(released(RIGHT) | {"nbformat": version}).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "read as format 4" in intake.repairs[0]


def test_an_unknown_type_of_cell_becomes_raw(desk):
    book = released(RIGHT)
    book["cells"].append(own("some <b>text</b>", "html5"))
    intake = desk.put(book).take()
    assert intake.notebook.cells[-1].cell_type == "raw"
    assert "Cells of an unknown type became raw text (1)" in intake.repairs[0]


@pytest.mark.parametrize("wrong", [None, 5, {"a": 1}, [5], [["x"]], True])
def test_text_of_the_wrong_type_is_left_out(desk, wrong):
    book = released(RIGHT)
    book["cells"].append(own(wrong))
    intake = desk.put(book).take()
    assert intake.notebook.cells[-1].source == ""
    assert "Text of the wrong type" in intake.repairs[0]


def test_text_may_be_a_list_of_lines(desk):
    book = released()
    book["cells"][0]["source"] = RIGHT.splitlines(keepends=True)
    assert desk.put(book).marks()["q1"].source == RIGHT


def test_what_is_no_cell_is_left_out(desk):
    book = released(RIGHT)
    book["cells"][1:1] = [None, 5, "x", []]
    intake = desk.put(book).take()
    assert [c.source for c in intake.notebook.cells] == [RIGHT, TEST, WORDS]
    assert "What is no cell was left out (4)" in intake.repairs[0]


def test_cells_beyond_the_limit_are_not_read(desk):
    book = released(RIGHT)
    book["cells"] += [own(f"n = {n}") for n in range(20)]
    intake = desk.put(book).take(limits=Limits(cells=10))
    assert len(intake.notebook.cells) == 10
    assert intake.repairs == ["Only 10 cells were read; 13 were not."]


def test_a_notebook_beyond_the_limit_says_how_large_it_is(desk):
    desk.put(json.dumps(released(RIGHT)) + " " * 2_000_000)
    why = desk.take(limits=Limits(notebook=1_000_000)).why_not
    assert "has 2.0 MB, and at most 1.0 MB are read" in why
