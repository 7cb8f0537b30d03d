"""What the tests of chapter 12 share: the page's own functions, taken out of it."""

import math
from collections import Counter

import numpy as np
import torch
from pages import BOOK, defined, solution
from torch import nn
from torch.nn.functional import cross_entropy

from throughtime import decode, images, metrics, models

PAGE = (BOOK / "12_captioning.md").read_text(encoding="utf-8")


def functions(**given):
    """Return the page's functions; ``given`` are the names that they find around."""
    around = {"torch": torch, "np": np, "math": math, "nn": nn, "Counter": Counter}
    around |= {"images": images, "metrics": metrics, "cross_entropy": cross_entropy}
    around |= {"decode": decode, "models": models, "START": 1, "END": 2}
    around |= given
    return defined(PAGE, "12_captioning.md", around)


def answer(name):
    """Return the text of an exercise's solution."""
    return solution(PAGE, name)


def draw_ids(seed, V, *shape):
    """Return whole numbers below V."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(V, shape, generator=generator)
