"""An nbgrader course folder: its configuration, its rooms, its gradebook."""

import difflib
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from examiner.errors import CannotRun

CONFIG = "nbgrader_config.py"


def find_course(folder: Path | None = None) -> Path:
    """Return the folder that holds the course's ``nbgrader_config.py``.

    Args:
        folder: Where to look; by default ``autograder`` in this folder or in one
            above it, else this folder.

    Raises:
        CannotRun: There is none.
    """
    here = Path.cwd()
    places = [p / "autograder" for p in (here, *here.parents)] + [here]
    for place in [folder] if folder else places:
        if (place / CONFIG).is_file():
            return place.resolve()
    raise CannotRun(
        f"There is no {CONFIG} in {folder or here}: name the course's folder with "
        "--course DIR, or run at the root of the course's repository."
    )


class Course:
    """Read a course's configuration and lead to its files and its gradebook.

    Args:
        folder: The folder that holds ``nbgrader_config.py``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # nbgrader makes a gradebook with `alembic`, which it looks for on PATH.
        scripts = str(Path(sys.executable).parent)
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
        self.config: Config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
        # nbgrader 0.9 touches half-made rows, which SQLAlchemy 2 warns of each time.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.api = NbGraderAPI(config=self.config)
        self.directory = self.api.coursedir

    def path(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of a step: source, release, submitted, autograded..."""
        name = getattr(self.directory, f"{step}_directory")
        # A link is not followed: a student's folder may be one, to another student's.
        return Path(self.directory.format_path(name, student, assignment)).absolute()

    @property
    def reports(self) -> Path:
        """The folder for summaries and logs, beside the autograded notebooks."""
        return self.path("autograded", "x").parents[1] / "reports"

    def assignments(self) -> list[str]:
        """Return the names of the assignments that have a source."""
        home = self.path("source", "x").parent
        return sorted(p.name for p in home.glob("*") if any(p.glob("*.ipynb")))

    def require_assignment(self, name: str) -> None:
        """Refuse a name that is no assignment.

        Raises:
            CannotRun: The text lists the assignments and guesses which was meant.
        """
        known = self.assignments()
        if name in known:
            return
        near = difflib.get_close_matches(name, known, n=1)
        guess = f" Did you mean {near[0]}?" if near else ""
        home = self.path("source", "x").parent
        raise CannotRun(
            f"There is no assignment {name!r} in {home}, which has "
            f"{', '.join(known) or 'none'}.{guess}"
        )

    def notebooks(self, assignment: str) -> list[str]:
        """Return the names of an assignment's notebooks, without their ending."""
        return sorted(p.stem for p in self.path("source", assignment).glob("*.ipynb"))

    def grade_ids(self, assignment: str) -> list[str]:
        """Return the ids of an assignment's graded cells, in reading order."""
        home = self.path("source", assignment)
        cells = [
            cell.metadata.get("nbgrader", {})
            for name in self.notebooks(assignment)
            for cell in nbformat.read(home / f"{name}.ipynb", as_version=4).cells
        ]
        return [data["grade_id"] for data in cells if data.get("grade")]

    def students(self, assignment: str) -> list[str]:
        """Return who handed in an assignment.

        Raises:
            CannotRun: The folder is missing or empty.
        """
        home = self.path("submitted", assignment, "x").parents[1]
        found = sorted(p.parent.name for p in home.glob(f"*/{assignment}"))
        if not found:
            raise CannotRun(
                f"There are no submissions of {assignment}: put each student's "
                f"notebook in {home}/STUDENT/{assignment}/, or collect them with "
                "nbgrader collect or nbgrader zip_collect."
            )
        return found

    def gradebook(self) -> Gradebook:
        """Open the gradebook; use it in a ``with``."""
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def enter(self, assignment: str) -> None:
        """Write the assignment's cells and points in the gradebook, from its source.

        Raises:
            CannotRun: nbgrader could not read the source.
        """
        done = self.api.generate_assignment(assignment, force=True)
        if not done["success"]:
            raise CannotRun(
                f"nbgrader cannot release {assignment}: {last_line(done)}. Run "
                f"nbgrader generate_assignment {assignment} to see all it says."
            )


def last_line(done: dict[str, Any]) -> str:
    """Return the last line of what nbgrader said when it failed."""
    lines = (done.get("error") or done.get("log") or "no reason given").split("\n")
    return [line.strip() for line in lines if line.strip()][-1]
