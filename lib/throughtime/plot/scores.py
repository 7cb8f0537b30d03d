"""Scores beside what chance alone reaches."""

from collections.abc import Mapping, Sequence

import numpy as np

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.style import (
    MARKERS,
    SMALL,
    Picture,
    figure,
    listed,
    name_above,
    said,
)
from throughtime.shapes import Array, check_shape, to_numpy


def draw_scores(
    names: Sequence[str],
    null: Array,
    scores: Mapping[str, Array],
    xlabel: str,
    null_name: str = "chance",
) -> Picture:
    r"""Draw scores of K things, a row each, beside what chance reached in S rounds.

    A pale bar spans all rounds of chance, a line in it is their median.

    Args:
        names: Of the K things, from the top.
        null: What chance reached, shape ``(S, K)``.
        scores: Name to scores, each of shape ``(K,)``, a mark for each name.
        xlabel: What is scored.
        null_name: What the bar is called.

    Raises:
        ShapeError: The sizes do not agree.
        ThroughTimeError: No score, or more kinds of scores than marks.

    Source:
        book/10_inside.
    """
    K = len(names)
    check_shape("null", null, "S K", K=K)
    if not 1 <= len(scores) <= len(MARKERS):
        raise ThroughTimeError(
            f"scores has {len(scores)} names; wanted 1 to {len(MARKERS)}. Try "
            'scores={"found": values}.'
        )
    null = to_numpy(null)
    fig, axes = figure(height=1.0 + 0.36 * K)
    low, middle, high = null.min(0), np.median(null, axis=0), null.max(0)
    rows = np.arange(K)
    bar = {"height": 0.62, "color": MUTED, "alpha": 0.35, "label": null_name}
    axes.barh(rows, high - low, left=low, **bar)
    axes.vlines(middle, rows - 0.31, rows + 0.31, color=INK, lw=1.2)
    for i, (name, values) in enumerate(scores.items()):
        check_shape(name, values, "K", K=K)
        look = {"marker": MARKERS[i], "color": PALETTE[i], "lw": 0, "ms": 7}
        axes.plot(to_numpy(values), rows, label=name, **look)
    axes.set_yticks(rows, names, size=SMALL)
    axes.set_ylim(K - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(xlabel)
    axes.tick_params(axis="y", length=0)
    name_above(axes)
    fig.alt = (
        f"{xlabel} for {K} things, beside {null_name}: "
        f"{'; '.join(_row(k, names, high, scores) for k in range(K))}."
    )
    return fig


def _row(
    k: int, names: Sequence[str], high: np.ndarray, scores: Mapping[str, Array]
) -> str:
    parts = [f"{name} {said(float(values[k]))}" for name, values in scores.items()]
    return f"{names[k]}, {listed(parts)}, chance at most {said(float(high[k]))}"
