"""What the tests of chapter 12 share: the page's own functions, taken out of it."""

import ast
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from throughtime import decode, images, metrics, models

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "12_captioning.md").read_text(encoding="utf-8")
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
    ]
    around = {"torch": torch, "np": np, "math": math, "nn": nn, "Counter": Counter}
    around |= {"images": images, "metrics": metrics, "cross_entropy": cross_entropy}
    around |= {"decode": decode, "models": models, "START": 1, "END": 2}
    around |= given
    exec(compile(ast.Module(nodes, []), "12_captioning.md", "exec"), around)
    return around


def answer(name):
    """Return the text of an exercise's solution."""
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def draw(seed, *shape):
    """Return normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def draw_ids(seed, V, *shape):
    """Return whole numbers below V."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(V, shape, generator=generator)
