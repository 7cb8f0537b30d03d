"""The figures of sequence tasks: what is drawn is what came in, in words too."""

import numpy as np
import pytest
import torch
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError


def _count(fig, kind):
    return sum(isinstance(patch, kind) for patch in fig.axes[0].patches)


@pytest.mark.parametrize("kind", [(1, 1, 1), (1, 3, 1), (3, 1, 3), (3, 2, 3)])
def test_a_kind_has_a_node_for_each_input_state_and_output(kind):
    T, U, k = kind
    fig = plot.draw_kinds({"it": kind})
    steps = max(T, k + U - 1)
    made = steps - T
    assert _count(fig, Circle) == 2 * steps + U
    assert _count(fig, FancyArrowPatch) == (steps - 1) + steps + U + made
    nodes = [p for p in fig.axes[0].patches if isinstance(p, Circle)]
    solid = [p for p in nodes if p.get_linestyle() in ("-", "solid")]
    assert len(nodes) - len(solid) == made
    names = [text.get_text() for text in fig.axes[0].texts]
    assert f"$o_{U}$" in names
    assert f"$o_{U + 1}$" not in names
    assert f"$x_{T}$" in names
    assert f"it: {T} input" in fig.alt


def test_five_kinds_are_drawn_unless_others_are_named_and_none_overlap():
    fig = plot.draw_kinds()
    names = [text.get_text() for text in fig.axes[0].texts]
    assert set(plot.TASK_KINDS) <= set(names)
    centres = [p.center for p in fig.axes[0].patches if isinstance(p, Circle)]
    assert len(set(centres)) == len(centres)
    left, right = fig.axes[0].get_xlim()
    assert all(left < x < right for x, _ in centres)
    assert "N-M: 3 inputs, 2 outputs at steps 3 and 4" in fig.alt


@pytest.mark.parametrize("kinds", [{}, {"a": (2, 1, 3)}, {"a": (3, 0, 1)}])
def test_a_kind_that_cannot_be_is_refused(kinds):
    with pytest.raises(ThroughTimeError, match="wanted"):
        plot.draw_kinds(kinds)


def test_pictures_stand_in_rows_as_they_are():
    pictures = torch.arange(24.0).reshape(2, 3, 2, 2) / 24
    fig = plot.draw_pictures(pictures, ["a", "b", "c"], ["up", "down"])
    assert len(fig.axes) == 6
    assert fig.axes[4].images[0].get_array().tolist() == pictures[1, 1].tolist()
    assert fig.axes[1].get_title() == "b"
    assert fig.axes[3].get_ylabel() == "down"
    assert fig.photo
    assert "from the top: up and down; from the left: a, b and c" in fig.alt


def test_coloured_pictures_have_their_colours_last_when_drawn():
    red = torch.zeros(1, 1, 3, 4, 4)
    red[0, 0, 0] = 1
    shown = plot.draw_pictures(red).axes[0].images[0].get_array()
    assert shown[2, 1].tolist() == [1, 0, 0]


def test_another_number_of_names_is_refused():
    with pytest.raises(ShapeError):
        plot.draw_pictures(torch.zeros(1, 3, 2, 2), ["a", "b"])
    with pytest.raises(ShapeError):
        plot.draw_grid(np.ones((2, 2)), ["a", "b"], ["c"])


def test_a_pen_draws_where_it_writes_and_dots_where_it_does_not():
    pen = np.array([[0, 0, 0], [0, 5, 1], [2, 5, 0], [2, 0, 1]])
    fig = plot.draw_inputs(pen, np.ones((7, 4)), 4000, np.zeros((3, 5, 5)))
    pen_axes, sound_axes, picture_axes = fig.axes
    ways = [line.get_linestyle() for line in pen_axes.lines]
    assert ways == ["-", ":", "-"]
    assert sound_axes.images[0].get_array().shape == (4, 7)
    assert sound_axes.images[0].get_extent() == [0, 7, 0, 4]
    assert picture_axes.images[0].get_array().shape == (5, 5, 3)
    assert "4 moves" in fig.alt
    assert "7 frames" in fig.alt


def test_a_grid_writes_each_number_but_0_in_its_place():
    values = np.array([[0.5, 0], [0.25, 3]])
    fig = plot.draw_grid(values, ["L_1", "L_2"], ["W_1", "W_2"], "copy", "loss")
    written = {t.get_position(): t.get_text() for t in fig.axes[0].texts}
    assert written == {(0, 0): "0.5", (0, 1): "0.25", (1, 1): "3"}
    assert fig.axes[0].get_xlabel() == "copy"
    assert "L_1: W_1; L_2: W_1 and W_2" in fig.alt


def test_a_grid_of_numbers_below_0_is_refused():
    with pytest.raises(ShapeError, match="0 and more"):
        plot.draw_grid(np.array([[-1.0]]), ["a"], ["b"])
