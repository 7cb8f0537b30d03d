"""What a model expects after each symbol, and what came."""

from collections.abc import Sequence

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from throughtime.errors import ShapeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.lines import shown
from throughtime.plot.style import SMALL, Picture, figure, listed, said
from throughtime.shapes import Array, check_shape, to_numpy

_LIKELY = LinearSegmentedColormap.from_list("likely", ["white", PALETTE[0]])


def draw_predictions(
    ps: Array, symbols: Sequence[str], text: str, targets: str
) -> Picture:
    r"""Draw the probabilities of the next symbol, a column for each symbol read.

    A frame marks the symbol that came; its probability stands in it.

    Args:
        ps: Probabilities, shape ``(T, V)``.
        symbols: The V symbols, each a row; about 12 fit.
        text: The T symbols that were read; about 20 fit.
        targets: The T symbols that came next, each one of ``symbols``.

    Raises:
        ShapeError: The sizes do not agree, or a target is no symbol.

    Source:
        book/03_characters.
    """
    T, V = check_shape("ps", ps, "T V", T=len(text), V=len(symbols))
    if len(targets) != T or not set(targets) <= set(symbols):
        raise ShapeError(
            f"targets are {targets!r}; wanted {T} of the symbols {list(symbols)}. "
            "Try the text, one symbol further on."
        )
    grid = to_numpy(ps).T
    fig, axes = figure(height=0.9 + 0.33 * V)
    image = axes.imshow(grid, _LIKELY, vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(T), shown(text), family="monospace")
    axes.set_yticks(range(V), shown("".join(symbols)), family="monospace")
    axes.set_xlabel("symbol read")
    axes.set_ylabel("next symbol")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    parts = []
    for t, target in enumerate(targets):
        row = list(symbols).index(target)
        place = (t - 0.5, row - 0.5)
        axes.add_patch(Rectangle(place, 1, 1, fill=False, ec=INK, lw=1.5))
        dark = grid[row, t] > 0.6
        how = {"ha": "center", "va": "center", "size": SMALL}
        axes.text(t, row, f"{grid[row, t]:.2f}", color="white" if dark else INK, **how)
        parts.append(f"{shown(target)[0]} {said(grid[row, t])}")
    bar = fig.colorbar(image, label="probability", ticks=[0, 0.5, 1])
    bar.outline.set_visible(False)
    fig.alt = (
        f"Probabilities of {V} next symbols after each of {T} symbols read. "
        f"What came next got: {listed(parts)}."
    )
    return fig
