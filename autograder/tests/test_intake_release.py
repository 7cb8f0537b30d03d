"""What students were given, and whether they left it so."""

import nbformat
import pytest
from intake_desk import RIGHT, STUB, WORDS
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny_course import SOLUTION, cell, make_course, source_notebook
from traitlets.config import Config

from examiner.course import Course
from examiner.intake import is_untouched
from examiner.intake.release import wanted_cells


def test_an_untouched_answer_is_recognised():
    notebook = nbformat.v4.new_notebook()
    source = cell(new_code_cell, SOLUTION, "q1", solution=True)
    for text, untouched in {
        STUB: True,
        STUB.replace("\n", "  \n") + "\n\n": True,
        "  \n": True,
        RIGHT: False,
        STUB + "\n# I do not know": False,
    }.items():
        notebook.cells = [new_code_cell(text)]
        assert is_untouched(notebook.cells[0], source) is untouched


def test_an_untouched_answer_in_words_is_recognised():
    flags = {"grade": True, "solution": True, "points": 2}
    source = cell(new_markdown_cell, "The sample answer.", "q2", **flags)
    assert is_untouched(new_markdown_cell(WORDS), source)
    assert not is_untouched(new_markdown_cell("The sample answer."), source)


def test_a_course_s_own_stub_is_recognised():
    config = Config({"ClearSolutions": {"code_stub": {"python": "pass  # yours"}}})
    source = cell(new_code_cell, SOLUTION, "q1", solution=True)
    mine = new_code_cell("def double(x):\n    pass  # yours")
    assert is_untouched(mine, source, config)
    assert not is_untouched(mine, source)
    assert wanted_cells(source_notebook(), config)[0].given == mine.source


def test_what_was_given_is_what_nbgrader_releases(tmp_path):
    course = Course(make_course(tmp_path))
    course.enter("a0_double")
    file = course.path("release", "a0_double") / "a0_double.ipynb"
    given = nbformat.read(file, as_version=4).cells
    wanted = wanted_cells(source_notebook())
    assert [one.given for one in wanted] == [one.source for one in given]
    assert [one.role.name for one in wanted] == ["ANSWER", "LOCKED", "ANSWER"]


def test_a_source_that_nbgrader_cannot_release_is_the_instructor_s_to_mend():
    source = source_notebook()
    source.cells[0].source = "### BEGIN SOLUTION\nno end"
    with pytest.raises(RuntimeError, match="no end solution"):
        wanted_cells(source)


def test_a_task_is_the_course_s_text_whether_it_is_locked_or_not():
    notebook = source_notebook()
    notebook.cells = [cell(new_markdown_cell, "Draw it.", "q4", task=True, points=2)]
    assert wanted_cells(notebook)[0].role.name == "LOCKED"
