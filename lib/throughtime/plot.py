"""Every figure of the book, in one style.

Dark ink on a transparent ground, so that a page can turn it light in the dark. A
notebook shows what was drawn at the end of the cell; end the cell with a semicolon.
In the graphs a colour stands for a weight, the same one at every step.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from throughtime.errors import ThroughTimeError
from throughtime.graph import GRID, INK, PALETTE, Graph, Place, size_of
from throughtime.shapes import Array, check_shape, to_numpy

STYLE = {
    "figure.facecolor": "none",
    "savefig.format": "svg",
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "svg.hashsalt": "throughtime",  # the same ids in each build
    "svg.fonttype": "path",
    "mathtext.fontset": "cm",  # as the formulas of the page
    "text.color": INK,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(color=PALETTE),
    "lines.linewidth": 1.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}
MINUS_TO_PLUS = LinearSegmentedColormap.from_list(
    "minus to plus", [PALETTE[1], "white", PALETTE[0]]
)
DASHES = ("-", "--", ":", "-.")

KINDS = ("N-N", "N-1", "1-N")


def figure(
    width: float = 6.4, height: float = 3.2, rows: int = 1, columns: int = 1
) -> tuple[Figure, Any]:
    r"""Begin a figure in the style of the book.

    Args:
        width: In inches; 6.4 is a column of the page.
        height: In inches.
        rows: Of axes.
        columns: Of axes.

    Returns:
        The figure, and its axes: one, or an array of them.
    """
    plt.rcParams.update(STYLE)
    _show_as_svg()
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained")


def draw_lines(
    lines: Mapping[str, Array],
    xlabel: str,
    ylabel: str,
    x: Array | None = None,
    log: bool = False,
) -> Figure:
    r"""Draw one line for each name.

    Args:
        lines: Name to values, each of shape ``(T,)``.
        xlabel: What x is, with its unit.
        ylabel: What y is, with its unit.
        x: Places of the values, shape ``(T,)``; 1 to T without it.
        log: Draw y on a logarithmic axis, and say so in its label.

    Raises:
        ShapeError: A line has other than one axis, or another length than ``x``.
    """
    fig, axes = figure()
    for i, (name, values) in enumerate(lines.items()):
        T = len(values) if x is None else len(x)
        check_shape(name, values, "T", T=T)
        places = np.arange(1, T + 1) if x is None else to_numpy(x)
        axes.plot(places, to_numpy(values), DASHES[i % len(DASHES)], label=name)
    axes.xaxis.get_major_locator().set_params(integer=x is None)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(f"{ylabel} (log scale)" if log else ylabel)
    axes.set_yscale("log" if log else "linear")
    if len(lines) > 1:
        axes.legend()
    return fig


def draw_states(hs: Array, text: str, names: Sequence[str] | None = None) -> Figure:
    r"""Draw the states over the characters of a text as a heat map, from -1 to 1.

    Args:
        hs: States, shape ``(T, H)``.
        text: The T characters that were read; about 60 fit.
        names: Of the H units; numbers from 1 without it.

    Raises:
        ShapeError: ``hs`` has not one state a character, or not one unit a name.
    """
    sizes = {"T": len(text)} | ({"H": len(names)} if names else {})
    T, H = check_shape("hs", hs, "T H", **sizes)
    fig, axes = figure(height=1.2 + 0.15 * min(H, 20))
    grid = to_numpy(hs).T
    image = axes.imshow(grid, MINUS_TO_PLUS, vmin=-1, vmax=1, interpolation="none")
    axes.set_aspect("auto")
    shown = [{" ": "␣", "\n": "↵"}.get(character, character) for character in text]
    axes.set_xticks(range(T), shown, family="monospace", size=min(11, 520 / T))
    if names:
        axes.set_yticks(range(H), names)
    else:
        axes.set_yticks([0, H - 1], [1, H])
        axes.set_ylabel("unit")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("character read")
    fig.colorbar(image, label="state", ticks=[-1, 0, 1]).outline.set_visible(False)
    return fig


def draw_folded() -> Figure:
    r"""Draw the graph of a recurrent network folded: the state feeds itself."""
    fig, graph = _begin(columns=1.5, rows=3)
    x, h, o = (graph.node(0, row, f"{name}_t") for row, name in enumerate("xho"))
    graph.arrow(x, h, "W_{xh}")
    graph.arrow(h, o, "W_{hy}")
    graph.loop(h, "W_{hh}", "one step later")
    return fig


def draw_unrolled(kind: str = "N-N", steps: int = 3, losses: bool = False) -> Figure:
    r"""Draw the graph of a recurrent network unrolled in time.

    Args:
        kind: ``"N-N"``, an output at each step; ``"N-1"``, one after the last step;
            ``"1-N"``, one input, and the next ones made from the states.
        steps: T, from 1 to 8.
        losses: Draw the loss of each output too, and their sum L.

    Raises:
        ThroughTimeError: No such kind, or ``steps`` out of range.
    """
    _check_graph(kind, steps)
    fig, graph = _begin(columns=steps, rows=5 if losses else 3)
    h = graph.node(0, 1, "h_0")
    outputs = []
    for t in range(1, steps + 1):
        h_prev, h = h, graph.node(t, 1, f"h_{t}")
        graph.arrow(h_prev, h, "W_{hh}")
        made = kind == "1-N" and t > 1
        x = graph.node(t, 0, f"x_{t}", made)
        graph.arrow(x, h, "W_{xh}")
        if made:
            graph.arrow(h_prev, x)
        if kind != "N-1" or t == steps:
            outputs.append(graph.node(t, 2, f"o_{t}"))
            graph.arrow(h, outputs[-1], "W_{hy}")
    if losses:
        _add_losses(graph, outputs, steps)
    return fig


def _add_losses(graph: Graph, outputs: list[Place], steps: int) -> None:
    first = steps - len(outputs) + 1
    for t, o in enumerate(outputs, first):
        loss = graph.node(t, 3, f"L_{t}")
        graph.arrow(o, loss)
        graph.arrow(loss, (t * GRID, 4 * GRID))
    terms = [f"L_{t}" for t in range(first, steps + 1)]
    graph.bar(first, steps, 4, "L = " + " + ".join(terms))


def _begin(columns: float, rows: int) -> tuple[Figure, Graph]:
    fig, axes = figure(*size_of(columns, rows))
    fig.set_layout_engine("none")
    return fig, Graph(axes, columns, rows)


def _check_graph(kind: str, steps: int) -> None:
    if kind not in KINDS:
        raise ThroughTimeError(
            f"kind is {kind!r}; wanted one of {', '.join(KINDS)}. Try kind='N-N'."
        )
    if not 1 <= steps <= 8:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 to 8. Try steps=3.")


def _show_as_svg() -> None:
    """Have a notebook show figures as SVG without a date, so that builds repeat."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from matplotlib_inline.config import InlineBackend

    if get_ipython() is None:
        return
    settings = InlineBackend.instance(parent=get_ipython())
    settings.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
    settings.figure_formats = {"svg"}
