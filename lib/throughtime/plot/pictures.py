"""Pictures side by side: the frames of a clip, the stages of a drawing, raw inputs."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from throughtime.errors import ShapeError
from throughtime.plot.style import (
    MEDIUM,
    SMALL,
    Picture,
    figure,
    lay_ground,
    listed,
)
from throughtime.shapes import Array, check_shape, to_numpy


def draw_pictures(
    pictures: Array, titles: Sequence[str] = (), rows: Sequence[str] = ()
) -> Picture:
    r"""Draw pictures on a grid, each as it is: no smoothing, 0 is black and 1 white.

    The figure holds photographs (``photo``): a page in the dark must not invert it.

    Args:
        pictures: Shape ``(R, C, S, S)``, R rows of C pictures; or ``(R, C, 3, S, S)``
            for colours.
        titles: Of the C columns.
        rows: Of the R rows.

    Raises:
        ShapeError: Other axes, or another number of names.
    """
    colours = pictures.ndim == 5
    axes = "R C three S S" if colours else "R C S S"
    sizes = {"three": 3} if colours else {}
    sizes |= {"C": len(titles)} if titles else {}
    sizes |= {"R": len(rows)} if rows else {}
    R, C, *_ = check_shape("pictures", pictures, axes, **sizes)
    shown = np.clip(to_numpy(pictures).astype(float), 0, 1)
    if colours:
        shown = np.moveaxis(shown, 2, -1)
    side = min(1.2, (6.2 - 0.9 * bool(rows)) / C)
    fig, grid = figure(6.4, side * R + 0.3 * bool(titles) + 0.1, R, C, squeeze=False)
    lay_ground(fig)
    for r in range(R):
        for c in range(C):
            _tile(grid[r, c], shown[r, c], titles[c] if titles and r == 0 else "")
        if rows:
            look = {"rotation": 0, "ha": "right", "va": "center", "size": SMALL}
            grid[r, 0].set_ylabel(rows[r], **look)
    fig.alt = f"Pictures in {R} row{'s' * (R > 1)} and {C} column{'s' * (C > 1)}"
    fig.alt += f", from the top: {listed(rows)}" if rows else ""
    fig.alt += f"; from the left: {listed(titles)}." if titles else "."
    return fig


def draw_inputs(pen: Array, sound: Array, hertz: float, picture: Array) -> Picture:
    r"""Draw three inputs as they come: a pen's way, the spectrum of a sound, a picture.

    Args:
        pen: Where the pen is after each move and whether it writes on the way there,
            shape ``(T, 3)``: right, up, 0 or 1.
        sound: Loudness over time and pitch, shape ``(T, F)``, 0 and more.
        hertz: The pitch of the last band.
        picture: Shape ``(3, S, S)``, from 0 to 1.

    Raises:
        ShapeError: Other axes.
    """
    check_shape("pen", pen, "T three", three=3)
    check_shape("sound", sound, "T F")
    check_shape("picture", picture, "C S S", C=3)
    widths = {"width_ratios": [1.25, 1.25, 1]}
    fig, (left, middle, right) = figure(6.4, 2.3, 1, 3, gridspec_kw=widths)
    lay_ground(fig)
    moves = to_numpy(pen)
    for (x, y, _), (to_x, to_y, writes) in pairwise(moves):
        line = {"ls": "-", "lw": 2} if writes else {"ls": ":", "lw": 1}
        left.plot((x, to_x), (y, to_y), color="C0" if writes else "0.5", **line)
    left.set(xlabel="right, mm", ylabel="up, mm", aspect="equal")
    middle.imshow(
        to_numpy(sound).T,
        "Greys",
        origin="lower",
        aspect="auto",
        extent=(0, len(sound), 0, hertz / 1000),
    )
    middle.set(xlabel="frame", ylabel="pitch, kHz")
    _tile(right, np.moveaxis(np.clip(to_numpy(picture), 0, 1), 0, -1), "")
    fig.alt = (
        f"Left, the way of a pen in {len(moves)} moves; middle, the loudness of a "
        f"sound by pitch, up to {hertz:g} hertz, over {len(sound)} frames; right, a "
        "picture."
    )
    return fig


def draw_grid(
    values: Array,
    rows: Sequence[str],
    columns: Sequence[str],
    xlabel: str = "",
    ylabel: str = "",
    form: str = ".2g",
) -> Picture:
    r"""Draw a table of numbers, 0 and more, darker where they are larger.

    A 0 is left empty, so that what is exactly nothing is seen.

    Args:
        values: Shape ``(R, C)``.
        rows: Names of the R rows, from the top.
        columns: Names of the C columns.
        xlabel: What the columns are.
        ylabel: What the rows are.
        form: How a number is written; empty to write none.

    Raises:
        ShapeError: Not one name a row and a column, or a number below 0.
    """
    R, C = check_shape("values", values, "R C", R=len(rows), C=len(columns))
    numbers = to_numpy(values).astype(float)
    if not (numbers >= 0).all():
        raise ShapeError(
            f"values go down to {numbers.min():g}; wanted 0 and more. "
            "Try their absolute values."
        )
    fig, axes = figure(6.4, 0.42 * R + 1.0)
    top = numbers.max() or 1.0
    axes.imshow(numbers, "Blues", vmin=0, vmax=1.6 * top, aspect="auto")
    for r, c in np.argwhere(numbers):
        word = format(numbers[r, c], form) if form else ""
        axes.text(c, r, word, ha="center", va="center", size=SMALL)
    axes.set_xticks(range(C), columns, size=MEDIUM)
    axes.set_yticks(range(R), rows, size=MEDIUM)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.tick_params(length=0)
    said_rows = [
        f"{row}: {listed(columns[c] for c in np.flatnonzero(line))}"
        for row, line in zip(rows, numbers, strict=True)
        if line.any()
    ]
    fig.alt = (
        f"A grid of {R} by {C} numbers, darker where they are larger. Not 0 are, by "
        f"row, {'; '.join(said_rows)}."
    )
    return fig


def _tile(axes: Axes, picture: np.ndarray, title: str) -> None:
    axes.imshow(picture, "gray", vmin=0, vmax=1, interpolation="none")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title, size=SMALL, pad=3)
