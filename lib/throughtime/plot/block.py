r"""The inside of an LSTM: a block with its gates, and a small network of blocks."""

from itertools import product

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE, PAPER
from throughtime.plot.style import SMALL, Picture, figure, listed

Place = tuple[float, float]
PORTS = ("i", "f", "g", "o")
COLOURS = dict(zip(PORTS, PALETTE, strict=False))
MIDDLE = 3.2  # where the block's upright line is; the rest are places, in inches
GATES = {"i": (1.45, 1.6), "f": (4.95, 2.5), "o": (1.45, 4.15)}
KEEP = (4.0, 2.5)


def draw_block(peepholes: bool = True) -> Picture:
    r"""Draw an LSTM block with one cell, from its input at the bottom to its output.

    Args:
        peepholes: Draw the dashed arrows from the cell to its gates.

    Source:
        After the description of figure 4.2 of Graves (2012); book/06_lstm.
    """
    fig, axes = _blank(6.4, 5.0)
    g, into, c, h, out = ((MIDDLE, y) for y in (0.85, 1.6, 2.5, 3.4, 4.15))
    for place, label in ((g, "g"), (c, "c_t"), (h, "h")):
        _node(axes, place, label, size=0.27)
    for place in (into, out, KEEP):
        _node(axes, place, r"\times", size=0.13)
    for a, b, near in ((g, into, 11), (into, c, 21), (c, h, 21), (h, out, 11)):
        _arrow(axes, a, b, near=near)
    _arrow(axes, (MIDDLE, 0.15), g)
    _arrow(axes, out, (MIDDLE, 4.95), near=0)
    _loop(axes, c, KEEP)
    for name, target in (("i", into), ("f", KEEP), ("o", out)):
        _gate(axes, name, target)
        if peepholes:
            seen = (MIDDLE, c[1] - 0.12) if name == "f" else c  # below the loop
            bend = {"i": 0.25, "f": 0.6, "o": 0.3}[name]
            _arrow(axes, seen, GATES[name], dashed=True, bend=bend)
    _label_block(axes)
    dashed = " Dashed peepholes lead from the cell to the gates." if peepholes else ""
    fig.alt = (
        "An LSTM block, from bottom to top: the input goes through g, is multiplied by "
        "the input gate i_t, and is added to the cell c_t; the cell goes through h, is "
        "multiplied by the output gate o_t, and leaves the block. The cell feeds "
        f"itself through a multiplication by the forget gate f_t.{dashed}"
    )
    return fig


def draw_blocks(inputs: int = 4, blocks: int = 2, outputs: int = 5) -> Picture:
    r"""Draw a network of LSTM blocks with every weight but the biases as a line.

    Args:
        inputs: D, at most 6.
        blocks: H, at most 3.
        outputs: V, at most 6.

    Raises:
        ThroughTimeError: A size out of range.

    Source:
        After the description of figure 4.3 of Graves (2012); book/06_lstm.
    """
    _check_sizes(inputs, blocks, outputs)
    fig, axes = _blank(6.4, 4.6)
    xs = [(x, 0.45) for x in _spread(inputs, 0.9, 5.5)]
    ys = [(x, 4.15) for x in _spread(outputs, 0.7, 5.7)]
    centres = _spread(blocks, 1.7, 4.7)
    tops = [(x, 2.85) for x in centres]
    for x in centres:
        _connect(axes, x, xs, tops)
    for top, y in product(tops, ys):
        _line(axes, top, y, MUTED)
    for name, places in (("x", xs), ("y", ys)):
        for n, place in enumerate(places, 1):
            _node(axes, place, f"{name}_{n}", size=0.24)
    fig.alt = (
        f"A network of {inputs} inputs, {blocks} LSTM blocks and {outputs} outputs, "
        "from bottom to top. Every input leads to each of the four entries of every "
        f"block, {listed(PORTS)}; dashed lines lead from every block's output back to "
        "all of these entries, one step later; every block leads to every output."
    )
    return fig


def _gate(axes: Axes, name: str, target: Place) -> None:
    """Draw a gate, what comes in from outside, and what it multiplies."""
    x, y = GATES[name]
    _node(axes, (x, y), f"{name}_t", COLOURS[name])
    _arrow(axes, (x, y), target, COLOURS[name], near=11)
    outside = x + 1.25 * (1 if x > MIDDLE else -1)
    _arrow(axes, (outside, y), (x, y), COLOURS[name])


def _connect(axes: Axes, x: float, below: list[Place], tops: list[Place]) -> None:
    """Draw a block and all lines into its four entries."""
    look = {"boxstyle": "round,pad=0,rounding_size=0.12", "fc": PAPER, "ec": INK}
    axes.add_patch(FancyBboxPatch((x - 0.65, 2.0), 1.3, 0.85, lw=1.2, **look))
    middle = {"ha": "center", "va": "center"}
    axes.text(x, 2.6, "block", size=SMALL, **middle)
    for k, name in enumerate(PORTS):
        at = x - 0.45 + 0.3 * k
        axes.text(at, 2.2, f"${name}$", size=13, **middle)
        for start in below:
            _line(axes, start, (at, 2.0), COLOURS[name])
        for top in tops:
            _line(axes, top, (at, 2.0), COLOURS[name], dashed=True)


def _blank(width: float, height: float) -> tuple[Picture, Axes]:
    fig, axes = figure(width, height, layout="none")
    axes.set(position=(0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    return fig, axes


def _node(
    axes: Axes, place: Place, label: str, colour: str = INK, size: float = 0.3
) -> None:
    axes.add_patch(Circle(place, size, fc=PAPER, ec=colour, lw=1.4, zorder=3))
    how = {
        "ha": "center",
        "va": "center",
        "zorder": 4,
        "size": 15 if size > 0.2 else 12,
    }
    axes.text(*place, f"${label}$", **how)


def _arrow(
    axes: Axes,
    start: Place,
    end: Place,
    colour: str = INK,
    near: float = 21,
    dashed: bool = False,
    bend: float = 0,
) -> None:
    """Draw an arrow; ``near`` is where it ends before the middle of a node, points."""
    style = {"arrowstyle": "-|>", "mutation_scale": 12, "color": colour}
    style |= {"lw": 1.1 if dashed else 1.5, "ls": (0, (3, 2)) if dashed else "-"}
    curve = f"arc3,rad={bend}"
    ends = {"shrinkA": 20 if dashed else 0, "shrinkB": 23 if dashed else near}
    axes.add_patch(
        FancyArrowPatch(start, end, connectionstyle=curve, zorder=2, **ends, **style)
    )


def _loop(axes: Axes, cell: Place, keep: Place) -> None:
    """Draw the way from the cell to the forget gate's product, and back."""
    (x, y), (to_x, _) = cell, keep
    out = Path([(x + 0.2, y + 0.2), (x + 0.45, y + 0.5), (to_x, y + 0.14)], [1, 3, 3])
    back = Path([(to_x, y - 0.14), (x + 0.45, y - 0.5), (x + 0.2, y - 0.2)], [1, 3, 3])
    for path in (out, back):
        style = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.5}
        axes.add_patch(FancyArrowPatch(path=path, color=INK, **style))


def _label_block(axes: Axes) -> None:
    look = {"boxstyle": "round,pad=0,rounding_size=0.2", "fc": "none", "ec": MUTED}
    frame = FancyBboxPatch((0.8, 0.5), 4.8, 4.08, ls=(0, (1, 2)), lw=1.2, **look)
    axes.add_patch(frame)
    how = {"size": SMALL, "color": MUTED, "va": "center"}
    axes.text(MIDDLE + 0.12, 0.22, r"from $x_t$ and $h_{t-1}$", **how)
    axes.text(MIDDLE + 0.12, 4.82, "$h_t$", **how | {"size": 15})
    axes.text(MIDDLE + 0.5, 3.12, "$c_{t-1}$", **how | {"size": 13})
    words = (("i", "input", -0.44), ("f", "forget", 0.5), ("o", "output", -0.44))
    for name, word, aside in words:
        x, y = GATES[name]
        axes.text(x, y + aside, f"{word} gate", ha="center", **how)


def _line(
    axes: Axes, start: Place, end: Place, colour: str, dashed: bool = False
) -> None:
    """Draw one weight; a dashed one bows out, as it goes back a step in the graph."""
    (x, y), (to_x, to_y) = start, end
    side = 1.15 if to_x >= x else -1.15
    path = Path([start, end], [1, 2])
    if dashed:
        bow = [(x + side * 0.7, y + 0.5), (to_x + side, to_y - 0.9)]
        path = Path([start, *bow, end], [1, 4, 4, 4])
    style = {"lw": 0.9, "ls": (0, (3, 2)) if dashed else "-", "alpha": 0.75}
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-", color=colour, zorder=1, **style)
    )


def _spread(count: int, low: float, high: float) -> list[float]:
    if count == 1:
        return [(low + high) / 2]
    return [low + k * (high - low) / (count - 1) for k in range(count)]


def _check_sizes(inputs: int, blocks: int, outputs: int) -> None:
    given = (("inputs", inputs, 6), ("blocks", blocks, 3), ("outputs", outputs, 6))
    for name, size, most in given:
        if not 1 <= size <= most:
            raise ThroughTimeError(
                f"{name} is {size}; wanted 1 to {most}, or the lines cannot be told "
                f"apart. Try {name}={most}."
            )
