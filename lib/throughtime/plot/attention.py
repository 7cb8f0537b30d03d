"""Where a model looked while it said a word."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from throughtime.errors import ShapeError
from throughtime.plot.style import MEDIUM, SMALL, Picture, figure, lay_ground, said
from throughtime.shapes import Array, check_shape, to_numpy

DIM = 0.25  # how much of the picture shows where the weight is 0


def draw_attention(
    image: Array, words: Sequence[str], maps: Array, columns: int = 4
) -> Picture:
    r"""Draw an image, and once more for each word, bright where the model looked.

    Each map is scaled by its own largest weight, which stands below it. The figure
    holds photographs (``photo``): a page in the dark must not invert it.

    Args:
        image: Shape ``(3, S, S)``, from 0 to 1.
        words: T words, as they were said.
        maps: Weights of 0 and more, shape ``(T, G, G)``, rows from the top.
        columns: Pictures side by side.

    Raises:
        ShapeError: Not one map a word, or the image has not three colours.

    Source:
        Xu et al. (2015), fig. 2; book/13_attention.
    """
    _, S, _ = check_shape("image", image, "C S S", C=3)
    T, G, _ = check_shape("maps", maps, "T G G", T=len(words))
    picture = np.clip(to_numpy(image).astype(float), 0, 1).transpose(1, 2, 0)
    maps = to_numpy(maps).astype(float)
    _check_grid(S, G)
    rows = -(-(T + 1) // columns)
    fig, grid = figure(6.4, 2.05 * rows, rows, columns, squeeze=False)
    lay_ground(fig)
    tiles = iter(grid.flat)
    _tile(next(tiles), picture, "image", "")
    for word, weights in zip(words, maps, strict=True):
        top = weights.max()
        share = np.kron(weights / (top or 1), np.ones((S // G, S // G)))[..., None]
        shown = picture * (DIM + (1 - DIM) * share)
        _tile(next(tiles), shown, word, f"max {top:.2g}")
    for rest in tiles:
        rest.set_axis_off()
    said_of = ", ".join(
        f"“{word}” {_where(weights)}" for word, weights in zip(words, maps, strict=True)
    )
    fig.alt = (
        f"An image, and {T} copies that are bright where the model looked on a grid "
        f"of {G} by {G}. Its largest weights: {said_of}."
    )
    return fig


def _tile(axes: Axes, picture: np.ndarray, title: str, below: str) -> None:
    axes.imshow(picture, interpolation="none")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(title, size=MEDIUM, pad=3)
    axes.set_xlabel(below, size=SMALL, labelpad=3)


def _where(weights: np.ndarray) -> str:
    """Return a map's largest weight with its place in words."""
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    G = len(weights)
    down = ("top", "middle", "bottom")[int(3 * (row + 0.5) / G)]
    across = ("left", "centre", "right")[int(3 * (column + 0.5) / G)]
    centre = (down, across) == ("middle", "centre")
    place = "in the middle" if centre else f"at the {down} {across}"
    return f"{said(weights.max())} {place}"


def _check_grid(S: int, G: int) -> None:
    if S % G:
        raise ShapeError(
            f"maps have {G} cells a side and the image {S} points; wanted a whole "
            f"number of points a cell. Try maps resized to a divisor of {S}."
        )
