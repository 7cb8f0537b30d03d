r"""The way of the gradient back through time, and which losses reach which copies."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE, Graph, size_of
from throughtime.plot.style import Picture, figure, listed, said
from throughtime.shapes import Array, check_shape, to_numpy

LITTLE_TO_MUCH = LinearSegmentedColormap.from_list(
    "little to much", ["#e8f2f9", PALETTE[5], PALETTE[0], "#003a5c"]
)


def draw_backward(steps: int = 3, length: int | None = None) -> Picture:
    r"""Draw how the gradient runs from the outputs back through the states.

    Args:
        steps: T, from 1 to 8.
        length: Of the windows, where the gradient is truncated: at a border the state
            goes on, and no gradient comes back.

    Raises:
        ThroughTimeError: ``steps`` or ``length`` out of range.

    Source:
        book/04_bptt.
    """
    _check_sizes(steps, length)
    fig, axes = figure(*size_of(steps, 3), layout="none")
    graph = Graph(axes, steps, 3, ("copy", "state", "output"))
    states = [graph.node(t, 1, f"dh_{t}") for t in range(steps + 1)]
    cuts = _cuts(steps, length)
    for t in range(steps, 0, -1):
        output, copy = graph.node(t, 2, f"do_{t}"), graph.node(t, 0, f"W^{{({t})}}")
        graph.arrow(output, states[t], "W_{hy}", power=r"^\top")
        graph.arrow(states[t], copy)
        if t - 1 in cuts:
            graph.arrow(states[t - 1], states[t])  # the state itself, forwards
            graph.border(t - 0.5, 3)
        else:
            graph.arrow(states[t], states[t - 1], "W_{hh}", power=r"^\top")
    fig.alt = (
        f"Backwards through {steps} step{'s' if steps > 1 else ''}: from each output "
        "an arrow, W_hy transposed, leads down to the gradient of the state, and from "
        "there one leads down to the step's copy of the weights. Arrows W_hh "
        f"transposed lead from {_chains(steps, cuts)}."
    )
    if cuts:
        fig.alt += (
            f" A dashed border stands after step {listed(map(str, cuts))}; there an "
            "arrow leads forwards only."
        )
    return fig


def draw_reach(
    norms: Array,
    length: int | None = None,
    label: str = "gradient norm",
    weight: str = "W_hh",
) -> Picture:
    r"""Draw which loss reaches which copy of a weight, and how strongly.

    Args:
        norms: Of the gradient that copy k (column) receives from the loss at step t
            (row), shape ``(T, T)``; 0 for k > t.
        length: Of the windows: what a truncated gradient leaves out is crossed out.
        label: What the norms are of.
        weight: Whose copies these are.

    Raises:
        ShapeError: The norms are not square.
        ThroughTimeError: ``length`` below 1, a loss reaches a later copy, or no norm
            is above 0.

    Source:
        book/04_bptt.
    """
    T, _ = check_shape("norms", norms, "T T")
    _check_sizes(1, length)
    values = to_numpy(norms).astype(float)
    _check_norms(values)
    cut = _cut(T, length) & (values > 0)
    fig, axes = figure(4.6, 4.0)
    shown = np.where(values > 0, values, np.nan)
    low, high = np.nanmin(shown), np.nanmax(shown)
    scale = LogNorm(max(low, high * 1e-6), high if high > low else 2 * high)
    places = (0.5, T + 0.5, T + 0.5, 0.5)
    kept = np.where(cut, np.nan, shown)
    look = {"extent": places, "interpolation": "none"}
    image = axes.imshow(kept, LITTLE_TO_MUCH, scale, **look)
    _cross_out(axes, cut)
    _borders(axes, T, length)
    axes.set_xlabel(f"copy k of {weight}")
    axes.set_ylabel("loss at step t")
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    bar = fig.colorbar(image, ax=axes, label=f"{label} (log scale)", shrink=0.85)
    bar.outline.set_visible(False)
    bar.minorticks_off()
    fig.alt = _describe(values, cut, length, label)
    return fig


def _describe(
    values: np.ndarray, cut: np.ndarray, length: int | None, label: str
) -> str:
    T, near = len(values), np.diagonal(values)
    text = (
        f"A triangle of {T} by {T} fields, {label} of copy k from the loss at step t, "
        f"for k up to t, on a logarithmic scale. On the diagonal they go from "
        f"{said(near[0])} to {said(near[-1])}; the last loss gives the first copy "
        f"{said(values[-1, 0])}."
    )
    if length:
        text += (
            f" Windows of {length} keep {int((values > 0).sum() - cut.sum())} fields, "
            f"in triangles along the diagonal, and cross out {int(cut.sum())}."
        )
    return text


def _cross_out(axes: Axes, cut: np.ndarray) -> None:
    """Strike fields through, all by one line with gaps: many would be heavy."""
    t, k = np.argwhere(cut).T + 1
    gap = np.full(len(k), np.nan)
    across, down = ([n - 0.25, n + 0.25, gap] for n in (k, t))
    axes.plot(np.ravel(across, "F"), np.ravel(down, "F"), color=MUTED, lw=0.8)


def _borders(axes: Axes, T: int, length: int | None) -> None:
    for border in _cuts(T, length):
        for line in (axes.axvline, axes.axhline):
            line(border + 0.5, color=INK, lw=1, linestyle="--")


def _cuts(T: int, length: int | None) -> list[int]:
    """Return the steps after which a window ends and another begins."""
    return [t for t in range(1, T) if length and t % length == 0]


def _cut(T: int, length: int | None) -> np.ndarray:
    """Return where a loss (row) and a copy (column) are in different windows."""
    window = np.arange(T) // (length or T)
    return window[:, None] != window[None]


def _chains(steps: int, cuts: list[int]) -> str:
    """Return the chains of states, each from its last to its first."""
    starts = [0, *(cut + 1 for cut in cuts)]
    ends = [*cuts, steps]
    return ", and from ".join(
        " to ".join(f"dh_{t}" for t in range(end, start - 1, -1))
        for start, end in reversed(list(zip(starts, ends, strict=True)))
    )


def _check_sizes(steps: int, length: int | None) -> None:
    if not 1 <= steps <= 8:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 to 8. Try steps=3.")
    if length is not None and length < 1:
        raise ThroughTimeError(f"length is {length}; wanted 1 or more. Try length=1.")


def _check_norms(values: np.ndarray) -> None:
    if np.triu(values, 1).any():
        raise ThroughTimeError(
            "norms has values above the diagonal; wanted 0 there, as no loss reaches a "
            "later copy. Try norms.T if the losses are the columns."
        )
    if not values.max() > 0:
        raise ThroughTimeError(
            "norms holds no value above 0; wanted one. Try a loss that depends on W."
        )
