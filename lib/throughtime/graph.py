"""Nodes and arrows: the drawing of a network as a graph.

A place is (x, y) in inches. A colour stands for a weight, the same one at every step.
"""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

# Okabe and Ito's colours, which colour-blind readers can tell apart too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK, MUTED, PAPER = "#1a1a1a", "#6b6b6b", "#f0f0f0"
WEIGHTS = dict(zip(("W_{xh}", "W_{hh}", "W_{hy}"), PALETTE[:3], strict=True))

RADIUS, GRID = 0.29, 1.15  # of a node; from node to node
LEFT, RIGHT, MARGIN = 1.15, 0.55, 0.1  # around the nodes' centres; around all

Place = tuple[float, float]
FORWARD = ("input", "state", "output", "loss", "sum")  # the rows, from the bottom


def size_of(columns: float, rows: int) -> tuple[float, float]:
    """Return the width and height, in inches, that a graph needs."""
    return (
        LEFT + columns * GRID + RIGHT,
        (rows - 1) * GRID + 2 * (RADIUS + MARGIN),
    )


class Graph:
    """Draw nodes and arrows on a grid.

    Args:
        axes: Axes that fill their figure, as long and high as :func:`size_of` says.
        columns: Number of the last column of nodes; the first is 0.
        rows: Number of rows of nodes, from the bottom.
        names: Of the rows, written at the left.
    """

    def __init__(
        self, axes: Axes, columns: float, rows: int, names: tuple[str, ...] = FORWARD
    ) -> None:
        width, height = size_of(columns, rows)
        below = -RADIUS - MARGIN
        self.axes = axes
        axes.set(position=(0, 0, 1, 1), xlim=(-LEFT, width - LEFT))
        axes.set(ylim=(below, below + height))
        axes.set_axis_off()
        for row, name in enumerate(names[:rows]):
            self._write(name, (-RADIUS - 0.2, row * GRID), MUTED, ha="right")

    def node(self, column: int, row: int, label: str, made: bool = False) -> Place:
        """Draw a circle, with a dashed edge if the network made it itself."""
        place = (column * GRID, row * GRID)
        edge = (MUTED, (0, (3, 2))) if made else (INK, "-")
        circle = Circle(place, RADIUS, fc=PAPER, ec=edge[0], ls=edge[1], lw=1.2)
        self.axes.add_patch(circle)
        self._write(f"${label}$", place, size=16)
        return place

    def bar(self, first: int, last: int, row: int, label: str) -> None:
        """Draw one wide node over some columns."""
        left, width = first * GRID - 0.5, (last - first) * GRID + 1
        bottom, ends = row * GRID - RADIUS, f"round,pad=0,rounding_size={RADIUS}"
        look = {"boxstyle": ends, "fc": PAPER, "ec": INK, "lw": 1.2}
        self.axes.add_patch(FancyBboxPatch((left, bottom), width, 2 * RADIUS, **look))
        self._write(f"${label}$", (left + width / 2, row * GRID), size=13)

    def arrow(
        self,
        start: Place,
        end: Place,
        weight: str | None = None,
        aside: bool = False,
        power: str = "",
    ) -> None:
        """Draw an arrow from node to node, in the colour of its weight.

        ``aside`` moves the name of a level one to the left, out of a feed's way;
        ``power`` stands after the name, as the sign of a transposed matrix does.
        """
        gap = 72 * RADIUS + 1
        self._point(weight, posA=start, posB=end, shrinkA=gap, shrinkB=gap + 1)
        (x, y), (to_x, to_y) = start, end
        if weight and x == to_x:
            self._name(weight, (x + 0.07, (y + to_y) / 2), power, ha="left")
        elif weight:
            middle = (x + to_x) / 2 - (0.11 if aside else 0)
            self._name(weight, (middle, y + 0.06), power, va="bottom")

    def feed(self, start: Place, end: Place) -> None:
        """Draw an arrow from an output down to the next input, between two columns."""
        (x, y), (to_x, to_y) = start, end
        x, to_x, between, bend = x + RADIUS, to_x - RADIUS - 0.03, x + 0.71, 0.16
        lines = [(x, y), (between - bend, y), (between, y), (between, y - bend)]
        lines += [(between, to_y + bend), (between, to_y), (to_x, to_y)]
        self._point(None, path=Path(lines, [1, 2, 3, 3, 2, 3, 3]))

    def border(self, column: float, rows: int) -> None:
        """Draw a dashed line between two columns, over all rows."""
        ends = (-RADIUS, (rows - 1) * GRID + RADIUS)
        self.axes.plot([column * GRID] * 2, ends, "--", color=MUTED, lw=1.2)

    def loop(self, place: Place, weight: str, meaning: str) -> None:
        """Draw an arrow from a node to itself."""
        x, y = place
        curve = [(0.24, 0.19), (0.95, 0.65), (0.95, -0.65), (0.25, -0.2)]
        path = Path([(x + a, y + b) for a, b in curve], [1, 4, 4, 4])
        self._point(weight, path=path)
        self._name(weight, (x + 0.85, y + 0.1), ha="left")
        self._write(meaning, (x + 0.85, y - 0.14), MUTED, ha="left")

    def _point(self, weight: str | None, **path: Any) -> None:
        colour = WEIGHTS.get(weight, MUTED)
        style = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.5}
        self.axes.add_patch(FancyArrowPatch(color=colour, **style, **path))

    def _name(self, weight: str, place: Place, power: str = "", **side: str) -> None:
        darker = [0.75 * part for part in to_rgb(WEIGHTS[weight])]
        self._write(f"${weight}{power}$", place, darker, size=14, **side)

    def _write(self, text: str, place: Place, colour: Any = INK, **how: Any) -> None:
        how = {"ha": "center", "va": "center", "size": 11} | how
        self.axes.text(*place, text, color=colour, **how)
