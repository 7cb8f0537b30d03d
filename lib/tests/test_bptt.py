"""The derivation as code, held to torch, to autograd and to central differences."""

import copy
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from throughtime.bptt import Weights, backward, forward, softmax
from throughtime.cells import rnn_step
from throughtime.errors import KindError, ShapeError, VocabularyError
from throughtime.testing import assert_close, check_gradient
from throughtime.unroll import unroll

NAMES = ("W_xh", "W_hh", "W_hy", "b_h", "b_y")


def _run(page, **changes):
    return forward(**{**vars(page), **changes})


def _torch_loss(page, copies):
    """Return the loss by torch, with the weights of step t taken from copies[t]."""
    h_t, losses = copies[0]["h_0"], []
    for t, W in enumerate(copies):
        x_t = torch.tensor(page.xs[t])
        h_t = torch.tanh(W["W_xh"] @ x_t + W["W_hh"] @ h_t + W["b_h"])
        o_t = W["W_hy"] @ h_t + W["b_y"]
        losses.append(cross_entropy(o_t, torch.tensor(page.targets[t])))
    return torch.stack(losses).sum()


def _leaves(page):
    leaves = {name: torch.tensor(getattr(page.weights, name)) for name in NAMES}
    leaves["h_0"] = torch.tensor(page.h_0)
    return {name: leaf.requires_grad_() for name, leaf in leaves.items()}


def test_forward_equals_unroll_of_rnn_step(page):
    w = {name: torch.tensor(getattr(page.weights, name)) for name in NAMES}
    step = partial(rnn_step, W_xh=w["W_xh"], W_hh=w["W_hh"], b_h=w["b_h"])
    hs, _ = unroll(step, torch.tensor(page.xs)[:, None], torch.tensor(page.h_0)[None])
    trace = _run(page)
    assert_close(trace.hs, hs[:, 0], name="hs")
    assert_close(trace.os, hs[:, 0] @ w["W_hy"].T + w["b_y"], name="os")


def test_losses_are_torchs_cross_entropy_and_their_sum_is_the_loss(page):
    trace = _run(page)
    logits, targets = torch.tensor(trace.os), torch.tensor(page.targets)
    assert_close(trace.ps, logits.softmax(1), name="ps")
    assert_close(trace.losses, cross_entropy(logits, targets, reduction="none"))
    assert_close(trace.loss, cross_entropy(logits, targets, reduction="sum"))


def test_gradients_equal_those_of_torch_nn_rnn(page):
    rnn = torch.nn.RNN(5, 4, dtype=torch.float64)
    readout = torch.nn.Linear(4, 11, dtype=torch.float64)
    w, h_0 = page.weights, torch.tensor(page.h_0, requires_grad=True)
    ours = [w.W_xh, w.W_hh, w.b_h, np.zeros(4), w.W_hy, w.b_y]
    theirs = [*rnn.parameters(), *readout.parameters()]
    with torch.no_grad():
        for parameter, array in zip(theirs, ours, strict=True):
            parameter.copy_(torch.tensor(array))
    hs, _ = rnn(torch.tensor(page.xs), h_0[None])
    targets = torch.tensor(page.targets)
    cross_entropy(readout(hs), targets, reduction="sum").backward()
    got = backward(w, _run(page))
    assert_close(got.dW_xh, rnn.weight_ih_l0.grad, name="dW_xh")
    assert_close(got.dW_hh, rnn.weight_hh_l0.grad, name="dW_hh")
    assert_close(got.db_h, rnn.bias_hh_l0.grad, name="db_h")
    assert_close(got.dW_hy, readout.weight.grad, name="dW_hy")
    assert_close(got.db_y, readout.bias.grad, name="db_y")
    assert_close(got.dh_0, h_0.grad, name="dh_0")


def test_each_copy_of_a_weight_receives_what_autograd_gives_to_its_own_copy(page):
    copies = [_leaves(page) for _ in page.xs]
    _torch_loss(page, copies).backward()
    got = backward(page.weights, _run(page), per_step=True)
    for name in NAMES:
        want = torch.stack([W[name].grad for W in copies])
        assert_close(getattr(got, f"d{name}"), want, name=f"d{name}")
    assert_close(got.dh_0, copies[0]["h_0"].grad, name="dh_0")


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_copies(page):
    trace = _run(page)
    total = backward(page.weights, trace)
    copies = backward(page.weights, trace, per_step=True)
    for name in NAMES:
        parts = getattr(copies, f"d{name}")
        assert parts.shape == (7, *getattr(page.weights, name).shape)
        assert_close(getattr(total, f"d{name}"), parts.sum(axis=0))
    assert_close(total.dh_0, copies.dh_0)


@pytest.mark.parametrize("name", NAMES)
def test_each_gradient_passes_central_differences(page, name):
    def at(W):
        return replace(page.weights, **{name: W})

    check_gradient(
        lambda W: _run(page, weights=at(W)).loss,
        lambda W: getattr(backward(at(W), _run(page, weights=at(W))), f"d{name}"),
        getattr(page.weights, name),
        name=f"d{name}",
    )


def test_the_gradient_of_the_start_passes_central_differences(page):
    check_gradient(
        lambda h_0: _run(page, h_0=h_0).loss,
        lambda h_0: backward(page.weights, _run(page, h_0=h_0)).dh_0,
        page.h_0,
    )


def test_a_sum_whose_old_terms_vanish_in_closed_form():
    """With h_t = tanh(w h_{t-1}), the copies' gradients are products of slopes."""
    one = np.ones((1, 1))
    w = Weights(0 * one, 0.5 * one, np.array([[1.0], [0.0]]), np.zeros(1), np.zeros(2))
    trace = forward(w, np.ones((6, 1)), np.zeros(6, int), np.ones(1))
    copies = backward(w, trace, per_step=True).dW_hh[:, 0, 0]
    h = np.concatenate([[1.0], trace.hs[:, 0]])
    slope, do = 1 - h**2, trace.ps[:, 0] - 1
    for t in range(1, 7):
        paths = (
            do[k - 1] * np.prod(slope[t : k + 1]) * 0.5 ** (k - t) for k in range(t, 7)
        )
        assert_close(copies[t - 1], sum(paths) * h[t - 1], name=f"copy {t}")


def test_one_step_of_time_is_a_network_without_recurrence(page):
    trace = _run(page, xs=page.xs[:1], targets=page.targets[:1])
    grads = backward(page.weights, trace)
    leaves = _leaves(page)
    _torch_loss(page, [leaves]).backward()
    for name in (*NAMES, "h_0"):
        assert_close(getattr(grads, f"d{name}"), leaves[name].grad, name=f"d{name}")


def test_chunks_join_to_the_whole_forward_but_not_backward(page):
    whole = _run(page)
    first = _run(page, xs=page.xs[:3], targets=page.targets[:3])
    xs, targets = page.xs[3:], page.targets[3:]
    rest = _run(page, xs=xs, targets=targets, h_0=first.hs[-1])
    assert_close(np.vstack([first.hs, rest.hs]), whole.hs)
    assert_close(first.loss + rest.loss, whole.loss)
    cut = backward(page.weights, first).dW_hh + backward(page.weights, rest).dW_hh
    with pytest.raises(AssertionError):  # the credit for what was cut is lost
        assert_close(cut, backward(page.weights, whole).dW_hh, rtol=1e-3)


def test_the_gradient_on_a_later_loss_does_not_reach_a_later_copy(page):
    trace = _run(page)
    early = replace(trace, ps=trace.ps.copy())
    early.ps[3:] = np.eye(11)[page.targets[3:]]  # as if those losses were 0
    copies = backward(page.weights, early, per_step=True)
    assert not copies.dW_hh[3:].any()
    assert copies.dW_hh[:3].any(axis=(1, 2)).all()


def test_backward_changes_neither_the_weights_nor_the_trace(page):
    trace = _run(page)
    weights, before = copy.deepcopy(page.weights), copy.deepcopy(trace)
    backward(page.weights, trace)
    for now, then in ((page.weights, weights), (trace, before)):
        for name, array in vars(now).items():
            assert np.array_equal(array, getattr(then, name)), name


def test_softmax_is_torchs_along_the_last_axis():
    logits = np.random.default_rng(0).normal(size=(2, 3, 4)) * 5
    assert_close(softmax(logits), torch.tensor(logits).softmax(-1))


def test_softmax_is_safe_at_any_size():
    assert softmax(np.array([1000.0, 0.0])).tolist() == [1.0, 0.0]
    assert softmax(np.array([-1000.0, -1000.0])).tolist() == [0.5, 0.5]


def test_a_loss_stays_finite_where_its_probability_rounds_to_0(page):
    page.weights.b_y[:] = 0
    page.weights.b_y[page.targets[0]] = -2000
    trace = _run(page)
    assert trace.ps[0, page.targets[0]] == 0
    assert 1990 < trace.losses[0] < 2020


def test_nan_and_inf_go_through_without_a_warning(page):
    for bad in (np.nan, np.inf):
        page.weights.b_y[0] = bad
        trace = _run(page)
        assert np.isnan(trace.loss)
        assert np.isnan(backward(page.weights, trace).dW_hh).any()


def test_a_sequence_does_not_see_the_future(page):
    later = page.xs.copy()
    later[4:] += 1
    assert np.array_equal(_run(page, xs=later).hs[:4], _run(page).hs[:4])


def test_the_count_is_the_number_of_numbers(page):
    assert page.weights.count == 4 * 5 + 4 * 4 + 11 * 4 + 4 + 11
    assert page.weights.count == 4 * (5 + 4 + 1) + 11 * (4 + 1)


def test_random_weights_stay_in_their_bound_and_no_bias_is_zero():
    weights = Weights.random(5, 16, 11, np.random.default_rng(0))
    for W in vars(weights).values():
        assert (np.abs(W) <= 1 / 4).all()
        assert (W != 0).all()
    again = Weights.random(5, 16, 11, np.random.default_rng(0))
    assert np.array_equal(weights.W_hh, again.W_hh)
    assert np.abs(weights.W_hh).max() > 0.24


@pytest.mark.parametrize(
    ("argument", "value", "error", "text"),
    [
        ("xs", np.zeros((0, 5)), ShapeError, "T is 0"),
        ("xs", np.zeros((7, 6)), ShapeError, "D is 6 here and 5"),
        ("xs", np.zeros((7, 5), int), KindError, r"xs holds int64.*astype\(float\)"),
        ("xs", torch.zeros(7, 5), KindError, r"xs is a Tensor.*np\.asarray\(xs\)"),
        ("h_0", np.zeros(5), ShapeError, "H is 5 here and 4"),
        ("h_0", np.zeros(4, int), KindError, "h_0 holds int64"),
        ("targets", np.zeros(6, int), ShapeError, "T is 6 here and 7"),
        ("targets", np.zeros(7), KindError, r"targets holds float64.*astype\(int\)"),
        ("targets", np.full(7, 11), VocabularyError, "from 11 to 11; wanted .* to 10"),
        ("targets", np.full(7, -1), VocabularyError, "from -1 to -1"),
    ],
)
def test_bad_arguments_are_refused(page, argument, value, error, text):
    with pytest.raises(error, match=text):
        _run(page, **{argument: value})


@pytest.mark.parametrize("name", NAMES)
def test_weights_that_do_not_fit_are_refused(page, name):
    W = getattr(page.weights, name)
    wrong = replace(page.weights, **{name: np.concatenate([W, W])})
    with pytest.raises(ShapeError, match="has shape"):
        _run(page, weights=wrong)
