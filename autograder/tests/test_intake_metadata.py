"""Metadata: what cells claim to be, and what becomes of it."""

import pytest
from intake_desk import RIGHT, STUB, WORDS, Desk, named, own, released, strip
from nbformat.v4 import new_code_cell, new_output
from tiny_course import TEST, cell

from examiner.intake import Limits, take_in


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_the_answers_are_the_student_s_and_outputs_stay_behind(desk):
    book = released(RIGHT)
    book["cells"][0]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "forged"}
    ]
    book["cells"][0]["execution_count"] = 7
    book["metadata"]["widgets"] = {"state": "large"}
    assert desk.put(book).marks()["q1"].outputs == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("points", 1000), ("grade", True), ("locked", True), ("solution", False)],
)
def test_points_and_flags_are_the_course_s(desk, name, value):
    book = released(RIGHT)
    book["cells"][0]["metadata"]["nbgrader"][name] = value
    intake = desk.put(book).take()
    assert intake.repairs == ["q1: points or flags changed; the course's own are used."]


@pytest.mark.parametrize("version", [1, 99, None, "3", [3], {}])
def test_checksums_and_schema_versions_are_not_read(desk, version):
    book = released(RIGHT)
    for one in book["cells"]:
        one["metadata"]["nbgrader"] |= {"schema_version": version, "checksum": version}
    intake = desk.put(book).take()
    assert intake.repairs == []
    assert named(intake.notebook)["q1"].source == RIGHT


@pytest.mark.parametrize("also_the_id", [False, True])
def test_a_renamed_answer_is_recognised(desk, also_the_id):
    book = released(RIGHT)
    book["cells"][0]["metadata"]["nbgrader"]["grade_id"] = "q99"
    if also_the_id:
        book["cells"][0]["id"] = "other"
    intake = desk.put(book).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert intake.missing == []
    assert any("q1: without a name" in said for said in intake.repairs)
    assert any("q99" in said for said in intake.repairs)


def test_without_any_metadata_everything_is_recognised(desk):
    book = released(RIGHT, "Because of sums.")
    book["cells"].insert(2, own("print(double(4))"))
    assert desk.put(strip(book)).texts() == [
        RIGHT,
        TEST,
        "print(double(4))",
        "Because of sums.",
    ]


def test_without_metadata_alike_tests_are_told_apart_by_every_word(desk):
    for name in ("halve", "treble"):
        text = f"assert callable({name})"
        test = cell(new_code_cell, text, name, grade=True, locked=True, points=1)
        desk.source.cells.append(test)
    book = released(RIGHT)
    more = [own(f"assert callable({name})") for name in ("treble", "halve")]
    book["cells"] += more
    assert not any("as it was given" in s for s in desk.put(strip(book)).take().repairs)


def test_without_metadata_a_changed_test_is_recognised_wherever_it_stands(desk):
    book = strip(released(RIGHT))
    book["cells"][1]["source"] += "  # yes"
    book["cells"].append(book["cells"].pop(1))
    assert desk.put(book).texts() == [RIGHT, TEST, WORDS]


def test_without_metadata_code_is_not_moved_on_a_guess(desk):
    text = "### BEGIN SOLUTION\nprint(1)\n### END SOLUTION"
    desk.source.cells.append(cell(new_code_cell, text, "q3", solution=True))
    book = strip(released(RIGHT))
    book["cells"].insert(0, own("math = 5"))
    intake = desk.put(book).take()
    assert intake.notebook.cells[0].source == "math = 5"
    assert intake.missing == ["q3"]


def test_without_metadata_a_variable_that_was_asked_for_is_recognised(desk):
    text = "### BEGIN SOLUTION\nrate = 3\n### END SOLUTION"
    desk.source.cells.insert(0, cell(new_code_cell, text, "q0", solution=True))
    book = strip(released(RIGHT))
    book["cells"].append(own("rate: float = 0.5 * 2"))
    assert desk.put(book).marks()["q0"].source == "rate: float = 0.5 * 2"


def test_without_metadata_work_wins_over_an_untouched_copy(desk):
    book = strip(released(RIGHT))
    book["cells"].insert(1, own(STUB))
    assert desk.put(book).texts() == [RIGHT, TEST, WORDS]


def test_a_broken_answer_without_metadata_is_recognised_all_the_same(desk):
    broken = "def double(x):\n    return 2 * (x"
    assert desk.put(strip(released(broken))).marks()["q1"].source == broken


@pytest.mark.parametrize("wrong", [None, 7, "q1", ["q1"], {}, {"grade_id": 5}])
def test_nbgrader_metadata_of_the_wrong_type_is_mended(desk, wrong):
    book = released(RIGHT)
    book["cells"][0]["metadata"]["nbgrader"] = wrong
    intake = desk.put(book).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert any("q1" in said for said in intake.repairs)


@pytest.mark.parametrize("wrong", [None, 7, "x", []])
def test_any_metadata_of_the_wrong_type_is_mended(desk, wrong):
    book = released(RIGHT)
    book["metadata"] = wrong
    for one in book["cells"]:
        one["metadata"] = wrong
    intake = desk.put(book).take()
    assert named(intake.notebook)["q1"].source == RIGHT
    assert "Metadata of the wrong type was left out (3)" in intake.repairs[0]


def test_an_own_cell_loses_its_metadata_and_claims(desk):
    book = released(RIGHT)
    claim = {"grade_id": "bonus", "grade": True, "points": 1000}
    book["cells"].append(own("bonus = 1") | {"metadata": {"nbgrader": claim}})
    intake = desk.put(book).take()
    assert intake.notebook.cells[-1].metadata == {}
    assert intake.repairs == ["Cells claim names that the course does not have: bonus."]


@pytest.mark.parametrize(
    "identity", [None, 3, "", "a b", "x" * 65, "q1", "same", "own-3", "own-4"]
)
def test_ids_that_clash_or_are_no_ids_are_mended(desk, identity):
    book = released(RIGHT)
    book["cells"] += [own("a = 1", id=identity), own("b = 2", id=identity)]
    assert desk.put(book).texts()[-2:] == ["a = 1", "b = 2"]


def test_a_foreign_kernel_is_the_course_s_again(desk):
    book = released(RIGHT)
    book["metadata"]["kernelspec"] = {"name": "julia", "display_name": "Julia"}
    assert desk.put(book).take().repairs == [
        "It asked for the kernel julia; the course's own is used."
    ]


def test_images_in_words_are_kept_and_other_attachments_are_not(desk):
    book = released(RIGHT, "![](a.png)")
    good = {"a.png": {"image/png": "aGVsbG8="}}
    bad = {"b.svg": {"image/svg+xml": "aGVsbG8="}, "c": 5, "d": {"image/png": 5}}
    bad["e"] = {"image/png": "<script>"}
    book["cells"][2]["attachments"] = good | bad
    book["cells"].append(own("n = 1", attachments=good))  # code may have none
    assert desk.put(book).marks()["q2"].attachments == good


def test_images_beyond_the_limit_are_left_out(desk):
    book = released(RIGHT, "![](a.png)")
    book["cells"][2]["attachments"] = {"a.png": {"image/png": "aGVsbG8="}}
    intake = desk.put(book).take(limits=Limits(attachments=5))
    assert "attachments" not in named(intake.notebook)["q2"]
    assert "beyond the limit" in intake.repairs[0]


def test_flags_that_an_older_source_does_not_have_are_no_change(desk):
    del desk.source.cells[0].metadata.nbgrader["task"]
    assert desk.put(released(RIGHT)).take().repairs == []


def test_our_ids_for_own_cells_never_clash_with_the_course_s(desk):
    for number, one in enumerate(desk.source.cells):
        one.id = f"own-{number + 3}"
    book = released(RIGHT)
    book["cells"] += [own("a = 1"), own("b = 2")]
    assert desk.put(book).texts() == [RIGHT, TEST, WORDS, "a = 1", "b = 2"]


def test_a_source_without_ids_is_aligned_all_the_same(desk):
    for one in desk.source.cells:
        del one["id"]
    intake = take_in(desk.put(released(RIGHT)).home, "a0_double", desk.source)
    assert [c.id for c in intake.notebook.cells] == ["cell-0", "cell-1", "cell-2"]
    assert [c.source for c in intake.notebook.cells] == [RIGHT, TEST, WORDS]


def test_a_cell_that_defines_the_name_wins_over_one_that_only_looks_alike(desk):
    other = "def double(x):\n    both = x, x\n    total = sum(both)\n    return total"
    book = strip(released(other))
    book["cells"].insert(0, own(STUB.replace("double", "treble")))
    assert desk.put(book).marks()["q1"].source == other


def test_what_the_instructor_s_own_run_left_behind_goes_too(desk):
    answer, _, words = desk.source.cells
    answer.outputs, answer.execution_count = [new_output("stream", text="4")], 4
    words.attachments = {"sample.png": {"image/png": "aGVsbG8="}}
    desk.source.metadata.widgets = {"state": "large"}
    book = take_in(desk.put(released(RIGHT)).home, "a0_double", desk.source).notebook
    assert (book.cells[0].outputs, book.cells[0].execution_count) == ([], None)
    assert "attachments" not in book.cells[2]
    assert "widgets" not in book.metadata
