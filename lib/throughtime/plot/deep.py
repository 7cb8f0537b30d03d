r"""Stacks of recurrent layers in depth and time, of one direction or of two.

A state is (layer, step, direction), from 1 on, with ``"forward"`` or ``"backward"``;
the inputs are layer 0.
"""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE, PAPER
from throughtime.plot.style import SMALL, Picture, figure

Node = tuple[int, int, str]

COLUMN, ROW, RADIUS = 1.25, 1.15, 0.25  # inches
ASIDE, ABOVE = 0.27, 0.52  # where a backward state lies from its forward one
LIT = "#d6e8f4"


def draw_deep(
    layers: int, steps: int, both: bool = False, chosen: Node | None = None
) -> Picture:
    r"""Draw a stack of recurrent layers: depth upwards, time to the right.

    Args:
        layers: L, from 1 to 4.
        steps: T, from 1 to 4.
        both: Each layer reads backwards too, and the next reads both directions.
        chosen: A state; it and all that it can see are filled.

    Raises:
        ThroughTimeError: A size out of range, or no such state.

    Source:
        Schuster and Paliwal (1997); Graves (2012), fig. 3.5; book/08_deep.
    """
    _check(layers, steps, both, chosen)
    height = (layers + 1) * (ROW + ABOVE * both) + 2 * RADIUS + 0.2
    width = (steps + 0.85) * COLUMN
    fig, axes = figure(width, height, layout="none")
    axes.set(position=(0, 0, 1, 1), xlim=(-0.4 * COLUMN, width - 0.4 * COLUMN))
    axes.set(ylim=(-RADIUS - 0.1, height - RADIUS - 0.1))
    axes.set_axis_off()
    top = height - 2 * RADIUS - 0.2
    _name_rows(axes, layers, both, top)
    seen = _seen(chosen, steps, both) if chosen else set()
    nodes = list(_nodes(layers, steps, both))
    for node in nodes:
        for parent in _parents(node, steps, both):
            _arrow(axes, parent, node, both, {parent, node} <= seen)
    for t in range(1, steps + 1):
        output = (t * COLUMN, top)
        for direction in _directions(both):
            start = _place((layers, t, direction), both)
            _line(axes, start, output, PALETTE[2])
        _circle(axes, output, f"o_{t}", lit=False)
    for node in [*((0, t, "forward") for t in range(1, steps + 1)), *nodes]:
        _circle(axes, _place(node, both), _label(node, layers, both), node in seen)
    fig.alt = _alt(layers, steps, both, chosen, seen)
    return fig


def _directions(both: bool) -> tuple[str, ...]:
    return ("forward", "backward") if both else ("forward",)


def _nodes(layers: int, steps: int, both: bool) -> Iterator[Node]:
    for layer in range(1, layers + 1):
        for t in range(1, steps + 1):
            for direction in _directions(both):
                yield layer, t, direction


def _parents(node: Node, steps: int, both: bool) -> Iterator[Node]:
    """Yield what a state is computed from: its neighbour in time, and below."""
    layer, t, direction = node
    before = t - 1 if direction == "forward" else t + 1
    if 1 <= before <= steps:
        yield layer, before, direction
    for below in _directions(both and layer > 1):
        yield layer - 1, t, below


def _seen(node: Node, steps: int, both: bool) -> set[Node]:
    """Return a state and everything that it depends on."""
    found, waiting = set(), [node]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += _parents(here, steps, both) if here[0] else []
    return found


def _place(node: Node, both: bool) -> tuple[float, float]:
    layer, t, direction = node
    x, y = t * COLUMN, layer * (ROW + ABOVE * both)
    if layer == 0 or not both:
        return x, y
    backward = direction == "backward"
    y -= 0.75 * ABOVE  # the gap below a layer is as wide as the one above
    return x + ASIDE * (1 if backward else -1), y + ABOVE * backward


def _label(node: Node, layers: int, both: bool) -> str:
    layer, t, direction = node
    if layer == 0:
        return f"x_{t}"
    if both:  # an arrow above leaves no room for the layer; the row is named
        return rf"\over{'right' if direction == 'forward' else 'left'}arrow{{h}}_{t}"
    return f"h_{t}^{layer}" if layers > 1 else f"h_{t}"


def _name_rows(axes: Axes, layers: int, both: bool, top: float) -> None:
    rows = {"input": 0.0, "output": top}
    for layer in range(1, layers + 1):
        y = _place((layer, 1, "forward"), both)[1] + ABOVE / 2 * both
        rows[f"layer {layer}" if layers > 1 else "state"] = y
    for name, y in rows.items():
        look = {"ha": "left", "va": "center", "size": SMALL, "color": MUTED}
        axes.text(-0.36 * COLUMN, y, name, **look)


def _circle(axes: Axes, place: tuple[float, float], label: str, lit: bool) -> None:
    edge = (PALETTE[0], 2) if lit else (INK, 1.1)
    circle = Circle(
        place, RADIUS, fc=LIT if lit else PAPER, ec=edge[0], lw=edge[1], zorder=2
    )
    axes.add_patch(circle)
    look = {"ha": "center", "va": "center", "size": 13, "color": INK, "zorder": 3}
    axes.text(*place, f"${label}$", **look)


def _arrow(axes: Axes, parent: Node, node: Node, both: bool, lit: bool) -> None:
    kinds = {True: PALETTE[0], False: PALETTE[1]}  # up from below; along in time
    colour = kinds[parent[0] != node[0]]
    ends = _place(parent, both), _place(node, both)
    _line(axes, *ends, colour, 2.4 if lit else 1.2)


def _line(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = MUTED,
    width: float = 1.2,
) -> None:
    gap = 72 * RADIUS + 1
    look = {"arrowstyle": "-|>", "mutation_scale": 9, "lw": width, "color": colour}
    axes.add_patch(FancyArrowPatch(start, end, shrinkA=gap, shrinkB=gap, **look))


def _alt(
    layers: int, steps: int, both: bool, chosen: Node | None, seen: set[Node]
) -> str:
    inputs = f"the input{'s' if steps > 1 else ''} x_1 to x_{steps}"
    text = f"{layers} layer{'s' * (layers > 1)} of states over {inputs}. "
    if both:
        text += (
            "In each layer one row of states leads from left to right and another from "
            "right to left; no arrow joins the two. Both rows lead up to both rows of "
            "the next layer, and at the top to the outputs."
        )
    else:
        text += (
            "Arrows lead from each state to the next step's and up to the next layer's "
            "at the same step, and from the highest layer to the outputs."
        )
    if chosen:
        layer, t, direction = chosen
        found = sorted(step for place, step, _ in seen if place == 0)
        text += (
            f" Filled are the {direction} state at step {t} of layer {layer} and what "
            f"it can see, among it the inputs {found[0]} to {found[-1]}."
        )
    return text


def _check(layers: int, steps: int, both: bool, chosen: Node | None) -> None:
    for name, size, most in (("layers", layers, 4), ("steps", steps, 4)):
        if not 1 <= size <= most:
            raise ThroughTimeError(
                f"{name} is {size}; wanted 1 to {most}. Try {name}=2."
            )
    if chosen is not None and chosen not in set(_nodes(layers, steps, both)):
        raise ThroughTimeError(
            f"chosen is {chosen}; wanted a state (layer, step, direction) of the "
            f"{layers} by {steps} that are drawn. Try (1, 1, 'forward')."
        )
