"""A plane of landmarks from above, and the ways that were taken through it."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, PALETTE, PAPER
from throughtime.plot.style import (
    DASHES,
    SMALL,
    Picture,
    figure,
    lay_ground,
    listed,
    name_above,
)
from throughtime.shapes import Array, check_shape, to_numpy

# Pale, as letters stand on them.
FILLS = {"red": "#f2b3a8", "green": "#b2dfb7", "blue": "#b5c9f2", "yellow": "#f4e6a0"}
MARGIN = 2  # places around the ways


def draw_walk(
    field: Array, ways: Mapping[str, Array], goal: Array, names: Sequence[str]
) -> Picture:
    r"""Draw a plane of landmarks from above, and ways that begin at place (0, 0).

    A landmark stands as the first letters of its name's words.

    Args:
        field: The plane, ``(S, S)``: 0 for an empty place, else 1 + the number of its
            landmark. It is rolled up: what leaves at one end comes back at the other.
        ways: Name to the places that a way visits, ``(T, 2)``: row and column.
        goal: Row and column of the place to reach, ``(2,)``.
        names: Of the landmarks, as ``"red chair"``.

    Raises:
        ShapeError: Other axes.
        ThroughTimeError: There is no way.

    Source:
        book/13_dialog.
    """
    S, _ = check_shape("field", field, "S S")
    check_shape("goal", goal, "two", two=2)
    if not ways:
        raise ThroughTimeError(
            'ways is empty; wanted one at least. Try ways={"agent": places}.'
        )
    for name, places in ways.items():
        check_shape(name, places, "T two", two=2)
    # Places left of the start and above it count below 0.
    routes = {name: _signed(places, S) for name, places in ways.items()}
    end = _signed(goal, S)
    every = np.concatenate([*routes.values(), end[None]])
    (top, left), (bottom, right) = every.min(0) - MARGIN, every.max(0) + MARGIN
    rows, columns = bottom - top + 1, right - left + 1
    unit = min(0.42, 6.2 / columns)
    fig, axes = figure(6.4, unit * rows + 0.1)
    lay_ground(fig)
    axes.set(xlim=(left - 0.5, right + 0.5), ylim=(bottom + 0.5, top - 0.5))
    axes.set_aspect("equal")
    axes.set_axis_off()
    _landmarks(axes, to_numpy(field), (top, bottom, left, right), names, unit)
    _routes(axes, routes, end)
    fig.alt = (
        f"A map of {rows} by {columns} places with landmarks. "
        + "; ".join(_said(name, way, end) for name, way in routes.items())
        + "."
    )
    return fig


def _signed(places: Array, S: int) -> np.ndarray:
    places = to_numpy(places).astype(int)
    return (places + S // 2) % S - S // 2


def _landmarks(
    axes: Axes,
    field: np.ndarray,
    window: tuple[int, int, int, int],
    names: Sequence[str],
    unit: float,
) -> None:
    top, bottom, left, right = window
    S, size = len(field), min(SMALL, 26 * unit)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            number = field[row % S, column % S]
            words = names[number - 1].split() if number else []
            fill = FILLS.get(words[0], PAPER) if words else "none"
            place = (column - 0.5, row - 0.5)
            look = {"fc": fill, "ec": PAPER, "lw": 0.8}
            axes.add_patch(Rectangle(place, 1, 1, **look))
            letters = "".join(word[0] for word in words)
            axes.text(column, row, letters, ha="center", va="center", size=size)


def _routes(axes: Axes, routes: Mapping[str, np.ndarray], end: np.ndarray) -> None:
    for i, (name, way) in enumerate(routes.items()):
        off = 0.16 * (i - (len(routes) - 1) / 2)  # so that no way hides another
        style = {"color": PALETTE[i % len(PALETTE)], "ls": DASHES[i % len(DASHES)]}
        axes.plot(way[:, 1] + off, way[:, 0] + off, lw=2, label=name, **style)
        last = way[-1] + off
        axes.plot(last[1], last[0], "s", color=style["color"], ms=7, zorder=4)
    axes.plot(0, 0, "o", mfc="white", mec=INK, ms=8, label="start", ls="", zorder=5)
    ring = {"mfc": "none", "mec": INK, "mew": 1.5, "ls": ""}
    axes.plot(end[1], end[0], "o", ms=17, label="goal", **ring)
    name_above(axes)


def _said(name: str, way: np.ndarray, end: np.ndarray) -> str:
    """Return a way in words: how far in each direction, and where it ends."""
    parts: list[list] = []
    for down, across in np.diff(way, axis=0):
        if not (down or across):
            continue
        word = ("up" if down < 0 else "down") if down else ""
        word = word or ("left" if across < 0 else "right")
        if parts and parts[-1][0] == word:
            parts[-1][1] += 1
        else:
            parts.append([word, 1])
    moves = listed(f"{far} {word}" for word, far in parts) if parts else "nowhere"
    where = "at the goal" if (way[-1] == end).all() else "not at the goal"
    return f"{name} goes {moves} and ends {where}"
