"""What an attack is, and how it is written into a submission."""

import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from hostile.course import ASSIGNMENT, FULL, POINTS, RIGHT, released_notebook

MARK = "hostile-mark"  # in the name, or the command line, of all that must not be left
REACHED = "REACHED-" + "IT"  # said by a snippet that got where it should not
TRIED = "all tried"  # said by a snippet that ran to its end
WORDS = "Because addition is associative."
NAME = f"{ASSIGNMENT}.ipynb"
LOST = frozenset({"FAIL", "ERROR", "TIMEOUT", "DIED", "MEMORY"})

Make = Callable[[Path, NotebookNode], None]


@dataclass(frozen=True)
class Attack:
    """Say what one student hands in, and what it must get.

    Args:
        name: Its name; the student's id, unless ``student`` says otherwise.
        theme: What kind of attack or mishap it is.
        make: Writes it to the folder submitted/STUDENT/ASSIGNMENT, from the release.
        score: What it must get.
        outcomes: The allowed outcomes, by grade_id; only those that matter.
        status: The record's status.
        says: Words that the autograded notebook must show: proof that the code ran.
        unshown: Why it gains nothing in one process with the tests; "" if it does.
        student: The student's id, where that is the attack.
    """

    name: str
    theme: str
    make: Make
    score: float = 0.0
    outcomes: Mapping[str, Iterable[str]] = field(default_factory=dict)
    status: str = "graded"
    says: str = ""
    unshown: str = ""
    student: str = ""

    @property
    def who(self) -> str:
        """The student's id."""
        return self.student or self.name


ATTACKS: dict[str, Attack] = {}


def register(attack: Attack) -> None:
    """Add an attack to the corpus.

    Raises:
        ValueError: There is one of that name.
    """
    if attack.name in ATTACKS:
        raise ValueError(f"two attacks are called {attack.name}")
    ATTACKS[attack.name] = attack


def attack(theme: str, **expected: object) -> Callable[[Make], Make]:
    """Register a function that writes a submission, under its own name."""

    def keep(make: Make) -> Make:
        register(Attack(make.__name__, theme, make, **expected))
        return make

    return keep


def cheat(name: str, theme: str, code: str, **expected: object) -> None:
    """Register code that stands where the answer to q1 should be; no other answer.

    In the code, @COURSE@ is the course's folder, and @MARK@ the mark.
    """

    def make(folder: Path, notebook: NotebookNode) -> None:
        # The stubs of the others would define their names anew.
        hand_in(folder, notebook, {**dict.fromkeys(RIGHT, "# above"), "q1": code})

    register(Attack(name, theme, make, **expected))


def spoil(
    name: str, theme: str, question: str, code: str, outcomes: Iterable[str] = LOST
) -> None:
    """Register code in the place of one answer, when all others are right.

    That question alone is lost.
    """

    def make(folder: Path, notebook: NotebookNode) -> None:
        hand_in(folder, notebook, {**RIGHT, question: code})

    score = FULL - POINTS[question]
    register(Attack(name, theme, make, score, {f"{question}_test": outcomes}))


def mishap(name: str, changed: Mapping[str, str], **expected: object) -> None:
    """Register answers that are right, but for what the arguments say."""

    def make(folder: Path, notebook: NotebookNode) -> None:
        hand_in(folder, notebook, {**RIGHT, **changed})

    register(Attack(name, "mishap", make, **{"score": FULL, **expected}))


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """Return a cell by its grade_id."""
    found = [c for c in notebook.cells if _id(c) == grade_id]
    return found[0]


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def fill(
    notebook: NotebookNode, answers: Mapping[str, str], words: str = WORDS
) -> NotebookNode:
    """Write answers into a released notebook."""
    for question, text in answers.items():
        cell_of(notebook, question).source = textwrap.dedent(text).strip("\n")
    cell_of(notebook, "q5").source = words
    return notebook


def hand_in(
    folder: Path, notebook: NotebookNode, answers: Mapping[str, str], name: str = NAME
) -> Path:
    """Write a notebook with answers, and return its file."""
    course = str(folder.parents[2])
    told = {
        question: text.replace("@COURSE@", course).replace("@MARK@", MARK)
        for question, text in answers.items()
    }
    return write(folder, fill(notebook, told), name)


def write(folder: Path, notebook: NotebookNode, name: str = NAME) -> Path:
    """Write a notebook that may be no valid one."""
    file = folder / name
    file.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return file


def released_text(answers: Mapping[str, str] = RIGHT) -> str:
    """Return a notebook's file with answers, as JupyterLab writes it."""
    return nbformat.writes(fill(released_notebook(), answers)) + "\n"


def tries(*attempts: str) -> str:
    """Return code that makes each attempt; one that goes through says REACHED.

    An attempt is a function's body; what it returns that is true got through.
    """
    parts = []
    for number, body in enumerate(attempts):
        inner = textwrap.indent(textwrap.dedent(body).strip("\n"), "        ")
        parts.append(
            f"def attempt_{number}():\n    try:\n{inner}\n"
            "    except BaseException as fault:\n"
            "        print('refused:', type(fault).__name__, str(fault)[:80])\n"
            f"if attempt_{number}():\n"
            f"    print('REACHED-' + 'IT', {number})"
        )
    return "\n".join([*parts, f"print({TRIED!r})"])
