"""The notebook that is run: the instructor's cells in order, the student's between."""

import copy
from collections import defaultdict

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from examiner.intake.alignment import Alignment
from examiner.intake.cells import Handed
from examiner.intake.release import Role, Wanted

MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
FIRST = -1  # the place before the instructor's first cell


def build(alignment: Alignment, source: NotebookNode) -> NotebookNode:
    """Put the aligned notebook together.

    Args:
        alignment: Which of the student's cells is which of the instructor's.
        source: The instructor's notebook.

    Returns:
        The instructor's cells that count, with the student's answers in them; after
        each, the student's own cells that followed it. Where an answer is missing, its
        cell is blank: its stub could define again what stands elsewhere.
    """
    followers = _followers(alignment)
    ids = {_id(i, wanted) for i, wanted in enumerate(alignment.wanted)}
    cells = [_own(cell, ids) for cell in followers[FIRST]]
    for i, wanted in enumerate(alignment.wanted):
        if wanted.role is not Role.PLAIN:
            cells.append(_ours(i, wanted, alignment.found.get(i)))
            cells += [_own(cell, ids) for cell in followers[i]]
    notebook = new_notebook(cells=cells, metadata=copy.deepcopy(source.metadata))
    notebook.metadata.pop("widgets", None)
    return nbformat.from_dict(notebook)


def _followers(alignment: Alignment) -> dict[int, list[Handed]]:
    """Return the student's own cells, by the instructor's cell that they follow."""
    ours = {
        cell.place: i
        for i, cell in alignment.found.items()
        if alignment.wanted[i].role is not Role.PLAIN
    }
    followers: dict[int, list[Handed]] = defaultdict(list)
    after = FIRST
    for cell in alignment.handed:
        if cell.place in ours:
            after = ours[cell.place]
        elif cell.place not in alignment.dropped:
            followers[after].append(cell)
    return followers


def _id(i: int, wanted: Wanted) -> str:
    """Return the id of an instructor's cell; in an older source it has none."""
    return wanted.cell.get("id", f"cell-{i}")


def _ours(i: int, wanted: Wanted, found: Handed | None) -> NotebookNode:
    """Return an instructor's cell, with the student's text if it is an answer."""
    cell = copy.deepcopy(wanted.cell)
    cell.id = _id(i, wanted)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if wanted.role is Role.ANSWER:
        cell.source = found.text if found else ""
        cell.pop("attachments", None)
        if found and found.attachments and cell.cell_type != "code":
            cell.attachments = nbformat.from_dict(found.attachments)
    return cell


def _own(cell: Handed, ids: set[str]) -> NotebookNode:
    """Return a student's own cell, without metadata, under an id that is free."""
    number = cell.place
    while (name := f"own-{number}") in ids:
        number += 1
    ids.add(name)
    node = MAKE[cell.kind](cell.text, id=name)
    if cell.attachments:
        node.attachments = nbformat.from_dict(cell.attachments)
    return node
