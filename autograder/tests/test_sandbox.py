"""What each level of the sandbox keeps a student's code from."""

import json
import os
import pwd
import socket
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from split import LIMITS, answer, needs, quiz, run
from tiny_course import hand_in, make_course

from examiner.crew import Crew
from examiner.job import Setup
from examiner.sandbox import bubblewrap, landlock
from examiner.worker import Worker

needs_sandbox = pytest.mark.skipif(bool(needs()), reason=needs())
needs_landlock = pytest.mark.skipif(
    landlock.version() < 6, reason=f"Landlock is at version {landlock.version()} here"
)


def forked(work):
    """Run something in a fork of this process; return what it said."""
    end, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(say, str(work()).encode())
        except BaseException as fault:
            os.write(say, type(fault).__name__.encode())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(say)
    with os.fdopen(end) as file:
        return file.read()


def is_closed():
    """Tell whether an ordinary user cannot come to this Python, or to examiner."""
    files = Path(sys.executable), Path(sys.executable).resolve(), Path(__file__)
    folders = {folder for file in files for folder in file.parents}
    return not all(folder.stat().st_mode & 0o005 == 0o005 for folder in folders)


@needs_landlock
@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("write inside", "True"),
        ("make inside", "True"),
        ("write outside", "PermissionError"),
        ("make outside", "PermissionError"),
        ("remove outside", "PermissionError"),
        ("truncate outside", "PermissionError"),
        ("link outside", "PermissionError"),
        ("read outside", "True"),
        ("write nothing", "True"),
        ("connect", "PermissionError"),
        ("signal", "PermissionError"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a fork beside threads
def test_a_process_changes_nothing_outside_its_folders(tmp_path, name, want):
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    kept = other / "kept"
    kept.write_text("kept")
    with socket.create_server(("127.0.0.1", 0)) as server:
        deeds = {
            "write inside": lambda: (home / "a").write_text("a") == 1,
            "make inside": lambda: (home / "b").mkdir() is None,
            "write outside": lambda: kept.open("a"),
            "make outside": lambda: (other / "b").mkdir(),
            "remove outside": lambda: kept.unlink(),
            "truncate outside": lambda: os.truncate(kept, 0),
            "link outside": lambda: (other / "c").symlink_to(kept),
            "read outside": lambda: kept.read_text() == "kept",
            "write nothing": lambda: Path(os.devnull).write_text("x") == 1,
            "connect": lambda: socket.create_connection(server.getsockname()),
            "signal": lambda: os.kill(os.getppid(), 0),
        }

        def work():
            landlock.restrict([home, Path("/dev")])
            return deeds[name]()

        assert forked(work) == want
    assert kept.read_text() == "kept"


@needs_sandbox
def test_without_namespaces_a_student_has_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = """
    import os, tempfile
    from pathlib import Path
    data = Path("given.txt").read_text()
    Path("mine.txt").write_text(tempfile.gettempdir())
    place = os.getcwd()
    try:
        outside = bool(Path(SPOT).write_text("x"))
    except OSError:
        outside = False
    """
    code = textwrap.dedent(code).replace("SPOT", repr(str(tmp_path / "spot")))
    worker = Worker(Setup(level="process", limits=LIMITS))
    try:
        test = "assert data == 'two'\nassert outside is WANT\nprint(place)"
        test = test.replace("WANT", str(landlock.version() == 0))
        cells = answer(code), quiz(test)
        found, book = run(worker, *cells, files={"given.txt": b"two"})
        place = book.cells[1].outputs[0]["text"].strip()
    finally:
        worker.close()
    assert found["t"]["outcome"] == "PASS", found["t"]["message"]
    assert place != str(tmp_path)
    assert not Path(place).exists()  # removed with all that lay in it
    assert (tmp_path / "spot").exists() is (landlock.version() == 0)
    assert not (tmp_path / "given.txt").exists()


def test_a_worker_has_one_of_the_gpus():
    crew = Crew(Setup(), jobs=3, gpus=2)
    assert [hand.setup.limits.gpu for hand in crew.hands] == ["0", "1", "0"]
    assert {hand.setup.limits.gpu for hand in Crew(Setup(), jobs=2).hands} == {""}


def test_only_the_own_gpu_is_seen(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: "/usr/bin/bwrap")
    line = " ".join(bubblewrap.command(["x"], [], "1"))
    assert "--setenv CUDA_VISIBLE_DEVICES 1 " in line
    assert "--dev-bind-try /dev/nvidia1 /dev/nvidia1" in line
    assert "/dev/nvidia0" not in line
    assert "/dev/nvidia" not in " ".join(bubblewrap.command(["x"], [], ""))


def test_a_system_without_forks_is_told_what_to_do():
    """As on Windows, where these modules and calls are missing."""
    code = """
    import os, sys
    for name in ("fcntl", "pwd", "resource"):
        sys.modules[name] = None
    del os.fork
    from examiner.__main__ import main
    main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("examiner: ")
    assert "Windows Subsystem for Linux" in done.stderr


@needs_sandbox
def test_the_limits_hold_at_the_level_process_too():
    worker = Worker(Setup(level="process", limits=replace(LIMITS, cell=2)))
    try:
        stuck = answer("while True: pass"), quiz("assert x")
        next_one = answer("x = 1", grade_id="p"), quiz("1", grade_id="u")
        found, _ = run(worker, *stuck, *next_one)
    finally:
        worker.close()
    assert found["t"]["outcome"] == "TIMEOUT"
    assert found["u"]["outcome"] == "PARTIAL"


@needs_sandbox
@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="runs as an ordinary user anyway")
@pytest.mark.skipif(is_closed(), reason="this Python is closed to an ordinary user")
def test_an_ordinary_user_has_the_full_sandbox_too():
    user = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as temporary:
        home = make_course(Path(temporary))
        hand_in(home, "ada", "def double(x):\n    return 2 * x", "Because.")
        for path in (home, *home.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
        line = home / "marks.jsonl"
        command = ["grade", "a0_double", "--course", str(home), "--json", str(line)]
        done = subprocess.run(
            [sys.executable, "-m", "examiner", *command],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd=home,
            env={**os.environ, "HOME": temporary, "JUPYTER_CONFIG_PATH": temporary},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        ada = json.loads(line.read_text())
    assert (ada["isolation"], ada["score"]) == ("full", 3)
