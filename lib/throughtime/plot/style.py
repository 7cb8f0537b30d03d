r"""The style of every figure, and the figure that knows its own description.

Dark ink on a transparent ground, so that a page can turn it light in the dark. A
notebook shows what was drawn at the end of the cell; end the cell with a semicolon.
"""

import sys
from collections.abc import Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from throughtime.graph import INK, PALETTE

SMALL, MEDIUM = 11, 12  # points; on a phone they shrink to about two thirds

STYLE = {
    "figure.facecolor": "none",
    "savefig.format": "svg",
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "svg.hashsalt": "throughtime",  # the same ids in each build
    "svg.fonttype": "path",
    "mathtext.fontset": "cm",  # as the formulas of the page
    "font.size": MEDIUM,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "text.color": INK,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(color=PALETTE),
    "lines.linewidth": 1.5,
    "lines.markersize": 5,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.handlelength": 2.6,  # long enough to tell the dashes
}
MINUS_TO_PLUS = LinearSegmentedColormap.from_list(
    "minus to plus", [PALETTE[1], "white", PALETTE[0]]
)
# Paler, for a ground under letters.
PALE = LinearSegmentedColormap.from_list(
    "pale minus to plus", [PALETTE[4], "white", PALETTE[5]]
)
DASHES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
GROUND = "#fafafa"


class Picture(Figure):
    """Be a figure with a description in words, and say whether it holds a photograph.

    ``alt`` says what a reader who cannot see the figure needs to know. Where ``photo``
    is true, a page in the dark must not invert the figure (class ``photo`` in the
    book); it then brings its own light ground.
    """

    alt: str = ""
    photo: bool = False


def figure(
    width: float = 6.4, height: float = 3.2, rows: int = 1, columns: int = 1, **how: Any
) -> tuple[Picture, Any]:
    r"""Begin a figure in the style of the book.

    Args:
        width: In inches; 6.4 is a column of the page.
        height: In inches.
        rows: Of axes.
        columns: Of axes.
        **how: What ``plt.subplots`` takes besides.

    Returns:
        The figure, and its axes: one, or an array of them.
    """
    plt.rcParams.update(STYLE)
    _show_as_svg()
    how = {"FigureClass": Picture, "layout": "constrained"} | how
    return plt.subplots(rows, columns, figsize=(width, height), **how)


def name_above(axes: Axes) -> None:
    """Put the names of several lines above the axes, where they hide nothing."""
    names = axes.get_legend_handles_labels()[1]
    points = 50 + 0.57 * SMALL * max(map(len, names))  # of a handle and a name
    ncols = min(len(names), max(1, int(400 / points)))
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
    axes.legend(ncols=ncols, columnspacing=1.4, **place)
    fig, rows = axes.figure, -(-len(names) // ncols)
    fig.set_figheight(fig.get_figheight() + 0.22 * rows)


def lay_ground(fig: Picture) -> None:
    """Give a figure with photographs the light ground that it keeps in the dark."""
    whole = Rectangle((0, 0), 1, 1, transform=fig.transFigure, fc=GROUND, zorder=-1)
    fig.add_artist(whole)
    fig.photo = True


def said(value: float) -> str:
    """Return a number as it is said in a description.

    >>> said(2000), said(0.12345), said(1e5)
    ('2,000', '0.123', '100,000')
    """
    whole = 1000 <= abs(value) < 1e7
    short = f"{value:,.0f}" if whole else f"{value:.3g}".replace("e-0", "e-")
    return short.replace("-", "\u2212")


def listed(parts: Iterable[str]) -> str:
    """Return parts as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def course(name: str, values: np.ndarray, places: np.ndarray) -> str:
    """Return in words where a line begins, ends, and is highest and lowest."""
    known = np.isfinite(values)
    if not known.any():
        return f"{name} has no finite value"
    values, places = values[known], places[known]
    text = f"{name} goes from {said(values[0])} to {said(values[-1])}"
    for word, index in (("lowest", values.argmin()), ("highest", values.argmax())):
        if 0 < index < len(values) - 1:
            text += f", {word} {said(values[index])} at {said(places[index])}"
    return text


def _show_as_svg() -> None:
    """Have a notebook show figures as SVG without a date, so that builds repeat."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from matplotlib_inline.config import InlineBackend

    if get_ipython() is None:
        return
    settings = InlineBackend.instance(parent=get_ipython())
    settings.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
    settings.figure_formats = {"svg"}
