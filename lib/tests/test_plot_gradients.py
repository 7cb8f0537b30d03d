"""Gradients drawn over many networks, and over layers and steps."""

import io

import numpy as np
import pytest

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

GROUPS = {
    "falls": np.array([[0.5, 0.1], [2.0, 0.3]]),
    "grows": np.array([[1.0, 1.5]]),
}
NORMS = {
    "small": np.array([[0.0, 1e-20, 1e-3], [0.0, 1e-2, 1.0]]),
    "large": np.array([[1.0, 1.0, 10.0], [1.0, 10.0, 100.0]]),
}


def _svg(fig):
    file = io.BytesIO()
    fig.savefig(file, metadata={"Date": None})
    return file.getvalue()


def test_points_lie_where_they_are_each_group_with_its_own_mark():
    fig = plot.draw_points(GROUPS, "radius", "growth", equal="y = x")
    axes = fig.axes[0]
    drawn = [line for line in axes.lines if len(line.get_xdata())]
    falls, grows, line = drawn
    assert falls.get_xydata().tolist() == GROUPS["falls"].tolist()
    assert grows.get_xydata().tolist() == [[1.0, 1.5]]
    assert falls.get_marker() != grows.get_marker()
    assert line.get_xydata().tolist() == [[0.5, 0.5], [2.0, 2.0]]
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["falls", "grows", "y = x"]
    assert "growth over radius from 0.5 to 2" in fig.alt
    assert "falls, 2 of them, between 0.1 and 0.3" in fig.alt
    assert fig.alt.endswith("A dashed line shows y = x.")


def test_without_its_name_no_line_of_equals_is_drawn():
    fig = plot.draw_points(GROUPS, "radius", "growth")
    assert not [line for line in fig.axes[0].lines if line.get_linestyle() == "--"]
    assert "dashed" not in fig.alt


def test_many_points_become_a_picture_that_is_light():
    many = np.random.default_rng(0).normal(size=(20_000, 2))
    assert len(_svg(plot.draw_points({"all": many}, "x", "y"))) < 200_000
    parts = {f"part {i}": many[i * 300 : (i + 1) * 300] for i in range(4)}
    assert len(_svg(plot.draw_points(parts, "x", "y"))) < 100_000


def test_a_flow_has_the_lowest_layer_at_the_bottom_and_one_scale_for_all():
    fig = plot.draw_flow(NORMS)
    small, large, _ = fig.axes
    images = [axes.images[0] for axes in (small, large)]
    assert [image.origin for image in images] == ["lower", "lower"]
    assert images[0].get_clim() == images[1].get_clim() == (1e-10, 100)
    assert images[0].get_array()[0].tolist() == [1e-10, 1e-10, 1e-3]
    assert small.get_title(loc="left") == "small"
    assert large.get_xlabel() == "step t"
    assert "small has 1 at the last step of layer 2 and 0 at the first" in fig.alt


def test_a_flow_of_one_layer_can_be_drawn():
    fig = plot.draw_flow({"one": np.array([[0.5, 1.0]])})
    assert fig.axes[0].get_yticks().tolist() == [1]
    assert fig.axes[0].images[0].get_clim() == (0.5, 1)


@pytest.mark.parametrize("norms", [{}, {"dead": np.zeros((2, 3))}])
def test_a_flow_of_nothing_is_refused(norms):
    with pytest.raises(ThroughTimeError, match="nothing above 0"):
        plot.draw_flow(norms)


def test_points_and_stacks_of_other_sizes_are_refused():
    with pytest.raises(ThroughTimeError, match="groups is empty"):
        plot.draw_points({}, "x", "y")
    with pytest.raises(ShapeError, match="falls has shape"):
        plot.draw_points({"falls": np.zeros((4, 3))}, "x", "y")
    with pytest.raises(ShapeError, match="other"):
        plot.draw_flow(NORMS | {"other": np.ones((3, 3))})
