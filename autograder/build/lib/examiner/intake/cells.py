"""Plain JSON into cells, whatever the format, and whatever is wrong with it.

Only what counts is taken from a student's notebook: the text of its cells, what they
claim to be, and images in their text. Outputs, counters, widgets and the notebook's own
metadata stay behind.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from examiner.intake.decode import Unreadable
from examiner.intake.limits import Limits
from examiner.intake.names import shown
from examiner.intake.text import defines, same, words

KINDS = {"code": "code", "markdown": "markdown", "raw": "raw"}
OLD_KINDS = {"heading": "markdown", "html": "markdown"}  # of nbformat 3
# No SVG: it may hold a program.
IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@dataclass(eq=False)  # two cells that say the same are still two
class Handed:
    """One cell that a student handed in.

    Args:
        kind: ``code``, ``markdown`` or ``raw``.
        text: What it says.
        place: Its place in the student's notebook, counted from 0.
        id: The cell's own id, or "".
        grade_id: What it claims to be, or "".
        marks: The rest of its nbgrader metadata, to be compared and then forgotten.
        attachments: Images in its text, by name and kind.
    """

    kind: str
    text: str
    place: int
    id: str = ""
    grade_id: str = ""
    marks: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def said(self) -> str:
        """What it says, as :func:`same` has it."""
        return same(self.text)

    @cached_property
    def words(self) -> Counter:
        """Its words."""
        return words(self.text)

    @cached_property
    def defines(self) -> set[str]:
        """The names that it defines; a page may show code, and defines nothing."""
        return set() if self.kind == "markdown" else defines(self.text)


def take_cells(book: dict[str, Any], limits: Limits) -> tuple[list[Handed], list[str]]:
    """Take the cells out of a notebook.

    Args:
        book: A notebook as plain JSON, of format 2, 3, 4, or like one of them.
        limits: How many cells, and how much in images.

    Returns:
        The cells, and a sentence on each kind of thing that was mended.

    Raises:
        Unreadable: There is no list of cells.
    """
    raw, repairs = _raw_cells(book), []
    if book.get("nbformat") != 4:
        said = shown(str(book.get("nbformat", "no"))).removesuffix(".0")
        repairs.append(f"The file said that it is of format {said}; read as format 4.")
    if len(raw) > limits.cells:
        more = len(raw) - limits.cells
        repairs.append(f"Only {limits.cells:,} cells were read; {more:,} were not.")
    taken, mended, room = [], Counter(), limits.attachments
    for place, cell in enumerate(raw[: limits.cells]):
        if not isinstance(cell, dict):
            mended["What is no cell was left out"] += 1
            continue
        one = Handed(_kind(cell, mended), _text(cell, mended), place)
        _take_metadata(one, cell, mended)
        room -= _take_images(one, cell, room, mended)
        taken.append(one)
    repairs += [f"{what} ({count})." for what, count in mended.items()]
    return taken, repairs


def kernel_name(book: dict[str, Any]) -> str:
    """Return the name of the kernel that a notebook asks for, "" if it says none."""
    found: Any = book
    for key in ("metadata", "kernelspec", "name"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _raw_cells(book: dict[str, Any]) -> list[Any]:
    """Return a notebook's list of cells; up to format 3 they lie on worksheets."""
    cells = book.get("cells")
    sheets = book.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        lists = [s.get("cells") for s in sheets if isinstance(s, dict)]
        cells = [cell for each in lists if isinstance(each, list) for cell in each]
    if not isinstance(cells, list):
        raise Unreadable("is no notebook: it holds no list of cells")
    return cells


def _kind(cell: dict[str, Any], mended: Counter) -> str:
    """Return what kind of cell it is; what no kernel and no page knows becomes raw."""
    said = cell.get("cell_type")
    if isinstance(said, str) and said in KINDS | OLD_KINDS:
        return (KINDS | OLD_KINDS)[said]
    mended["Cells of an unknown type became raw text"] += 1
    return "raw"


def _text(cell: dict[str, Any], mended: Counter) -> str:
    """Return what a cell says, without characters that cannot be written or run."""
    said = cell.get("source", cell.get("input"))  # `input` in format 3
    lines = said if isinstance(said, list) else [said]
    if not all(isinstance(line, str) for line in lines):
        mended["Text of the wrong type was left out"] += 1
    text = "".join(line for line in lines if isinstance(line, str))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = whole(text.replace("\0", ""))
    if clean != text:
        mended["NUL and half characters were left out or replaced"] += 1
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        level = int(level) if isinstance(level, float) and 1 <= level <= 6 else 1
        return "#" * level + " " + " ".join(clean.split("\n"))
    return clean


def whole(text: str) -> str:
    """Return a text in which a lone half of a character is replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _take_metadata(one: Handed, cell: dict[str, Any], mended: Counter) -> None:
    """Take what the cell claims to be."""
    one.id = cell["id"] if isinstance(cell.get("id"), str) else ""
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        mended["Metadata of the wrong type was left out"] += 1
        return
    marks = metadata.get("nbgrader", {})
    name = marks.get("grade_id", "") if isinstance(marks, dict) else None
    if not isinstance(name, str):
        mended["Metadata of nbgrader of the wrong type was left out"] += 1
        return
    one.grade_id, one.marks = whole(name), marks


def _take_images(one: Handed, cell: dict[str, Any], room: int, mended: Counter) -> int:
    """Take the images of a cell's text, and return how many characters they have."""
    found = cell.get("attachments", {})
    found = found if isinstance(found, dict) and one.kind != "code" else {}
    used = 0
    for name, bundle in found.items():
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            data = "".join(data) if _strings(data) else data
            if not _is_image(kind, data):
                mended["Attachments that are no images were left out"] += 1
            elif used + len(data) > room:
                mended["Images beyond the limit were left out"] += 1
            else:
                used += len(data)
                one.attachments.setdefault(whole(name), {})[kind] = data
    return used


def _is_image(kind: str, data: Any) -> bool:
    return kind in IMAGES and isinstance(data, str) and bool(BASE64.fullmatch(data))


def _strings(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(part, str) for part in data)
