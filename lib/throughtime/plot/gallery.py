"""Pictures with what a model said of each."""

import textwrap
from collections.abc import Sequence

import numpy as np

from throughtime.errors import ShapeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.style import SMALL, Picture, figure, lay_ground
from throughtime.shapes import Array, check_shape, to_numpy

LEVELS = 32  # of brightness: noise in 256 levels would double the weight of a page
WORDS = 76  # letters in a line over the whole width


def draw_gallery(
    pictures: Array,
    texts: Sequence[str],
    wrong: Sequence[bool] = (),
    columns: int = 4,
) -> Picture:
    r"""Draw pictures, each with a text beneath it; wrong ones are marked.

    The figure holds photographs (``photo``): a page in the dark must not invert it.

    Args:
        pictures: Shape ``(n, 3, S, S)``, from 0 to 1.
        texts: What stands beneath each; a newline begins a line.
        wrong: True for a text that is false; it gets a cross and another colour.
        columns: Pictures in a row.

    Raises:
        ShapeError: Other axes, or not one text for each picture.

    Source:
        book/12_captioning.
    """
    n = len(texts)
    check_shape("pictures", pictures, "n three S S", n=n, three=3)
    wrong = list(wrong) or [False] * n
    if len(wrong) != n or columns < 1:
        raise ShapeError(
            f"there are {n} texts, {len(wrong)} marks and {columns} columns; wanted a "
            "mark for each text and a column at least. Try wrong=[False] * len(texts)."
        )
    shown = np.moveaxis(np.clip(to_numpy(pictures).astype(float), 0, 1), 1, -1)
    shown = np.round(shown * LEVELS) / LEVELS
    letters = WORDS // min(columns, n)
    lines = [_wrap(text, bad, letters) for text, bad in zip(texts, wrong, strict=True)]
    columns, deep = min(columns, n), max(map(len, lines))
    rows = -(-n // columns)
    side = 6.2 / columns
    fig, grid = figure(
        6.4, rows * (0.86 * side + 0.24 * deep + 0.1), rows, columns, squeeze=False
    )
    lay_ground(fig)
    for place, axes in enumerate(grid.flat):
        axes.set_axis_off()
        if place < n:
            axes.imshow(shown[place], interpolation="none")
            look = {"size": SMALL, "va": "top", "ha": "center", "linespacing": 1.3}
            look["color"] = PALETTE[1] if wrong[place] else INK
            text = "\n".join(lines[place])
            axes.text(0.5, -0.05, text, transform=axes.transAxes, **look)
    said = [
        f"“{' '.join(text.split())}”{' (wrong)' * bad}"
        for text, bad in zip(texts, wrong, strict=True)
    ]
    fig.alt = f"{n} pictures with texts: {'; '.join(said)}."
    return fig


def _wrap(text: str, wrong: bool, letters: int) -> list[str]:
    marked = "\N{MULTIPLICATION SIGN} " * wrong + text
    return [
        line
        for part in marked.split("\n")
        for line in textwrap.wrap(part, letters) or [""]
    ]
