r"""The graph of a recurrent network, folded and unrolled.

A colour stands for a weight, the same one at every step.
"""

from throughtime.errors import ThroughTimeError
from throughtime.graph import GRID, Graph, Place, size_of
from throughtime.plot.style import Picture, figure, listed

KINDS = ("N-N", "N-1", "1-N")


def draw_folded() -> Picture:
    r"""Draw the graph of a recurrent network folded: the state feeds itself."""
    fig, graph = _begin(columns=1.5, rows=3)
    x, h, o = (graph.node(0, row, f"{name}_t") for row, name in enumerate("xho"))
    graph.arrow(x, h, "W_{xh}")
    graph.arrow(h, o, "W_{hy}")
    graph.loop(h, "W_{hh}", "one step later")
    fig.alt = (
        "Three nodes from bottom to top, x_t, h_t and o_t. An arrow W_xh leads from "
        "x_t to h_t and an arrow W_hy from h_t to o_t. An arrow W_hh leads from h_t "
        "back to itself, one step later."
    )
    return fig


def draw_unrolled(kind: str = "N-N", steps: int = 3, losses: bool = False) -> Picture:
    r"""Draw the graph of a recurrent network unrolled in time.

    Args:
        kind: ``"N-N"``, an output at each step; ``"N-1"``, one after the last step;
            ``"1-N"``, one input, and each output comes back as the next one.
        steps: T, from 1 to 8.
        losses: Draw the loss of each output too, and their sum L.

    Raises:
        ThroughTimeError: No such kind, or ``steps`` out of range.
    """
    _check_graph(kind, steps)
    fig, graph = _begin(columns=steps, rows=5 if losses else 3)
    h = graph.node(0, 1, "h_0")
    outputs = []
    for t in range(1, steps + 1):
        made = kind == "1-N" and t > 1
        h_prev, h = h, graph.node(t, 1, f"h_{t}")
        graph.arrow(h_prev, h, "W_{hh}", aside=made)
        x = graph.node(t, 0, f"x_{t}", made)
        graph.arrow(x, h, "W_{xh}")
        if made:
            graph.feed(outputs[-1], x)
        if kind != "N-1" or t == steps:
            outputs.append(graph.node(t, 2, f"o_{t}"))
            graph.arrow(h, outputs[-1], "W_{hy}")
    if losses:
        _add_losses(graph, outputs, steps)
    fig.alt = _alt(kind, steps, losses)
    return fig


def _add_losses(graph: Graph, outputs: list[Place], steps: int) -> None:
    first = steps - len(outputs) + 1
    for t, o in enumerate(outputs, first):
        loss = graph.node(t, 3, f"L_{t}")
        graph.arrow(o, loss)
        graph.arrow(loss, (t * GRID, 4 * GRID))
    graph.bar(first, steps, 4, "L = " + " + ".join(_losses(first, steps)))


def _losses(first: int, steps: int) -> list[str]:
    return [f"L_{t}" for t in range(first, steps + 1)]


def _alt(kind: str, steps: int, losses: bool) -> str:
    chain = " to ".join(f"h_{t}" for t in range(steps + 1))
    text = (
        f"The {kind} graph of {steps} step{'s' if steps > 1 else ''}: arrows W_hh lead "
        f"from {chain}, and arrows W_xh up to each state from its input. "
    )
    text += (
        f"Only the last state leads up to an output, o_{steps}."
        if kind == "N-1"
        else "Arrows W_hy lead from each state up to its output."
    )
    if kind == "1-N" and steps > 1:
        made = listed(f"x_{t}" for t in range(2, steps + 1))
        text += f" Only x_1 comes from outside; {made} are dashed: an arrow leads to "
        text += "each from the output before."
    if losses:
        terms = listed(_losses(steps if kind == "N-1" else 1, steps))
        text += f" Above, each output has its loss; the sum of {terms} is L."
    return text


def _begin(columns: float, rows: int) -> tuple[Picture, Graph]:
    fig, axes = figure(*size_of(columns, rows), layout="none")
    return fig, Graph(axes, columns, rows)


def _check_graph(kind: str, steps: int) -> None:
    if kind not in KINDS:
        raise ThroughTimeError(
            f"kind is {kind!r}; wanted one of {', '.join(KINDS)}. Try kind='N-N'."
        )
    if not 1 <= steps <= 8:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 to 8. Try steps=3.")
