"""What lies in a student's folder, and how a file in it is read.

A folder may hold links, pipes and devices: from a careless archive, or on purpose. Only
an ordinary file with one name is ever opened.
"""

import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from examiner.intake.limits import Limits
from examiner.intake.names import shown

# What editors, archives and nbgrader leave; no student put it there.
JUNK = {
    ".DS_Store",
    ".git",
    ".ipynb_checkpoints",
    "Thumbs.db",
    "__MACOSX",
    "__pycache__",
    "desktop.ini",
    "timestamp.txt",
}
# Windows lacks some: there a link is seen by `lstat` alone.
FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
    FLAGS |= getattr(os, _flag, 0)


class Refused(Exception):
    """A file was not read. The text says why, as the end of a sentence."""


class TooLarge(Refused):
    """A file was not read, because of its size alone."""


@dataclass
class Listing:
    """Say what a folder holds.

    Args:
        files: The ordinary files, by relative POSIX name, in order.
        refused: Why other names were not looked at, by name.
        full: Whether there were too many names to look at all.
    """

    files: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    full: bool = False


def closed(home: Path) -> str:
    """Say in a sentence why a student's folder is not entered; "" if it can be."""
    home = home.absolute()
    try:
        for folder in (home.parent, home):
            kind = os.lstat(folder).st_mode
            if stat.S_ISLNK(kind):
                return f"The folder {shown(folder.name)} is a link: hand in a folder."
            if not stat.S_ISDIR(kind):
                return f"{shown(folder.name)} is no folder."
    except (OSError, ValueError) as fault:
        return f"The folder {shown(home.name)} cannot be entered: {_reason(fault)}."
    return ""


def look(home: Path, limits: Limits) -> Listing:
    """List what lies in a student's folder, and follow no link.

    Args:
        home: The folder; :func:`closed` has said that it can be entered.
        limits: How many names to look at, and how deep.
    """
    listing, folders, room = Listing(), [""], limits.entries
    while folders and not listing.full:
        inside = folders.pop()
        try:
            with os.scandir(home / inside) as entries:
                for entry in entries:
                    if not room:
                        listing.full = True
                        break
                    room -= 1
                    if entry.name not in JUNK:
                        _sort(entry, inside + entry.name, listing, folders, limits)
        except OSError as fault:
            listing.refused[inside or "."] = _reason(fault)
    listing.files.sort()
    return listing


def _sort(
    entry: os.DirEntry, name: str, listing: Listing, folders: list[str], limits: Limits
) -> None:
    """Put one name where it belongs: a file, a folder to look into, or refused."""
    if entry.is_symlink():
        listing.refused[name] = "is a link"
    elif entry.is_file(follow_symlinks=False):
        listing.files.append(name)
    elif not entry.is_dir(follow_symlinks=False):
        listing.refused[name] = "is no ordinary file"
    elif name.count("/") >= limits.folders:
        listing.refused[name] = "lies too deep"
    else:
        folders.append(name + "/")


def read(path: Path, most: int) -> bytes:
    """Read an ordinary file.

    Args:
        path: The file, in a folder that :func:`look` has looked into.
        most: How large it may be, in bytes.

    Raises:
        Refused: It is a link, a pipe, a device, too large, or cannot be read.
    """
    try:
        _check(os.lstat(path), most)  # before it is opened: a device may react to that
        number = os.open(path, FLAGS)
        with open(number, "rb") as file:  # noqa: PTH123 - there is a number, no path
            _check(os.fstat(number), most)  # it may have been exchanged meanwhile
            data = file.read(most + 1)
    except (OSError, ValueError) as fault:
        raise Refused(_reason(fault)) from None
    if len(data) > most:
        raise TooLarge(_too_large(len(data), most))
    return data


def _check(info: os.stat_result, most: int) -> None:
    if stat.S_ISLNK(info.st_mode):
        raise Refused("is a link")
    if not stat.S_ISREG(info.st_mode):
        raise Refused("is no ordinary file")
    if info.st_nlink > 1:
        raise Refused("is a hard link: the same file lies elsewhere too")
    if info.st_size > most:
        raise TooLarge(_too_large(info.st_size, most))


def _too_large(size: int, most: int) -> str:
    return f"has {size / 1e6:,.1f} MB, and at most {most / 1e6:,.1f} MB are read"


def _reason(fault: Exception) -> str:
    """Return why the system refused; its own sentence would show the path."""
    number = getattr(fault, "errno", None)
    if number == errno.ELOOP:
        return "is a link"
    if number == errno.ENOENT:
        return "is not there"
    return f"cannot be read ({os.strerror(number) if number else type(fault).__name__})"
