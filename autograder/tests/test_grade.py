import copy
import json

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from tiny_course import CHECK, hand_in, make_course

from examiner import cli
from examiner.course import Course, find_course
from examiner.errors import CannotRun
from examiner.grade import grade, read_marks, standing

# nbgrader's own, which would otherwise stop it: this is not what we test here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def graded(tiny):
    course = Course(tiny)
    return course, {r.student: r for r in grade(course, "a0_double")}


def marks(result):
    return [cell.points for cell in result.cells]


def test_each_submission_ends_with_a_status(graded):
    status = {student: result.status for student, result in graded[1].items()}
    assert status == {
        "ada": "graded",
        "bao": "graded",
        "cy": "graded",
        "dee": "unreadable",
        "eve": "unreadable",
    }


def test_a_right_answer_gets_its_points_and_the_words_wait_for_a_hand(graded):
    ada = graded[1]["ada"]
    assert marks(ada) == [3, None]
    assert (ada.score, ada.max_score, ada.needs_manual) == (3, 5, True)


def test_a_partly_right_answer_gets_a_part_and_the_name_of_its_mistake(graded):
    test, *_ = graded[1]["bao"].cells
    assert (test.points, test.max_points) == (1, 3)
    assert (test.mistake, test.hint) == ("squared", "x times x is not x plus x.")


def test_an_untouched_notebook_gets_nothing(graded):
    assert marks(graded[1]["cy"]) == [0, 0]


def test_an_unreadable_notebook_is_explained_in_one_sentence(graded):
    message = graded[1]["dee"].message
    assert "a0_double.ipynb is no notebook: it is not JSON" in message
    assert "\n" not in message
    assert graded[1]["eve"].message.endswith("holds a0_double (1).ipynb")


def test_a_copied_cell_is_named_and_stops_nobody_else(tiny, graded):
    folder = hand_in(tiny, "dup", "def double(x):\n    return 2 * x")
    file = folder / "a0_double.ipynb"
    notebook = nbformat.read(file, as_version=4)
    twin = copy.deepcopy(notebook.cells[0])
    twin.id = "twin"
    notebook.cells.append(twin)
    nbformat.write(notebook, file)
    dup, ada = grade(graded[0], "a0_double", ["dup", "ada"])[::-1]
    assert (dup.status, ada.status) == ("unreadable", "graded")
    assert dup.message.endswith("has the cell q1 twice (copied?): delete one of them")


def test_points_of_a_hand_stay_when_the_work_is_graded_again(tiny, graded):
    course = graded[0]
    hand_in(tiny, "fay", "def double(x):\n    return 2 * x", "Because.")
    grade(course, "a0_double", ["fay"])
    with course.gradebook() as book:
        by_hand = book.find_grade("q2", "a0_double", "a0_double", "fay")
        by_hand.manual_score, by_hand.needs_manual_grade = 1.5, False
        book.db.commit()
    hand_in(tiny, "fay", "def double(x):\n    return x + x", "Because.")
    (fay,) = grade(course, "a0_double", ["fay"])
    assert (marks(fay), fay.score, fay.needs_manual) == ([3, 1.5], 4.5, True)


def test_a_new_file_that_cannot_be_read_leaves_the_earlier_marks(tiny, graded):
    course = graded[0]
    folder = hand_in(tiny, "gus", "def double(x):\n    return 2 * x")
    grade(course, "a0_double", ["gus"])
    (folder / "a0_double.ipynb").write_text("{")
    for gus in (
        *grade(course, "a0_double", ["gus"]),
        standing(course, "a0_double", "gus"),
    ):
        assert (gus.status, gus.score) == ("unreadable", 3)
        assert gus.message.endswith("the marks are those of an earlier file")


def test_who_was_never_graded_is_told_apart(tiny, graded):
    hand_in(tiny, "hal", "def double(x):\n    return 2 * x")
    hal = standing(graded[0], "a0_double", "hal")
    assert (hal.status, hal.cells) == ("ungraded", [])
    assert "examiner grade a0_double" in hal.message


def test_a_lost_gradebook_is_filled_again(tmp_path):
    home = make_course(tmp_path)
    hand_in(home, "ada", "def double(x):\n    return 2 * x")
    grade(Course(home), "a0_double")
    (home / "gradebook.db").unlink()
    (ada,) = grade(Course(home), "a0_double")
    assert (ada.status, ada.cached, ada.score) == ("graded", False, 3)


def test_an_interrupt_stops_the_class_and_keeps_what_is_graded(
    tiny, graded, monkeypatch, capsys
):
    stopped = {"success": False, "error": "Traceback\nKeyboardInterrupt\n"}
    monkeypatch.setattr(NbGraderAPI, "autograde", lambda *args, **kwargs: stopped)
    args = ["grade", "a0_double", "--course", str(tiny), "--student", "ada", "--force"]
    code, _, err = run(monkeypatch, capsys, *args)
    assert code == 130
    assert "what is graded is kept" in err
    assert read_marks(graded[0], "a0_double", "ada").score == 3


def test_marks_of_a_question_that_was_taken_out_stay_readable(graded):
    course = graded[0]
    file = course.path("source", "a0_double") / "a0_double.ipynb"
    text = file.read_text()
    file.write_text(text.replace('"grade_id": "q1_test"', '"grade_id": "q7_test"'))
    found = {c.grade_id: c.points for c in read_marks(course, "a0_double", "ada").cells}
    file.write_text(text)
    assert found == {"q1_test": 3, "q2": None}


def test_marks_stand_in_nbgraders_gradebook(graded):
    with graded[0].gradebook() as book:
        assert book.find_submission("a0_double", "bao").score == 1


def test_the_feedback_a_student_reads_has_the_sentence_and_no_hidden_source(graded):
    course = graded[0]
    assert course.api.generate_feedback("a0_double", "bao")["success"]
    page = (course.path("feedback", "a0_double", "bao") / "a0_double.html").read_text()
    assert "Likely cause: x times x is not x plus x." in page
    assert "yield Case" not in page


def test_unchanged_work_is_not_run_again_until_something_changes(tiny, graded):
    course = graded[0]
    assert [r.cached for r in grade(course, "a0_double", ["cy"])] == [True]
    assert [r.cached for r in grade(course, "a0_double", ["cy"], force=True)] == [False]
    check = tiny / "checks/a0_double.py"
    check.write_text(CHECK + "\n# changed\n")
    assert [r.cached for r in grade(course, "a0_double", ["cy"])] == [False]


def test_a_check_that_breaks_is_reported_as_the_graders_fault(tmp_path):
    home = make_course(tmp_path)
    (home / "checks/a0_double.py").write_text(CHECK.replace("x + x", "x + missing"))
    hand_in(home, "ada", "def double(x):\n    return 2 * x")
    (result,) = grade(Course(home), "a0_double")
    assert result.status == "fault"
    assert "The check `double` itself broke: it raised NameError" in result.message


def test_the_course_is_found_from_inside_its_repository(tmp_path, monkeypatch):
    make_course(tmp_path / "autograder")
    below = tmp_path / "book" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find_course() == tmp_path / "autograder"
    monkeypatch.chdir(tmp_path / "autograder")
    assert find_course() == tmp_path / "autograder"


def test_a_folder_without_a_course_is_refused(tmp_path):
    with pytest.raises(CannotRun, match=r"no nbgrader_config\.py in .*--course DIR"):
        find_course(tmp_path)


def run(monkeypatch, capsys, *args):
    monkeypatch.setattr("sys.argv", ["examiner", *args])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code, *capsys.readouterr()


def test_the_command_grades_and_its_exit_code_tells_of_the_unreadable(
    tiny, graded, monkeypatch, capsys
):
    args = ["grade", "a0_double", "--course", str(tiny)]
    code, out, err = run(monkeypatch, capsys, *args)
    assert code == 1
    assert "dee: " in out
    assert "Isolation: none" in err
    code, out, _ = run(monkeypatch, capsys, *args, "--student", "ada")
    assert code == 0
    assert "Class summary:" in out
    assert "bao" not in out
    summary = (graded[0].reports / "a0_double.csv").read_text()
    assert "bao,1,0,1,5,graded" in summary
    code, out, _ = run(monkeypatch, capsys, "report", *args[1:])
    assert code == 1
    assert "it is not JSON" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a0_duoble"], "There is no assignment 'a0_duoble' in"),
        (["a0_duoble"], "Did you mean a0_double?"),
        (["a0_double", "--student", "zoe"], "'zoe' has not handed in a0_double"),
        (["a0_double", "--nonsense"], "No such option"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_run_ends_with_one_sentence_and_exit_code_two(
    tiny, monkeypatch, capsys, args, said
):
    code, out, err = run(monkeypatch, capsys, "grade", "--course", str(tiny), *args)
    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_a_missing_submitted_folder_says_where_to_put_submissions(
    tmp_path, monkeypatch, capsys
):
    home = make_course(tmp_path)
    code, _, err = run(monkeypatch, capsys, "grade", "a0_double", "--course", str(home))
    assert code == 2
    assert f"in {home}/submitted/STUDENT/a0_double/" in err


def test_a_source_that_is_no_notebook_is_refused(tmp_path, monkeypatch, capsys):
    home = make_course(tmp_path)
    hand_in(home, "ada")
    (home / "source/a0_double/a0_double.ipynb").write_text("{")
    code, _, err = run(monkeypatch, capsys, "grade", "a0_double", "--course", str(home))
    assert code == 2
    assert "nbgrader cannot release a0_double" in err


def test_a_student_cannot_plant_a_result(tiny, graded):
    folder = hand_in(tiny, "mal", "def double(x):\n    return None")
    (folder / "a0_double.json").write_text(json.dumps({"key": "", "seconds": 0}))
    (result,) = grade(graded[0], "a0_double", ["mal"])
    assert not result.cached
    assert result.score == 0
