"""What the tests of chapter 13's second page share: the page's own functions."""

import json
import math
from collections import Counter, defaultdict
from importlib.resources import files

import numpy as np
import torch
from pages import BOOK, defined, solution
from torch.nn.functional import cross_entropy

from throughtime import images, metrics, models, tasks
from throughtime.images.dialogs import KINDS, POINTING
from throughtime.train import load

PAGE = (BOOK / "13_dialog.md").read_text(encoding="utf-8")
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
    around = AROUND | given
    return defined(PAGE, "13_dialog.md", around)


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
    return solution(PAGE, name)
