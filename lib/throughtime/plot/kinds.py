r"""The kinds of sequence tasks: which graph has how many inputs and outputs, and when.

A kind is three numbers: T inputs, U outputs, and the wait k: output u comes at step
k + u - 1. Where no input is left, the last output comes back.
"""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PAPER, WEIGHTS
from throughtime.plot.style import MEDIUM, Picture, figure, listed

Kind = tuple[int, int, int]

TASK_KINDS: dict[str, Kind] = {
    "1-1": (1, 1, 1),
    "1-N": (1, 3, 1),
    "N-1": (3, 1, 3),
    "N-N": (3, 3, 1),
    "N-M": (3, 2, 3),
}
RADIUS, UP, GAP, WIDEST = 0.27, 0.95, 0.6, 8.2  # in steps of time


def draw_kinds(kinds: Mapping[str, Kind] = TASK_KINDS) -> Picture:
    r"""Draw the graphs of some kinds of tasks, as many in a row as there is room for.

    Args:
        kinds: Name to ``(T, U, k)``: inputs, outputs, and the step of the first
            output, from 1 to T.

    Raises:
        ThroughTimeError: No kind, or numbers out of range.
    """
    _check(kinds)
    rows = _rows({name: max(T, k + U - 1) for name, (T, U, k) in kinds.items()})
    inch, high = 6.4 / (WIDEST + 0.2), 3 * UP + 0.75
    fig, axes = figure(6.4, inch * high * len(rows), layout="none")
    axes.set(position=(0, 0, 1, 1), xlim=(-0.6, WIDEST - 0.4))
    axes.set(ylim=(-high * (len(rows) - 1) - 0.95, high - 0.95), aspect="equal")
    axes.set_axis_off()
    for row, places in enumerate(rows):
        for name, x in places.items():
            _draw(axes, x, -high * row, name, kinds[name])
    fig.alt = "; ".join(_said(name, kind) for name, kind in kinds.items()) + "."
    return fig


def _rows(widths: Mapping[str, int]) -> list[dict[str, float]]:
    """Return where each graph begins, row by row."""
    rows: list[dict[str, float]] = [{}]
    x = 0.0
    for name, width in widths.items():
        if x and x + width > WIDEST:
            rows.append({})
            x = 0.0
        rows[-1][name] = x
        x += width + GAP
    return rows


def _draw(axes: Axes, x: float, y: float, name: str, kind: Kind) -> None:
    T, U, k = kind
    steps = max(T, k + U - 1)
    for s in range(1, steps + 1):
        column, made = x + s - 1, s > T
        state = _node(axes, (column, y + UP), f"h_{s}")
        if s > 1:
            _arrow(axes, (column - 1, y + UP), state, "W_{hh}")
        label = f"x_{s}" if not made else ""
        _arrow(axes, _node(axes, (column, y), label, made), state, "W_{xh}")
        if s >= k and s < k + U:
            output = _node(axes, (column, y + 2 * UP), f"o_{s - k + 1}")
            _arrow(axes, state, output, "W_{hy}")
        if made:
            _arrow(axes, (column - 1, y + 2 * UP), (column, y), None)
    middle = {"ha": "center", "va": "top", "size": MEDIUM, "color": INK}
    axes.text(x + (steps - 1) / 2, y - 0.42, name, weight="bold", **middle)


def _node(
    axes: Axes, place: tuple[float, float], label: str, made: bool = False
) -> tuple[float, float]:
    edge = {"ec": MUTED, "ls": (0, (3, 2))} if made else {"ec": INK}
    axes.add_patch(Circle(place, RADIUS, fc=PAPER, lw=1.1, zorder=2, **edge))
    if label:
        axes.text(*place, f"${label}$", ha="center", va="center", size=14, color=INK)
    return place


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    weight: str | None,
) -> None:
    gap = 72 * RADIUS * 6.4 / (WIDEST + 0.2) + 1
    look = {"lw": 1.4, "color": WEIGHTS.get(weight, MUTED)}
    if weight is None:
        look |= {"ls": (0, (3, 2)), "lw": 1.0}
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=9, shrinkA=gap, shrinkB=gap, **look
    )
    axes.add_patch(arrow)


def _said(name: str, kind: Kind) -> str:
    T, U, k = kind
    steps = listed(str(k + u) for u in range(U))
    text = f"{name}: {T} input{'s' * (T > 1)}, {U} output{'s' * (U > 1)} at step"
    text += f"{'s' * (U > 1)} {steps}"
    made = [str(s) for s in range(T + 1, k + U)]
    if made:
        text += f", where the output before is the input of {listed(made)}"
    return text


def _check(kinds: Mapping[str, Kind]) -> None:
    if not kinds:
        raise ThroughTimeError(
            'kinds is empty; wanted one at least. Try kinds={"N-1": (3, 1, 3)}.'
        )
    for name, (T, U, k) in kinds.items():
        if not (1 <= k <= T and U >= 1 and max(T, k + U - 1) <= WIDEST):
            raise ThroughTimeError(
                f"kind {name!r} is (T, U, k) = {(T, U, k)}; wanted T and U from 1, k "
                f"from 1 to T, and at most {WIDEST:g} steps. Try (3, 3, 1)."
            )
