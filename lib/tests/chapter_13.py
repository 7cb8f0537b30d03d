"""What the tests of chapter 13 share: the page's own functions, taken out of it."""

import ast
import math
import re
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from throughtime import decode, images, metrics, models
from throughtime.gated import gru_step
from throughtime.train import load

BOOK = Path(__file__).resolve().parents[2] / "book"
CHECKPOINTS = BOOK.parent / "lib" / "throughtime" / "checkpoints"
PAGE = (BOOK / "13_attention.md").read_text(encoding="utf-8")
CELLS = [
    re.sub(r"\A(---.*?---\n|:tags:[^\n]*\n\n?)", "", cell, flags=re.S)
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE, re.DOTALL)
]


def functions(**given):
    """Return the page's functions and classes; ``given`` are names around them."""
    nodes = [
        node
        for cell in CELLS
        for node in ast.parse(re.sub(r"^%.*$", "", cell, flags=re.M)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    around = {"torch": torch, "nn": nn, "np": np, "math": math, "partial": partial}
    around |= {"images": images, "metrics": metrics, "models": models}
    around |= {"decode": decode, "gru_step": gru_step, "one_hot": one_hot}
    around |= {"cross_entropy": cross_entropy} | given
    exec(compile(ast.Module(nodes, []), "13_attention.md", "exec"), around)
    return around


def answer(name):
    """Return the text of an exercise's solution."""
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def draw(seed, *shape):
    """Return normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def loaded(name):
    """Return a shipped network, and what is written about it."""
    saved = load(CHECKPOINTS / f"{name}.npz")
    given = dict(saved.about["config"])
    cnn = models.SmallCNN(given.pop("channels"))
    kind = {"attention": models.AttentiveCaptioner, "questions": models.VQA}[name]
    model = kind(**given, cnn=cnn).eval()
    model.load_state_dict(saved.weights)
    return model, saved.about


def asked(n=300, seed=37):
    """Return scenes, and questions about them."""
    scenes = images.scenes("test", n, seed=seed)
    return scenes, images.questions(scenes, seed=seed)
