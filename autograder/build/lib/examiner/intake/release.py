"""The instructor's cells, and what the student was given of each.

The release is made by nbgrader's own steps, so that it says what students were given.
"""

import copy
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from traitlets.config import Config

from examiner.intake.text import ASSIGNED, DEFINED, same, words


class Role(Enum):
    """Whose a cell of the instructor's is."""

    ANSWER = auto()  # the student's text counts
    LOCKED = auto()  # a test, or given: the instructor's text counts
    PLAIN = auto()  # between them: the student may change or delete it


@dataclass
class Wanted:
    """One cell of the instructor's.

    Args:
        cell: The cell, with solution and hidden tests.
        given: What the student was given of it.
        role: Whose it is.
    """

    cell: NotebookNode
    given: str
    role: Role

    @property
    def grade_id(self) -> str:
        """The cell's name in nbgrader, "" if it is plain."""
        return "" if self.role is Role.PLAIN else self.cell.metadata.nbgrader.grade_id

    @property
    def name(self) -> str:
        """What to call the cell in a sentence."""
        return self.grade_id or self.cell.get("id", "")

    @cached_property
    def said(self) -> list[str]:
        """What was given, and the full text, as :func:`same` has them."""
        return [same(self.given), same(self.cell.source)]

    @cached_property
    def words(self) -> list[Counter]:
        """The words of what was given, and of the full text."""
        return [words(self.given), words(self.cell.source)]

    @cached_property
    def defines(self) -> set[str]:
        """What the student was asked to define: functions, or else variables."""
        texts = self.given, self.cell.source
        found = [set(kind.findall(t)) for kind in (DEFINED, ASSIGNED) for t in texts]
        return next(filter(None, found), set())


def wanted_cells(source: NotebookNode, config: Config | None = None) -> list[Wanted]:
    """Return the instructor's cells, in order.

    Args:
        source: The instructor's notebook.
        config: The course's configuration, if it changes stubs or delimiters.

    Raises:
        Exception: nbgrader cannot release the notebook, and says why.
    """
    given = copy.deepcopy(source)
    for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        given, _ = step(config=config).preprocess(given, {})
    pairs = zip(source.cells, given.cells, strict=True)
    return [Wanted(cell, stub.source, _role(cell)) for cell, stub in pairs]


def _role(cell: NotebookNode) -> Role:
    if is_solution(cell):
        return Role.ANSWER
    locked = is_grade(cell) or is_locked(cell) or is_task(cell)
    return Role.LOCKED if locked else Role.PLAIN


def is_untouched(
    cell: NotebookNode, source_cell: NotebookNode, config: Config | None = None
) -> bool:
    """Say whether an answer holds nothing of the student's.

    Args:
        cell: The cell of an aligned notebook.
        source_cell: The instructor's cell of the same name.
        config: The course's configuration, if it changes stubs or delimiters.

    Returns:
        True if it is as released, whatever blank lines and spaces end its lines, or
        if it is blank.
    """
    clear = ClearSolutions(config=config)
    given = {""}
    for language in clear.code_stub:
        stub = copy.deepcopy(source_cell)
        clear.preprocess_cell(stub, {"language": language}, 0)
        given.add(same(stub.source))
    return same(cell.source) in given
