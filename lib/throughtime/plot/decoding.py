r"""What reads and writes sequences: the two halves, their factors, a search."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from throughtime.errors import ThroughTimeError
from throughtime.graph import GRID, INK, MUTED, PALETTE, PAPER, Graph, Place, size_of
from throughtime.plot.style import MEDIUM, SMALL, Picture, figure, listed

READ, WROTE, RADIUS, LINE = PALETTE[0], PALETTE[1], 0.26, 0.34
SHORT = 18  # characters of a word in a tree


def draw_seq2seq(source: Sequence[str], target: Sequence[str]) -> Picture:
    r"""Draw an encoder that reads some words, and a decoder that writes some.

    Args:
        source: What is read, word by word.
        target: What is written, its end included; the decoder is fed a start mark,
            and then what it wrote.

    Raises:
        ThroughTimeError: No word to read, or none to write.
    """
    if not source or not target:
        raise ThroughTimeError(
            f"source has {len(source)} words and target {len(target)}; wanted one of "
            "each at least. Try source=['a'], target=['b']."
        )
    S, T = len(source), len(target)
    width, height = size_of(S + T - 1, 3)
    fig, axes = figure(width, height + 0.1, layout=None)
    graph = Graph(axes, S + T - 1, 3, ("fed", "state", "written"))
    before = None
    for column, word in enumerate([*source, "", *target[:-1]]):
        reads, t = column < S, column - S + 1
        state = graph.node(column, 1, f"h_{column + 1}" if reads else f"s_{t}")
        label = word if column != S else "START"
        fed = (column * GRID, 0)
        _word(axes, fed, label, READ if reads else WROTE)
        _point(axes, fed, state)
        if before:
            _point(axes, before, state)
        before = state
        if not reads:
            written = (column * GRID, 2 * GRID)
            _word(axes, written, target[t - 1], WROTE)
            _point(axes, state, written)
            if t < T:
                graph.feed(written, ((column + 1) * GRID, 0))
    graph.border(S - 0.5, 3)
    fig.alt = (
        f"A chain of {S + T} states. The first {S}, the encoder's, read "
        f"{listed(source)}, one each, and write nothing. The other {T}, the "
        f"decoder's, are fed START and then each word that was written before; they "
        f"write {listed(target)}. One arrow leads from the encoder to the decoder: "
        f"from its last state to s_1."
    )
    return fig


def draw_factors(steps: int = 4) -> Picture:
    r"""Draw what each symbol's probability depends on: in a chain, in a network.

    A square is a factor, joined to the symbols that it looks at. Left, one symbol
    back; right, all of them.

    Args:
        steps: Symbols, 2 to 6.

    Raises:
        ThroughTimeError: Too few or too many steps.
    """
    if not 2 <= steps <= 6:
        raise ThroughTimeError(f"steps is {steps}; wanted 2 to 6. Try steps=4.")
    fig, both = figure(6.4, 2.6, columns=2, layout=None)
    for side, (axes, order) in enumerate(zip(both, (1, steps), strict=True)):
        axes.set(position=(0.01 + 0.5 * side, 0, 0.48, 1), aspect="equal")
        axes.set(xlim=(0.4, steps + 0.6), ylim=(-0.5, 2.15))
        axes.set_axis_off()
        for t in range(1, steps + 1):
            factor = (t, 1.3)
            for k in range(max(1, t - order), t + 1):
                look = {"color": MUTED, "lw": 1.2, "zorder": 1}
                axes.plot([k, t], [0, 1.3], **look)
            axes.add_patch(Rectangle((t - 0.11, 1.19), 0.22, 0.22, fc=INK, zorder=3))
            axes.add_patch(Circle((t, 0), RADIUS, fc=PAPER, ec=INK, lw=1.2, zorder=3))
            middle = {"ha": "center", "va": "center", "zorder": 4}
            axes.text(t, 0, f"$y_{t}$", size=14, **middle)
            axes.text(*(factor[0], 1.6), f"$p_{t}$", size=13, **middle)
        name = "looks one symbol back" if side == 0 else "looks at all symbols before"
        axes.text((steps + 1) / 2, 2.02, name, ha="center", va="center", size=MEDIUM)
    fig.alt = (
        f"Two graphs of {steps} symbols y_1 to y_{steps}, a square p_t above each. "
        "Left, each square is joined to its own symbol and to the one before. Right, "
        "each is joined to its own symbol and to all before it."
    )
    return fig


def draw_search(kept: Sequence[Sequence[Sequence[str]]]) -> Picture:
    r"""Draw a beam search as a tree: what was kept after each step.

    Args:
        kept: For each step the beginnings that were kept, best first, each as its
            words.

    Raises:
        ThroughTimeError: No step, or a step that keeps nothing.
    """
    if not kept or not all(kept):
        raise ThroughTimeError(
            "kept has no step, or one without beginnings; wanted one at least in each. "
            "Try kept=[[['a']]]."
        )
    T, most = len(kept), max(map(len, kept))
    fig, axes = figure(6.4, 0.5 + LINE * most, layout=None)
    axes.set(position=(0, 0, 1, 1), xlim=(-0.55, T - 0.45), ylim=(-most + 0.3, 1.2))
    axes.set_axis_off()
    places: dict[tuple[str, ...], Place] = {(): (-1.0, 0.0)}
    for t, rows in enumerate(kept):
        axes.text(t, 0.85, str(t + 1), ha="center", color=MUTED, size=SMALL)
        for k, words in enumerate(rows):
            places[tuple(words)] = (t, -k)
            before = places.get(tuple(words[:-1]))
            if t and before:
                ends = {"posA": (before[0] + 0.3, before[1]), "posB": (t - 0.32, -k)}
                look = {"arrowstyle": "-", "color": MUTED, "lw": 1.1}
                axes.add_patch(FancyArrowPatch(**ends, **look))
            axes.text(t, -k, words[-1][:SHORT], ha="center", va="center", size=SMALL)
    lines = (
        f"step {t + 1}: {listed(' '.join(words) for words in rows)}"
        for t, rows in enumerate(kept)
    )
    fig.alt = f"A tree of beginnings, best first. Kept after {'; '.join(lines)}."
    return fig


def _word(axes: Axes, place: Place, word: str, colour: str) -> None:
    look = {"ha": "center", "va": "center", "size": MEDIUM, "color": INK}
    box = {"boxstyle": "round,pad=0.25", "fc": "none", "ec": colour, "lw": 1.3}
    axes.text(*place, word, bbox=box, **look)


def _point(axes: Axes, start: Place, end: Place) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "lw": 1.4, "color": MUTED}
    gaps = {"shrinkA": 20, "shrinkB": 22}
    axes.add_patch(FancyArrowPatch(start, end, **look, **gaps))
