"""Lines over an axis: any, gradient norms, and gates through time."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.style import (
    DASHES,
    SMALL,
    Picture,
    course,
    figure,
    name_above,
    said,
)
from throughtime.shapes import Array, check_shape, to_numpy


def draw_lines(
    lines: Mapping[str, Array],
    xlabel: str,
    ylabel: str,
    x: Array | None = None,
    log: bool = False,
) -> Picture:
    r"""Draw one line for each name.

    Args:
        lines: Name to values, each of shape ``(T,)``.
        xlabel: What x is, with its unit.
        ylabel: What y is, with its unit.
        x: Places of the values, shape ``(T,)``; 1 to T without it.
        log: Draw y on a logarithmic axis, and say so in its label.

    Raises:
        ShapeError: A line has other than one axis, or another length than ``x``.
        ThroughTimeError: There is no line.
    """
    _some("lines", lines)
    fig, axes = figure()
    parts = []
    for i, (name, values) in enumerate(lines.items()):
        T = len(values) if x is None else len(x)
        check_shape(name, values, "T", T=T)
        places = np.arange(1, T + 1) if x is None else to_numpy(x)
        values = to_numpy(values)
        axes.plot(places, values, linestyle=DASHES[i % len(DASHES)], label=name)
        parts.append(course(name, values, places))
    _finish(axes, xlabel, ylabel, log, whole=x is None)
    fig.alt = (
        f"{_count(len(lines), 'line')}, {ylabel} over {xlabel} from {said(places[0])} "
        f"to {said(places[-1])}{_scale(log)}: {'; '.join(parts)}."
    )
    return fig


def draw_gradient_norms(
    norms: Mapping[str, Array],
    bound: Array | None = None,
    xlabel: str = "step t",
    ylabel: str = "gradient norm",
) -> Picture:
    r"""Draw norms of gradients, step by step, on a logarithmic axis.

    Args:
        norms: Name to the norms at steps 1 to T, each of shape ``(T,)``, none below
            0. A norm of 0, as after an underflow, has no place on the axis: the line
            ends there.
        bound: What the norms cannot exceed, shape ``(T,)``; drawn dashed.
        xlabel: What the steps are.
        ylabel: What the norms are of.

    Raises:
        ShapeError: A line has other than one axis, or two lengths differ.
        ThroughTimeError: There is no line, or a norm below 0.

    Source:
        book/05_gradients.
    """
    _some("norms", norms)
    fig, axes = figure()
    T, parts = len(next(iter(norms.values()))), []
    places = np.arange(1, T + 1)
    styles = [style for style in DASHES if style != "--"]  # that is the bound's
    for i, (name, values) in enumerate(norms.items()):
        check_shape(name, values, "T", T=T)
        values = _positive(name, values)
        axes.plot(places, values, linestyle=styles[i % len(styles)], label=name)
        parts.append(course(name, values, places) + _vanished(values))
    if bound is not None:
        check_shape("bound", bound, "T", T=T)
        values = _positive("bound", bound)
        axes.plot(places, values, "--", color=INK, lw=1.2, label="bound")
        parts.append(course("the dashed bound", values, places))
    _finish(axes, xlabel, ylabel, log=True, whole=True)
    fig.alt = (
        f"{_count(len(norms), 'line')}, {ylabel} over {xlabel} from 1 to {T}"
        f"{_scale(True)}: {'; '.join(parts)}."
    )
    return fig


def draw_gates(
    traces: Mapping[str, Array], text: str | None = None, xlabel: str | None = None
) -> Picture:
    r"""Draw what gates and cells of one unit do through time, a row for each.

    Rows of gates go from 0 to 1, rows with negative values from -1 to 1 or further.

    Args:
        traces: Name to values, each of shape ``(T,)``, as ``{"f": f[:, 3]}``.
        text: The T characters that were read; about 60 fit.
        xlabel: What the steps are; ``"step t"``, or ``"character read"``.

    Raises:
        ShapeError: A trace has other than one axis, or two lengths differ.
        ThroughTimeError: There is no trace.

    Source:
        book/06_lstm.
    """
    _some("traces", traces)
    T = len(text) if text else len(next(iter(traces.values())))
    rows = len(traces)
    fig, grid = figure(6.4, 0.6 + 0.75 * rows, rows, 1, sharex=True, squeeze=False)
    places, parts = np.arange(1, T + 1), []
    for i, (axes, (name, values)) in enumerate(zip(grid[:, 0], traces.items())):  # noqa: B905
        check_shape(name, values, "T", T=T)
        values = to_numpy(values)
        axes.plot(places, values, color=PALETTE[i % len(PALETTE)])
        _bounds(axes, values)
        label = {"rotation": 0, "ha": "right", "va": "center"}
        axes.set_ylabel(name, **label)
        axes.grid(axis="y", color=INK, alpha=0.15, lw=0.6)
        parts.append(course(name, values, places))
    fig.align_ylabels()
    axes.set_xlim(0.5, T + 0.5)
    axes.set_xlabel(xlabel or ("character read" if text else "step t"))
    if text:
        axes.set_xticks(places, shown(text), family="monospace", size=SMALL)
    fig.alt = (
        f"{_count(rows, 'trace')} of one unit over {T} steps, one below the other: "
        f"{'; '.join(parts)}."
    )
    return fig


def shown(text: str) -> list[str]:
    """Return characters as they are drawn: spaces, tabs and newlines have marks."""
    marks = {" ": "␣", "\n": "↵", "\t": "⇥", "$": r"\$"}
    return [marks.get(character, character) for character in text]


def _bounds(axes: Axes, values: np.ndarray) -> None:
    """Set an axis to 0..1 or -1..1 where the values fit, with three ticks."""
    low, high = np.nanmin(values), np.nanmax(values)
    if low >= 0 and high <= 1:
        low, high = 0, 1
    else:
        high = max(1, np.ceil(max(high, -low)))
        low = -high
    axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.set_yticks([low, (low + high) / 2, high])


def _finish(axes: Axes, xlabel: str, ylabel: str, log: bool, whole: bool) -> None:
    axes.xaxis.get_major_locator().set_params(integer=whole)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(f"{ylabel} (log scale)" if log else ylabel)
    axes.set_yscale("log" if log else "linear")
    if len(axes.lines) > 1:
        name_above(axes)


def _positive(name: str, values: Array) -> np.ndarray:
    values = to_numpy(values).astype(float)
    if (values < 0).any():
        raise ThroughTimeError(
            f"{name} holds {values.min()}; wanted norms, 0 or more. Try its absolute "
            "value."
        )
    return np.where(values > 0, values, np.nan)


def _vanished(values: np.ndarray) -> str:
    zeros = int(np.isnan(values).sum())
    return f" and is 0 at {_count(zeros, 'step')}" if zeros else ""


def _some(name: str, things: Mapping) -> None:
    if not things:
        raise ThroughTimeError(
            f'{name} is empty; wanted one at least. Try {name}={{"unit 1": values}}.'
        )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _scale(log: bool) -> str:
    return ", on a logarithmic scale" if log else ""
