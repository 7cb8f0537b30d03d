"""How training went: curves, and what a model writes as it learns."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from throughtime.errors import ThroughTimeError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.style import (
    DASHES,
    SMALL,
    Picture,
    course,
    figure,
    name_above,
    said,
)
from throughtime.shapes import Array, check_shape, to_numpy


def draw_learning(
    steps: Array,
    losses: Array,
    validation: tuple[Array, Array] | None = None,
    baselines: Mapping[str, float] | None = None,
    smooth: int | None = None,
    ylabel: str = "loss (nats a token)",
) -> Picture:
    r"""Draw the loss of training, validations, and lines to compare with.

    The pale band holds every training loss; the line is their mean over some steps.

    Args:
        steps: Numbers of the steps, shape ``(T,)``.
        losses: Of the training, shape ``(T,)``.
        validation: Steps and losses of the validations, each of shape ``(N,)``.
        baselines: Name to a loss, such as that of an n-gram model.
        smooth: Steps in a mean; a fiftieth of all without it.
        ylabel: What the loss is, with its unit.

    Raises:
        ShapeError: The sizes do not agree.

    Source:
        book/03_characters.
    """
    (T,) = check_shape("steps", steps, "T")
    check_shape("losses", losses, "T", T=T)
    steps, losses = to_numpy(steps), to_numpy(losses).astype(float)
    fig, axes = figure()
    mean = _mean(losses, smooth or max(1, T // 50))
    _draw_training(axes, steps, losses, mean)
    parts = [course("training", mean, steps)]
    if validation is not None:
        (N,) = check_shape("validation[0]", validation[0], "N")
        check_shape("validation[1]", validation[1], "N", N=N)
        places, values = map(to_numpy, validation)
        axes.plot(places, values, "--s", color=PALETTE[1], label="validation")
        parts.append(course("validation", values, places))
    for i, (name, value) in enumerate((baselines or {}).items()):
        look = {"color": INK, "lw": 1, "linestyle": DASHES[2 + i % 4]}
        axes.axhline(value, label=f"{name}, {said(value)}", **look)
        parts.append(f"{name} is a level line at {said(value)}")
    axes.set_xlabel("step")
    axes.set_ylabel(ylabel)
    name_above(axes)
    fig.alt = (
        f"Learning curves, {ylabel} over {said(steps[0])} to {said(steps[-1])} steps: "
        f"{'; '.join(parts)}."
    )
    return fig


def draw_samples(
    samples: Sequence[tuple[int, str]], width: int = 56, lines: int = 4
) -> Picture:
    r"""Draw what a model wrote after more and more steps.

    Args:
        samples: Pairs of a step and a text, in the order of the steps.
        width: Characters in a line, at most 56; longer lines wrap.
        lines: Of each text at most; what is left out is marked by an ellipsis.

    Raises:
        ThroughTimeError: There is no sample, or the width is out of range.

    Source:
        Karpathy (2015), the samples while training; book/03_characters.
    """
    if not samples or not 1 <= width <= 56:
        raise ThroughTimeError(
            f"{len(samples)} samples of width {width}; wanted one at least, and 1 to "
            "56. Try draw_samples([(100, text)])."
        )
    blocks = [_wrap(text, width, lines) for _, text in samples]
    rows = sum(map(len, blocks)) + 0.6 * (len(blocks) - 1)
    line, margin, left = 0.23, 0.08, 0.9  # inches
    size = (left + width * SMALL * 0.602 / 72 + 2 * margin, rows * line + 2 * margin)
    fig, axes = figure(*size, layout="none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, size[0]), ylim=(size[1], 0))
    axes.set_axis_off()
    down = margin
    for (step, _), block in zip(samples, blocks, strict=True):
        at = {"va": "top", "size": SMALL}
        axes.text(left, down, f"step {step:,}", ha="right", color=MUTED, **at)
        for text in block:
            axes.text(left + 0.15, down, text, family="monospace", **at)
            down += line
        down += 0.6 * line
    texts = " ".join(f"After {step:,}: “{text[:60]}”." for step, text in samples)
    fig.alt = f"What the model writes after {len(samples)} numbers of steps. {texts}"
    return fig


def _draw_training(
    axes: Axes, steps: np.ndarray, losses: np.ndarray, mean: np.ndarray
) -> None:
    """Draw a band and a line by blocks: thousands of points make a page heavy."""
    T = len(steps)
    starts = np.arange(0, T, max(1, T // 300))
    low, high = np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts)
    look = {"color": PALETTE[0], "alpha": 0.25, "lw": 0}
    axes.fill_between(steps[starts], low, high, step="post", **look)
    chosen = np.unique(np.append(starts, T - 1))
    axes.plot(steps[chosen], mean[chosen], color=PALETTE[0], label="training")


def _mean(values: np.ndarray, size: int) -> np.ndarray:
    """Return the mean over the last ``size`` values, over fewer at the start."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - size)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _wrap(text: str, width: int, lines: int) -> list[str]:
    """Return a text's lines; a newline is marked, and leads to the next line."""
    wrapped = []
    for paragraph in text.splitlines(keepends=True):
        marked = paragraph.replace("\n", "↵").replace("$", r"\$")
        wrapped += textwrap.wrap(marked, width, break_on_hyphens=False) or [""]
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1] + "…"]
    return wrapped or [""]
