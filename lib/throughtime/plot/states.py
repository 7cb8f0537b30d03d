"""States and characters: a heat map of many units, and a text coloured by one."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Colormap

from throughtime.errors import ThroughTimeError
from throughtime.plot.lines import shown
from throughtime.plot.style import MEDIUM, MINUS_TO_PLUS, PALE, Picture, figure, said
from throughtime.shapes import Array, check_shape, to_numpy

ADVANCE, LEADING = 0.602, 1.45  # of a monospaced letter, in sizes: right, and down
MARGIN, BAR = 0.1, 0.62  # inches around the text, and for the colours' bar below
MOST = 4000  # characters: more would make a page heavy


def draw_states(hs: Array, text: str, names: Sequence[str] | None = None) -> Picture:
    r"""Draw the states over the characters of a text as a heat map, from -1 to 1.

    Args:
        hs: States, shape ``(T, H)``.
        text: The T characters that were read; about 50 fit.
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
    axes.set_xticks(range(T), shown(text), family="monospace", size=min(12, 560 / T))
    if names:
        axes.set_yticks(range(H), names)
    else:
        axes.set_yticks([0, H - 1], [1, H])
        axes.set_ylabel("unit")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("character read")
    fig.colorbar(image, label="state", ticks=[-1, 0, 1]).outline.set_visible(False)
    fig.alt = (
        f"A heat map of {H} units over {T} characters, states from {said(grid.min())} "
        f"to {said(grid.max())}; on average {said(np.abs(grid).mean())} away from 0."
    )
    return fig


def draw_text(
    text: str,
    values: Array,
    width: int = 60,
    label: str = "state",
    limit: float | None = None,
) -> Picture:
    r"""Draw a text, each character on the colour of its value.

    Orange is minus, blue is plus, white 0. Newlines are marked and begin a new line.

    Args:
        text: T characters, at most 4000.
        values: What a cell does at each of them, shape ``(T,)``.
        width: Characters in a line, at most 60, which fill the page.
        label: What the values are.
        limit: The value of the full colour; without it, 1 or the largest magnitude.

    Raises:
        ShapeError: ``values`` has not one value a character.
        ThroughTimeError: The text is too long, or the width out of range.

    Source:
        Karpathy, Johnson and Fei-Fei (2015), fig. 2; book/10_inside.
    """
    _check_text(text, width)
    check_shape("values", values, "T", T=len(text))
    values = to_numpy(values).astype(float)
    limit = limit or max(1.0, float(np.nanmax(np.abs(values))))
    places = _places(text, width)
    rows = places[-1][0] + 1
    across, down = MEDIUM * ADVANCE / 72, MEDIUM * LEADING / 72  # inches a character
    size = (max(3.2, width * across + 2 * MARGIN), rows * down + 2 * MARGIN + BAR)
    fig, axes = figure(*size, layout="none")
    axes.set_position(_inches(size, MARGIN, MARGIN + BAR, width * across, rows * down))
    grid = np.full((rows, width), np.nan)
    for (row, column), mark, value in zip(places, shown(text), values, strict=True):
        grid[row, column] = value
        if mark != "␣":
            how = {"family": "monospace", "size": MEDIUM, "ha": "center"}
            axes.text(column, row, mark, va="center_baseline", **how)
    image = axes.imshow(grid, PALE, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_axis_off()
    _bar(fig, size, label, PALE, limit)
    image.set_interpolation("none")
    fig.alt = _alt(text, values, label)
    return fig


def _bar(
    fig: Picture, size: tuple[float, float], label: str, colours: Colormap, limit: float
) -> None:
    """Draw below the text what the colours mean."""
    axes = fig.add_axes(_inches(size, MARGIN, BAR - 0.12, min(2.4, size[0] / 2), 0.1))
    ramp = np.linspace(-limit, limit, 64)[None]
    axes.imshow(ramp, colours, aspect="auto", extent=(-limit, limit, 0, 1))
    axes.set_xticks([-limit, 0, limit], [said(-limit), "0", said(limit)])
    axes.set_yticks([])
    axes.set_xlabel(label, labelpad=1)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=2)


def _inches(size: tuple[float, float], x: float, y: float, w: float, h: float) -> list:
    """Return a place given in inches as shares of the figure."""
    return [x / size[0], y / size[1], w / size[0], h / size[1]]


def _places(text: str, width: int) -> list[tuple[int, int]]:
    """Return the row and column of each character, wrapped at a width."""
    places, row, column = [], 0, 0
    for character in text:
        if column == width:
            row, column = row + 1, 0
        places.append((row, column))
        row, column = (row + 1, 0) if character == "\n" else (row, column + 1)
    return places


def _alt(text: str, values: np.ndarray, label: str) -> str:
    high, low = int(np.nanargmax(values)), int(np.nanargmin(values))
    above, below = (values > 0).mean(), (values < 0).mean()
    return (
        f"{len(text)} characters of text, each on the colour of its {label}, from "
        f"{said(values[low])} at {_near(text, low)} to {said(values[high])} at "
        f"{_near(text, high)}; {above:.0%} are above 0, {below:.0%} below."
    )


def _near(text: str, place: int) -> str:
    """Return a character with what stands around it."""
    around = "".join(shown(text[max(0, place - 5) : place + 6])).replace("\\$", "$")
    mark = shown(text[place])[0].replace("\\$", "$")
    return f"“{mark}” in “{around}”"


def _check_text(text: str, width: int) -> None:
    if not 1 <= len(text) <= MOST:
        raise ThroughTimeError(
            f"text has {len(text)} characters; wanted 1 to {MOST}. Try a part of it."
        )
    if not 1 <= width <= 60:
        raise ThroughTimeError(f"width is {width}; wanted 1 to 60. Try width=60.")
