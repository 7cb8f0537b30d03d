"""Drawings of reading, writing and searching: what is drawn is what came in."""

import pytest
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from throughtime import plot
from throughtime.errors import ThroughTimeError


def texts(fig):
    return [text.get_text() for axes in fig.axes for text in axes.texts]


def test_both_halves_are_drawn_with_one_arrow_between_them():
    fig = plot.draw_seq2seq(["a", "b"], ["x", "y", "END"])
    (axes,) = fig.axes
    found = texts(fig)
    assert [found.count(word) for word in ("a", "b", "START")] == [1, 1, 1]
    assert [found.count(word) for word in ("x", "y", "END")] == [2, 2, 1]
    assert {"$h_1$", "$h_2$", "$s_1$", "$s_2$", "$s_3$"} <= set(found)
    assert sum(isinstance(p, Circle) for p in axes.patches) == 5
    arrows = [p for p in axes.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 4 + 5 + 3 + 2  # along, fed, written, and fed back
    assert "The first 2, the encoder's, read a and b" in fig.alt
    assert "write x, y and END" in fig.alt


def test_each_factor_is_joined_to_what_it_looks_at():
    left, right = plot.draw_factors(5).axes
    for axes, order in ((left, 1), (right, 5)):
        joined = {tuple(line.get_xdata()) for line in axes.lines}
        assert joined == {
            (k, t) for t in range(1, 6) for k in range(max(1, t - order), t + 1)
        }
        assert sum(isinstance(p, Rectangle) for p in axes.patches) == 5


def test_a_search_is_a_tree_of_what_was_kept():
    kept = [[["a"], ["b"]], [["b", "c"], ["a", "d"]], [["b", "c", "e"]]]
    fig = plot.draw_search(kept)
    found = texts(fig)
    assert sorted(found) == ["1", "2", "3", "a", "b", "c", "d", "e"]
    assert len(fig.axes[0].patches) == 3
    assert fig.alt.endswith("step 2: b c and a d; step 3: b c e.")


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (
            lambda: plot.draw_seq2seq([], ["x"]),
            "source has 0 words and target 1; wanted",
        ),
        (lambda: plot.draw_factors(1), "steps is 1; wanted 2 to 6"),
        (lambda: plot.draw_search([]), "kept has no step"),
        (lambda: plot.draw_search([[["a"]], []]), "kept has no step"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, words):
    with pytest.raises(ThroughTimeError, match=words):
        draw()
