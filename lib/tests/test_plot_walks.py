"""A plane from above: landmarks in their places, ways and where they end."""

import numpy as np
import pytest
import torch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

NAMES = ("red chair", "blue lamp")
FIELD = np.zeros((12, 12), int)
FIELD[10, 0], FIELD[10, 2] = 1, 2  # two up, and two up and two to the right
RIGHT = torch.tensor([[0, 0], [11, 0], [10, 0], [10, 0], [10, 1], [10, 2]])
WRONG = torch.tensor([[0, 0], [11, 0]])
GOAL = torch.tensor([10, 2])


def test_landmarks_and_ways_are_where_they_lie():
    fig = plot.draw_walk(FIELD, {"told": RIGHT, "blind": WRONG}, GOAL, NAMES)
    axes = fig.axes[0]
    letters = {t.get_text(): t.get_position() for t in axes.texts if t.get_text()}
    assert letters == {"rc": (0, -2), "bl": (2, -2)}
    told, _, blind, *_ = axes.lines
    assert np.diff(told.get_ydata()).sum() == pytest.approx(-2)
    assert np.diff(told.get_xdata()).sum() == pytest.approx(2)
    assert np.diff(blind.get_ydata()).sum() == pytest.approx(-1)
    assert fig.photo


def test_a_walk_is_told_in_words():
    fig = plot.draw_walk(FIELD, {"told": RIGHT, "blind": WRONG}, GOAL, NAMES)
    assert "told goes 2 up and 2 right and ends at the goal" in fig.alt
    assert "blind goes 1 up and ends not at the goal" in fig.alt
    still = plot.draw_walk(FIELD, {"lazy": RIGHT[:1]}, GOAL, NAMES)
    assert "lazy goes nowhere and ends not at the goal" in still.alt


def test_what_is_no_walk_is_refused():
    with pytest.raises(ThroughTimeError, match="ways is empty; wanted one"):
        plot.draw_walk(FIELD, {}, GOAL, NAMES)
    with pytest.raises(ShapeError, match="field has shape"):
        plot.draw_walk(FIELD[:3], {"told": RIGHT}, GOAL, NAMES)
    with pytest.raises(ShapeError, match="told has shape"):
        plot.draw_walk(FIELD, {"told": RIGHT[:, :1]}, GOAL, NAMES)
