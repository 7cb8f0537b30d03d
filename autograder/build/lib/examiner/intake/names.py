"""Which names are safe, and how a stranger's name is shown."""

import unicodedata
from collections.abc import Iterable

LONGEST = 128
SHOWN = 60
LISTED = 5


def safe_student_id(name: str) -> bool:
    """Say whether a name may be a student's id: a folder's name, and nothing more.

    Args:
        name: What claims to be an id.

    Returns:
        False for names that lead elsewhere (``..``, separators), that nbgrader would
        read as a pattern (``*?[]``), that a command would read as an option, that hide
        (a leading dot), that cannot be shown as they are (control characters, changes
        of direction), that are blank, or that have over 128 characters.
    """
    return (
        0 < len(name.strip()) <= len(name) <= LONGEST
        and name.isprintable()
        and name[0] not in "-."
        and not set(name) & set("/\\:*?[]")
    )


def safe_file_name(name: str) -> bool:
    """Say whether a relative POSIX name may be given to a student's code as a file."""
    return all(
        part[:1] not in ("", "-", ".") and len(part) <= LONGEST and _shows(part)
        for part in name.split("/")
    )


def _shows(text: str) -> bool:
    """Say whether nothing in a text is invisible; other spaces than " " are common."""
    return all(c.isprintable() or unicodedata.category(c) == "Zs" for c in text)


def shown(name: str) -> str:
    """Return a stranger's name, short and without characters that could mislead."""
    clean = "".join(c if c.isprintable() else "?" for c in name[: SHOWN + 1])
    return clean if len(name) <= SHOWN else clean[: SHOWN - 3] + "..."


def listed(names: Iterable[str]) -> str:
    """Return some strangers' names as a list, the first few of them by name."""
    every = [shown(name) for name in names]
    rest = len(every) - LISTED
    return ", ".join(every[:LISTED]) + (f" and {rest} more" if rest > 0 else "")
