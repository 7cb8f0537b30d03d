"""The data files that a student hands in beside the notebook."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from examiner.intake.folder import Refused, TooLarge, read
from examiner.intake.limits import Limits
from examiner.intake.names import listed, safe_file_name

# Data that is read without running anything. No .py: a file numpy.py would stand in
# front of the real one. No pickle and no .pt: to open one is to run it.
DATA = (
    *("*.csv", "*.tsv", "*.txt", "*.json", "*.npy", "*.npz"),
    *("*.png", "*.jpg", "*.jpeg", "*.gif", "*.svg", "*.wav"),
)


def allowed(name: str, allow: Sequence[str]) -> bool:
    """Say whether a file's name, or its whole relative name, is on the list.

    Args:
        name: A relative POSIX name.
        allow: Patterns, as a shell knows them; small and capital letters are the same.
    """
    low = name.lower()
    return any(
        fnmatchcase(text, pattern.lower())
        for pattern in allow
        for text in (low, low.rpartition("/")[2])
    )


def take_files(
    home: Path, names: Iterable[str], allow: Sequence[str], limits: Limits
) -> tuple[dict[str, bytes], list[str]]:
    """Read the extra files that may come along.

    Args:
        home: The student's folder.
        names: The ordinary files in it that are no notebooks, in order.
        allow: Patterns of the names that may come along.
        limits: How many, and how large.

    Returns:
        The files by relative name, and a sentence on those that were left out.
    """
    taken: dict[str, bytes] = {}
    left_out: dict[str, list[str]] = defaultdict(list)
    room = limits.files_size
    for name in names:
        if not safe_file_name(name):
            left_out["their names cannot be used"].append(name)
        elif not allowed(name, allow):
            left_out[f"only these come along: {', '.join(allow)}"].append(name)
        elif len(taken) == limits.files:
            left_out[f"at most {limits.files} files come along"].append(name)
        else:
            try:
                taken[name] = read(home / name, room)
                room -= len(taken[name])
            except TooLarge:
                most = f"at most {limits.files_size / 1e6:,.1f} MB come along"
                left_out[most].append(name)
            except Refused as why:
                left_out[f"each {why}"].append(name)
    return taken, [
        f"Not used: {listed(these)} ({why})." for why, these in left_out.items()
    ]
