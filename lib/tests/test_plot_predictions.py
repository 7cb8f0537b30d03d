"""The picture of next-symbol probabilities: what is drawn is what came in."""

import numpy as np
import pytest
import torch

from throughtime import plot
from throughtime.errors import ShapeError

PS = torch.tensor([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])


def test_each_symbol_read_has_a_column_and_what_came_has_a_frame_and_a_number():
    fig = plot.draw_predictions(PS, "ab\n", "ab", "a\n")
    axes = fig.axes[0]
    assert axes.images[0].get_array().tolist() == PS.T.tolist()
    assert [frame.get_xy() for frame in axes.patches] == [(-0.5, -0.5), (0.5, 1.5)]
    assert [text.get_text() for text in axes.texts] == ["0.50", "0.75"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b", "↵"]
    assert "a 0.5 and ↵ 0.75" in fig.alt
    assert "3 next symbols after each of 2 symbols read" in fig.alt


@pytest.mark.parametrize("targets", ["a", "ax"])
def test_targets_that_do_not_fit_are_told(targets):
    with pytest.raises(ShapeError, match="wanted 2 of the symbols"):
        plot.draw_predictions(np.asarray(PS), "ab\n", "ab", targets)
