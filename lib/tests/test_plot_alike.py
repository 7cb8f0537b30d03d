"""What all figures have in common: bytes, words, sizes, colours, refusals."""

import io
import re

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Text

from throughtime import plot
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.plot.style import PALE, SMALL

STEPS = np.arange(1, 101)
TEXT = 'if a:\n  "b"'
VALUES = torch.tensor([0.5, -0.25, 0, 0, 0, 0, 0, 0, 1.0, -1.0, 0.75])
WAVE = np.sin(STEPS / 9)
IMAGE = np.linspace(0, 1, 3 * 12 * 12).reshape(3, 12, 12)
MAPS = np.full((2, 4, 4), 1 / 32)
MAPS[0, 0, 3] = MAPS[1, 2, 1] = 17 / 32
X, Y = np.linspace(0, 1, 7), np.linspace(-1, 1, 5)
ERRORS = X[:, None] + 10 * Y[None]
EIGENVALUES = torch.tensor([0.5 + 0j, -0.3 + 0.4j, -0.3 - 0.4j, 0.9 - 1.2j])
SQUARE = np.array([1 + 1j, -1 + 1j, -1 - 1j, 1 - 1j])

FIGURES = {
    "lines": lambda: plot.draw_lines({"a": WAVE, "b": -WAVE}, "step", "state"),
    "norms": lambda: plot.draw_gradient_norms(
        {"tanh": 0.9**STEPS, "lstm": 0.0 * STEPS + 1}, bound=1.1**STEPS
    ),
    "gates": lambda: plot.draw_gates({"f": WAVE**2, "c": 3 * WAVE}),
    "eigenvalues": lambda: plot.draw_eigenvalues(EIGENVALUES, SQUARE),
    "surface": lambda: plot.draw_surface(X, Y, ERRORS, {"way": np.eye(2)}),
    "points": lambda: plot.draw_points({"a": np.eye(2), "b": -np.eye(2)}, "x", "y"),
    "flow": lambda: plot.draw_flow({"a": np.exp(ERRORS), "b": 0 * ERRORS}),
    "text": lambda: plot.draw_text(TEXT, VALUES, label="state of unit 3"),
    "states": lambda: plot.draw_states(np.zeros((11, 3)), TEXT),
    "predictions": lambda: plot.draw_predictions(
        np.full((3, 4), 0.25), "ehlo", "hll", "llo"
    ),
    "attention": lambda: plot.draw_attention(IMAGE, ["red", "circle"], MAPS),
    "learning": lambda: plot.draw_learning(
        STEPS, 3 / STEPS, (STEPS[9::10], 4 / STEPS[9::10]), {"bigrams": 2.486}
    ),
    "samples": lambda: plot.draw_samples([(1, "qzx"), (2000, "the cat")]),
    "backward": lambda: plot.draw_backward(4, length=2),
    "reach": lambda: plot.draw_reach(np.tril(MAPS[0] + 0.5), length=2),
    "deep": lambda: plot.draw_deep(2, 4, both=True, chosen=(2, 2, "forward")),
    "kinds": plot.draw_kinds,
    "pictures": lambda: plot.draw_pictures(MAPS[None], ["red", "circle"], ["where"]),
    "inputs": lambda: plot.draw_inputs(np.eye(3), np.eye(4), 4000, IMAGE),
    "grid": lambda: plot.draw_grid(np.eye(2), ["a", "b"], ["c", "d"], "x", "y"),
    "block": plot.draw_block,
    "blocks": plot.draw_blocks,
    "sensitivity": lambda: plot.draw_sensitivity(np.eye(3), 1 - np.eye(3)),
    "cells": plot.draw_cells,
    "by length": lambda: plot.draw_by_length(
        {"a": np.eye(3), "b": 1 - np.eye(3)}, (1, 4, 9), "lines", "right", guess=0.25
    ),
    "intervals": lambda: plot.draw_intervals(
        {"LSTM": {"adding": [0.1, 0.2, 0.3]}, "GRU": {"adding": [0.2, 0.2, 0.5]}},
        {"LSTM": {"adding": (0.0, 0.4)}, "GRU": {"adding": (-0.1, 0.7)}},
        "share left",
    ),
    "codes": lambda: plot.draw_codes(
        {"a box": (0.5, 1, False)}, {"local": np.eye(1)}, {"local": ["B"]}
    ),
    "words": lambda: plot.draw_words(np.eye(2), ["a", "b"], {"x": [("a", "b")]}),
    "reading": lambda: plot.draw_reading([["not", "bad"]], [np.array([-1.0, 2.0])]),
    "seq2seq": lambda: plot.draw_seq2seq(["a", "b"], ["b", "END"]),
    "factors": plot.draw_factors,
    "search": lambda: plot.draw_search([[["a"], ["the"]], [["a", "cat"]]]),
    "bars": lambda: plot.draw_bars({"net": {"conv": 1.5, "fc": 60.0}}, "weights", "fc"),
    "gallery": lambda: plot.draw_gallery(
        np.stack([IMAGE, 1 - IMAGE]),
        ["a red cross", "a cross\n90 % sure"],
        [False, True],
    ),
    "folded": plot.draw_folded,
    "unrolled": lambda: plot.draw_unrolled("1-N", losses=True),
}


def _svg(fig):
    file = io.BytesIO()
    fig.savefig(file, metadata={"Date": None})
    return file.getvalue()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_the_same_bytes_each_time_and_is_light(name):
    first, second = _svg(FIGURES[name]()), _svg(FIGURES[name]())
    assert first == second
    assert len(first) < 200_000


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_described_in_sentences(name):
    fig = FIGURES[name]()
    assert isinstance(fig, plot.Picture)
    assert len(fig.alt) > 60
    assert fig.alt.endswith((".", "”."))
    assert "nan" not in fig.alt
    assert fig.photo == (name in ("attention", "gallery", "pictures", "inputs"))


@pytest.mark.parametrize("name", FIGURES)
def test_no_letters_are_too_small_for_a_phone(name):
    fig = FIGURES[name]()
    texts = [text for text in fig.findobj(Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in texts) >= SMALL
    assert fig.get_figwidth() <= 6.4


@pytest.mark.parametrize("name", ["lines", "norms", "eigenvalues", "learning"])
def test_lines_differ_by_more_than_their_colour(name):
    axes = FIGURES[name]().axes[0]
    named = [line for line in axes.lines if not line.get_label().startswith("_")]
    looks = {(line.get_linestyle(), line.get_marker(), _dash(line)) for line in named}
    assert len(looks) == len(named) >= 2


def _dash(line: Line2D):
    return str(line._dash_pattern)


def test_letters_on_the_fullest_colour_can_be_read():
    ink = _luminance(to_hex(plot.STYLE["text.color"]))
    for end in (0.0, 0.5, 1.0):
        ground = _luminance(to_hex(PALE(end)))
        assert (ground + 0.05) / (ink + 0.05) > 7


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: plot.draw_lines({}, "x", "y"), ThroughTimeError, "lines is empty"),
        (lambda: plot.draw_gates({}), ThroughTimeError, "traces is empty"),
        (lambda: plot.draw_gradient_norms({}), ThroughTimeError, "norms is empty"),
        (
            lambda: plot.draw_gradient_norms({"a": np.array([1.0, -1.0])}),
            ThroughTimeError,
            "a holds -1.0; wanted norms",
        ),
        (lambda: plot.draw_gates({"f": WAVE}, "ab"), ShapeError, "T is 100 here and 2"),
        (lambda: plot.draw_text("", []), ThroughTimeError, "text has 0 characters"),
        (
            lambda: plot.draw_text("ab", np.zeros(3)),
            ShapeError,
            "T is 3 here and 2",
        ),
        (
            lambda: plot.draw_text("ab", np.zeros(2), width=61),
            ThroughTimeError,
            "width is 61; wanted 1 to 60",
        ),
        (
            lambda: plot.draw_attention(IMAGE, ["red"], MAPS),
            ShapeError,
            "T is 2 here and 1",
        ),
        (
            lambda: plot.draw_attention(IMAGE[:, :11, :11], ["a", "b"], MAPS),
            ShapeError,
            "4 cells a side and the image 11",
        ),
        (
            lambda: plot.draw_eigenvalues(EIGENVALUES, np.ones(3)),
            KindError,
            "boundary holds float64; wanted complex",
        ),
        (lambda: plot.draw_surface(Y, X, ERRORS), ShapeError, "errors has shape"),
        (lambda: plot.draw_samples([]), ThroughTimeError, "0 samples"),
        (
            lambda: plot.draw_learning(STEPS, STEPS[:5]),
            ShapeError,
            "T is 5 here and 100",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, error, message):
    with pytest.raises(error, match=re.escape(message)):
        draw()
