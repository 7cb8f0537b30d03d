"""Runs by length: means, a band that holds every run, ticks at the lengths."""

import numpy as np
import pytest

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

RUNS = {"LSTM": np.array([[1.0, 0.5, 0.4], [1.0, 0.7, 0.2]]), "GRU": np.ones((1, 3))}
LENGTHS = (1, 4, 16)


def test_the_lines_are_means_and_the_band_holds_every_run():
    axes = plot.draw_by_length(RUNS, LENGTHS, "lines", "share right").axes[0]
    first, second = axes.lines
    assert np.allclose(first.get_ydata(), [1.0, 0.6, 0.3])
    assert first.get_linestyle() != second.get_linestyle()
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0.2, 1.0)


def test_each_length_has_its_tick_and_the_label_says_that_it_is_logarithmic():
    axes = plot.draw_by_length(RUNS, LENGTHS, "lines", "share right").axes[0]
    assert axes.get_xscale() == "log"
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "4", "16"]
    assert axes.get_xlabel() == "lines (log scale)"
    assert axes.get_yscale() == "linear"
    tall = plot.draw_by_length(RUNS, LENGTHS, "lines", "nats", log=True).axes[0]
    assert (tall.get_yscale(), tall.get_ylabel()) == ("log", "nats (log scale)")


def test_a_guess_is_a_line_of_its_own_and_the_words_give_every_mean():
    figure = plot.draw_by_length(RUNS, LENGTHS, "lines", "share right", guess=0.25)
    assert set(figure.axes[0].lines[-1].get_ydata()) == {0.25}
    assert "LSTM 1, 0.6 and 0.3" in figure.alt
    assert "a guess 0.25" in figure.alt


@pytest.mark.parametrize(
    ("runs", "lengths", "error"),
    [
        ({}, LENGTHS, ThroughTimeError),
        (RUNS, (0, 1, 2), ThroughTimeError),
        (RUNS, (1, 2), ShapeError),
        ({"LSTM": np.ones(3)}, LENGTHS, ShapeError),
    ],
)
def test_what_does_not_fit_is_refused(runs, lengths, error):
    with pytest.raises(error):
        plot.draw_by_length(runs, lengths, "lines", "share right")
