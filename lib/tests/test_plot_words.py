"""Figures of words: what is drawn is what came in, and the words say it too."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Ellipse, Rectangle

from throughtime import plot
from throughtime.errors import ShapeError

THINGS = {"tall box": (0.5, 1, False), "ball": (1, 1, True)}
CODES = {"local": torch.eye(2), "other": np.array([[1, 0, 1], [0, 0, 0]])}
UNITS = {"local": ["T", "B"], "other": ["x", "y", "z"]}


def test_a_code_has_a_filled_circle_where_a_unit_is_on():
    fig = plot.draw_codes(THINGS, CODES, UNITS)
    patches = fig.axes[0].patches
    circles = [p for p in patches if isinstance(p, Circle)]
    on = [to_hex(p.get_facecolor()) == "#0072b2" for p in circles]
    assert on == [True, False, False, True, True, False, False, False, True, False]
    (box,) = (p for p in patches if isinstance(p, Rectangle))
    assert box.get_height() == 2 * box.get_width()
    assert sum(type(p) is Ellipse for p in patches) == 1
    assert "local code are, for tall box: T; ball: B." in fig.alt
    assert "other code are, for tall box: x and z; ball: 0." in fig.alt


def test_words_stand_at_their_places_and_lines_join_them():
    points = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    fig = plot.draw_words(points, ["king", "man"], {"rank": [("man", "king")]})
    line, *dots = fig.axes[0].lines
    assert line.get_xydata().tolist() == [[2, 3], [0, 1]]
    assert [dot.get_xydata().tolist() for dot in dots] == [[[0, 1]], [[2, 3]]]
    assert [text.get_text() for text in fig.axes[0].texts] == ["king", "man"]
    assert "king at (0, 1) and man at (2, 3)" in fig.alt
    assert "rank joins man and king" in fig.alt


def test_a_line_to_a_word_without_a_place_is_refused():
    with pytest.raises(ShapeError, match="lines join 'queen'"):
        plot.draw_words(torch.zeros(1, 2), ["king"], {"gender": [("king", "queen")]})


def test_a_reading_has_a_bar_a_word_with_the_colour_of_its_sign():
    fig = plot.draw_reading([["not", "bad"], ["bad"]], [[-1.0, 2.0] * np.ones(2), -VAL])
    first, second = fig.axes
    assert [bar.get_height() for bar in first.patches] == [-1, 2]
    assert len({to_hex(bar.get_facecolor()) for bar in first.patches}) == 2
    assert [tick.get_text() for tick in first.get_xticklabels()] == ["not", "bad"]
    assert first.get_ylim() == second.get_ylim(), "heights compare"
    assert "not \u22121 and bad 2; bad \u22123." in fig.alt


VAL = torch.tensor([3.0])
