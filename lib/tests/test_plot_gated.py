"""The circuits have the parts of their cells; intervals stand at their values."""

from collections import Counter

import pytest
from matplotlib.patches import Circle, FancyBboxPatch

from throughtime import plot
from throughtime.errors import ThroughTimeError

RUNS = {
    "LSTM": {"adding": [0.1, 0.2, 0.3], "order": [1.0, 1.0, 0.4]},
    "GRU": {"adding": [0.2, 0.2, 0.5], "order": [0.5, 0.7, 0.6]},
}
ENDS = {
    "LSTM": {"adding": (0.0, 0.4), "order": (0.3, 1.3)},
    "GRU": {"adding": (-0.1, 0.7), "order": (0.5, 0.7)},
}


def _parts(axes):
    """Count the words in boxes and circles, and the boxes and circles."""
    words = Counter(text.get_text() for text in axes.texts)
    boxes = sum(isinstance(patch, FancyBboxPatch) for patch in axes.patches) - 1
    return words, boxes, sum(isinstance(patch, Circle) for patch in axes.patches)


def test_the_lstm_has_four_layers_and_the_gru_three():
    lstm, gru = plot.draw_cells().axes
    words, boxes, circles = _parts(lstm)
    assert (boxes, circles) == (5, 4)  # four layers, and tanh of c_t without weights
    assert (words[r"$\sigma$"], words["tanh"], words[r"$\times$"]) == (3, 2, 3)
    assert {"$f$", "$i$", "$g$", "$o$", "$c_t$", "$c_{t-1}$"} <= set(words)
    words, boxes, circles = _parts(gru)
    assert (boxes, circles) == (3, 5)
    assert (words[r"$\sigma$"], words["tanh"], words[r"$\times$"]) == (2, 1, 3)
    assert {"$r$", "$z$", "$n$", "1\N{MINUS SIGN}"} <= set(words)
    assert not any("c_" in word for word in words), "the GRU has no second state"


def test_each_interval_and_each_run_stands_at_its_values():
    fig = plot.draw_intervals(RUNS, ENDS, "share left")
    for axes, panel in zip(fig.axes, ("adding", "order"), strict=True):
        assert axes.get_title(loc="left") == panel
        bars, points = axes.lines[::2], axes.lines[1::2]
        for y, name in enumerate(RUNS):
            assert list(bars[y].get_xdata()) == list(ENDS[name][panel])
            assert list(points[y].get_xdata()) == RUNS[name][panel]
            assert set(points[y].get_ydata()) == {y}
    assert "LSTM 0.2 (0 to 0.4)" in fig.alt
    assert fig.get_supxlabel() == "share left"


def test_the_first_rows_interval_is_a_band_behind_all():
    axes = plot.draw_intervals(RUNS, ENDS, "share left").axes[0]
    (band,) = axes.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0, 0.4))


def test_a_row_that_lacks_a_measure_is_refused():
    with pytest.raises(ThroughTimeError, match="lacks GRU: order"):
        plot.draw_intervals(RUNS, ENDS | {"GRU": {"adding": (0, 1)}}, "x")
    with pytest.raises(ThroughTimeError, match="runs has 0 rows and lacks measures"):
        plot.draw_intervals({}, {}, "x")
