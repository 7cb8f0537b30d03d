"""The gradient's way back, and which loss reaches which copy, as they are drawn."""

from collections import Counter

import numpy as np
import pytest
import torch
from matplotlib.patches import FancyArrowPatch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError


def _arrows(fig):
    """Count the arrows by (from, to), in columns and rows of the grid."""
    patches = [p for p in fig.axes[0].patches if isinstance(p, FancyArrowPatch)]
    ends = [
        [(round(x / 1.15), round(y / 1.15)) for x, y in p._posA_posB] for p in patches
    ]
    return Counter(map(tuple, ends))


def _labels(fig):
    return Counter(text.get_text().strip("$") for text in fig.axes[0].texts)


def test_every_arrow_is_turned_round_and_every_matrix_transposed():
    fig = plot.draw_backward(3)
    down = [((t, 2), (t, 1)) for t in (1, 2, 3)]
    copies = [((t, 1), (t, 0)) for t in (1, 2, 3)]
    back = [((t, 1), (t - 1, 1)) for t in (1, 2, 3)]
    assert _arrows(fig) == Counter([*down, *copies, *back])
    labels = _labels(fig)
    assert labels[r"W_{hh}^\top"] == labels[r"W_{hy}^\top"] == 3
    assert {"dh_0", "dh_3", "do_1", "W^{(2)}", "copy", "state"} <= set(labels)
    assert "from dh_3 to dh_2 to dh_1 to dh_0." in fig.alt


def test_at_a_border_the_state_goes_on_and_no_gradient_comes_back():
    fig = plot.draw_backward(4, length=2)
    arrows = _arrows(fig)
    assert arrows[((2, 1), (3, 1))] == 1, "the state"
    assert arrows[((3, 1), (2, 1))] == 0, "the gradient"
    assert arrows[((4, 1), (3, 1))] == arrows[((2, 1), (1, 1))] == 1
    (border,) = fig.axes[0].lines
    assert border.get_xdata() == pytest.approx([2.5 * 1.15] * 2)
    assert "from dh_4 to dh_3, and from dh_2 to dh_1 to dh_0." in fig.alt
    assert "A dashed border stands after step 2;" in fig.alt


def test_a_term_stands_in_the_row_of_its_loss_and_the_column_of_its_copy():
    norms = torch.tril(torch.arange(1.0, 17).reshape(4, 4))
    axes = plot.draw_reach(norms).axes[0]
    (image,) = axes.images
    assert np.nan_to_num(image.get_array().filled(np.nan)).tolist() == norms.tolist()
    assert image.get_extent() == [0.5, 4.5, 4.5, 0.5], "row 1 is at the top"
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "copy k of W_hh",
        "loss at step t",
    )


def test_what_windows_leave_out_is_crossed_out_and_counted():
    norms = np.tril(np.ones((5, 5)))
    norms[4, 0] = 0  # a term that is 0 anyway is not lost
    fig = plot.draw_reach(norms, length=2, weight="w")
    ends = fig.axes[0].lines[0].get_xydata().reshape(-1, 3, 2)
    middles = ends[:, :2].mean(axis=1)  # the third point is a gap
    places = {(round(t), round(k)) for k, t in middles}
    kept = np.argwhere(~fig.axes[0].images[0].get_array().mask) + 1
    assert places.isdisjoint(map(tuple, kept.tolist()))
    assert len(kept) == 7
    assert places == {(3, 1), (3, 2), (4, 1), (4, 2), (5, 2), (5, 3), (5, 4)}
    assert fig.axes[0].get_xlabel() == "copy k of w"
    assert "Windows of 2 keep 7 fields" in fig.alt
    assert "cross out 7." in fig.alt


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ThroughTimeError, match="steps is 9; wanted 1 to 8"):
        plot.draw_backward(9)
    with pytest.raises(ThroughTimeError, match="length is 0; wanted 1 or more"):
        plot.draw_backward(3, length=0)
    with pytest.raises(ShapeError, match="norms"):
        plot.draw_reach(np.ones((2, 3)))
    with pytest.raises(ThroughTimeError, match="above the diagonal"):
        plot.draw_reach(np.ones((2, 2)))
    with pytest.raises(ThroughTimeError, match="no value above 0"):
        plot.draw_reach(np.zeros((2, 2)))
