"""The numbers that book/02_unrolling states in words: the hand example, the answers."""

import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from throughtime.cells import rnn_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll, unroll_from

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "02_unrolling.md").read_text(encoding="utf-8")


def _tiny():
    numbers = json.loads((BOOK / "_widgets" / "unroller.json").read_text())
    return {name: torch.tensor(value).double() for name, value in numbers.items()}


def _tiny_step(net):
    weights = {name: net[name] for name in ("W_xh", "W_hh", "b_h")}
    return partial(rnn_step, **weights, activation="relu")


def _tiny_states(inputs):
    net, xs = _tiny(), torch.tensor(inputs).double()[:, None, None]
    return unroll(_tiny_step(net), xs, net["h_0"][None])[0][:, 0]


def _vector(text):
    return [
        float(part)
        for part in text.replace("\N{MINUS SIGN}", "-").strip("( )").split(",")
    ]


def test_the_table_worked_by_hand_is_what_the_library_computes():
    net, hs = _tiny(), _tiny_states([2, 0, 1])
    rows = re.findall(r"^\| ([123]) \| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    h_prev = net["h_0"]
    for h_t, x_t, row in zip(hs, net["xs"], rows, strict=True):
        a_t = net["W_xh"] @ x_t + net["W_hh"] @ h_prev + net["b_h"]
        o_t = net["W_hy"] @ h_t + net["b_y"]
        for text, want in zip(row[1:], (x_t, a_t, h_t, o_t), strict=True):
            assert_close(_vector(text), want)
        h_prev = h_t


def test_a_lost_past_would_leave_the_bias_alone_at_step_two():
    net = _tiny()
    lost = torch.relu(net["W_xh"] @ net["xs"][1] + net["b_h"])
    assert lost.tolist() == [0, 1]
    assert "$h_2$ would be (0, 1)" in PAGE


def test_exercise_order_has_the_states_of_its_answer():
    answer = PAGE.split("{solution} ex-02-order")[1].split("```")[0]
    states = re.findall(r"h_([123]) = (\([^)]*\))", answer)
    assert [_vector(text) for _, text in states] == _tiny_states([1, 0, 2]).tolist()
    assert _tiny_states([2, 0, 1])[2].tolist() == [0, 1]


def test_exercise_bias_gives_the_same_preactivations_from_one_matrix():
    answer = PAGE.split("{solution} ex-02-bias")[1].split("```")[0]
    entries = re.findall(r"pmatrix\} ([-\d. &\\]+) \\end", answer)[-1]
    rows = [[float(n) for n in row.split("&")] for row in entries.split(r"\\")]
    net, hs = _tiny(), _tiny_states([2, 0, 1])
    h_prev = torch.vstack([net["h_0"], hs[:-1]])
    ones = torch.ones(3, 1).double()
    stacked = torch.hstack([h_prev, net["xs"], ones])
    assert_close(torch.relu(stacked @ torch.tensor(rows).double().T), hs)


def test_exercise_start_shares_all_states_from_the_first_step_on(net):
    def f(a):
        return torch.sigmoid(a)

    h_t, a_t = torch.zeros(3, 4).double(), None
    for x_t in net.xs:
        drive = x_t @ net.W_xh.T + net.b_h
        a_t = drive if a_t is None else f(a_t) @ net.W_hh.T + drive
        h_t = f(h_t @ net.W_hh.T + drive)
        assert_close(f(a_t), h_t)
    assert f(torch.tensor(-30.0)) > 0 == torch.tanh(torch.tensor(0.0))


def _rest(self_weight, starts, steps=20_000):
    h = torch.tensor(starts).double()
    for _ in range(steps):
        h = torch.tanh(self_weight * h)
    return h


def test_exercise_brackets_a_latch_forgets_depth_and_a_linear_unit_counts():
    columns = {"(": 4.0, ")": -4.0}
    latch, count = -1.0, 0
    for character in "f(g(x)+y":
        latch = np.tanh(2 * latch + columns.get(character, 0.0))
        count += {"(": 1, ")": -1}.get(character, 0)
    assert latch < 0
    assert count == 1


@pytest.mark.parametrize(("self_weight", "places"), [(0.5, 1), (-0.9, 1), (2.0, 2)])
def test_a_unit_left_alone_has_as_many_resting_places_as_the_answer_says(
    self_weight, places
):
    rest = _rest(self_weight, [-0.9, -0.2, 0.1, 0.7], steps=500)
    assert len({round(h, 6) for h in rest.tolist()}) == places
    assert_close(torch.tanh(self_weight * rest), rest, atol=1e-9)


def test_a_unit_with_self_weight_below_minus_one_swings_between_two_places():
    rest = _rest(-2.0, [-0.9, 0.3], steps=500)
    assert_close(torch.tanh(-2.0 * rest), -rest, atol=1e-9)
    assert rest.abs().min() > 0.9


def test_the_one_to_many_numbers_of_the_unrollers_words_are_right():
    net = _tiny()

    def readout(h):
        return h @ net["W_hy"].T + net["b_y"]

    hs, _ = unroll_from(_tiny_step(net), readout, net["xs"][:1], net["h_0"][None], 3)
    text = PAGE.split("````{widget} unroller")[1].split("````")[0]
    states = re.search(r"states are ((?:\([\d., ]+\)(?:, )?)+)", text)[1]
    outputs = re.search(r"outputs ([\d., ]+)\.", text)[1]
    assert_close([_vector(s) for s in re.findall(r"\([^)]*\)", states)], hs[:, 0])
    assert_close(_vector(outputs), readout(hs)[:, 0, 0])
