"""Gradients over many networks, and over the layers and steps of one."""

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import LogNorm

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.style import (
    MARKERS,
    MEDIUM,
    Picture,
    figure,
    listed,
    name_above,
    said,
)
from throughtime.shapes import Array, check_shape, to_numpy

MANY = 500  # points in all: beyond it a picture of them is lighter than outlines
COLOURS = "cividis"  # dark to light, alike for all eyes
DECADES = 12  # the most that one scale of colours shows


def draw_points(
    groups: Mapping[str, Array], xlabel: str, ylabel: str, equal: str = ""
) -> Picture:
    r"""Draw points in the plane, a mark and a colour for each group.

    Args:
        groups: Name to points, each of shape ``(N, 2)``: x and y.
        xlabel: What x is, with its unit.
        ylabel: What y is, with its unit.
        equal: What it would mean if y were x; then that line is drawn.

    Raises:
        ShapeError: Points of another shape.
        ThroughTimeError: There is no group.
    """
    if not groups:
        raise ThroughTimeError(
            'groups is empty; wanted one at least. Try groups={"all": points}.'
        )
    fig, axes = figure(height=3.6)
    for name, group in groups.items():
        check_shape(name, group, "N C", C=2)
    points = {name: to_numpy(group) for name, group in groups.items()}
    many = sum(map(len, points.values())) > MANY
    for i, name in enumerate(points):
        look = {"marker": MARKERS[i], "color": PALETTE[i], "lw": 0, "alpha": 0.6}
        axes.plot(*points[name].T, ms=3, rasterized=many, **look)
        axes.plot([], [], ms=5, label=name, **look | {"alpha": 1})
    every = np.concatenate(list(points.values()))
    if equal:
        ends = [every[:, 0].min(), every[:, 0].max()]
        axes.plot(ends, ends, "--", color=INK, lw=1.2, label=equal)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    name_above(axes)
    line = f" A dashed line shows {equal}." if equal else ""
    fig.alt = (
        f"Points, {ylabel} over {xlabel} from {said(every[:, 0].min())} to "
        f"{said(every[:, 0].max())}: {listed(map(_cloud, points, points.values()))}."
        f"{line}"
    )
    return fig


def draw_flow(norms: Mapping[str, Array]) -> Picture:
    r"""Draw the gradient norm at each layer and step of stacked cells, by brightness.

    All stacks share one logarithmic scale, of at most 12 decades; what is smaller, 0
    too, has the darkest colour.

    Args:
        norms: Name to the norms of a stack, each of shape ``(L, T)``, the lowest
            layer first; drawn with it at the bottom.

    Raises:
        ShapeError: The stacks are of different sizes.
        ThroughTimeError: There is no stack, or none has a norm above 0.

    Source:
        book/05_gradients.
    """
    grids = {name: to_numpy(grid).astype(float) for name, grid in norms.items()}
    high = max((np.nanmax(grid) for grid in grids.values()), default=0)
    if not high > 0:
        raise ThroughTimeError(
            "norms holds nothing above 0; wanted the gradients of one stack at least. "
            "Try step_gradient_norms for each layer."
        )
    L, T = check_shape("norms", next(iter(grids.values())), "L T")
    low = min(grid[grid > 0].min(initial=high) for grid in grids.values())
    low = max(low, high / 10.0**DECADES)
    rows = len(grids)
    fig, all_axes = figure(6.4, 0.8 + rows * (0.45 + 0.24 * L), rows, 1, sharex=True)
    for axes, (name, grid) in zip(np.atleast_1d(all_axes), grids.items(), strict=True):
        check_shape(name, grid, "L T", L=L, T=T)
        shown = np.clip(grid, low, None)
        image = axes.imshow(shown, COLOURS, norm=LogNorm(low, high), origin="lower")
        image.set_extent((0.5, T + 0.5, 0.5, L + 0.5))
        axes.set_aspect("auto")
        axes.set_yticks([1, L] if L > 1 else [1])
        axes.set_title(name, loc="left", size=MEDIUM, pad=3)
        axes.set_ylabel("layer")
        axes.tick_params(length=0)
        axes.spines[:].set_color(MUTED)
    axes.set_xlabel("step t")
    bar = fig.colorbar(image, ax=all_axes, label="gradient norm (log scale)")
    bar.outline.set_visible(False)
    parts = [
        f"{name} has {said(grid[-1, -1])} at the last step of layer {L} and "
        f"{said(grid[0, 0])} at the first of layer 1"
        for name, grid in grids.items()
    ]
    fig.alt = (
        f"Gradient norms over {L} layers and {T} steps, brighter where they are "
        f"larger, on a logarithmic scale: {'; '.join(parts)}."
    )
    return fig


def _cloud(name: str, points: np.ndarray) -> str:
    low, middle, high = np.quantile(points[:, 1], [0, 0.5, 1])
    return (
        f"{name}, {len(points)} of them, between {said(low)} and {said(high)}, "
        f"half of them below {said(middle)}"
    )
