"""An assignment as its instructor wrote it, and what grading it needs."""

import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from examiner.course import Course
from examiner.errors import CannotRun
from examiner.intake.release import wanted_cells
from examiner.roles import Role, role_of, stored_names

# Loaded once, before students' processes are forked, where a source names them.
HEAVY = {
    "matplotlib": "matplotlib.pyplot",
    "numpy": "numpy",
    "pandas": "pandas",
    "scipy": "scipy",
    "sklearn": "sklearn",
    "torch": "torch",
}
_IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_PACKAGES = ["examiner", "ipython", "matplotlib", "nbgrader", "numpy", "torch"]


def packages_apart(text: str) -> tuple[str, ...]:
    """Return the folders of packages that code imports from outside Python's folders.

    So lies a library that is installed to be edited. A sandbox must be told of it.

    Args:
        text: The code.
    """
    folders = set()
    for name in {*_IMPORT.findall(text)} - {"__main__"}:
        spec = find_spec(name) if name not in sys.stdlib_module_names else None
        folders |= set(spec.submodule_search_locations or ()) if spec else set()
    installed = re.compile(r"-packages(/|$)")
    return tuple(sorted(place for place in folders if not installed.search(place)))


class Assignment:
    """Hold an assignment's source.

    Args:
        course: The course.
        name: The assignment's name.

    Raises:
        CannotRun: A source is no notebook.
    """

    def __init__(self, course: Course, name: str) -> None:
        self.course, self.name = course, name
        self.home = course.path("source", name)
        self.sources = {
            n: _read(self.home / f"{n}.ipynb") for n in course.notebooks(name)
        }
        self.given = self._files()

    def _files(self) -> dict[str, bytes]:
        """Read what the instructor gives along: all but notebooks."""
        ignored = self.course.directory.ignore
        return {
            path.relative_to(self.home).as_posix(): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file()
            and path.suffix != ".ipynb"
            and not any(part.match(p) for part in path.parents for p in ignored)
            and not any(path.match(p) for p in ignored)
        }

    def asked(self, notebook: str) -> tuple[str, ...]:
        """Return the names that the solution defines."""
        answers = (c for c in self.sources[notebook].cells if c.cell_type == "code")
        found = [
            stored_names(c.source)
            for c in answers
            if role_of(c) in (Role.ANSWER, Role.MANUAL, Role.OTHER)
        ]
        return tuple(sorted(set().union(*found)))

    @property
    def hidden(self) -> tuple[str, str]:
        """What begins and ends hidden tests in a cell, by the configuration."""
        clear = ClearHiddenTests(config=self.course.config)
        return clear.begin_test_delimeter, clear.end_test_delimeter

    @property
    def kernel_cells(self) -> list[str]:
        """Name the tests whose metadata says ``{"examiner": {"mode": "kernel"}}``."""
        return [
            cell.metadata.nbgrader.grade_id
            for source in self.sources.values()
            for cell in source.cells
            if cell.metadata.get("examiner", {}).get("mode") == "kernel"
        ]

    def release(self, notebook: str) -> NotebookNode:
        """Return what students are given of a notebook, with the tests still in it."""
        released = nbformat.from_dict(self.sources[notebook])
        released = nbformat.reads(nbformat.writes(released), as_version=4)
        wanted = wanted_cells(self.sources[notebook], self.course.config)
        for cell, want in zip(released.cells, wanted, strict=True):
            if role_of(cell) in (Role.ANSWER, Role.MANUAL):
                cell.source = want.given
        return released

    @property
    def warm(self) -> tuple[str, ...]:
        """Name the large modules that the source, or a check, may load."""
        named = set(_IMPORT.findall(self._text(lambda role: True)))
        checks = {n for p in self.course.folder.rglob("*.py") for n in _imports(p)}
        found = [module for key, module in HEAVY.items() if key in named | checks]
        return tuple(found)

    @property
    def seen(self) -> tuple[str, ...]:
        """Return the folders of the course's own packages that students use.

        What only the tests import stays unseen.
        """
        places = packages_apart(self._text(lambda role: role is not Role.TEST))
        own = self.course.folder
        return tuple(p for p in places if not Path(p).is_relative_to(own))

    def _text(self, wanted: object) -> str:
        """Join the code of the cells of some roles."""
        return "\n".join(
            cell.source
            for source in self.sources.values()
            for cell in source.cells
            if cell.cell_type == "code" and wanted(role_of(cell))
        )

    def digest(self, more: Iterable[str]) -> str:
        """Hash all that marks follow from, but the submission.

        Args:
            more: Other things that count: limits, the mode.
        """
        digest = hashlib.sha256("\0".join(more).encode())
        for source in self.sources.values():
            digest.update(nbformat.writes(source).encode())
        for name, data in self.given.items():
            digest.update(f"{name}\0".encode() + data)
        packages = [f"{name} {_version(name)}" for name in _PACKAGES]
        digest.update("\0".join([platform.python_version(), *packages]).encode())
        for folder in (*self.seen, *_checks(self.course.folder)):
            for path in sorted(Path(folder).rglob("*.py")):
                digest.update(path.read_bytes())
        return digest.hexdigest()


def _read(path: Path) -> NotebookNode:
    """Read an instructor's notebook.

    Raises:
        CannotRun: It is none, or two of its cells have one name.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as fault:
        reason = str(fault).split("\n", 1)[0][:200]
        raise CannotRun(f"The source {path} is no notebook: {reason}") from None
    names = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    if twice := {n for n in names if n and names.count(n) > 1}:
        raise CannotRun(f"The source {path} has two cells {', '.join(sorted(twice))}.")
    return notebook


def _checks(folder: Path) -> list[Path]:
    """Return the packages beside the configuration, and examiner itself."""
    here = Path(__file__).parent
    return [here, *sorted(p.parent for p in folder.glob("*/__init__.py"))]


def _imports(path: Path) -> list[str]:
    try:
        return _IMPORT.findall(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return []


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def jobs_by_default() -> int:
    """Return as many workers as this process may use processors."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
