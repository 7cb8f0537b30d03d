"""When a submission came, and what the course takes off when it was late."""

import pytest
from gradebook_desk import NAME, course_in, entered, record, work
from nbgrader.api import Gradebook

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


def _due(course, when="2026-01-01 00:00:00"):
    with course.gradebook() as book:
        book.update_or_create_assignment(NAME, duedate=when)


def _came(course, text):
    folder = course.path("submitted", NAME, "ada")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_bytes(text)


def _submission(course):
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        found = book.find_submission(NAME, "ada")
        return found.timestamp, found.notebooks[0].late_submission_penalty


PLUGIN = """
from nbgrader.plugins import BasePlugin
class Strict(BasePlugin):
    def late_submission_penalty(self, student, score, late):
        return {penalty}
c.AssignLatePenalties.plugin_class = Strict
"""


def test_when_it_came_is_written_and_the_default_takes_nothing_off(desk):
    course, writer = desk
    _due(course)
    _came(course, b"2026-01-01 01:00:00 UTC")
    writer.write(record(), work())
    timestamp, penalty = _submission(course)
    assert (str(timestamp), penalty) == ("2026-01-01 01:00:00", None)


@pytest.mark.parametrize(
    ("penalty", "taken"),
    [("late / 3600", 2), ("99", 3), ("-5", 0), ("None", None), ("score / 2", 1.5)],
)
def test_the_courses_late_policy_takes_off_at_most_what_was_earned(
    tmp_path, penalty, taken
):
    plugin = PLUGIN.format(penalty=penalty)
    course = course_in(tmp_path / "course", more=plugin)
    with entered(course) as writer:
        _due(course)
        _came(course, b"2026-01-01 02:00:00 UTC")
        writer.write(record(), work())
        assert _submission(course)[1] == taken
        _came(course, b"2025-12-31 02:00:00 UTC")
        writer.write(record(), work())
        assert _submission(course)[1] is None


@pytest.mark.parametrize(
    "text", [b"", b"soon", b"\xff\xfe", b"2026-99-99", b"9" * 10_000, b"0001-01-01 +99"]
)
def test_a_timestamp_that_is_none_is_ignored(desk, text):
    course, writer = desk
    _came(course, text)
    writer.write(record(), work())
    assert _submission(course)[0] is None


def test_a_timestamp_is_not_followed_to_another_file(desk, tmp_path):
    course, writer = desk
    (tmp_path / "other").write_text("2026-01-01 01:00:00 UTC")
    folder = course.path("submitted", NAME, "ada")
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").symlink_to(tmp_path / "other")
    writer.write(record(), work())
    assert _submission(course)[0] is None
