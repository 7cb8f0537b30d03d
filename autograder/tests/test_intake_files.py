"""Files: links, pipes, devices, odd names, data."""

import json
import os
import socket
import sys

import pytest
from intake_desk import NAME, RIGHT, Desk, released

from examiner.intake import Limits

HAS_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def secret(tmp_path):
    """A good notebook, and the grader's file, that lie outside the student's folder."""
    (tmp_path / "classmate.ipynb").write_text(json.dumps(released(RIGHT)))
    (tmp_path / "seed.txt").write_text("secret")
    return tmp_path


def test_a_linked_notebook_is_not_read(desk, secret):
    (desk.home / NAME).symlink_to(secret / "classmate.ipynb")
    assert desk.take().why_not == f"{NAME} is a link."


def test_a_hard_linked_notebook_is_not_read(desk, secret):
    (desk.home / NAME).hardlink_to(secret / "classmate.ipynb")
    assert "hard link" in desk.take().why_not


@pytest.mark.parametrize("which", ["home", "parent"])
def test_a_linked_folder_is_not_entered(desk, secret, which):
    desk.put(released(RIGHT))
    folder = desk.home if which == "home" else desk.home.parent
    folder.rename(secret / "elsewhere")
    folder.symlink_to(secret / "elsewhere")
    assert (
        desk.take().why_not == f"The folder {folder.name} is a link: hand in a folder."
    )


def test_linked_files_and_folders_stay_behind(desk, secret):
    desk.put(released(RIGHT))
    (desk.home / "seed.txt").symlink_to(secret / "seed.txt")
    (desk.home / "hard.txt").hardlink_to(secret / "seed.txt")
    (desk.home / "up").symlink_to(secret)
    intake = desk.take()
    assert intake.files == {}
    assert intake.repairs == [
        "Not used: seed.txt, up (is a link).",
        "Not used: hard.txt (each is a hard link: the same file lies elsewhere too).",
    ]


@HAS_PIPES
def test_pipes_and_sockets_are_neither_read_nor_waited_for(desk, monkeypatch):
    desk.put(released(RIGHT))
    os.mkfifo(desk.home / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as plug:
        monkeypatch.chdir(desk.home)  # a socket's path may not be long
        plug.bind("plug.txt")
        intake = desk.take()
    assert intake.files == {}
    assert intake.repairs[0].endswith("(is no ordinary file).")


@HAS_PIPES
def test_a_pipe_in_the_place_of_the_notebook_is_not_waited_for(desk):
    os.mkfifo(desk.home / NAME)
    assert desk.take().why_not == f"{NAME} is no ordinary file."


@pytest.mark.skipif(sys.platform != "linux", reason="a device of Linux")
def test_a_device_in_the_place_of_the_notebook_is_not_read(desk):
    try:
        os.mknod(desk.home / NAME, 0o20666, os.makedev(1, 5))  # zeros without end
    except PermissionError:
        pytest.skip("only root can make a device")
    assert desk.take().why_not == f"{NAME} is no ordinary file."


def test_a_folder_in_the_place_of_the_notebook_is_not_read(desk):
    (desk.home / NAME).mkdir()
    assert desk.take().why_not == f"{NAME} is no ordinary file."


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read_is_told(desk):
    desk.put(released(RIGHT))
    (desk.home / NAME).chmod(0)
    assert "Permission denied" in desk.take().why_not


def test_an_empty_or_missing_folder_is_told(desk):
    assert desk.take().why_not == f"{NAME} is not there; the folder holds nothing."
    desk.home.rmdir()
    assert "is not there" in desk.take().why_not
    desk.home.write_text("no folder")
    assert desk.take().why_not == "a0_double is no folder."


def test_too_many_files_cost_no_points(desk):
    desk.put(released(RIGHT))
    for n in range(60):
        (desk.home / f"{n:02}.txt").write_text("x")
    intake = desk.take(limits=Limits(entries=50))
    assert intake.files == {}
    assert "over 50 names" in intake.repairs[0]
    intake = desk.take(limits=Limits(files=20))
    assert list(intake.files) == [f"{n:02}.txt" for n in range(20)]
    assert "at most 20 files" in intake.repairs[0]


def test_data_files_come_along_also_from_folders(desk):
    desk.put(released(RIGHT))
    desk.put(b"1,2", "data/A.CSV").put(b"\x93NUMPY", "x.npy")
    intake = desk.take()
    assert intake.files == {"data/A.CSV": b"1,2", "x.npy": b"\x93NUMPY"}
    assert intake.repairs == []


@pytest.mark.parametrize(
    "name",
    ["numpy.py", "sitecustomize.py", "helpers/__init__.py", "m.pkl", "m.pt", "x.so"],
)
def test_programs_and_pickles_stay_behind(desk, name):
    intake = desk.put(released(RIGHT)).put(b"x", name).take()
    assert intake.files == {}
    assert intake.repairs[0].startswith(f"Not used: {name} (only these come along:")
    assert desk.take(allow=["*.p*", "*.so"]).files == {name: b"x"}


@pytest.mark.parametrize(
    "name",
    [
        "timestamp.txt",
        ".ipynb_checkpoints/a0_double-checkpoint.ipynb",
        "__MACOSX/a.txt",
        "__pycache__/x.txt",
    ],
)
def test_what_tools_leave_behind_is_not_worth_a_word(desk, name):
    intake = desk.put(released(RIGHT)).put(b"x", name).take()
    assert (intake.files, intake.repairs) == ({}, [])


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.txt",
        "-rf.txt",
        "a\u202etxt.exe.txt",
        ".x.txt",
        "a\x1b[31m.txt",
        "-d/a.txt",
    ],
)
def test_files_of_odd_names_stay_behind_and_are_shown_safely(desk, name):
    intake = desk.put(released(RIGHT)).put(b"x", name).take()
    assert intake.files == {}
    assert "their names cannot be used" in intake.repairs[0]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_that_is_no_text_stays_behind(desk):
    desk.put(released(RIGHT))
    (desk.home / os.fsdecode(b"a\xff.txt")).write_text("x")
    assert desk.take().files == {}


def test_extra_files_beyond_the_limit_stay_behind(desk):
    desk.put(released(RIGHT)).put(b"x" * 60, "a.txt").put(b"x" * 60, "b.txt")
    desk.put(b"x" * 40, "c.txt")
    intake = desk.take(limits=Limits(files_size=100))
    assert list(intake.files) == ["a.txt", "c.txt"]
    assert intake.repairs[0].startswith("Not used: b.txt (at most 0.0 MB come along")


def test_folders_beyond_the_limit_are_not_entered(desk):
    desk.put(released(RIGHT)).put(b"x", "a/b/c/d/x.txt")
    intake = desk.take(limits=Limits(folders=2))
    assert intake.repairs == ["Not used: a/b/c (lies too deep)."]
