"""Bars side by side, one a layer or one a kind."""

from collections.abc import Collection, Mapping

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.style import MEDIUM, SMALL, Picture, figure, said


def draw_bars(
    panels: Mapping[str, Mapping[str, float]],
    xlabel: str,
    marked: Collection[str] = (),
    form: str = ",.3g",
) -> Picture:
    r"""Draw lying bars in panels next to each other, the first bar on top.

    Args:
        panels: Name of a panel to its bars, name to value, 0 and more.
        xlabel: What the values are, with their unit.
        marked: Names of bars in the second colour.
        form: How the value beside a bar is written.

    Raises:
        ThroughTimeError: A panel has no bar, or a value is below 0.

    Source:
        book/12_captioning.
    """
    values = [v for bars in panels.values() for v in bars.values()]
    if not panels or not all(panels.values()) or min(values) < 0:
        raise ThroughTimeError(
            f"panels has {len(panels)} panels and {len(values)} values; wanted bars of "
            'values from 0 in each. Try panels={"AlexNet": {"conv1": 35e3}}.'
        )
    most = max(map(len, panels.values()))
    fig, grid = figure(6.4, 0.9 + 0.26 * most, 1, len(panels), squeeze=False)
    for axes, (panel, bars) in zip(grid[0], panels.items(), strict=True):
        top = max(bars.values()) or 1.0
        for y, (name, value) in enumerate(bars.items()):
            axes.barh(y, value, 0.7, color=PALETTE[1 if name in marked else 0])
            at = {"va": "center", "size": SMALL, "color": INK}
            axes.text(value + 0.02 * top, y, format(value, form), **at)
        axes.set_title(panel, loc="left", size=MEDIUM, pad=4)
        axes.set_yticks(range(len(bars)), list(bars), size=SMALL)
        axes.set_ylim(most - 0.4, -0.6)
        axes.set_xlim(0, 1.35 * top)
        axes.set_xticks([])
        axes.tick_params(axis="y", length=0)
        axes.spines[["bottom", "left"]].set_visible(False)
    fig.supxlabel(xlabel, size=MEDIUM)
    parts = [
        f"{panel}: {', '.join(f'{name} {said(value)}' for name, value in bars.items())}"
        for panel, bars in panels.items()
    ]
    fig.alt = f"Lying bars, {xlabel}, listed from the top. {'; '.join(parts)}."
    return fig
