"""Runs and the interval of their mean, row by row, for several measures."""

from collections.abc import Mapping, Sequence

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.style import MEDIUM, Picture, figure, said

Runs = Mapping[str, Mapping[str, Sequence[float]]]
Ends = Mapping[str, Mapping[str, tuple[float, float]]]


def draw_intervals(runs: Runs, intervals: Ends, xlabel: str) -> Picture:
    r"""Draw each run as a point and the interval of their mean as a bar.

    The first row is what the others are compared with: its interval is a pale band
    behind all of them.

    Args:
        runs: Name of a row to name of a measure to its values, one a run.
        intervals: The same names to the two ends of the mean's interval.
        xlabel: What the values are, with their unit.

    Raises:
        ThroughTimeError: There is no row, or a measure is missing in one.

    Source:
        book/07_gru.
    """
    panels = _check(runs, intervals)
    names = list(runs)
    fig, grid = figure(
        6.4, 0.95 + 0.3 * len(names), 1, len(panels), sharey=True, squeeze=False
    )
    for axes, panel in zip(grid[0], panels, strict=True):
        first = intervals[names[0]][panel]
        axes.axvspan(*first, color=PALETTE[5], alpha=0.25, lw=0)
        for y, name in enumerate(names):
            values, colour = runs[name][panel], PALETTE[0 if y else 1]
            axes.plot(intervals[name][panel], [y, y], color=colour, lw=2.5)
            axes.plot(values, [y] * len(values), "o", color=INK, ms=3, alpha=0.55)
        axes.set_title(panel, loc="left", size=MEDIUM, pad=4)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    fig.supxlabel(xlabel, size=MEDIUM)
    fig.alt = _said(names, panels, runs, intervals, xlabel)
    return fig


def _said(
    names: list[str], panels: list[str], runs: Runs, intervals: Ends, xlabel: str
) -> str:
    parts = []
    for panel in panels:
        rows = [
            f"{name} {said(float(np.mean(runs[name][panel])))} "
            f"({said(intervals[name][panel][0])} to {said(intervals[name][panel][1])})"
            for name in names
        ]
        parts.append(f"{panel}: {', '.join(rows)}")
    return f"Means with intervals, {xlabel}. {'; '.join(parts)}."


def _check(runs: Runs, intervals: Ends) -> list[str]:
    """Return the names of the measures."""
    panels = list(next(iter(runs.values()), {}))
    lacking = [
        f"{name}: {panel}"
        for name in runs
        for panel in panels
        if panel not in runs[name] or panel not in intervals.get(name, {})
    ]
    if not panels or lacking:
        raise ThroughTimeError(
            f"runs has {len(runs)} rows and lacks {', '.join(lacking) or 'measures'}; "
            "wanted values and an interval for each row and measure. Try "
            'runs={"GRU": {"adding": [0.1, 0.2]}}.'
        )
    return panels
