"""Bars and galleries: what is drawn is what came in, and the words say it too."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

PICTURES = np.linspace(0, 1, 3 * 3 * 4 * 4).reshape(3, 3, 4, 4)


def test_a_bar_is_as_long_as_its_value_and_marked_ones_have_another_colour():
    fig = plot.draw_bars(
        {"A": {"conv": 1.0, "fc": 4.0}, "B": {"conv": 0.0}}, "weights", ["fc"]
    )
    bars = [bar for axes in fig.axes for bar in axes.patches]
    assert [bar.get_width() for bar in bars] == [1, 4, 0]
    assert [to_hex(bar.get_facecolor()) for bar in bars[:2]] == ["#0072b2", "#d55e00"]
    assert [axes.get_title("left") for axes in fig.axes] == ["A", "B"]
    assert fig.axes[0].get_ylim()[0] > fig.axes[0].get_ylim()[1], "the first is on top"
    assert "A: conv 1, fc 4; B: conv 0" in fig.alt


@pytest.mark.parametrize("panels", [{}, {"A": {}}, {"A": {"x": -1.0}}])
def test_bars_of_nothing_and_below_0_are_refused(panels):
    with pytest.raises(ThroughTimeError, match="wanted bars of values from 0"):
        plot.draw_bars(panels, "weights")


def test_a_gallery_has_each_picture_with_its_text_and_marks_the_wrong_ones():
    texts = ["a red cross", "a small yellow square in the top left", "b\n90 % sure"]
    fig = plot.draw_gallery(PICTURES, texts, [False, True, False], columns=2)
    shown = [axes.images[0].get_array() for axes in fig.axes if axes.images]
    off = np.abs(np.stack(shown) - np.moveaxis(PICTURES, 1, -1))
    assert off.max() <= 0.5 / 32 + 1e-9, "half a level of brightness at most"
    written = [axes.texts[0] for axes in fig.axes if axes.texts]
    said = [" ".join(text.get_text().split()) for text in written]
    assert said == [texts[0], "\N{MULTIPLICATION SIGN} " + texts[1], "b 90 % sure"]
    colours = [to_hex(text.get_color()) for text in written]
    assert colours[0] == colours[2] != colours[1]
    assert "“a small yellow square in the top left” (wrong)" in fig.alt
    assert "“a red cross”;" in fig.alt


def test_a_gallery_without_a_text_for_each_picture_is_refused():
    with pytest.raises(ShapeError, match="pictures has shape"):
        plot.draw_gallery(PICTURES, ["a"])
    with pytest.raises(ShapeError, match="there are 3 texts, 1 marks"):
        plot.draw_gallery(PICTURES, ["a", "b", "c"], [True])
