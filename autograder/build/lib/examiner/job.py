"""What a worker is told, and what it answers."""

import json
from dataclasses import dataclass, field
from typing import Any

from examiner.record import CellRecord, Outcome, Record
from examiner.sandbox import Limits
from examiner.scoring import DELIMITERS

START = 120.0  # seconds that a worker may take to load its libraries


@dataclass(frozen=True)
class Setup:
    """Say how a worker works.

    Args:
        level: ``full``, ``namespaces`` or ``process``.
        limits: What a student's process may use.
        warm: Modules to load before students' processes are forked.
        seen: Folders of the course's own libraries, which students may read.
    """

    level: str = "full"
    limits: Limits = field(default_factory=Limits)
    warm: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> "Setup":
        """Read what :func:`dataclasses.asdict` and JSON made."""
        data = json.loads(text)
        return cls(
            data["level"],
            Limits(**data["limits"]),
            tuple(data["warm"]),
            tuple(data["seen"]),
        )


@dataclass(frozen=True)
class Job:
    """One notebook to grade.

    Args:
        notebook: Aligned with its source, as JSON.
        files: What lies beside it for the student's code.
        given: The instructor's own files, which lie beside the tests, too.
        missing: The answers that were not handed in.
        asked: Names that the solution defines.
        hidden: What begins and ends hidden tests in a cell.
    """

    notebook: str
    files: dict[str, bytes] = field(default_factory=dict)
    given: dict[str, bytes] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    hidden: tuple[str, str] = DELIMITERS

    def to_frame(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return it as a frame of the wire."""
        header = {
            "files": list(self.files),
            "given": list(self.given),
            "missing": self.missing,
            "asked": self.asked,
            "hidden": self.hidden,
        }
        text = self.notebook.encode("utf-8", "surrogatepass")
        return header, [text, *self.files.values(), *self.given.values()]

    @classmethod
    def from_frame(cls, header: dict[str, Any], buffers: list[bytes]) -> "Job":
        """Read what :meth:`to_frame` made."""
        text, *files = buffers
        n = len(header["files"])
        return cls(
            text.decode("utf-8", "surrogatepass"),
            dict(zip(header["files"], files[:n], strict=True)),
            dict(zip(header["given"], files[n:], strict=True)),
            tuple(header["missing"]),
            tuple(header["asked"]),
            tuple(header["hidden"]),
        )


def to_record(answer: dict[str, Any], record: Record) -> Record:
    """Put what a worker answered into a record."""
    record.cells = [
        CellRecord(**{**cell, "outcome": Outcome(cell["outcome"])})
        for cell in answer["cells"]
    ]
    if answer["fault"]:
        record.status, record.message = "refused", answer["fault"]
    return record
