"""What nbgrader's exchange wrote beside a submission when it came."""

import os
from pathlib import Path

from nbgrader import utils

from examiner.course import Course

TIMESTAMP = "timestamp.txt"
# From it nbgrader makes the name under which a student finds the released feedback.
SECRET = "submission_secret.txt"
_MOST = 200  # bytes


def read_timestamp(folder: Path) -> str:
    """Return when a submission came, if nbgrader wrote it down."""
    text = _read(folder / TIMESTAMP).decode(errors="replace").strip()
    try:
        utils.parse_utc(text)
    except Exception:  # not there, or a stranger's
        return ""
    return text


def hand_on(course: Course, assignment: str, student: str) -> None:
    """Keep it beside the graded notebook and the feedback, as nbgrader does.

    ``nbgrader release_feedback`` looks for it there.
    """
    came = course.path("submitted", assignment, student)
    found = {name: _read(came / name) for name in (TIMESTAMP, SECRET)}
    for step in ("autograded", "feedback"):
        folder = course.path(step, assignment, student)
        for name, data in found.items():
            if data and folder.is_dir():
                (folder / name).write_bytes(data)


def _read(path: Path) -> bytes:
    """Read a short file that may be a stranger's: no link, pipe or device."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(_MOST + 1)
    except OSError:
        return b""
    return data if len(data) <= _MOST else b""
