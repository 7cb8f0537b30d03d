"""What the tests of chapter 10 share: the page's own functions, taken out of it."""

import ast
import re
from functools import partial
from pathlib import Path

import numpy as np
import torch

from throughtime import models, text
from throughtime.gated import lstm_step

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "10_inside.md").read_text(encoding="utf-8")
CELLS = [
    re.sub(r"\A(---.*?---\n|:tags:[^\n]*\n\n?)", "", cell, flags=re.S)
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE, re.DOTALL)
]


def functions(**given):
    """Return the page's functions; ``given`` are the names that they find around."""
    nodes = [
        node
        for cell in CELLS
        for node in ast.parse(re.sub(r"^%.*$", "", cell, flags=re.M)).body
        if isinstance(node, ast.FunctionDef)
        or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda))
    ]
    around = {"torch": torch, "np": np, "partial": partial, "lstm_step": lstm_step}
    around |= {"text": text, "models": models} | given
    exec(compile(ast.Module(nodes, []), "10_inside.md", "exec"), around)
    return around


def answer(name):
    """Return the text of an exercise's solution."""
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def draw(seed, *shape):
    """Return normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)
