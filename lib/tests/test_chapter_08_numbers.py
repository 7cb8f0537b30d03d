"""The numbers that book/08_deep states in words: the hand example, the answers."""

import itertools
import json
import re
from math import comb
from pathlib import Path

import pytest
import torch

from throughtime import layers
from throughtime.testing import assert_close
from throughtime.unroll import unroll_stack

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "08_deep.md").read_text(encoding="utf-8")
MINUS = "\N{MINUS SIGN}"


def answer_to(exercise):
    return PAGE.split(f"{{solution}} {exercise}\n")[1].split("\n```\n")[0]


def both_ways(inputs):
    """Return the states and outputs of the two small networks, by torch."""
    numbers = json.loads((BOOK / "_widgets" / "unroller.json").read_text())
    fore = {k: torch.tensor(v).double() for k, v in numbers.items()}
    back = {"W_xh": [[-1], [1]], "W_hh": [[1, 0.5], [0, -1]], "b_h": [2, 0]}
    rnn = torch.nn.RNN(1, 2, nonlinearity="relu", bidirectional=True).double()
    with torch.no_grad():
        for net, end in ((fore, "l0"), (back, "l0_reverse")):
            for ours, theirs in (("W_xh", "weight_ih"), ("W_hh", "weight_hh")):
                getattr(rnn, f"{theirs}_{end}").copy_(torch.as_tensor(net[ours]))
            getattr(rnn, f"bias_ih_{end}").copy_(torch.as_tensor(net["b_h"]))
            getattr(rnn, f"bias_hh_{end}").zero_()
        hs, _ = rnn(torch.tensor(inputs).double().reshape(-1, 1, 1))
    return hs[:, 0], hs[:, 0] @ torch.tensor([1, 0.5, 1, -1]).double() - 1


def vector(text):
    return [float(part) for part in text.replace(MINUS, "-").strip("() ").split(",")]


def test_the_table_worked_by_hand_is_torchs():
    rows = re.findall(r"^\| ([123]) \| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
    hs, outputs = both_ways([2, 0, 1])
    assert [row[0] for row in rows] == ["1", "2", "3"]
    for row, x_t, h_t, o_t in zip(rows, (2, 0, 1), hs, outputs, strict=True):
        assert_close(vector(row[1]), [x_t])
        assert_close(vector(row[2]) + vector(row[3]), h_t)
        assert_close(vector(row[4]), [o_t])


def test_another_last_input_changes_the_first_output_as_it_is_said():
    hs, outputs = both_ways([2, 0, 4])
    assert "stays (2, 0), the backward half becomes (4, 2), and the *first*" in PAGE
    assert hs[0].tolist() == [2, 0, 4, 2]
    assert outputs[0] == 3


def test_exercise_sizes_counts_what_the_layer_has():
    answer = answer_to("ex-08-sizes")
    lstm = layers.LSTM(5, 4, 3, bidirectional=True)
    count = sum(p.numel() for p in lstm.parameters())
    assert f"= {count}$" in answer
    wide = [lstm.get_parameter(f"W_x_l{k}").shape[1] + 4 for k in range(3)]
    assert wide == [9, 12, 12]
    one = layers.LSTM(5, 4, 3)
    assert [one.get_parameter(f"W_x_l{k}").shape[1] + 4 for k in range(3)] == [9, 8, 8]


def test_exercise_ragged_has_its_three_means():
    rows, answer = [[1, 1, 1, 1], [2, 4], [3]], answer_to("ex-08-ragged")
    total, tokens = sum(map(sum, rows)), sum(map(len, rows))
    of_rows = sum(sum(row) / len(row) for row in rows) / 3
    for value in (total / tokens, total / 12, total / 18, of_rows):
        assert f"{value:.3f}" in answer


def test_exercise_dropout_has_a_mean_twice_that_of_one_pass():
    outcomes = [max(0, 3 * a - 2 * b) for a, b in itertools.product((0, 1), repeat=2)]
    assert sum(outcomes) / 4 == 1
    assert max(0, 0.5 * (3 - 2)) == 0.5
    assert "the mean is 1" in answer_to("ex-08-dropout")


@pytest.mark.parametrize(("T", "L"), [(4, 3), (1, 2), (5, 1), (6, 4)])
def test_exercise_paths_counts_the_ways_that_autograd_adds_up(T, L):
    xs = torch.ones(T, 1, 1).double().requires_grad_()
    adding = [lambda x_t, h_prev: x_t + h_prev] * L  # every arrow is a factor 1
    hs, _ = unroll_stack(adding, xs, [torch.zeros(1, 1).double()] * L)
    (ways,) = torch.autograd.grad(hs[-1].sum(), xs)
    assert ways[0].item() == comb(T + L - 2, L - 1)
    assert "$\\binom{5}{2} = 10$" in answer_to("ex-08-paths")


def test_exercise_tree_has_the_gradients_of_its_answer():
    w_l, w_r = (torch.tensor(w, requires_grad=True) for w in (2.0, -1.0))
    roots = {
        (2, 7): w_l * (w_l * 1 + w_r * 2) + w_r * 3,
        (-1, -2): w_l * 1 + w_r * (w_l * 2 + w_r * 3),
    }
    assert [root.item() for root in roots.values()] == [-3, 1]
    answer = answer_to("ex-08-tree")
    for (dl, dr), root in roots.items():
        slopes = torch.autograd.grad(root, (w_l, w_r))
        assert [slope.item() for slope in slopes] == [dl, dr]
        assert f"dw_l = {dl}$, $dw_r = {dr}$" in answer


def test_exercise_sees_agrees_with_the_gradients_of_torchs_deep_layer():
    rnn = torch.nn.RNN(1, 2, 2, bidirectional=True).double()
    for k, weight in enumerate(rnn.parameters()):
        torch.nn.init.uniform_(weight, -1, 1, torch.Generator().manual_seed(k))
    xs = torch.tensor([0.3, -0.2, 0.5, 0.1]).double().reshape(4, 1, 1).requires_grad_()
    deep = rnn(xs)[0][1, 0, :2].sum()  # the forward state at step 2 of layer 2
    (slope,) = torch.autograd.grad(deep, xs)
    assert (slope != 0).all()
    assert "$x_1$ to $x_4$" in answer_to("ex-08-sees")


DROPOUT = json.loads((BOOK / "records" / "dropout.json").read_text())
SIX_AT_ONCE = 3.364  # Student's t at 0.05/6, nine degrees of freedom


def _beside_nowhere(what, t=2.262):
    """Return, for each place, the ends of the interval of the paired differences."""
    found = {k: [r[what] for r in runs] for k, runs in DROPOUT["runs"].items()}
    none, ends = found.pop("nowhere"), {}
    for place, values in found.items():
        more = torch.tensor([a - b for a, b in zip(values, none, strict=True)])
        half = t * more.std() / 10**0.5
        ends[place] = (more.mean() - half, more.mean() + half)
    return ends


def test_what_is_said_of_the_places_of_dropout_is_what_the_record_holds():
    assert DROPOUT["seeds"] == 10 == len(DROPOUT["runs"]["nowhere"])
    assert DROPOUT["command"] == "python lib/train/dropout.py --steps 400"
    ends = _beside_nowhere("right")
    assert all(high > 0 for _, high in ends.values()), "none is behind"
    ahead = {place for place, (low, _) in ends.items() if low > 0}
    assert ahead == {"inputs and output", "candidate, new masks"}
    at_once = _beside_nowhere("right", SIX_AT_ONCE)
    assert [k for k, (low, _) in at_once.items() if low > 0] == ["inputs and output"]
    right = {k: [r["right"] for r in runs] for k, runs in DROPOUT["runs"].items()}
    spread = max(right["nowhere"]) - min(right["nowhere"])
    assert spread > 2 * max(
        sum(s) / 10 - sum(right["nowhere"]) / 10 for s in right.values()
    )


def test_in_the_loss_all_six_places_are_ahead_of_none():
    ends = _beside_nowhere("nats")
    assert len(ends) == 6
    assert all(high < 0 for _, high in ends.values())
    page = " ".join(PAGE.split())
    assert "In the loss all six are ahead" in page
    assert f"$t = {SIX_AT_ONCE:.2f}$ in the place of 2.26" in page
