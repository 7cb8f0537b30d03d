"""What the tests of chapter 10 share: the page's own functions, taken out of it."""

import ast
from functools import partial

import numpy as np
import torch
from pages import BOOK, defined, solution

from throughtime import models, text
from throughtime.gated import lstm_step

PAGE = (BOOK / "10_inside.md").read_text(encoding="utf-8")


def functions(**given):
    """Return the page's functions; ``given`` are the names that they find around."""
    around = {"torch": torch, "np": np, "partial": partial, "lstm_step": lstm_step}
    around |= {"text": text, "models": models} | given
    return defined(PAGE, "10_inside.md", around, (ast.FunctionDef, ast.Lambda))


def answer(name):
    """Return the text of an exercise's solution."""
    return solution(PAGE, name)
