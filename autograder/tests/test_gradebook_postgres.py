"""The gradebook in PostgreSQL: a real server, for these tests alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from gradebook_desk import course_in, entered, grade_of, mark_by_hand, record, work

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def tools():
    """Return the folder of PostgreSQL's programs, or None."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((p for p in places if (p / "initdb").exists()), None)


def user():
    """Return whom the server runs as: it refuses to be root."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def server():
    """Run a server that listens to a socket in its own folder, and to nothing else."""
    without = pytest.fail if os.environ.get("REQUIRE_SYSTEM_PACKAGES") else pytest.skip
    if tools() is None:
        without("there is no PostgreSQL server here: install postgresql")
    if find_spec("psycopg") is None:
        without("there is no psycopg here: pip install 'examiner[postgres]'")
    home = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path must be short
    who = user()
    if who:
        os.chown(home, who["user"], who["group"])
    data = home / "data"

    def call(program, *words):
        command = [tools() / program, "-D", data, *words]
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, **who)

    call("initdb", "-U", "examiner", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"
    call("pg_ctl", "-w", "-l", home / "log", "-o", options, "start")
    yield f"postgresql+psycopg://examiner@/postgres?host={home}"
    call("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(home)


def test_marks_hands_and_odd_ids_live_in_postgresql(server, tmp_path):
    course = course_in(tmp_path / "course", server)
    with entered(course) as writer:
        for student in ("ada", "李雷", "O'Brien, Jane"):
            writer.write(record(student), work())
            assert grade_of(course, "q1_test", student)["score"] == 3
        mark_by_hand(course, "q2", 1.5)
        writer.write(record(test=0.0), work(words="Other words."))
        test, words = grade_of(course, "q1_test"), grade_of(course, "q2")
        assert test["score"] == 0
        assert (words["score"], words["needs_manual_grade"]) == (1.5, True)
        broken = record("bao")
        broken.cells[0].points = "three"
        with pytest.raises(Exception, match="three"):
            writer.write(broken, work())
        writer.write(record("bao"), work())
        assert grade_of(course, "q1_test", "bao")["score"] == 3
    assert not (course.folder / "gradebook.db").exists()
