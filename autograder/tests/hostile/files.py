"""Submissions whose files are links, pipes, devices, or have odd names."""

import json
import os
import pickle
import zipfile

from hostile.corpus import (
    ASSIGNMENT,
    FULL,
    MARK,
    NAME,
    RIGHT,
    Attack,
    attack,
    hand_in,
    register,
    released_text,
)


def _source(folder):
    return folder.parents[2] / "source" / ASSIGNMENT / NAME


@attack("files", status="unreadable")
def a_notebook_that_is_a_link_to_the_solution(folder, notebook):
    (folder / NAME).symlink_to(_source(folder))


@attack("files", status="unreadable")
def a_notebook_that_is_a_hard_link_to_the_solution(folder, notebook):
    (folder / NAME).hardlink_to(_source(folder))


@attack("files", status="unreadable")
def a_notebook_that_is_a_pipe(folder, notebook):
    os.mkfifo(folder / NAME)


@attack("files", status="unreadable")
def a_notebook_that_is_a_device(folder, notebook):
    try:
        os.mknod(folder / NAME, 0o20644, os.makedev(1, 5))  # zeros without end
    except PermissionError:  # only root makes devices
        (folder / NAME).symlink_to("/dev/zero")


@attack("files", status="unreadable")
def a_notebook_that_is_a_folder(folder, notebook):
    (folder / NAME).mkdir()


@attack("files", status="unreadable")
def a_notebook_that_links_to_itself(folder, notebook):
    (folder / NAME).symlink_to(NAME)


@attack("files", status="unreadable")
def nothing_at_all(folder, notebook):
    pass


@attack("files", status="unreadable")
def a_folder_that_is_a_link_to_the_solution(folder, notebook):
    folder.rmdir()
    folder.symlink_to(_source(folder).parent, target_is_directory=True)


@attack("files", status="unreadable")
def a_folder_that_is_a_file(folder, notebook):
    folder.rmdir()
    folder.write_text("x")


@attack("files", score=FULL)
def extra_files_that_are_links_and_pipes(folder, notebook):
    (folder / "passwords.csv").symlink_to("/etc/passwd")
    (folder / "solution.csv").symlink_to(_source(folder))
    (folder / "book.csv").symlink_to(folder.parents[2] / "gradebook.db")
    (folder / "up").symlink_to("../../..", target_is_directory=True)
    os.mkfifo(folder / "data.csv")
    code = """
import os, pathlib
for path in pathlib.Path().rglob("*.csv"):
    text = path.read_text(errors="replace")
    if "root:" in text or "BEGIN SOLUTION" in text or "SQLite" in text:
        print("REACHED-" + "IT")
"""
    hand_in(folder, notebook, {**RIGHT, "q1": RIGHT["q1"] + code})


@attack("files", score=FULL)
def ten_thousand_tiny_files(folder, notebook):
    many = folder / "many"
    many.mkdir()
    for n in range(10_000):
        (many / f"{n}.csv").touch()
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def folders_in_folders(folder, notebook):
    deep = folder / "/".join(["d"] * 500)
    deep.mkdir(parents=True)
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def odd_names(folder, notebook):
    for name in ("-rf.csv", "a\nb.csv", "x\u202efdp.csv", "*.csv", "..csv", "~.csv"):
        (folder / name).write_text("1,2")
    (folder / os.fsdecode(b"\xff\xfe.csv")).write_text("1,2")
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def a_sparse_file_of_a_terabyte(folder, notebook):
    with (folder / "big.csv").open("wb") as file:
        file.truncate(2**40)
    hand_in(folder, notebook, RIGHT)


@attack("files", status="unreadable")
def a_sparse_notebook_of_a_terabyte(folder, notebook):
    with (folder / NAME).open("wb") as file:
        file.truncate(2**40)


@attack("files", score=FULL)
def archives_that_slip_and_burst(folder, notebook):
    with zipfile.ZipFile(folder / "slip.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"../../../{MARK}", "x")
        archive.writestr(f"/tmp/{MARK}", "x")
        archive.writestr("zeros", bytes(2**26))
    hand_in(folder, notebook, RIGHT)


class _Bomb:
    def __reduce__(self):
        return (os.system, (f"touch /tmp/{MARK}",))


@attack("files", score=FULL)
def pickles_and_weights_with_code(folder, notebook):
    for name in ("data.pkl", "weights.pt", "array.npy"):
        (folder / name).write_bytes(pickle.dumps(_Bomb()))
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def a_timestamp_of_its_own(folder, notebook):
    (folder / "timestamp.txt").write_text("1970-01-01 00:00:00 UTC\n")
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def a_result_of_its_own(folder, notebook):
    forged = json.dumps({"key": "", "record": {"score": 1000}})
    for name in ("h1.json", "proof.txt", "gradebook.db", "record.json", ".graded"):
        (folder / name).write_text(forged)
    hand_in(folder, notebook, RIGHT)


@attack("files", score=FULL)
def checkpoints_and_caches(folder, notebook):
    for name in (".ipynb_checkpoints", "__pycache__", ".git"):
        (folder / name).mkdir()
        (folder / name / "h1-checkpoint.ipynb").write_text(released_text())
    hand_in(folder, notebook, RIGHT)


_NAMES = {
    "an_id_with_a_pattern": "[1]",
    "an_id_with_a_star": "*",
    "an_id_like_an_option": "-rf",
    "an_id_with_a_newline": "new\nline",
    "an_id_that_runs_backwards": "x\u202etxt",
    "an_id_of_240_letters": "i" * 240,
    "an_id_with_an_escape": "\x1b[31mred",
}
for _name, _id in _NAMES.items():

    def _make(folder, notebook):
        hand_in(folder, notebook, RIGHT)

    register(Attack(_name, "files", _make, status="unreadable", student=_id))

_FINE = {"an_id_with_a_space": "Doe, Jane", "an_id_in_chinese": "王小明"}
for _name, _id in _FINE.items():

    def _make(folder, notebook):
        hand_in(folder, notebook, RIGHT)

    register(Attack(_name, "files", _make, FULL, student=_id))
