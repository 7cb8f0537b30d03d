"""A tiny class, graded from end to end by the real runner."""

import copy
import json

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from split import LIMITS, needs
from tiny_course import CHECK, hand_in, make_course

from examiner import cli
from examiner.course import Course, find_course
from examiner.errors import CannotRun
from examiner.grade import grade as grade_class
from examiner.options import Options
from examiner.standing import standing

# nbgrader's own, which would otherwise stop it: this is not what we test here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(bool(needs()), reason=needs()),
    pytest.mark.slow,
]


def grade(course, *students, force=False):
    options = Options(jobs=1, force=force, limits=LIMITS)
    return grade_class(course, "a0_double", students, options=options)


@pytest.fixture(scope="module")
def graded(tiny):
    course = Course(tiny)
    return course, {r.student: r for r in grade(course)}


def marks(result):
    return [cell.points for cell in result.cells]


def test_each_submission_ends_with_a_status(graded):
    status = {student: result.status for student, result in graded[1].items()}
    assert status == {
        "ada": "graded",
        "bao": "graded",
        "cy": "graded",
        "dee": "unreadable",
        "eve": "graded",
    }


def test_a_right_answer_gets_its_points_and_the_words_wait_for_a_hand(graded):
    ada = graded[1]["ada"]
    assert marks(ada) == [3, None]
    assert (ada.score, ada.max_score, ada.needs_manual) == (3, 5, True)
    assert (ada.mode, ada.isolation) == ("split", "full")


def test_a_partly_right_answer_gets_a_part_and_the_name_of_its_mistake(graded):
    test, *_ = graded[1]["bao"].cells
    assert (test.points, test.max_points, test.outcome) == (1, 3, "PARTIAL")
    assert (test.mistake, test.hint) == ("squared", "x times x is not x plus x.")


def test_an_untouched_notebook_gets_nothing(graded):
    assert marks(graded[1]["cy"]) == [0, 0]


def test_an_unreadable_notebook_is_explained_in_one_sentence(graded):
    message = graded[1]["dee"].message
    assert message.startswith("a0_double.ipynb breaks off in the middle")
    assert "\n" not in message


def test_a_renamed_notebook_is_taken_and_the_repair_is_told(graded):
    (repair,) = graded[1]["eve"].repairs
    assert "a0_double (1).ipynb" in repair


def test_a_copied_cell_is_mended_and_costs_nothing(tiny, graded):
    folder = hand_in(tiny, "dup", "def double(x):\n    return 2 * x")
    file = folder / "a0_double.ipynb"
    notebook = nbformat.read(file, as_version=4)
    twin = copy.deepcopy(notebook.cells[0])
    twin.id = "twin"
    notebook.cells.append(twin)
    nbformat.write(notebook, file)
    (dup,) = grade(graded[0], "dup")
    assert (dup.status, dup.score) == ("graded", 3)
    assert any("q1" in repair for repair in dup.repairs)


def by_hand(course, student, points):
    with course.gradebook() as book:
        entry = book.find_grade("q2", "a0_double", "a0_double", student)
        entry.manual_score, entry.needs_manual_grade = points, False
        book.db.commit()


def test_points_of_a_hand_stay_when_the_work_is_graded_again(tiny, graded):
    course = graded[0]
    hand_in(tiny, "fay", "def double(x):\n    return 2 * x", "Because.")
    grade(course, "fay")
    by_hand(course, "fay", 1.5)
    hand_in(tiny, "fay", "def double(x):\n    return x + x", "Because of that.")
    grade(course, "fay")
    fay = {r.student: r for r in standing(course, "a0_double")}["fay"]
    assert (marks(fay), fay.score) == ([3, 1.5], 4.5)
    with course.gradebook() as book:
        entry = book.find_grade("q2", "a0_double", "a0_double", "fay")
        assert entry.needs_manual_grade  # the words are not those that were read


def test_points_of_a_hand_show_when_the_class_is_graded_again(tiny, graded):
    course = graded[0]
    hand_in(tiny, "ira", "def double(x):\n    return 2 * x", "Because.")
    grade(course, "ira")
    by_hand(course, "ira", 2)
    for force in (False, True):
        (ira,) = grade(course, "ira", force=force)
        assert (marks(ira), ira.needs_manual) == ([3, 2], False)
    hand_in(tiny, "ira", "def double(x):\n    return 2 * x", "Because of that.")
    (ira,) = grade(course, "ira")
    assert (marks(ira), ira.needs_manual) == ([3, 2], True)


def test_feedback_follows_what_a_hand_gave_after_the_grading(tiny, graded):
    course = graded[0]
    hand_in(tiny, "jon", "def double(x):\n    return 2 * x", "Because.")
    grade(course, "jon")
    page = course.path("feedback", "a0_double", "jon") / "a0_double.html"
    assert "Well said" not in page.read_text()
    by_hand(course, "jon", 2)
    with course.gradebook() as book:
        book.find_comment(
            "q2", "a0_double", "a0_double", "jon"
        ).manual_comment = "Well said"
        book.db.commit()
    standing(course, "a0_double")  # as examiner report does
    text = page.read_text()
    assert "Well said" in text
    assert "wait for your instructor" not in text


@pytest.mark.parametrize("secret", ["tell-nobody", ""])
def test_nbgrader_releases_our_feedback_of_what_came_by_its_exchange(tmp_path, secret):
    home = make_course(tmp_path)
    folder = hand_in(home, "ada", "def double(x):\n    return 2 * x")
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00.000000 UTC")
    (folder / "submission_secret.txt").symlink_to(tmp_path / "nbgrader_config.py")
    if secret:
        (folder / "submission_secret.txt").unlink()
        (folder / "submission_secret.txt").write_text(secret)
    course = Course(home)
    grade(course)
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    course.config.Exchange.root = str(exchange)
    done = NbGraderAPI(config=course.config).release_feedback("a0_double")
    found = [p.read_text() for p in exchange.rglob("*.html")]
    assert done["success"] is bool(secret)  # nbgrader needs one
    assert [("3" in text, "Because" in text) for text in found] == (
        [(True, False)] if secret else []
    )


def test_old_scores_do_not_survive_a_new_file(tiny, graded):
    course = graded[0]
    folder = hand_in(tiny, "gus", "def double(x):\n    return 2 * x")
    assert grade(course, "gus")[0].score == 3
    (folder / "a0_double.ipynb").write_text("{")
    (gus,) = grade(course, "gus")
    assert (gus.status, gus.score) == ("unreadable", 0)
    with course.gradebook() as book:
        assert book.find_submission("a0_double", "gus").score == 0


def test_who_was_never_graded_is_told_apart(tiny, graded):
    hand_in(tiny, "hal", "def double(x):\n    return 2 * x")
    hal = {r.student: r for r in standing(graded[0], "a0_double")}["hal"]
    assert (hal.status, hal.cells) == ("ungraded", [])
    assert "examiner grade a0_double" in hal.message


def test_a_lost_gradebook_is_filled_again(tmp_path):
    home = make_course(tmp_path)
    hand_in(home, "ada", "def double(x):\n    return 2 * x")
    grade(Course(home))
    (home / "gradebook.db").unlink()
    (ada,) = grade(Course(home))
    assert (ada.status, ada.unchanged, ada.score) == ("graded", False, 3)


def test_an_interrupt_keeps_what_is_graded(tmp_path):
    course = Course(make_course(tmp_path))
    for student in ("ada", "bao", "cy"):
        hand_in(tmp_path, student, "def double(x):\n    return 2 * x")

    def stop(record):
        if record.student == "bao":
            raise KeyboardInterrupt

    options = Options(jobs=1, limits=LIMITS)
    with pytest.raises(KeyboardInterrupt):
        grade_class(course, "a0_double", options=options, on_done=stop)
    again = {r.student: r.unchanged for r in grade(course)}
    assert again == {"ada": True, "bao": True, "cy": False}


def test_marks_stand_in_nbgraders_gradebook(graded):
    with graded[0].gradebook() as book:
        assert book.find_submission("a0_double", "bao").score == 1


def test_the_feedback_a_student_reads_has_the_sentence_and_no_hidden_source(graded):
    course = graded[0]
    page = (course.path("feedback", "a0_double", "bao") / "a0_double.html").read_text()
    assert "Likely cause: x times x is not x plus x." in page
    assert "yield Case" not in page
    assert "HIDDEN" not in page
    assert "mode split, isolation full" in page


def test_nbgraders_own_feedback_and_export_still_work(graded):
    course = graded[0]
    assert course.api.generate_feedback("a0_double", "bao", force=True)["success"]
    names = {row["id"] for row in course.api.get_students()}
    assert {"ada", "bao", "cy"} <= names
    row = course.api.get_submission("a0_double", "bao")
    assert (row["autograded"], row["score"], row["max_score"]) == (True, 1, 5)


def test_unchanged_work_is_not_run_again_until_something_changes(tiny, graded):
    course = graded[0]
    assert [r.unchanged for r in grade(course, "cy")] == [True]
    assert [r.unchanged for r in grade(course, "cy", force=True)] == [False]
    check = tiny / "checks/a0_double.py"
    check.write_text(CHECK + "\n# changed\n")
    assert [r.unchanged for r in grade(course, "cy")] == [False]


BROKEN = {
    "the check breaks": ("checks/a0_double.py", "x + x", "x + missing", "NameError"),
    "the solution is wrong": (
        "source/a0_double/a0_double.ipynb",
        "return x + x",
        "return x",
        "q1_test gives the instructor's solution 0 of 3 points, wanted 3",
    ),
    "the tests test nothing": (
        "source/a0_double/a0_double.ipynb",
        "c.double(double)",
        "None",
        "q1_test gives the empty release 3 of 3 points, wanted 0",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_is_graded_with_tests_that_judge_wrong(tmp_path, name):
    home = make_course(tmp_path)
    hand_in(home, "ada", "def double(x):\n    return 2 * x")
    file, old, new, said = BROKEN[name]
    text = (home / file).read_text()
    assert old in text
    (home / file).write_text(text.replace(old, new))
    with pytest.raises(CannotRun, match=said):
        grade(Course(home))


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
    assert code == 1, err
    assert "dee: " in out
    assert "Isolation" not in err  # it is full: no warning
    code, out, _ = run(monkeypatch, capsys, *args, "--student", "ada")
    assert code == 0
    assert "Class summary:" in out
    assert "bao" not in out
    summary = (graded[0].reports / "a0_double.csv").read_text()
    assert "bao,1,0,1,5,graded" in summary
    lines = tiny / "marks.jsonl"
    code, _, _ = run(
        monkeypatch, capsys, *args, "--student", "bao", "--json", str(lines)
    )
    (row,) = map(json.loads, lines.read_text().splitlines())
    assert (row["student"], row["score"], row["max_score"]) == ("bao", 1, 5)
    assert row["cells"][0]["outcome"] == "PARTIAL"
    code, out, _ = run(monkeypatch, capsys, "report", *args[1:])
    assert code == 1
    assert "breaks off in the middle" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a0_duoble"], "There is no assignment 'a0_duoble' in"),
        (["a0_duoble"], "Did you mean a0_double?"),
        (["a0_double", "--student", "zoe"], "'zoe' handed in nothing for a0_double"),
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
    assert "a0_double.ipynb" in err


def test_a_folder_that_links_to_another_students_is_not_followed(tiny, graded):
    folder = tiny / "submitted" / "thief"
    folder.symlink_to(tiny / "submitted" / "ada", target_is_directory=True)
    (thief,) = grade(graded[0], "thief")
    folder.unlink()
    assert (thief.status, thief.score) == ("unreadable", 0)
    assert "link" in thief.message
