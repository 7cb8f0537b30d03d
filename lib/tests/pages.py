"""What the tests of several chapters share: a page's own functions, and numbers."""

import ast
import re
from pathlib import Path

import torch

BOOK = Path(__file__).resolve().parents[2] / "book"


def cells(page):
    """Return the code of a page's cells, without their tags."""
    return [
        re.sub(r"\A(---.*?---\n|:tags:[^\n]*\n\n?)", "", cell, flags=re.S)
        for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", page, re.DOTALL)
    ]


def defined(page, name, around, kinds=(ast.FunctionDef,)):
    """Run what a page defines, but not its cells; return the names.

    ``around`` are the names that it finds there; a lambda with a name is taken, too,
    if ``kinds`` has ``ast.Lambda``.
    """
    nodes = [
        node
        for cell in cells(page)
        for node in ast.parse(re.sub(r"^%.*$", "", cell, flags=re.M)).body
        if isinstance(node, kinds)
        or (isinstance(node, ast.Assign) and isinstance(node.value, kinds))
    ]
    names = dict(around)
    exec(compile(ast.Module(nodes, []), name, "exec"), names)
    return names


def solution(page, name):
    """Return the text of an exercise's solution."""
    return page.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def draw(seed, *shape):
    """Return normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)
