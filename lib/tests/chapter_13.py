"""What the tests of chapter 13 share: the page's own functions, taken out of it."""

import ast
import math
from functools import partial

import numpy as np
import torch
from pages import BOOK, defined, solution
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from throughtime import decode, images, metrics, models
from throughtime.gated import gru_step
from throughtime.train import load

CHECKPOINTS = BOOK.parent / "lib" / "throughtime" / "checkpoints"
PAGE = (BOOK / "13_attention.md").read_text(encoding="utf-8")


def functions(**given):
    """Return the page's functions and classes; ``given`` are names around them."""
    around = {"torch": torch, "nn": nn, "np": np, "math": math, "partial": partial}
    around |= {"images": images, "metrics": metrics, "models": models}
    around |= {"decode": decode, "gru_step": gru_step, "one_hot": one_hot}
    around |= {"cross_entropy": cross_entropy} | given
    return defined(PAGE, "13_attention.md", around, (ast.FunctionDef, ast.ClassDef))


def answer(name):
    """Return the text of an exercise's solution."""
    return solution(PAGE, name)


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
