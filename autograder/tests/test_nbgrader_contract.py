"""What examiner takes from nbgrader, so that an upgrade that changes it is named."""

import inspect
import itertools
import json

import nbformat
import pytest
from gradebook_desk import NAME, course_in, entered, record, work
from nbgrader import api, preprocessors, utils
from nbgrader.coursedir import CourseDirectory
from tiny_course import cell, source_notebook

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
METHODS = {
    "update_or_create_assignment": ["name"],
    "update_or_create_notebook": ["name", "assignment"],
    "update_or_create_grade_cell": ["name", "notebook", "assignment"],
    "update_or_create_solution_cell": ["name", "notebook", "assignment"],
    "update_or_create_task_cell": ["name", "notebook", "assignment"],
    "update_or_create_source_cell": ["name", "notebook", "assignment"],
    "find_student": ["student_id"],
    "find_assignment": ["name"],
    "find_notebook": ["name", "assignment"],
    "find_submission": ["assignment", "student"],
    "find_submission_notebook": ["notebook", "assignment", "student"],
    "remove_notebook": ["name", "assignment"],
    "remove_submission": ["assignment", "student"],
}


@pytest.mark.parametrize("method", METHODS)
def test_a_method_of_the_gradebook_takes_what_we_give(method):
    taken = list(inspect.signature(getattr(api.Gradebook, method)).parameters)
    assert taken[1 : 1 + len(METHODS[method])] == METHODS[method]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (api.Grade, "auto_score manual_score needs_manual_grade score max_score cell"),
        (api.Comment, "auto_comment manual_comment cell"),
        (api.SubmittedNotebook, "grades comments notebook late_submission_penalty"),
        (api.SubmittedAssignment, "timestamp notebooks assignment student"),
        (api.Student, "id"),
        (api.SourceCell, "name cell_type locked source checksum"),
        (api.Notebook, "grade_cells solution_cells task_cells source_cells"),
    ],
)
def test_a_table_has_the_columns_that_we_write(table, columns):
    assert [c for c in columns.split() if not hasattr(table, c)] == []


def test_a_path_is_root_step_student_assignment(tmp_path):
    directory = CourseDirectory(root=str(tmp_path))
    found = directory.format_path("autograded", "{x}", "a1")
    assert found == str(tmp_path / "autograded" / "{x}" / "a1")


@pytest.mark.parametrize(
    ("outputs", "points"),
    [
        ([], 3),
        ([nbformat.v4.new_output("error")], 0),
        ([nbformat.v4.new_output("stream", name="stderr", text="x")], 0),
        ([nbformat.v4.new_output("stream", name="stdout", text="x")], 3),
        ([nbformat.v4.new_output("execute_result", data={"text/plain": "1.5"})], 1.5),
    ],
)
def test_a_test_cell_earns_by_its_outputs(outputs, points):
    test = cell(nbformat.v4.new_code_cell, "1", "t", grade=True, points=3)
    test.outputs = outputs
    assert utils.determine_grade(test) == (points, 3)


def test_an_untouched_answer_earns_nothing_and_another_waits():
    answer = work().cells[2]
    assert utils.determine_grade(answer) == (None, 2)
    answer.metadata.nbgrader.checksum = utils.compute_checksum(answer)
    assert utils.determine_grade(answer) == (0, 2)


def test_the_delimiters_have_the_names_that_we_read():
    tests, scheme = preprocessors.ClearHiddenTests(), preprocessors.ClearMarkScheme()
    assert tests.begin_test_delimeter == "BEGIN HIDDEN TESTS"
    assert tests.end_test_delimeter == "END HIDDEN TESTS"
    assert scheme.begin_mark_scheme_delimeter == "BEGIN MARK SCHEME"
    assert scheme.end_mark_scheme_delimeter == "END MARK SCHEME"


def test_late_penalties_come_from_a_plugin():
    late = preprocessors.AssignLatePenalties()
    late.init_plugin()
    assert late.plugin_inst.late_submission_penalty("ada", 3.0, 60.0) is None


def rows(course):
    """Return an assignment's rows, without their ids."""
    with course.gradebook() as book:
        entry = book.find_notebook(NAME, NAME)
        kinds = ("grade_cells", "solution_cells", "task_cells", "source_cells")
        found = {k: [c.to_dict() for c in getattr(entry, k)] for k in kinds}
        for row in itertools.chain(*found.values()):
            del row["id"]
        return json.loads(entry.kernelspec), {
            k: sorted(map(json.dumps, v)) for k, v in found.items()
        }


def test_our_rows_are_those_of_generate_assignment(tmp_path):
    course = course_in(tmp_path / "course")
    source = source_notebook()
    task = cell(
        nbformat.v4.new_markdown_cell,
        "Do.\n=== BEGIN MARK SCHEME ===\nx\n=== END MARK SCHEME ===",
        "t",
        task=True,
        locked=True,
        points=1,
    )
    source.cells += [
        task,
        cell(nbformat.v4.new_code_cell, "import math", "given", locked=True),
        cell(nbformat.v4.new_code_cell, "1", "plain"),
    ]
    nbformat.write(source, course.path("source", NAME) / f"{NAME}.ipynb")
    with entered(course, source):
        ours = rows(course)
    with course.gradebook() as book:
        book.remove_assignment(NAME)
    assert course.api.generate_assignment(NAME, force=True)["success"]
    assert ours == rows(course)
    assert "BEGIN HIDDEN" in str(ours)


def test_a_cell_that_the_source_lost_takes_its_marks_along(tmp_path):
    course = course_in(tmp_path / "course")
    with entered(course) as writer:
        writer.write(record(), work())
        source = source_notebook()
        del source.cells[2]
        writer.enter(NAME, {NAME: source})
        assert [c.grade_id for c in writer.standing(NAME, "ada")] == ["q1_test"]
        assert writer.book.db.query(api.Grade).count() == 1
        assert writer.book.db.query(api.Comment).count() == 1
        writer.enter(NAME, {NAME: source_notebook()})
        writer.write(record(), work())
        assert len(writer.standing(NAME, "ada")) == 2


def test_nbgraders_own_steps_go_on_from_our_gradebook(tmp_path):
    course = course_in(tmp_path / "course")
    with entered(course) as writer:
        writer.write(record("ada"), work())
        writer.write(record("bao", test=0.0), work())
    assert course.api.generate_assignment(NAME, force=True)["success"]
    assert course.api.generate_feedback(NAME, "ada", force=True)["success"]
    found = {s["student"]: s["score"] for s in course.api.get_submissions(NAME)}
    assert found == {"ada": 3, "bao": 0}
