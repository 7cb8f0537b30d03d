r"""How sensitive each node of an unrolled network is to one early input."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.backward import LITTLE_TO_MUCH
from throughtime.plot.style import SMALL, Picture, figure, said
from throughtime.shapes import Array, check_shape, to_numpy

ROWS = ("input", "hidden", "output")
WIDE, HIGH, SIZE = 0.77, 1.0, 0.27  # from node to node; of a node, in inches


def draw_sensitivity(values: Array, gates: Array | None = None) -> Picture:
    r"""Draw a network through time, each node as dark as it is sensitive.

    Args:
        values: Sensitivity of the input, hidden and output nodes to the first input,
            from 0 to 1, shape ``(3, T)``; at most 7 steps fit.
        gates: How far the input, forget and output gates are open, from 0 to 1, shape
            ``(3, T)``. Drawn below, to the left of and above the hidden nodes: a
            circle if more than half open, else a bar.

    Raises:
        ShapeError: Other shapes.
        ThroughTimeError: More than 7 steps, or a number outside 0 to 1.

    Source:
        After the descriptions of figures 4.1 and 4.4 of Graves (2012); book/06_lstm.
    """
    shades = _fractions("values", values)
    T = shades.shape[1]
    fig, axes = figure(1.0 + WIDE * T, 2 * HIGH + 2 * SIZE + 0.75, layout="none")
    width, height = fig.get_size_inches()
    axes.set(position=(0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    places = 0.95 + WIDE * (np.arange(T) + 0.5)
    heights = 0.72 + HIGH * np.arange(3)
    for row, y in zip(ROWS, heights, strict=True):
        axes.text(0.1, y, row, color=MUTED, size=SMALL, va="center")
    line = {"color": MUTED, "lw": 1.2, "zorder": 1}
    axes.plot(places, np.full(T, heights[1]), **line)
    for t, x in enumerate(places):
        axes.plot([x, x], heights[[0, 2]], **line)
        axes.text(x, 0.2, str(t + 1), ha="center", va="center", size=SMALL)
        for y, value in zip(heights, shades[:, t], strict=True):
            _shade(axes, (x, y), value)
    axes.text(0.1, 0.2, "step", color=MUTED, size=SMALL, va="center")
    if gates is not None:
        opened = _fractions("gates", gates, T)
        around = [(0, -HIGH / 2), (-WIDE / 2, 0), (0, HIGH / 2)]
        for t, x in enumerate(places):
            for (dx, dy), gate in zip(around, opened[:, t], strict=True):
                _mark(axes, x + dx, heights[1] + dy, gate > 0.5)
    fig.alt = _alt(shades, gates)
    return fig


def _shade(axes: Axes, place: tuple[float, float], value: float) -> None:
    look = {"fc": LITTLE_TO_MUCH(value), "ec": INK, "lw": 1, "zorder": 2}
    axes.add_patch(Circle(place, SIZE, **look))
    how = {"ha": "center", "va": "center", "size": SMALL, "zorder": 3}
    axes.text(*place, f"{value:.2f}", color="white" if value > 0.45 else INK, **how)


def _mark(axes: Axes, x: float, y: float, is_open: bool) -> None:
    ground = {"marker": "s", "ms": 11, "color": "white", "lw": 0, "zorder": 1.5}
    axes.plot([x], [y], **ground)
    look = {"marker": "o", "ms": 8, "mfc": "white", "mew": 1.6, "mec": PALETTE[2]}
    if not is_open:
        look = {"marker": "_", "ms": 10, "mew": 2.4, "mec": PALETTE[1]}
    axes.plot([x], [y], lw=0, zorder=2, **look)


def _fractions(name: str, array: Array, T: int | None = None) -> np.ndarray:
    check_shape(name, array, "R T", R=3, **({} if T is None else {"T": T}))
    found = to_numpy(array).astype(float)
    if found.shape[1] > 7 or not ((found >= 0) & (found <= 1)).all():
        raise ThroughTimeError(
            f"{name} has {found.shape[1]} steps, from {found.min():.3g} to "
            f"{found.max():.3g}; wanted 7 steps at most, and numbers from 0 to 1. Try "
            "absolute values, divided by the largest."
        )
    return found


def _alt(shades: np.ndarray, gates: Array | None) -> str:
    rows = [
        f"{row} {', '.join(said(round(float(v), 2)) for v in line)}"
        for row, line in zip(ROWS, shades, strict=True)
    ]
    text = (
        f"Input, hidden and output nodes over {shades.shape[1]} steps, the darker the "
        f"more sensitive to the first input: {'; '.join(rows)}."
    )
    if gates is None:
        return text
    names = ("input gate", "forget gate", "output gate")
    opened = [
        f"{name} at {_steps(line)}"
        for name, line in zip(names, to_numpy(gates), strict=True)
    ]
    return f"{text} Open are the {'; the '.join(opened)}."


def _steps(line: np.ndarray) -> str:
    steps = [str(t + 1) for t in np.flatnonzero(line > 0.5)]
    return f"{'steps' if len(steps) > 1 else 'step'} {', '.join(steps) or 'none'}"
