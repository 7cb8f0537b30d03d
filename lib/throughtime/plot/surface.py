"""An error surface with a cliff, from the side and from above, and descents on it."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from throughtime.graph import INK, PALETTE
from throughtime.plot.style import DASHES, MARKERS, Picture, figure, said
from throughtime.shapes import Array, check_shape, to_numpy

COLOURS = "cividis"  # dark to light, alike for all eyes
PATHS = (PALETTE[1], "#ffffff", PALETTE[5], PALETTE[3])


def draw_surface(
    x: Array,
    y: Array,
    errors: Array,
    paths: Mapping[str, Array] | None = None,
    labels: tuple[str, str, str] = ("w", "b", "error"),
    view: tuple[float, float] = (35, 60),
) -> Picture:
    r"""Draw an error surface over two parameters, and paths of descents on it.

    At the top the surface from the side; below it from above, with the paths.

    Args:
        x: Values of the first parameter, shape ``(N,)``, rising, N at least 2.
        y: Values of the second parameter, shape ``(M,)``, rising, M at least 2.
        errors: Shape ``(N, M)``: ``errors[i, j]`` is the error at ``x[i], y[j]``.
        paths: Name to the points of a descent, shape ``(K, 2)``: x and y. What leaves
            the surface is not drawn; the description says so.
        labels: Of x, y and the error.
        view: From where the surface is seen: degrees above, and around.

    Raises:
        ShapeError: The sizes do not agree.

    Source:
        Pascanu et al. (2013), fig. 6; book/05_gradients.
    """
    (N,), (M,) = check_shape("x", x, "N"), check_shape("y", y, "M")
    check_shape("errors", errors, "N M", N=N, M=M)
    x, y, z = to_numpy(x), to_numpy(y), to_numpy(errors)
    for name, points in (paths or {}).items():
        check_shape(name, points, "K C", C=2)
    fig, (side, above) = figure(4.6, 6.4, 2, 1)
    side.remove()
    side = fig.add_subplot(2, 1, 1, projection="3d")
    _draw_side(side, x, y, z, labels, view)
    _draw_above(above, x, y, z, labels)
    limits = np.array([[x[0], y[0]], [x[-1], y[-1]]])
    courses = [
        _draw_path(above, i, name, to_numpy(points), limits)
        for i, (name, points) in enumerate((paths or {}).items())
    ]
    if paths:
        fig.legend(
            *above.get_legend_handles_labels(), loc="outside lower center", ncols=2
        )
    fig.alt = _alt(x, y, z, labels, courses)
    return fig


def _draw_side(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    labels: tuple[str, str, str],
    view: tuple[float, float],
) -> None:
    look = {"cmap": COLOURS, "rcount": 100, "ccount": 100, "lw": 0}
    surface = axes.plot_surface(*np.meshgrid(x, y), z.T, antialiased=False, **look)
    surface.set_rasterized(True)  # thousands of patches: a picture of them is lighter
    axes.view_init(*view)
    axes.set(xlabel=labels[0], ylabel=labels[1])  # the bar below names the height
    axes.set_box_aspect(None, zoom=1.15)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color((0, 0, 0, 0))
        axis.set_major_locator(MaxNLocator(3))
    axes.grid(False)


def _draw_above(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    labels: tuple[str, str, str],
) -> None:
    look = {"cmap": COLOURS, "shading": "nearest", "rasterized": True}
    drawn = axes.pcolormesh(x, y, z.T, **look)
    axes.contour(x, y, z.T, 8, colors=INK, linewidths=0.5, alpha=0.6)
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=x[[0, -1]], ylim=y[[0, -1]])
    axes.locator_params(nbins=4)
    bar = axes.figure.colorbar(drawn, ax=axes, label=labels[2])
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(4)


def _draw_path(
    axes: Axes, number: int, name: str, points: np.ndarray, limits: np.ndarray
) -> str:
    """Draw a path with an edge that shows on any ground; return its course in words."""
    look = {
        "color": PATHS[number % len(PATHS)],
        "linestyle": DASHES[number % len(DASHES)],
        "marker": MARKERS[number % len(MARKERS)],
        "markersize": 4,
        "path_effects": [withStroke(linewidth=2.5, foreground=INK)],
    }
    axes.plot(*points.T, label=name, markeredgecolor=INK, markeredgewidth=0.6, **look)
    beyond = ((points < limits[0]) | (points > limits[1])).any(axis=1).sum()
    (a, b), (c, d) = points[0], points[-1]
    return (
        f"{name} goes in {len(points) - 1} steps from ({said(a)}, {said(b)}) to "
        f"({said(c)}, {said(d)})"
        + (f", {beyond} of its points beyond the surface" if beyond else "")
    )


def _alt(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    labels: tuple[str, str, str],
    courses: list[str],
) -> str:
    parts = []
    for word, index in (("highest", np.nanargmax(z)), ("lowest", np.nanargmin(z))):
        i, j = np.unravel_index(index, z.shape)
        parts.append(f"{word} {said(z[i, j])} at ({said(x[i])}, {said(y[j])})")
    return (
        f"A surface from the side and from above, {labels[2]} over {labels[0]} from "
        f"{said(x[0])} to {said(x[-1])} and {labels[1]} from {said(y[0])} to "
        f"{said(y[-1])}: {'; '.join(parts + courses)}."
    )
