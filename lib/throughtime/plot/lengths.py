"""What several runs reach at each of some lengths, on a logarithmic axis."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, PALETTE
from throughtime.plot.style import DASHES, Picture, figure, listed, name_above, said
from throughtime.shapes import Array, check_shape, to_numpy

MARKS = "osD^v<>P"


def draw_by_length(
    runs: Mapping[str, Array],
    lengths: Sequence[float],
    xlabel: str,
    ylabel: str,
    *,
    guess: float | None = None,
    log: bool = False,
) -> Picture:
    r"""Draw the mean of some runs at each length, and a pale band that holds them all.

    Args:
        runs: Name to values, shape ``(R, T)``: R runs at T lengths.
        lengths: The T lengths, above 0, each of which has its tick.
        xlabel: What the lengths are, with their unit.
        ylabel: What the values are, with their unit.
        guess: What a guess reaches; drawn dashed.
        log: Draw y on a logarithmic axis, and say so in its label.

    Raises:
        ShapeError: Values that are not ``(R, T)``.
        ThroughTimeError: There are no runs, or a length is not above 0.

    Source:
        book/14_next.
    """
    _check(runs, lengths)
    fig, axes = figure()
    parts = []
    for i, (name, values) in enumerate(runs.items()):
        check_shape(name, values, "R T", T=len(lengths))
        values = to_numpy(values)
        mean, colour = values.mean(0), PALETTE[i % len(PALETTE)]
        style = {"linestyle": DASHES[i % len(DASHES)], "color": colour, "ms": 3.5}
        axes.plot(lengths, mean, marker=MARKS[i % len(MARKS)], label=name, **style)
        if len(values) > 1:
            low, high = values.min(0), values.max(0)
            axes.fill_between(lengths, low, high, color=colour, alpha=0.15, lw=0)
        parts.append(f"{name} {listed(said(value) for value in mean)}")
    if guess is not None:
        axes.axhline(guess, color=INK, lw=1, ls=":", label="guess")
        parts.append(f"a guess {said(guess)} throughout")
    _lay_axes(axes, lengths, xlabel, ylabel, log)
    places = listed(f"{length:g}" for length in lengths)
    fig.alt = f"Means of {ylabel} at {xlabel} {places}: {'; '.join(parts)}."
    return fig


def _lay_axes(
    axes: Axes, lengths: Sequence[float], xlabel: str, ylabel: str, log: bool
) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(lengths, [f"{length:g}" for length in lengths])
    axes.set_xlabel(f"{xlabel} (log scale)")
    axes.set_ylabel(f"{ylabel} (log scale)" if log else ylabel)
    axes.set_yscale("log" if log else "linear")
    name_above(axes)


def _check(runs: Mapping[str, Array], lengths: Sequence[float]) -> None:
    if not runs or min(lengths, default=0) <= 0:
        raise ThroughTimeError(
            f"runs has {len(runs)} names and lengths are {list(lengths)}; wanted a "
            "name at least, and lengths above 0. Try lengths=[1, 2, 4]."
        )
