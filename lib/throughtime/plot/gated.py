r"""The LSTM and the GRU as circuits, side by side."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch

from throughtime.graph import INK, MUTED, PALETTE, PAPER
from throughtime.plot.style import MEDIUM, Picture, figure

Place = tuple[float, float]
STATE, INPUT = PALETTE[0], PALETTE[1]  # lines of h and c; lines of x
HIGH, WIDE = 8.6, 10.0  # of one circuit, in its own units
SAYS = {
    "LSTM": (
        "In the LSTM, c_{t-1} runs along the top, is multiplied by f, has i times g "
        "added, and leaves as c_t. Below, four boxes see h_{t-1} and x_t: f, i and o "
        "with sigma, g with tanh. h_t is o times tanh of c_t."
    ),
    "GRU": (
        "In the GRU, h_{t-1} runs along the top, is multiplied by z, has (1 - z) times "
        "n added, and leaves as h_t. Below, two boxes with sigma, r and z, see h_{t-1} "
        "and x_t; the box n with tanh sees x_t and r times h_{t-1}."
    ),
}


class Circuit:
    """Draw boxes, circles and wires in one half of a figure."""

    def __init__(self, axes: Axes, name: str) -> None:
        self.axes = axes
        axes.set(xlim=(-0.4, WIDE + 0.4), ylim=(-0.3, HIGH), aspect="equal")
        axes.set_axis_off()
        shape = "round,pad=0,rounding_size=0.5"
        look = {"boxstyle": shape, "fc": "none", "ec": MUTED, "lw": 1.0}
        axes.add_patch(FancyBboxPatch((1.0, 0.9), 8.0, 7.2, zorder=0, **look))
        self.text(name, (5.0, HIGH - 0.25), INK)

    def box(self, name: str, function: str, place: Place) -> None:
        """Draw a layer with weights of its own: its function, and its gate's name."""
        x, y = place
        look = {"boxstyle": "round,pad=0,rounding_size=0.15", "fc": PAPER, "ec": INK}
        half = 0.8 if function == "tanh" else 0.5
        spot = (x - half, y - 0.45)
        self.axes.add_patch(FancyBboxPatch(spot, 2 * half, 0.9, zorder=3, **look))
        self.text(r"$\sigma$" if function == "sigma" else function, place, INK)
        if name:
            self.text(f"${name}$", (x - 0.14, y + 0.82), INK, ha="right")

    def dot(self, sign: str, place: Place) -> None:
        """Draw what is done to numbers, one by one, without weights."""
        self.axes.add_patch(Circle(place, 0.42, fc=PAPER, ec=INK, zorder=3))
        self.text(f"${sign}$" if sign != "1-" else "1\u2212", place, INK)

    def wire(self, colour: str, *places: Place, arrow: bool = True) -> None:
        """Draw a line through places, with an arrow at its end."""
        xs, ys = zip(*places, strict=True)
        self.axes.plot(xs, ys, color=colour, lw=1.5, solid_joinstyle="round", zorder=1)
        if arrow:
            look = {"arrowstyle": "-|>", "color": colour, "lw": 1.5, "shrinkA": 0}
            look |= {"shrinkB": 0, "mutation_scale": 11}
            (x, y), (to_x, to_y) = places[-2:]
            length = max(abs(to_x - x), abs(to_y - y))
            start = (to_x - 0.5 * (to_x - x) / length, to_y - 0.5 * (to_y - y) / length)
            self.axes.annotate("", places[-1], start, arrowprops=look, zorder=2)

    def join(self, colour: str, *places: Place) -> None:
        """Mark where a wire branches; wires that only cross have no mark."""
        self.axes.plot(*zip(*places, strict=True), "o", color=colour, ms=4, zorder=2)

    def text(self, text: str, place: Place, colour: Any, **how: Any) -> None:
        """Write at a place."""
        how = {"ha": "center", "va": "center", "size": MEDIUM, "zorder": 4} | how
        self.axes.text(*place, text, color=colour, **how)


def draw_cells() -> Picture:
    r"""Draw the LSTM beside the GRU (reset before, z keeps), as circuits.

    A box is a layer with weights; a circle acts on each number alone.

    Source:
        book/07_gru.
    """
    fig, pair = figure(6.4, 2.75, 1, 2, layout="none")
    for axes, name, draw, left in zip(
        pair, ("LSTM", "GRU"), (_lstm, _gru), (0.0, 0.5), strict=True
    ):
        axes.set_position((left, 0, 0.5, 1))
        draw(Circuit(axes, name))
    fig.alt = f"Two circuits side by side. {SAYS['LSTM']} {SAYS['GRU']}"
    return fig


def _lstm(c: Circuit) -> None:
    gates = {"f": 2.3, "i": 3.8, "g": 5.3, "o": 6.9}
    _inputs(c, list(gates.values()), (0.1, 2.0))
    c.wire(INPUT, (1.6, 0.3), (1.6, 1.4), (7.1, 1.4), arrow=False)
    for places in (
        ((0.1, 7.2), (1.88, 7.2)),
        ((2.72, 7.2), (4.88, 7.2)),
        ((5.72, 7.2), (10.1, 7.2)),
        ((8.0, 7.2), (8.0, 6.45)),
        ((8.0, 5.6), (8.0, 5.02)),
        ((8.0, 4.18), (8.0, 2.0), (10.1, 2.0)),
    ):
        c.wire(STATE, *places)
    for places in (
        ((2.3, 3.6), (2.3, 6.78)),
        ((3.8, 3.6), (3.8, 5.5), (4.88, 5.5)),
        ((5.3, 3.6), (5.3, 5.08)),
        ((5.3, 5.92), (5.3, 6.78)),
        ((6.9, 3.6), (6.9, 4.6), (7.58, 4.6)),
    ):
        c.wire(INK, *places)
    c.join(STATE, (8.0, 7.2))
    for place in ((2.3, 7.2), (5.3, 5.5), (8.0, 4.6)):
        c.dot(r"\times", place)
    c.dot("+", (5.3, 7.2))
    c.box("", "tanh", (8.0, 6.0))
    for name, x in gates.items():
        c.box(name, "tanh" if name == "g" else "sigma", (x, 3.2))
    _ends(c, {"c_{t-1}": (0.4, 7.65), "h_{t-1}": (0.4, 2.45), "c_t": (9.6, 7.65)})
    c.text("$h_t$", (9.6, 2.45), STATE)


def _gru(c: Circuit) -> None:
    _inputs(c, [2.7, 4.4], (1.5, 2.0))
    c.wire(INPUT, (1.6, 0.3), (1.6, 1.4), (6.4, 1.4), (6.4, 2.75))
    c.wire(STATE, (1.5, 7.2), (1.5, 2.0), arrow=False)
    for places in (
        ((0.1, 7.2), (3.98, 7.2)),
        ((4.82, 7.2), (7.58, 7.2)),
        ((8.42, 7.2), (10.1, 7.2)),
        ((1.5, 5.0), (2.28, 5.0)),
        ((3.12, 5.0), (6.4, 5.0), (6.4, 3.65)),
    ):
        c.wire(STATE, *places)
    for places in (
        ((2.7, 3.6), (2.7, 4.58)),
        ((4.4, 3.6), (4.4, 6.78)),
        ((4.4, 6.0), (5.78, 6.0)),
        ((6.62, 6.0), (7.58, 6.0)),
        ((7.2, 3.2), (8.0, 3.2), (8.0, 5.58)),
        ((8.0, 6.42), (8.0, 6.78)),
    ):
        c.wire(INK, *places)
    c.join(STATE, (1.5, 7.2), (1.5, 5.0))
    c.join(INPUT, (4.6, 1.4))
    c.join(INK, (4.4, 6.0))
    for place in ((2.7, 5.0), (4.4, 7.2), (8.0, 6.0)):
        c.dot(r"\times", place)
    c.dot("+", (8.0, 7.2))
    c.dot("1-", (6.2, 6.0))
    for name, x in (("r", 2.7), ("z", 4.4)):
        c.box(name, "sigma", (x, 3.2))
    c.box("", "tanh", (6.4, 3.2))
    c.text("$n$", (7.6, 3.62), INK)
    _ends(c, {"h_{t-1}": (0.4, 7.65), "h_t": (9.6, 7.65)})


def _inputs(c: Circuit, gates: list[float], start: Place) -> None:
    """Draw the wires of h and x up to gates that see both."""
    last = gates[-1] - 0.2
    c.wire(STATE, start, (last, 2.0), arrow=False)
    for x in gates:
        c.wire(STATE, (x - 0.2, 2.0), (x - 0.2, 2.75))
        c.wire(INPUT, (x + 0.2, 1.4), (x + 0.2, 2.75))
    c.join(STATE, *((x - 0.2, 2.0) for x in gates[:-1]))
    c.join(INPUT, *((x + 0.2, 1.4) for x in gates[:-1]))


def _ends(c: Circuit, names: dict[str, Place]) -> None:
    for name, place in names.items():
        c.text(f"${name}$", place, STATE)
    c.text("$x_t$", (2.15, 0.35), INPUT)
