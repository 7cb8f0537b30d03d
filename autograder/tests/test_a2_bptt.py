"""What holds for assignment a2 alone."""

import numpy as np
import pytest
import torch
from questions import cells, copied, data, run

from checks import a2_bptt, oracles
from checks.mutants.a2_bptt import given
from throughtime import bptt, testing, unroll
from throughtime import cells as library

T, D, H, V = 7, 5, 4, 11
GIVEN, _ = run("a2_bptt")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def network(rng):
    """Return the library's network and its trace over a sequence."""
    weights = bptt.Weights.random(D, H, V, rng)
    xs, targets = rng.normal(size=(T, D)), rng.integers(V, size=T)
    return weights, bptt.forward(weights, xs, targets, rng.normal(size=H))


def small_weights(rng, H=3):
    shapes = {"W_xh": (H, 1), "W_hh": (H, H), "b_h": (H,), "W_hy": (1, H)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def test_the_copied_loss_is_still_the_librarys(rng):
    weights, trace = network(rng)
    answer = copied(a2_bptt.weighted_cross_entropy)
    loss, dos = answer(trace.os, trace.targets, np.full(T, 9.0))
    np.testing.assert_allclose(loss, trace.loss)
    want = bptt.backward(weights, trace, per_step=True).db_y
    np.testing.assert_allclose(dos, want, atol=1e-15)


def test_the_copied_embedding_is_still_one_that_is_only_read(rng):
    ids, dxs = rng.integers(V, size=T), rng.normal(size=(T, H))
    layer = torch.nn.Embedding(V, H, dtype=torch.float64)
    layer(torch.tensor(ids)).backward(torch.tensor(dxs))
    answer = copied(a2_bptt.tied_embedding_gradient)
    got = answer(ids, dxs, None, np.ones((T, V)), [0])
    np.testing.assert_allclose(got, layer.weight.grad)


def test_the_copied_backward_pass_is_still_the_librarys(rng):
    weights, trace = network(rng)
    want = bptt.backward(weights, trace, per_step=True)
    dhs = want.db_y @ weights.W_hy  # what each loss says to its own state
    three = weights.W_xh, weights.W_hh, weights.b_h
    answer = copied(a2_bptt.leaky_backward)
    got = answer(trace.xs, trace.hs, trace.h_0, dhs, *three, 1.0)
    for name, array in zip(("dW_xh", "dW_hh", "db_h", "dh_0"), got, strict=True):
        np.testing.assert_allclose(array, vars(want)[name], atol=1e-15)


def test_the_copied_differences_are_still_the_librarys(rng):
    weights = small_weights(rng)
    got = copied(a2_bptt.gradient_check)(given.squared_loss, weights, None, 1e-5)
    for name, W in weights.items():
        want = testing.numerical_gradient(
            lambda W, name=name: given.squared_loss({**weights, name: W}), W, 1e-5
        )
        np.testing.assert_allclose(got[name], want)


def test_the_copied_windows_are_still_the_librarys(rng):
    xs, dhs, h_0 = rng.normal(size=(T, D)), rng.normal(size=(T, H)), rng.normal(size=H)
    weights = bptt.Weights.random(D, H, V, rng)
    W_xh, W_hh, b_h = map(torch.tensor, (weights.W_xh, weights.W_hh, weights.b_h))
    W_hh.requires_grad_(True)

    def step(x_t, h_prev):
        return library.rnn_step(x_t, h_prev, W_xh, W_hh, b_h)

    rows, start = torch.tensor(xs)[:, None], torch.tensor(h_0)[None]
    windows = unroll.unroll_windows(step, rows, start, length=3)
    hs = torch.cat([hs for hs, _ in windows])[:, 0]
    hs.backward(torch.tensor(dhs))
    answer = copied(a2_bptt.truncated_gradient)
    arrays = weights.W_xh, weights.W_hh, weights.b_h
    h_T, dW_hh = answer(xs, dhs, h_0, *arrays, 3)
    np.testing.assert_allclose(h_T, hs[-1].detach())
    np.testing.assert_allclose(dW_hh, W_hh.grad)


def test_the_known_answers_use_the_loss_that_students_are_given(rng):
    weights = small_weights(rng)
    for name in ("squared_loss", "cubes"):
        assert GIVEN[name](weights) == getattr(given, name)(weights)


@pytest.mark.parametrize("seed", range(20))
def test_the_wide_differences_of_the_other_loss_are_known_in_closed_form(seed):
    case = a2_bptt.gradient_check.draw(seed)[3]
    _, table, grads, eps = case.args.values()
    for name, W in table.items():
        n = testing.numerical_gradient(
            lambda W, name=name: given.cubes({**table, name: W}), W, eps
        )
        assert np.isclose(case.want[name], oracles.apart(grads[name], n))


def test_the_hidden_gradient_is_that_of_the_loss_that_students_are_given(rng):
    weights = small_weights(rng)
    exact = oracles.true_gradient(weights)
    for name, W in weights.items():
        n = testing.numerical_gradient(
            lambda W, name=name: given.squared_loss({**weights, name: W}), W
        )
        np.testing.assert_allclose(n, exact[name], rtol=1e-6, atol=1e-9)


def test_the_friends_gradient_has_the_bug_that_the_mark_scheme_names(rng):
    weights = small_weights(rng)
    exact = oracles.true_gradient(weights)
    claimed = GIVEN["friends_gradient"](weights)
    apart = {name: oracles.apart(claimed[name], exact[name]) for name in weights}
    assert {name for name in apart if apart[name] > 1e-2} == {"W_xh", "W_hh", "b_h"}
    assert apart["W_hy"] < 1e-6


def test_the_line_of_the_mark_scheme_mends_the_friends_gradient(rng):
    (cell,) = [c for c in cells("a2_bptt") if data(c).get("grade_id") == "a2_q4_friend"]
    bug, mended = 'weights["W_hh"] @ da_t', 'weights["W_hh"].T @ da_t'
    assert cell.source.count(bug) == 1
    names = dict(GIVEN)
    exec(cell.source.replace(bug, mended), names)
    weights = small_weights(rng)
    exact = oracles.true_gradient(weights)
    for name, array in names["friends_gradient"](weights).items():
        np.testing.assert_allclose(array, exact[name], atol=1e-14)


@pytest.mark.parametrize(("w", "h_0"), [(0.7, 0.9), (-1.3, 0.4)])
def test_the_two_terms_of_the_mark_scheme_add_up_to_the_gradient(w, h_0):
    # L = h_2, so L' is 1; h_1 and h_2 as in question 6.
    h_1 = np.tanh(w * h_0)
    h_2 = np.tanh(w * h_1)
    first = (1 - h_2**2) * w * (1 - h_1**2) * h_0
    second = (1 - h_2**2) * h_1
    shared = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    torch.tanh(shared * torch.tanh(shared * h_0)).backward()
    assert np.isclose(first + second, shared.grad.item(), rtol=1e-12)
    classmates = shared.grad.item() + first
    assert not np.isclose(classmates, shared.grad.item())


@pytest.mark.parametrize("seed", range(20))
def test_the_large_logits_ask_what_they_are_meant_to_ask(seed):
    args = a2_bptt.weighted_cross_entropy.draw(seed)[2].args
    os, y_1 = args["os"], args["targets"][0]
    assert np.exp(os[0, y_1] - os[0].max()) == 0
    assert os.max() > np.log(np.finfo(float).max)


@pytest.mark.parametrize("seed", range(20))
def test_the_units_that_are_on_or_off_overflow_either_way(seed):
    args = a2_bptt.truncated_gradient.draw(seed)[3].args
    a_1 = args["W_xh"] @ args["xs"][0] + args["W_hh"] @ args["h_0"] + args["b_h"]
    assert a_1.max() > np.log(np.finfo(float).max)
    assert a_1.min() < -np.log(np.finfo(float).max)
