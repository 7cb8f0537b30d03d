"""Figures: what is drawn, in whose colour, and the same bytes each time."""

import io
import os
import subprocess
import sys
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime import plot
from throughtime.errors import ShapeError, ThroughTimeError

GRAPHS = {
    "folded": plot.draw_folded,
    **{kind: lambda kind=kind: plot.draw_unrolled(kind) for kind in plot.KINDS},
    "losses": lambda: plot.draw_unrolled(losses=True),
    "one loss": lambda: plot.draw_unrolled("N-1", losses=True),
    "one step": lambda: plot.draw_unrolled(steps=1, losses=True),
    "eight steps": lambda: plot.draw_unrolled(steps=8, losses=True),
}


def _labels(fig):
    return Counter(text.get_text().strip("$") for text in fig.axes[0].texts)


def _arrows(fig):
    patches = fig.axes[0].patches
    arrows = [patch for patch in patches if isinstance(patch, FancyArrowPatch)]
    return Counter(to_hex(arrow.get_edgecolor()) for arrow in arrows)


def _svg(fig):
    file = io.BytesIO()
    fig.savefig(file, metadata={"Date": None})
    return file.getvalue()


def test_folded_has_three_nodes_and_each_weight_once():
    fig = plot.draw_folded()
    nodes = [patch for patch in fig.axes[0].patches if isinstance(patch, Circle)]
    labels = _labels(fig)
    assert len(nodes) == 3
    assert {"x_t", "h_t", "o_t", "W_{xh}", "W_{hh}", "W_{hy}"} <= set(labels)
    assert _arrows(fig) == dict.fromkeys(map(str.lower, plot.PALETTE[:3]), 1)


@pytest.mark.parametrize(
    ("kind", "outputs", "fed"), [("N-N", 3, 0), ("N-1", 1, 0), ("1-N", 3, 2)]
)
def test_a_weight_has_one_colour_at_every_step(kind, outputs, fed):
    fig = plot.draw_unrolled(kind)
    blue, red, green = (colour.lower() for colour in plot.PALETTE[:3])
    want = {blue: 3, red: 3, green: outputs, "#6b6b6b": fed}
    assert _arrows(fig) == Counter(want)
    labels = _labels(fig)
    assert labels["W_{xh}"] == labels["W_{hh}"] == 3
    assert labels["W_{hy}"] == outputs


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [("N-N", ["o_1", "o_2"]), ("N-1", ["o_2"]), ("1-N", ["o_1", "o_2"])],
)
def test_the_nodes_are_those_of_the_page(kind, outputs):
    labels = _labels(plot.draw_unrolled(kind, steps=2))
    nodes = sorted(label for label in labels if "_" in label and "W" not in label)
    assert nodes == sorted(["h_0", "h_1", "h_2", "x_1", "x_2", *outputs])


def test_the_loss_is_the_sum_over_the_outputs():
    assert "L = L_1 + L_2 + L_3" in _labels(plot.draw_unrolled(losses=True))
    assert "L = L_3" in _labels(plot.draw_unrolled("N-1", losses=True))


@pytest.mark.parametrize("name", GRAPHS)
def test_labels_lie_in_the_figure_and_off_each_other(name):
    fig = GRAPHS[name]()
    fig.draw_without_rendering()
    boxes = [text.get_window_extent() for text in fig.axes[0].texts]
    assert all(fig.bbox.contains(*box.p0) for box in boxes)
    assert all(fig.bbox.contains(*box.p1) for box in boxes)
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)]


@pytest.mark.parametrize("name", GRAPHS)
def test_a_column_of_the_page_is_wide_enough_for_four_steps(name):
    if name != "eight steps":
        assert GRAPHS[name]().get_figwidth() <= 6.4
    assert plot.draw_unrolled(steps=4).get_figwidth() <= 6.4


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ThroughTimeError, match="'1-1'; wanted one of N-N, N-1, 1-N"):
        plot.draw_unrolled("1-1")
    for steps in (0, 9):
        with pytest.raises(ThroughTimeError, match=f"steps is {steps}; wanted 1 to 8"):
            plot.draw_unrolled(steps=steps)


def test_states_are_drawn_as_they_are_with_a_tick_a_character():
    hs = torch.linspace(-1, 1, 8, requires_grad=True).reshape(4, 2)
    axes = plot.draw_states(hs, "a b\n").axes[0]
    image = axes.images[0]
    assert np.array_equal(image.get_array(), hs.detach().numpy().T)
    assert image.get_clim() == (-1, 1)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "␣", "b", "↵"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["1", "2"]


def test_states_may_have_names():
    axes = plot.draw_states(np.zeros((3, 2)), "abc", names=["quote", "depth"]).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["quote", "depth"]


def test_states_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="T is 4 here and 3"):
        plot.draw_states(np.zeros((4, 2)), "abc")
    with pytest.raises(ShapeError, match="H is 2 here and 1"):
        plot.draw_states(np.zeros((3, 2)), "abc", names=["quote"])


def test_lines_are_drawn_as_they_are_and_say_where_the_axis_is_logarithmic():
    lines = {"falls": torch.tensor([1.0, 0.1]), "stays": np.array([1.0, 1.0])}
    axes = plot.draw_lines(lines, "step t", "norm", log=True).axes[0]
    first, second = axes.lines
    assert first.get_xdata().tolist() == [1, 2]
    assert second.get_ydata().tolist() == [1.0, 1.0]
    assert first.get_linestyle() != second.get_linestyle()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step t", "norm (log scale)")
    assert axes.get_yscale() == "log"
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["falls", "stays"]


def test_lines_of_another_length_than_x_are_refused():
    with pytest.raises(ShapeError, match="loss has shape"):
        plot.draw_lines({"loss": np.zeros(3)}, "step", "nats", x=np.zeros(4))


def test_a_figure_has_the_books_style():
    fig, axes = plot.figure()
    (line,) = axes.plot([1, 2])
    assert fig.get_size_inches().tolist() == [6.4, 3.2]
    assert line.get_linewidth() == 1.5
    assert to_hex(line.get_color()) == plot.PALETTE[0].lower()
    assert plot.figure(rows=2, columns=3)[1].shape == (2, 3)


def test_a_saved_figure_is_transparent_svg_and_has_the_same_bytes_each_time():
    drawn = [
        _svg(plot.draw_lines({"a": np.arange(5)}, "step", "nats")) for _ in range(2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(b"<?xml")
    assert b"<clipPath id=" in drawn[0]
    assert b"fill: #ffffff" not in drawn[0]


def test_a_notebook_shows_svg_without_a_date():
    pytest.importorskip("matplotlib_inline")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "from throughtime import plot\n"
        "data, _ = shell.display_formatter.format(plot.draw_folded())\n"
        "print(sorted(data), '<dc:date>' in data['image/svg+xml'])\n"
        "shell.history_manager.end_session()\n"
    )
    environment = os.environ | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline"
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "['image/svg+xml', 'text/plain'] False\n", done.stderr
