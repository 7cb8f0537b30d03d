"""What a cell of a notebook is for, and which names it defines."""

import ast
import re
from enum import Enum, auto

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


class Role(Enum):
    """What a cell is for."""

    TEST = auto()  # points by running it
    ANSWER = auto()  # the student's
    MANUAL = auto()  # the student's, points by a hand
    LOCKED = auto()  # the instructor's, which students may not change
    OTHER = auto()  # text, or what a student added


def role_of(cell: NotebookNode) -> Role:
    """Return a cell's role, from nbgrader's metadata."""
    data = cell.metadata.get("nbgrader", {})
    grade, solution = data.get("grade"), data.get("solution")
    if data.get("task") or (grade and solution):
        return Role.MANUAL
    if grade:
        return Role.TEST
    if solution:
        return Role.ANSWER
    return Role.LOCKED if data.get("locked") else Role.OTHER


def stored_names(source: str) -> set[str]:
    """Return the names that an instructor's cell defines outside of its functions."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                found.add(part.id)
            elif isinstance(part, ast.alias):
                found.add((part.asname or part.name).split(".")[0])
    return found


def defined_names(text: str) -> set[str]:
    """Return the names that a student's cell defines in whole lines.

    By patterns: a stranger's text can make Python's parser end the process.
    """
    return set(_DEFINED.findall(text)) | set(_ASSIGNED.findall(text))
