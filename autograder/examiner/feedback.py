"""The page that a student reads: marks, reasons, and the notebook as it ran.

Hidden tests never appear: of a test cell the page shows what the release shows, and of
its output nothing but the message of the record. All that a student wrote goes through
a sanitiser, and the page may load nothing.
"""

import re
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from nbformat import NotebookNode

from examiner.course import Course
from examiner.record import Record
from examiner.roles import Role, role_of
from examiner.scoring import HIDDEN

OUTPUT_LIMIT = 100_000  # characters of one output
PAGE_LIMIT = 10_000_000  # characters of all outputs
_MARK_SCHEME = re.compile(
    r"^[ \t]*### BEGIN MARK SCHEME.*?^[ \t]*### END MARK SCHEME[^\n]*\n?",
    flags=re.MULTILINE | re.DOTALL,
)
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_TEMPLATES = Environment(
    loader=PackageLoader("examiner"), autoescape=True, undefined=StrictUndefined
)
_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}


def write_feedback(
    course: Course, record: Record, notebook: NotebookNode | None, provenance: str = ""
) -> Path:
    """Write the page where nbgrader keeps feedback.

    Args:
        course: The course.
        record: What the notebook earned.
        notebook: As it ran; None if it could not be read.
        provenance: One line that says how the marks came about.

    Returns:
        The page's path.
    """
    folder = course.path("feedback", record.assignment, record.student)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.notebook}.html"
    text = render(record, notebook, provenance)
    path.write_text(text, encoding="utf-8", errors="replace")
    return path


def render(record: Record, notebook: NotebookNode | None, provenance: str = "") -> str:
    """Return the page's text."""
    room = [PAGE_LIMIT]
    marks = {cell.grade_id: cell for cell in record.cells}
    parts = [_part(cell, room, marks) for cell in (notebook.cells if notebook else [])]
    return _TEMPLATES.get_template("feedback.html").render(
        record=record, parts=parts, provenance=provenance, clean=clean_text
    )


def clean_text(text: str) -> str:
    """Return a text without terminal codes and without what misleads the eye."""
    return _CONTROL.sub("", _TERMINAL.sub("", text))


def _part(cell: NotebookNode, room: list[int], marks: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a cell."""
    role = role_of(cell)
    part: dict[str, Any] = {"kind": cell.cell_type, "mark": None, "outputs": []}
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if role in (Role.TEST, Role.MANUAL):
        part["mark"] = marks.get(grade_id)
    source = _MARK_SCHEME.sub("", HIDDEN.sub("", cell.source))
    if cell.cell_type == "markdown":
        part["html"] = sanitise(_MARKDOWN.render(clean_text(source[:OUTPUT_LIMIT])))
    else:
        part["source"] = clean_text(source[:OUTPUT_LIMIT]).strip("\n")
    if role is not Role.TEST:
        part["outputs"] = [_output(o, room) for o in cell.get("outputs", [])]
    return part


def sanitise(html: str) -> str:
    """Return a stranger's HTML without anything that acts or loads."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={
            "a": {"href", "title"},
            "td": {"colspan", "rowspan"},
            "th": {"scope"},
        },
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _output(output: NotebookNode, room: list[int]) -> dict[str, str]:
    """Return an output as ``text``, ``error``, ``html`` or ``image``."""
    if output.output_type == "stream":
        return _bounded("text", output.text, room)
    if output.output_type == "error":
        return _bounded("error", "\n".join(output.traceback), room)
    data = output.get("data", {})
    for kind in _IMAGES:
        image = data.get(kind, "")
        if isinstance(image, str) and image and _BASE64.fullmatch(image):
            if len(image) > min(room[0], 20 * OUTPUT_LIMIT):
                return {"kind": "text", "text": "(An image that is too large.)"}
            room[0] -= len(image)
            alt = clean_text(str(data.get("text/plain", "Output")))[:200]
            url = f"data:{kind};base64,{''.join(image.split())}"
            return {"kind": "image", "url": url, "alt": alt}
    html = data.get("text/html")
    if isinstance(html, str) and len(html) <= min(room[0], OUTPUT_LIMIT):
        room[0] -= len(html)
        return {"kind": "html", "html": sanitise(html)}
    return _bounded("text", str(data.get("text/plain", "")), room)


def _bounded(kind: str, text: str, room: list[int]) -> dict[str, str]:
    most = max(0, min(room[0], OUTPUT_LIMIT))
    room[0] -= min(len(text), most)
    rest = "" if len(text) <= most else "\n(The rest is left out: it is too long.)"
    return {"kind": kind, "text": clean_text(text[:most]) + rest}


__all__ = ["clean_text", "render", "sanitise", "write_feedback"]
