"""Words: what stands for a thing, where vectors lie, a sentence as it is read."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Ellipse, Rectangle

from throughtime.errors import ShapeError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.style import (
    DASHES,
    MEDIUM,
    SMALL,
    Picture,
    figure,
    listed,
    name_above,
    said,
)
from throughtime.shapes import Array, check_shape, to_numpy

Outline = tuple[float, float, bool]


def draw_codes(
    things: Mapping[str, Outline],
    codes: Mapping[str, Array],
    units: Mapping[str, Sequence[str]],
) -> Picture:
    r"""Draw shapes, and beside each its units in some codes: filled where a unit is on.

    Args:
        things: Name to width and height, at most 1, and whether the shape is round.
        codes: Name of a code to its units, 0 or 1, shape ``(N, U)``, a row a thing.
        units: Name of a code to the names of its U units.

    Raises:
        ShapeError: Not a row for each thing, or a column for each unit.

    Source:
        book/09_words.
    """
    N = len(things)
    fig, axes = figure(6.4, 0.52 * N + 0.75, layout="none")
    axes.set(position=(0, 0, 1, 1), xlim=(0, 12.3), ylim=(N - 0.4, -1.05))
    axes.set(aspect="equal")
    axes.set_axis_off()
    how = {"va": "center", "size": MEDIUM}
    for n, (name, outline) in enumerate(things.items()):
        _draw_thing(axes, (0.7, n), outline)
        axes.text(1.4, n, name, **how)
    x, parts = 6.0, []
    for name, code in codes.items():
        U = len(units[name])
        check_shape(name, code, "N U", N=N, U=U)
        axes.text(x + (U - 1) / 2 * 0.7, -1.5, name, ha="center", **how)
        _draw_units(axes, x, to_numpy(code), units[name])
        parts.append(_said_code(name, list(things), to_numpy(code), units[name]))
        x += 0.7 * U + 0.8
    axes.set_ylim(N - 0.4, -1.9)
    fig.alt = f"{N} shapes and {len(codes)} codes. {' '.join(parts)}"
    return fig


def draw_words(
    points: Array, words: Sequence[str], lines: Mapping[str, Sequence[tuple[str, str]]]
) -> Picture:
    r"""Draw words at their places in a plane, some joined by lines.

    Args:
        points: Shape ``(N, two)``.
        words: The N words.
        lines: Name of a kind of line to the pairs of words that it joins.

    Raises:
        ShapeError: Not one place a word, or a line from a word that is not there.

    Source:
        book/09_words.
    """
    check_shape("points", points, "N two", N=len(words), two=2)
    places = dict(zip(words, to_numpy(points).astype(float), strict=True))
    unknown = [w for pairs in lines.values() for pair in pairs for w in pair]
    unknown = sorted(set(unknown) - set(words))
    if unknown:
        raise ShapeError(
            f"lines join {unknown[0]!r}, which has no place; wanted one of {words}. "
            "Try a word of the list."
        )
    fig, axes = figure(6.4, 4.0)
    parts = []
    for i, (name, pairs) in enumerate(lines.items()):
        look = {"color": PALETTE[i], "linestyle": DASHES[i % len(DASHES)]}
        for j, pair in enumerate(pairs):
            ends = np.array([places[word] for word in pair])
            axes.plot(*ends.T, label=name if j == 0 else None, **look)
        parts.append(f"{name} joins {listed(f'{a} and {b}' for a, b in pairs)}")
    for word, place in places.items():
        axes.plot(*place, "o", color=INK)
        how = {"xytext": (6, 5), "textcoords": "offset points", "size": MEDIUM}
        axes.annotate(word, place, **how)
    axes.set(xlabel="first direction", ylabel="second direction")
    axes.margins(x=0.12, y=0.1)
    if lines:
        name_above(axes)
    at = [f"{word} at ({said(x)}, {said(y)})" for word, (x, y) in places.items()]
    fig.alt = f"{len(words)} words in a plane: {listed(at)}. {'; '.join(parts)}."
    return fig


def draw_reading(
    sentences: Sequence[Sequence[str]], values: Sequence[Array], ylabel: str = "logit"
) -> Picture:
    r"""Draw what a model says after each word of some sentences, one below the other.

    Args:
        sentences: The words of each.
        values: One number a word, shape ``(T,)`` each; above 0 is yes.
        ylabel: What the numbers are.

    Raises:
        ShapeError: Not one number a word.

    Source:
        book/09_words.
    """
    rows = len(sentences)
    fig, grid = figure(6.4, 0.3 + 1.35 * rows, rows, 1, squeeze=False)
    limit = 1.15 * max(float(abs(to_numpy(v)).max()) for v in values)
    parts = []
    for axes, words, numbers in zip(grid[:, 0], sentences, values, strict=True):
        check_shape("values", numbers, "T", T=len(words))
        heights, places = to_numpy(numbers), range(len(words))
        colours = [PALETTE[0] if height > 0 else PALETTE[1] for height in heights]
        axes.bar(places, heights, color=colours, width=0.6)
        axes.axhline(0, color=INK, lw=0.8)
        axes.set_xticks(places, words, size=SMALL)
        axes.set(ylim=(-limit, limit), ylabel=ylabel)
        axes.tick_params(axis="x", length=0)
        said_words = [
            f"{w} {said(h)}" for w, h in zip(words, heights.tolist(), strict=True)
        ]
        parts.append(listed(said_words))
    fig.align_ylabels()
    fig.alt = (
        f"{rows} sentences, the {ylabel} after each word, above 0 for yes and below "
        f"for no: {'; '.join(parts)}."
    )
    return fig


def _draw_thing(axes: Axes, centre: tuple[float, float], outline: Outline) -> None:
    width, height, is_round = outline
    x, y = centre
    look = {"fill": False, "ec": INK, "lw": 1.5}
    if is_round:
        axes.add_patch(Ellipse(centre, 0.75 * width, 0.75 * height, **look))
    else:
        w, h = 0.75 * width, 0.75 * height
        axes.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, **look))


def _draw_units(axes: Axes, x: float, code: np.ndarray, units: Sequence[str]) -> None:
    for u, unit in enumerate(units):
        at = {"ha": "center", "va": "center", "size": SMALL, "color": MUTED}
        axes.text(x + 0.7 * u, -0.85, unit, **at)
        for n, on in enumerate(code[:, u]):
            fill = PALETTE[0] if on else "none"
            axes.add_patch(Circle((x + 0.7 * u, n), 0.22, fc=fill, ec=INK, lw=1))


def _said_code(
    name: str, things: Sequence[str], code: np.ndarray, units: Sequence[str]
) -> str:
    on = [
        f"{thing}: {listed(units[u] for u in np.flatnonzero(row)) if row.any() else 0}"
        for thing, row in zip(things, code, strict=True)
    ]
    return f"On in the {name} code are, for {'; '.join(on)}."
