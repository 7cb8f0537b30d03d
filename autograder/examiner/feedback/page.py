"""Write the page that a student reads: marks, reasons, and the notebook as it ran.

Hidden tests never appear: of a test cell the page shows what the release shows, and of
its output nothing but the message of the record. All that a student wrote goes through
a sanitiser, and the page may load nothing.
"""

import base64
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets.config import Config

from examiner.course import Course
from examiner.feedback.safe import clean_text, markdown, said, sanitise
from examiner.record import CellRecord, Record
from examiner.roles import Role, role_of

OUTPUT_LIMIT = 100_000  # characters of one output
IMAGE_LIMIT = 2_000_000  # characters of one image
PAGE_LIMIT = 10_000_000  # characters of all cells and outputs
OUTPUTS = 1000  # of one cell
# Markdown's parser takes seconds for a long line of brackets.
MARKDOWN_LIMIT, MARKDOWNS_LIMIT = 10_000, 200_000  # characters of one cell, of all
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_SVG = "image/svg+xml"
_HEADING = re.compile(r"^#{1,6} +(.+)", re.MULTILINE)
_TEMPLATES = Environment(
    loader=PackageLoader("examiner"), autoescape=True, undefined=StrictUndefined
)


def write_feedback(
    course: Course,
    record: Record,
    notebook: NotebookNode | None,
    provenance: str = "",
    comments: Mapping[str, str] | None = None,
) -> Path:
    """Write the page where nbgrader keeps feedback, all of it or nothing.

    Args:
        course: The course.
        record: What the notebook earned.
        notebook: As it ran; None if it could not be read.
        provenance: One line that says how the marks came about.
        comments: What an instructor wrote to answers, by cell.

    Returns:
        The page's path.
    """
    folder = course.path("feedback", record.assignment, record.student)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.notebook}.html"
    text = render(record, notebook, provenance, comments, course.config)
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8", errors="replace")
    return draft.replace(path)


def render(
    record: Record,
    notebook: NotebookNode | None,
    provenance: str = "",
    comments: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> str:
    """Return the page's text; the course's configuration may change delimiters."""
    cells = notebook.cells if notebook else []
    page = _Page({cell.grade_id: cell for cell in record.cells}, _regions(config))
    page.note_hidden(cells)
    return _TEMPLATES.get_template("feedback.html").render(
        record=record,
        parts=[page.part(cell) for cell in cells],
        titles=_titles(cells),
        provenance=provenance,
        comments=comments or {},
        clean=clean_text,
        said=lambda text: Markup(said(text)),
    )


@dataclass
class _Page:
    """Turn cells into what the page shows, within its room."""

    marks: dict[str, CellRecord]
    regions: list[tuple[str, str]]
    room: int = PAGE_LIMIT
    markdown_room: int = MARKDOWNS_LIMIT
    hidden: tuple[str, ...] = ()

    def note_hidden(self, cells: list[NotebookNode]) -> None:
        """Remember the lines that no output may quote."""
        shown = {line.strip() for c in cells for line in self._seen(c).splitlines()}
        every = {line.strip() for c in cells for line in c.source.splitlines()}
        self.hidden = tuple(line for line in every - shown if len(line) > 11)

    def _seen(self, cell: NotebookNode) -> str:
        """Return a cell's source without hidden tests and mark schemes."""
        lines, until = [], None
        for line in cell.source.split("\n"):
            if until is None:
                until = next((e for b, e in self.regions if b in line), None)
                if until is None:
                    lines.append(line)
            elif until in line:
                until = None
        return "\n".join(lines)

    def part(self, cell: NotebookNode) -> dict[str, Any]:
        """Return what the page shows of a cell."""
        role = role_of(cell)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        graded = role in (Role.TEST, Role.MANUAL)
        part = {"mark": self.marks.get(grade_id) if graded else None, "outputs": []}
        source = self._seen(cell)
        size = len(source)
        if cell.cell_type == "markdown" and size <= min(
            MARKDOWN_LIMIT, self.markdown_room, self.room
        ):
            self.markdown_room -= size
            self.room -= size
            part["html"] = markdown(source)
        else:
            part["source"] = self._bounded("code", source)["text"].strip("\n")
        if role is not Role.TEST:
            found = cell.get("outputs", [])
            part["outputs"] = [self._output(o) for o in found[:OUTPUTS]]
            if len(found) > OUTPUTS:
                rest = f"({len(found) - OUTPUTS} more outputs are left out.)"
                part["outputs"].append({"kind": "text", "text": rest})
        return part

    def _output(self, output: NotebookNode) -> dict[str, str]:
        """Return an output as ``text``, ``error``, ``html`` or ``image``."""
        if output.output_type == "stream":
            return self._bounded("text", output.text)
        if output.output_type == "error":
            return self._bounded("error", "\n".join(output.traceback))
        data = output.get("data", {})
        if image := _image(data):
            return self._image(*image, str(data.get("text/plain", "")))
        table = data.get("text/html")
        if isinstance(table, str) and len(table) <= min(self.room, OUTPUT_LIMIT):
            self.room -= len(table)
            text = sanitise(table)
            if not self._quotes(html.unescape(re.sub("<[^>]*>", "", text))):
                return {"kind": "html", "html": text}
        return self._bounded("text", str(data.get("text/plain", "")))

    def _image(self, kind: str, data: str, says: str) -> dict[str, str]:
        if len(data) > min(self.room, IMAGE_LIMIT):
            return {"kind": "text", "text": "(An image that is too large.)"}
        self.room -= len(data)
        alt = clean_text(says)[:200] or "Output of the cell"
        return {"kind": "image", "url": f"data:{kind};base64,{data}", "alt": alt}

    def _bounded(self, kind: str, text: str) -> dict[str, str]:
        most = max(0, min(self.room, OUTPUT_LIMIT))
        self.room -= min(len(text), most)
        shown = clean_text(text[:most])
        if kind != "code" and self._quotes(shown):
            return {"kind": "text", "text": "(Left out: it quotes a hidden test.)"}
        rest = "" if len(text) <= most else "\n(The rest is left out: it is too long.)"
        return {"kind": kind, "text": shown + rest}

    def _quotes(self, text: str) -> bool:
        return any(line in text for line in self.hidden)


def _titles(cells: list[NotebookNode]) -> dict[str, str]:
    """Return the last heading before each graded cell, without its brackets."""
    titles, heading = {}, ""
    for cell in cells:
        if cell.cell_type == "markdown":
            for line in _HEADING.findall(cell.source[:MARKDOWN_LIMIT]):
                heading = clean_text(line.split(" (")[0])[:80].strip()
        if role_of(cell) in (Role.TEST, Role.MANUAL):
            titles[cell.metadata.nbgrader.grade_id] = heading
    return titles


def _regions(config: Config | None) -> list[tuple[str, str]]:
    """Return what begins and ends a text that students may not see."""
    tests, scheme = ClearHiddenTests(config=config), ClearMarkScheme(config=config)
    return [
        (tests.begin_test_delimeter, tests.end_test_delimeter),
        (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
    ]


def _image(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return an image's kind and its data, if there is one that is well formed."""
    for kind in _IMAGES:
        found = data.get(kind)
        if isinstance(found, str) and _BASE64.fullmatch(found):
            return kind, "".join(found.split())
    if isinstance(data.get(_SVG), str):  # in an <img>, it can neither act nor load
        raw = data[_SVG].encode("utf-8", "replace")
        return _SVG, base64.b64encode(raw).decode()
    return None
