"""The inside of an LSTM as it is drawn, and who hears of an early input."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.plot.block import COLOURS

VALUES = np.array([[1, 0, 0], [0.5, 0.25, 0.125], [0.0, 0.2, 0.6]])
GATES = np.array([[1, 0, 0], [0, 1, 1], [0, 0.4, 1]])


def _labels(fig):
    return [text.get_text().strip("$") for text in fig.axes[0].texts]


def _lines(fig):
    patches = [p for p in fig.axes[0].patches if isinstance(p, FancyArrowPatch)]
    return [(to_hex(p.get_edgecolor()), p.get_linestyle()) for p in patches]


def _dashed(style):
    return style not in ("-", "solid")


def test_a_block_has_three_products_three_gates_and_its_two_functions():
    labels = _labels(plot.draw_block())
    assert labels.count(r"\times") == 3
    assert {"i_t", "f_t", "o_t", "g", "h", "c_t", "c_{t-1}", "h_t"} <= set(labels)


def test_peepholes_lead_to_all_three_gates_or_are_left_out():
    dashed = [style for _, style in _lines(plot.draw_block()) if _dashed(style)]
    assert len(dashed) == 3
    fig = plot.draw_block(peepholes=False)
    assert not [style for _, style in _lines(fig) if _dashed(style)]
    assert "peephole" not in fig.alt
    assert "peepholes" in plot.draw_block().alt


@pytest.mark.parametrize(("D", "H", "V"), [(4, 2, 5), (3, 1, 2), (1, 3, 6)])
def test_a_network_of_blocks_has_a_line_for_each_weight(D, H, V):
    lines = _lines(plot.draw_blocks(D, H, V))
    assert len(lines) == 4 * H * D + 4 * H * H + V * H
    for colour in COLOURS.values():
        of_gate = [style for c, style in lines if c == to_hex(colour)]
        assert len(of_gate) == H * (D + H)
        assert len([style for style in of_gate if _dashed(style)]) == H * H


def test_a_network_of_blocks_says_what_is_drawn_and_refuses_too_much():
    fig = plot.draw_blocks(4, 2, 5)
    assert fig.alt.startswith("A network of 4 inputs, 2 LSTM blocks and 5 outputs")
    assert {"x_4", "y_5"} <= set(_labels(fig))
    with pytest.raises(ThroughTimeError, match="blocks is 4; wanted 1 to 3"):
        plot.draw_blocks(4, 4, 5)


def test_a_node_is_as_dark_as_it_is_sensitive_and_shows_its_number():
    fig = plot.draw_sensitivity(VALUES)
    circles = [p for p in fig.axes[0].patches if isinstance(p, Circle)]
    assert len(circles) == 9
    darkness = [3 - sum(c.get_facecolor()[:3]) for c in circles]
    flat = VALUES.T.ravel()  # column by column
    assert np.argsort(darkness)[-1] == flat.argmax() == 0
    order = np.argsort(flat, kind="stable")
    assert (np.diff(np.array(darkness)[order]) >= -1e-9).all()
    assert [f"{v:.2f}" for v in flat] == [t for t in _labels(fig) if "." in t]
    assert "hidden 0.5, 0.25, 0.12" in fig.alt
    assert "Open" not in fig.alt


def test_gates_stand_around_the_hidden_nodes_a_circle_if_open():
    fig = plot.draw_sensitivity(VALUES, GATES)
    marks = [line for line in fig.axes[0].lines if line.get_marker() in ("o", "_")]
    found = np.array([line.get_marker() == "o" for line in marks]).reshape(3, 3).T
    assert (found == (GATES > 0.5)).all()
    hidden = [p.center for p in fig.axes[0].patches if isinstance(p, Circle)][1::3]
    for column, (x, y) in zip(np.array(marks).reshape(3, 3), hidden, strict=True):
        below, left, above = (line.get_xydata()[0] for line in column)
        assert below[0] == above[0] == x
        assert below[1] < y < above[1]
        assert left[1] == y
        assert left[0] < x
    assert "Open are the input gate at step 1; the forget gate at steps 2, 3" in fig.alt


@pytest.mark.parametrize(
    ("values", "gates", "error", "message"),
    [
        (np.zeros((2, 3)), None, ShapeError, "R is 2 here"),
        (VALUES, np.zeros((3, 4)), ShapeError, "T is 4 here and 3"),
        (2 * VALUES, None, ThroughTimeError, "from 0 to 2; wanted 7 steps at most"),
        (np.zeros((3, 8)), None, ThroughTimeError, "has 8 steps"),
    ],
)
def test_what_cannot_be_drawn_is_refused(values, gates, error, message):
    with pytest.raises(error, match=message):
        plot.draw_sensitivity(values, gates)
