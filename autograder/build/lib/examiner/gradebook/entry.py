"""Enter an assignment in the gradebook, as nbgrader's ``generate_assignment`` does.

The rows are the same, so that nbgrader's own commands go on from there; a test compares
them. Unlike nbgrader, which refuses, we let an instructor remove cells after students
have handed in: their marks go with them.
"""

import copy
import json

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from traitlets.config import Config

from examiner.errors import CannotRun


def enter_notebook(
    book: Gradebook, assignment: str, name: str, source: NotebookNode, config: Config
) -> None:
    """Write a notebook's cells and points as its source has them.

    Args:
        book: The gradebook, which has the assignment.
        assignment: The assignment's name.
        name: The notebook's name, without its ending.
        source: The instructor's notebook.
        config: The course's configuration.

    Raises:
        CannotRun: nbgrader cannot release the source.
    """
    spec = json.dumps(source.metadata.get("kernelspec", {}))
    book.update_or_create_notebook(name, assignment, kernelspec=spec)
    cells = [cell for cell in _released(source, name, config).cells if _is_kept(cell)]
    _forget(book, cells, name, assignment)
    for cell in cells:
        _enter_cell(book, cell, (cell.metadata.nbgrader.grade_id, name, assignment))


def _released(source: NotebookNode, name: str, config: Config) -> NotebookNode:
    """Return the notebook as nbgrader enters it: without solutions, with tests."""
    notebook = copy.deepcopy(source)
    try:
        for step in (LockCells, ClearSolutions, ComputeChecksums):
            notebook, _ = step(config=config).preprocess(notebook, {})
    except Exception as fault:
        raise CannotRun(
            f"nbgrader cannot release the notebook {name}: {fault}. Mend its source."
        ) from fault
    return notebook


def _is_kept(cell: NotebookNode) -> bool:
    kinds = utils.is_grade, utils.is_solution, utils.is_locked, utils.is_task
    return any(kind(cell) for kind in kinds)


def _enter_cell(book: Gradebook, cell: NotebookNode, where: tuple) -> None:
    points = {"cell_type": cell.cell_type}
    if utils.is_grade(cell) or utils.is_task(cell):
        points["max_score"] = float(cell.metadata.nbgrader.points)
    if utils.is_grade(cell):
        book.update_or_create_grade_cell(*where, **points)
    if utils.is_solution(cell):
        book.update_or_create_solution_cell(*where)
    if utils.is_task(cell):
        book.update_or_create_task_cell(*where, **points)
    book.update_or_create_source_cell(
        *where,
        cell_type=cell.cell_type,
        locked=utils.is_locked(cell),
        source=cell.source,
        checksum=cell.metadata.nbgrader.get("checksum"),
    )


def _forget(
    book: Gradebook, cells: list[NotebookNode], notebook: str, assignment: str
) -> None:
    """Remove cells that the source no longer has, with their marks."""
    entry = book.find_notebook(notebook, assignment)
    kinds = {
        "grade_cells": utils.is_grade,
        "solution_cells": utils.is_solution,
        "task_cells": utils.is_task,
        "source_cells": _is_kept,
    }
    for name, belongs in kinds.items():
        kept = {c.metadata.nbgrader.grade_id for c in cells if belongs(c)}
        for cell in list(getattr(entry, name)):
            if cell.name in kept:
                continue
            # nbgrader has no cascade: the marks would stay, and belong to nothing.
            for marks in (Grade, Comment):
                book.db.query(marks).filter(marks.cell_id == cell.id).delete()
            book.db.delete(cell)
    book.db.commit()
    book.db.expire_all()
