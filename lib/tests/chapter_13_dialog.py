"""What the tests of chapter 13's second page share: the page's own functions."""

import ast
import json
import math
import re
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from throughtime import images, metrics, models, tasks
from throughtime.images.dialogs import KINDS, POINTING
from throughtime.train import load

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "13_dialog.md").read_text(encoding="utf-8")
CELLS = [
    re.sub(r"\A(---.*?---\n|:tags:[^\n]*\n\n?)", "", cell, flags=re.S)
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE, re.DOTALL)
]
AROUND = {
    "torch": torch,
    "np": np,
    "math": math,
    "Counter": Counter,
    "defaultdict": defaultdict,
    "cross_entropy": cross_entropy,
    "images": images,
    "metrics": metrics,
    "models": models,
    "tasks": tasks,
    "KINDS": KINDS,
    "POINTING": POINTING,
    "T_95": 4.303,
}


def functions(**given):
    """Return the page's functions; ``given`` are names that they find around them."""
    nodes = [
        node
        for cell in CELLS
        for node in ast.parse(re.sub(r"^%.*$", "", cell, flags=re.M)).body
        if isinstance(node, ast.FunctionDef)
    ]
    around = AROUND | given
    exec(compile(ast.Module(nodes, []), "13_dialog.md", "exec"), around)
    return around


def record(name):
    """Return a record of a long run."""
    return json.loads((BOOK / "records" / f"{name}.json").read_text("utf-8"))


def shipped(name, kind):
    """Return a shipped network, and what is written about it."""
    saved = load(files("throughtime") / "checkpoints" / f"{name}.npz")
    model = kind(**saved.about["config"]).eval()
    model.load_state_dict(saved.weights)
    return model, saved.about


def features_of(scenes):
    """Return the features that the page's networks look at."""
    saved = load(files("throughtime") / "checkpoints" / "questions.npz")
    given = dict(saved.about["config"])
    cnn = models.SmallCNN(given.pop("channels"))
    vqa = models.VQA(**given, cnn=cnn).eval()
    vqa.load_state_dict(saved.weights)
    with torch.no_grad():
        return vqa.cnn(images.render_all(scenes)).flatten(1, 2)


def answer(name):
    """Return the text of an exercise's solution."""
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def draw(seed, *shape):
    """Return normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)
