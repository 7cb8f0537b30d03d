"""Every labelled equation of book/02_unrolling, evaluated against an oracle."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from throughtime import bptt
from throughtime.cells import pascanu_step, rnn_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll


def _torch_rnn(net):
    H, D = net.W_xh.shape
    rnn = torch.nn.RNN(D, H, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(net.W_xh)
        rnn.weight_hh_l0.copy_(net.W_hh)
        rnn.bias_ih_l0.copy_(net.b_h)
        rnn.bias_hh_l0.zero_()
    return rnn


def _torch_states(net, xs=None):
    return _torch_rnn(net)(net.xs if xs is None else xs, net.h_0[None])[0].detach()


def _steps(net):
    weights = {"W_xh": net.W_xh, "W_hh": net.W_hh}
    elman = partial(rnn_step, **weights, b_h=net.b_h)
    return elman, partial(pascanu_step, **weights, b=net.b_h)


@pytest.mark.equation("eq-02-open")
def test_the_recurrence_gives_torchs_states(net):
    step, _ = _steps(net)
    h_prev = net.h_0
    for x_t, want in zip(net.xs, _torch_states(net), strict=True):
        h_prev = step(x_t, h_prev)
        assert_close(h_prev, want)


@pytest.mark.equation("eq-02-unrolled")
def test_the_steps_put_into_each_other_give_torchs_third_state(net):
    step, _ = _steps(net)
    x_1, x_2, x_3 = net.xs[:3]
    h_3 = step(x_3, step(x_2, step(x_1, net.h_0)))
    assert_close(h_3, _torch_states(net)[2])


@pytest.mark.equation("eq-02-closed")
def test_without_input_the_state_goes_on_by_itself(net):
    nothing = torch.zeros_like(net.xs)
    h_t = net.h_0
    for want in _torch_states(net, nothing):
        h_t = torch.tanh(h_t @ net.W_hh.T + net.b_h)  # step(0, h): no W_xh in it
        assert_close(h_t, want)


@pytest.mark.equation("eq-02-preactivation")
@pytest.mark.equation("eq-02-elman")
def test_the_elman_cell_on_columns_is_torchs_cell_on_rows(net):
    want = _torch_states(net)[0]
    for row in range(3):
        x_t, h_prev = net.xs[0, row], net.h_0[row]
        a_t = net.W_xh @ x_t + net.W_hh @ h_prev + net.b_h
        assert_close(torch.tanh(a_t), want[row])


@pytest.mark.equation("eq-02-concat")
def test_the_concatenated_form_is_torchs_cell(net):
    W = torch.hstack([net.W_hh, net.W_xh])
    assert W.shape == (4, 4 + 5)
    a_t = W @ torch.cat([net.h_0[0], net.xs[0, 0]]) + net.b_h
    assert_close(torch.tanh(a_t), _torch_states(net)[0, 0])


@pytest.mark.equation("eq-02-rows")
def test_columns_and_rows_are_one_product(net):
    rows = net.xs[0] @ net.W_xh.T + net.b_h
    assert_close(rows, torch.nn.functional.linear(net.xs[0], net.W_xh, net.b_h))
    for row in range(3):
        assert_close(net.W_xh @ net.xs[0, row] + net.b_h, rows[row])


@pytest.mark.equation("eq-02-readout")
@pytest.mark.equation("eq-02-softmax")
def test_readout_and_softmax_are_torchs(page):
    trace = bptt.forward(page.weights, page.xs, page.targets, page.h_0)
    rows = SimpleNamespace(
        **{k: torch.tensor(v) for k, v in vars(page.weights).items()}
    )
    states, _ = _torch_rnn(rows)(torch.tensor(page.xs), torch.tensor(page.h_0)[None])
    assert_close(trace.hs, states)
    linear = torch.nn.functional.linear(
        *map(torch.tensor, (trace.hs, page.weights.W_hy, page.weights.b_y))
    )
    for t in range(7):
        o_t = page.weights.W_hy @ trace.hs[t] + page.weights.b_y
        p_t = np.exp(o_t) / np.exp(o_t).sum()
        assert_close(o_t, linear[t])
        assert_close(p_t, torch.softmax(linear[t], dim=0))
        assert_close(p_t, trace.ps[t])


@pytest.mark.equation("eq-02-shift")
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_softmax_is_the_same_after_a_shift_and_then_safe(scale):
    o_t = scale * np.random.default_rng(3).normal(size=11)
    powers = np.exp(o_t - o_t.max())
    assert_close(powers / powers.sum(), torch.softmax(torch.tensor(o_t), dim=0))


@pytest.mark.equation("eq-02-loss")
def test_the_loss_is_torchs_cross_entropy_summed(page):
    trace = bptt.forward(page.weights, page.xs, page.targets, page.h_0)
    picked = [trace.ps[t, page.targets[t]] for t in range(7)]
    want = torch.nn.functional.cross_entropy(
        torch.tensor(trace.os), torch.tensor(page.targets), reduction="sum"
    )
    assert_close(-np.log(picked).sum(), want)
    assert_close(trace.loss, want)


@pytest.mark.equation("eq-02-mean")
def test_the_mean_loss_counts_the_real_tokens_only(page):
    trace = bptt.forward(page.weights, page.xs, page.targets, page.h_0)
    real = np.arange(7) < 5
    padded = torch.tensor(np.where(real, page.targets, -100))  # torch's own mark
    want = torch.nn.functional.cross_entropy(torch.tensor(trace.os), padded)
    assert_close(trace.losses[real].sum() / real.sum(), want)


@pytest.mark.equation("eq-02-pascanu")
@pytest.mark.equation("eq-02-link")
def test_pascanus_states_under_f_are_torchs_and_differ_by_nothing(net):
    elman, pascanu = _steps(net)
    a_0 = net.h_0
    a_t, pre = a_0, []
    for x_t in net.xs:
        a_t = torch.tanh(a_t) @ net.W_hh.T + x_t @ net.W_xh.T + net.b_h
        pre.append(a_t)
    pre = torch.stack(pre)
    want = _torch_rnn(net)(net.xs, torch.tanh(a_0)[None])[0]
    assert_close(torch.tanh(pre), want)
    assert_close(unroll(pascanu, net.xs, a_0)[0], pre)
    after, _ = unroll(elman, net.xs, torch.tanh(a_0))
    assert (after - torch.tanh(pre)).abs().max() == 0


def _jacobian(step, x_t, state):
    return torch.autograd.functional.jacobian(
        lambda s: step(x_t[None], s[None])[0], state
    )


@pytest.mark.equation("eq-02-jacobian-elman")
def test_elmans_jacobian_has_the_slope_at_the_new_state_on_the_left(net):
    step, _ = _steps(net)
    x_t, h_prev = net.xs[0, 0], net.h_0[0]
    a_t = net.W_xh @ x_t + net.W_hh @ h_prev + net.b_h
    formula = torch.diag(1 - torch.tanh(a_t) ** 2) @ net.W_hh
    assert_close(_jacobian(step, x_t, h_prev), formula)


@pytest.mark.equation("eq-02-jacobian-pascanu")
def test_pascanus_jacobian_has_the_slope_at_the_old_state_on_the_right(net):
    _, step = _steps(net)
    x_t, a_prev = net.xs[0, 0], net.h_0[0]
    formula = net.W_hh @ torch.diag(1 - torch.tanh(a_prev) ** 2)
    assert_close(_jacobian(step, x_t, a_prev), formula)


@pytest.mark.equation("eq-02-linear")
def test_the_linear_network_in_closed_form(net):
    power = torch.linalg.matrix_power
    step = partial(
        rnn_step,
        W_xh=net.W_xh,
        W_hh=net.W_hh,
        b_h=torch.zeros(4).double(),
        activation="identity",
    )
    T = len(net.xs)
    for row in range(3):
        h_T = power(net.W_hh, T) @ net.h_0[row]
        for t in range(1, T + 1):
            h_T += power(net.W_hh, T - t) @ net.W_xh @ net.xs[t - 1, row]
        assert_close(h_T, unroll(step, net.xs, net.h_0)[1][row])
