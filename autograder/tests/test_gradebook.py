"""What a submission leaves in nbgrader's gradebook, and beside it."""

import nbformat
import pytest
from gradebook_desk import (
    NAME,
    course_in,
    entered,
    grade_of,
    mark_by_hand,
    record,
    work,
)
from nbgrader.api import Comment
from tiny_course import source_notebook

from examiner.errors import CannotRun
from examiner.record import Outcome, Record

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def desk(tmp_path):
    course = course_in(tmp_path / "course")
    with entered(course) as writer:
        yield course, writer


def test_points_are_written_and_words_wait_for_a_hand(desk):
    course, writer = desk
    writer.write(record(), work())
    test, words = grade_of(course, "q1_test"), grade_of(course, "q2")
    assert (test["auto_score"], test["needs_manual_grade"]) == (3, False)
    assert (words["auto_score"], words["needs_manual_grade"]) == (None, True)


def test_an_answer_that_is_missing_gets_zero_without_a_hand(desk):
    course, writer = desk
    writer.write(record(words=0.0), work(words=""))
    words = grade_of(course, "q2")
    assert (words["auto_score"], words["needs_manual_grade"]) == (0, False)
    with course.gradebook() as book:
        comment = book.find_comment("q2", NAME, NAME, "ada")
        assert comment.auto_comment == "No response."


def test_old_points_do_not_survive_a_worse_submission(desk):
    course, writer = desk
    writer.write(record(test=3.0), work())
    writer.write(record(test=0.0), work("def double(x): return x"))
    assert grade_of(course, "q1_test")["score"] == 0


def test_old_points_do_not_survive_a_record_without_the_cell(desk):
    course, writer = desk
    writer.write(record(test=3.0), work())
    writer.write(Record("ada", NAME, NAME, status="unreadable"), None)
    assert grade_of(course, "q1_test")["score"] == 0


def test_a_hands_points_and_comment_survive_the_same_answer(desk):
    course, writer = desk
    writer.write(record(), work())
    mark_by_hand(course, "q2", 1.5, "Nearly.")
    writer.write(record(), work())
    words = grade_of(course, "q2")
    assert (words["score"], words["needs_manual_grade"]) == (1.5, False)
    assert writer.comments(NAME, "ada", NAME) == {"q2": "Nearly."}


def test_another_answer_is_looked_at_again_and_keeps_its_points_until_then(desk):
    course, writer = desk
    writer.write(record(), work(words="Because."))
    mark_by_hand(course, "q2", 1.5)
    writer.write(record(), work(words="For another reason."))
    words = grade_of(course, "q2")
    assert (words["manual_score"], words["needs_manual_grade"]) == (1.5, True)
    writer.write(record(), work(words="For another reason."))
    assert grade_of(course, "q2")["needs_manual_grade"], "nobody has looked yet"


def test_another_answer_elsewhere_needs_no_second_look_at_the_words(desk):
    course, writer = desk
    writer.write(record(), work())
    mark_by_hand(course, "q2", 1.5)
    writer.write(record(), work("def double(x): return x + x"))
    assert not grade_of(course, "q2")["needs_manual_grade"]


@pytest.mark.parametrize(
    "changed", [{"answer": "double = None"}, {"extra": "double = None"}]
)
def test_a_hands_points_for_a_test_are_looked_at_when_any_code_changed(desk, changed):
    course, writer = desk
    writer.write(record(test=0.0), work())
    mark_by_hand(course, "q1_test", 2.0)
    writer.write(record(test=0.0), work())
    assert not grade_of(course, "q1_test")["needs_manual_grade"]
    writer.write(record(test=0.0), work(**changed))
    grade = grade_of(course, "q1_test")
    assert (grade["score"], grade["needs_manual_grade"]) == (2, True)


def test_an_unreadable_file_after_a_hands_points_asks_for_a_look(desk):
    course, writer = desk
    writer.write(record(), work())
    mark_by_hand(course, "q2", 1.5)
    writer.write(record(test=0.0, words=0.0, status="unreadable"), None)
    words = grade_of(course, "q2")
    assert (words["manual_score"], words["needs_manual_grade"]) == (1.5, True)


def test_the_notebook_lies_where_formgrader_looks_and_no_draft_stays(desk):
    course, writer = desk
    writer.write(record(), work())
    folder = course.path("autograded", NAME, "ada")
    assert [p.name for p in folder.iterdir()] == [f"{NAME}.ipynb"]
    found = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    assert found.cells[0].source == work().cells[0].source
    writer.write(record(status="unreadable"), None)
    assert list(folder.iterdir()) == []


def test_a_damaged_graded_notebook_does_not_stop_the_next_one(desk):
    course, writer = desk
    writer.write(record(), work())
    path = course.path("autograded", NAME, "ada") / f"{NAME}.ipynb"
    for damage in ("{", '{"cells": [{"metadata": {"nbgrader": 3}}], "nbformat": 4}'):
        path.write_text(damage)
        writer.write(record(), work())
        assert nbformat.read(path, as_version=4).cells[0].id == "q1"


@pytest.mark.parametrize(
    "student",
    ["O'Brien, Jane", "李雷", "{x}", "%s", "a b", "-rf", "[1]", 'q"; DROP TABLE grade'],
)
def test_odd_ids_are_written_as_they_are(desk, student):
    course, writer = desk
    writer.write(record(student), work())
    assert grade_of(course, "q1_test", student)["score"] == 3
    assert (course.path("autograded", NAME, student) / f"{NAME}.ipynb").exists()
    assert course.path("autograded", NAME, student).name == NAME


def test_a_record_that_cannot_be_written_changes_nothing_and_the_next_can(desk):
    course, writer = desk
    writer.write(record(test=1.0), work())
    broken = record(test=3.0)
    broken.cells[0].points = "three"
    with pytest.raises(Exception, match="three"):
        writer.write(broken, work())
    assert grade_of(course, "q1_test")["score"] == 1
    writer.write(record("bao"), work())
    assert grade_of(course, "q1_test", "bao")["score"] == 3


def test_who_is_written_twice_is_there_once(desk):
    course, writer = desk
    for _ in range(3):
        writer.write(record(), work())
    with course.gradebook() as book:
        assert len(book.students) == 1
        assert len(book.find_submission(NAME, "ada").notebooks[0].grades) == 2
        assert book.db.query(Comment).count() == 2  # q1 and q2


def test_standing_says_what_waits_and_what_was_earned(desk):
    course, writer = desk
    assert writer.standing(NAME, "ada") == []
    writer.write(record(test=1.0), work())
    stands = {c.grade_id: c for c in writer.standing(NAME, "ada")}
    assert (stands["q1_test"].points, stands["q1_test"].outcome) == (1, "PARTIAL")
    assert (stands["q2"].points, stands["q2"].outcome) == (None, "MANUAL")
    mark_by_hand(course, "q2", 2.0)
    writer.book.db.expire_all()
    stands = {c.grade_id: c for c in writer.standing(NAME, "ada")}
    assert (stands["q2"].points, stands["q2"].outcome) == (2, Outcome.PASS)


def test_a_submission_that_is_removed_is_gone(desk):
    course, writer = desk
    writer.write(record(), work())
    writer.remove(NAME, "ada")
    writer.remove(NAME, "ada")
    assert writer.standing(NAME, "ada") == []
    assert not course.path("autograded", NAME, "ada").exists()


def test_a_source_that_cannot_be_released_is_named(desk):
    source = source_notebook()
    source.cells[0].source = "### BEGIN SOLUTION\n1"
    with pytest.raises(CannotRun, match=f"{NAME}.*Mend its source"):
        desk[1].enter(NAME, {NAME: source})
