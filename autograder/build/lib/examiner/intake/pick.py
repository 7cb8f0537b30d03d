"""Which of the notebooks in a folder is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examiner.intake.align import align
from examiner.intake.alignment import Alignment
from examiner.intake.cells import kernel_name, take_cells
from examiner.intake.decode import Unreadable, decode, parse
from examiner.intake.folder import Listing, Refused, read
from examiner.intake.limits import Limits
from examiner.intake.names import listed, shown
from examiner.intake.release import Wanted

# Browsers and mail programs put an ending of their own behind it.
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)


@dataclass
class Attempt:
    """Say what came of reading one notebook.

    Args:
        name: Its relative POSIX name.
        alignment: Its cells, found among the instructor's; None if it was not read.
        kernel: The name of the kernel that it asks for, or "".
        repairs: A sentence on each thing that was mended.
        why_not: Why it was not read, as the end of a sentence.
    """

    name: str
    alignment: Alignment | None = None
    kernel: str = ""
    repairs: list[str] = field(default_factory=list)
    why_not: str = ""

    @property
    def answered(self) -> int:
        """How many of its answers hold something of the student's."""
        return self.alignment.answered() if self.alignment else 0

    def rank(self, right: str) -> tuple[bool, bool, bool, int, int]:
        """Return what to compare by: work counts before the name, that before all."""
        return (
            self.alignment is not None,
            self.answered > 0,
            self.name.rpartition("/")[2] == right,
            self.answered,
            len(self.alignment.found) if self.alignment else 0,
        )


def is_notebook(name: str) -> bool:
    """Say whether a file's name is that of a notebook."""
    return bool(NOTEBOOK.search(name))


def pick(
    home: Path,
    right: str,
    listing: Listing,
    wanted: list[Wanted],
    siblings: Sequence[str],
    limits: Limits,
) -> Attempt:
    """Find the notebook that is meant, and align it.

    Args:
        home: The student's folder.
        right: The name of the notebook's file.
        listing: What the folder holds.
        wanted: The instructor's cells.
        siblings: The files of the assignment's other notebooks: never taken for it.
        limits: How much is read.

    Returns:
        The notebook of the right name; another one if that one is not there, cannot
        be read, or holds no answer while the other does: then the one with the most
        answers. ``why_not`` is a whole sentence.
    """
    others = [
        name
        for name in listing.files
        if is_notebook(name) and name.rpartition("/")[2] not in siblings
        if name != right
    ]
    first = best = _attempt(home, right, wanted, limits)
    if not first.answered:
        tried = [_attempt(home, o, wanted, limits) for o in others[: limits.notebooks]]
        best = max([first, *tried], key=lambda attempt: attempt.rank(right))
    if best.alignment is None:
        best.why_not = _nothing(first, others, listing)
        return best
    if best is not first:
        why = first.why_not or "holds no answer"
        said = f"{shown(best.name)} was taken for {shown(right)}, which {why}."
        best.repairs.insert(0, said)
    if unused := [name for name in others if name != best.name]:
        best.repairs.append(f"Other notebooks were not used: {listed(unused)}.")
    return best


def _attempt(home: Path, name: str, wanted: list[Wanted], limits: Limits) -> Attempt:
    """Read one notebook, and align it."""
    try:
        text, mended = decode(read(home / name, limits.notebook))
        book, parsed = parse(text, limits)
        cells, repaired = take_cells(book, limits)
    except (Refused, Unreadable) as why:
        return Attempt(name, why_not=str(why))
    repairs = mended + parsed + repaired
    return Attempt(name, align(wanted, cells), kernel_name(book), repairs)


def _nothing(first: Attempt, others: list[str], listing: Listing) -> str:
    """Say in one sentence why there is no notebook."""
    said = f"{shown(first.name)} {first.why_not}"
    there = listed([*listing.files, *listing.refused]) or "nothing"
    if others:
        return f"{said}; {listed(others)} cannot be read either."
    if first.why_not == "is not there":
        return f"{said}; the folder holds {there}."
    return f"{said}."
