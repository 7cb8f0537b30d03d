"""Scores beside chance: what is drawn is what came in, in words too."""

import numpy as np
import pytest
import torch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

NULL = np.array([[0.1, 0.2], [0.3, 0.25], [0.2, 0.4]])
SCORES = {"found": torch.tensor([0.8, 0.3]), "control": np.array([0.15, 0.35])}


def test_a_row_has_the_range_of_chance_its_median_and_each_score():
    fig = plot.draw_scores(["a", "b"], NULL, SCORES, "largest |r|", "shifts")
    axes = fig.axes[0]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    np.testing.assert_allclose(bars, [(0.1, 0.3), (0.2, 0.4)])
    middles = [segment[0][0] for segment in axes.collections[0].get_segments()]
    assert middles == [0.2, 0.25]
    drawn = {line.get_label(): line.get_xdata() for line in axes.lines}
    np.testing.assert_allclose(drawn["found"], [0.8, 0.3], rtol=1e-6)
    np.testing.assert_allclose(drawn["control"], [0.15, 0.35])
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b"]
    low, high = axes.get_ylim()
    assert low > high, "the first thing is on top"


def test_the_words_have_every_score_and_the_most_of_chance():
    alt = plot.draw_scores(["a", "b"], NULL, SCORES, "largest |r|", "shifts").alt
    assert alt == (
        "largest |r| for 2 things, beside shifts: a, found 0.8 and control 0.15, "
        "chance at most 0.3; b, found 0.3 and control 0.35, chance at most 0.4."
    )


def test_other_sizes_and_no_scores_are_refused():
    with pytest.raises(ShapeError):
        plot.draw_scores(["a", "b", "c"], NULL, SCORES, "r")
    with pytest.raises(ShapeError):
        plot.draw_scores(["a", "b"], NULL, {"found": np.ones(3)}, "r")
    with pytest.raises(ThroughTimeError, match="wanted 1 to"):
        plot.draw_scores(["a", "b"], NULL, {}, "r")
