"""What holds for assignment a1 alone."""

from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from questions import copied

from checks import a1_unroll
from checks.mutants.a1_unroll import given
from checks.mutants.a1_unroll.sample import softmax
from throughtime import bptt, cells, unroll

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = nbformat.read(
    ROOT / "solutions" / "a1_unroll" / "a1_unroll.ipynb", as_version=4
)
CELLS = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in NOTEBOOK.cells}
T, B, D, H, V = 7, 3, 5, 4, 11


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def locked_function(grade_id, name):
    """Return a function that a locked cell of the notebook gives to students."""
    names = {"np": np}
    exec(CELLS[grade_id].source, names)
    return names[name]


def test_the_copied_step_is_still_the_librarys(rng):
    sizes = (B, D), (B, H), (H, D), (H, H), (H,)
    arrays = [rng.normal(size=size) for size in sizes]
    want = cells.rnn_step(*map(torch.tensor, arrays)).numpy()
    np.testing.assert_allclose(copied(a1_unroll.leaky_step)(*arrays, alpha=0.5), want)


def test_the_copied_loop_is_still_the_librarys(rng):
    xs, h_0 = rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    hs, h_last = copied(a1_unroll.unroll_ragged)(given.delay_step, xs, None, h_0)

    def step(x_t, h_prev):
        return torch.tensor(given.delay_step(x_t.numpy(), h_prev.numpy()))

    want_hs, want_last = unroll.unroll(step, torch.tensor(xs), torch.tensor(h_0))
    np.testing.assert_array_equal(hs, want_hs)
    np.testing.assert_array_equal(h_last, want_last)


def test_the_copied_count_is_still_the_librarys(rng):
    shapes, count = copied(a1_unroll.count_parameters)(D, H, V)
    weights = bptt.Weights.random(D, H, V, rng)
    assert shapes == {name: array.shape for name, array in vars(weights).items()}
    assert count == weights.count


def test_the_copied_loss_is_still_the_librarys(rng):
    weights = bptt.Weights.random(D, H, V, rng)
    xs, targets = rng.normal(size=(T, D)), rng.integers(V, size=T)
    trace = bptt.forward(weights, xs, targets, np.zeros(H))
    bits_per_letter = copied(a1_unroll.bits_per_letter)
    got = bits_per_letter(trace.hs, weights.W_hy, weights.b_y, targets)
    np.testing.assert_allclose(got, trace.loss)


def test_the_copied_softmax_is_still_the_librarys(rng):
    logits = 1000 * rng.normal(size=V)
    np.testing.assert_array_equal(softmax(logits), bptt.softmax(logits))


def test_the_known_answers_use_the_step_that_students_are_given(rng):
    x_t, h_prev = rng.normal(size=(B, 2)), rng.normal(size=(B, H))
    step = locked_function("a1_q2_given", "delay_step")
    np.testing.assert_array_equal(step(x_t, h_prev), given.delay_step(x_t, h_prev))


def test_the_known_answers_use_the_network_that_students_are_given(rng):
    h_prev = rng.normal(size=V)
    network = locked_function("a1_q6_given", "tiny_network")
    got, want = network(3, h_prev), given.tiny_network(3, h_prev)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("seed", range(20))
def test_the_small_temperature_asks_what_it_is_meant_to_ask(seed):
    args = a1_unroll.sample.draw(seed)[2].args
    logits, h_1 = given.tiny_network(args["first"], args["h_0"])
    assert logits[0] / args["temperature"] > np.log(np.finfo(float).max)
    assert logits.argmax() != 0
    logits, _ = given.tiny_network(int(logits.argmax()), h_1)
    assert args["us"][1] == 0
    assert np.exp((logits[0] - logits.max()) / args["temperature"]) == 0
