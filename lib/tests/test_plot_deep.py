"""A drawn stack has the arrows of its network, and fills what a state can see."""

import re

import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch

from throughtime import plot
from throughtime.errors import ThroughTimeError
from throughtime.plot.deep import LIT

ALL = [(layer, t, way) for layer in (1, 2) for t in (1, 2, 3, 4) for way in "fb"]
WAYS = {"f": "forward", "b": "backward"}


def circles(fig):
    """Return each circle's label and whether it is filled, from the lowest."""
    axes = fig.axes[0]
    labels = {t.get_position(): t.get_text() for t in axes.texts}
    found = [p for p in axes.patches if isinstance(p, Circle)]
    found.sort(key=lambda c: (c.center[1], c.center[0]))
    return [(labels[c.center], to_hex(c.get_facecolor()) == LIT) for c in found]


def arrows(fig):
    """Return where each arrow begins and ends."""
    patches = [p for p in fig.axes[0].patches if isinstance(p, FancyArrowPatch)]
    return [p._posA_posB for p in patches]


@pytest.mark.parametrize("layers", [1, 2, 4])
@pytest.mark.parametrize("steps", [1, 3, 4])
def test_a_stack_has_an_arrow_up_and_one_along_for_each_state(layers, steps):
    fig = plot.draw_deep(layers, steps)
    assert len(circles(fig)) == (layers + 2) * steps
    up = [(a, b) for a, b in arrows(fig) if a[0] == b[0]]
    along = [(a, b) for a, b in arrows(fig) if a[1] == b[1]]
    assert len(up) == (layers + 1) * steps
    assert len(along) == layers * (steps - 1)
    assert len(arrows(fig)) == len(up) + len(along)
    assert all(b[1] > a[1] for a, b in up)
    assert all(b[0] > a[0] for a, b in along)


def test_both_ways_no_arrow_joins_the_rows_of_a_layer_and_all_four_lead_up():
    fig = plot.draw_deep(2, 3, both=True)
    right = [(a, b) for a, b in arrows(fig) if a[1] == b[1] and b[0] > a[0]]
    left = [(a, b) for a, b in arrows(fig) if a[1] == b[1] and b[0] < a[0]]
    assert len(right) == len(left) == 2 * 2
    assert not {a[1] for a, _ in right} & {a[1] for a, _ in left}
    # 2 from each input, 4 between the layers, 2 to each output, at each of 3 steps
    assert len(arrows(fig)) == 3 * (2 + 4 + 2) + len(right) + len(left)


def seen_by_torch(chosen):
    """Return the inputs on which a state of torch's deep layer depends."""
    layer, t, way = chosen
    torch.manual_seed(3)
    rnn = torch.nn.RNN(2, 3, layer, bidirectional=True, dtype=torch.float64)
    xs = torch.ones(4, 1, 2).double().requires_grad_()
    half = slice(3) if way == "f" else slice(3, None)
    (slope,) = torch.autograd.grad(rnn(xs)[0][t - 1, 0, half].sum(), xs)
    return [s + 1 for s in range(4) if slope[s].any()]


@pytest.mark.parametrize("chosen", ALL)
def test_filled_are_the_inputs_on_which_torchs_state_depends(chosen):
    layer, t, way = chosen
    fig = plot.draw_deep(2, 4, both=True, chosen=(layer, t, WAYS[way]))
    filled = [label for label, lit in circles(fig)[:4] if lit]
    seen = seen_by_torch(chosen)
    assert filled == [f"$x_{s}$" for s in seen]
    words = re.search(r"among it the inputs (\d) to (\d)\.$", fig.alt)
    assert [int(words[1]), int(words[2])] == [seen[0], seen[-1]]


def test_nothing_is_filled_without_a_choice():
    assert not any(lit for _, lit in circles(plot.draw_deep(2, 4, both=True)))


@pytest.mark.parametrize(
    ("args", "wish"),
    [
        ((0, 3), "layers is 0; wanted 1 to 4"),
        ((2, 9), "steps is 9; wanted 1 to 4"),
        ((2, 3, False, (1, 2, "backward")), "wanted a state"),
        ((2, 3, True, (3, 2, "forward")), "wanted a state"),
    ],
)
def test_what_cannot_be_drawn_is_refused(args, wish):
    with pytest.raises(ThroughTimeError, match=wish):
        plot.draw_deep(*args)
