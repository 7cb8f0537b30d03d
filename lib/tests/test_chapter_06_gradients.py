"""Equations of book/06_lstm on derivatives, against autograd through torch's LSTM."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from chapter_06 import BLOCKS, D, H, T, V, block, ends, gates, jacobian, torchs
from pages import draw

from throughtime import bptt
from throughtime.testing import assert_close, numerical_gradient

XS = draw(1, T, D)
H_0, C_0 = draw(2, H), draw(3, H)
LAYER = torchs(seed=4, scale=3.0)
W_X, W_H, BIAS = (
    W.detach()
    for W in (
        LAYER.weight_ih_l0,
        LAYER.weight_hh_l0,
        LAYER.bias_ih_l0 + LAYER.bias_hh_l0,
    )
)


def _at(t):
    """Return the gates and states around the page's step t."""
    h_prev, c_prev = H_0, C_0
    if t > 1:
        h_prev, c_prev = (s.detach() for s in ends(LAYER, XS[: t - 1], H_0, C_0))
    i, f, g, o = gates(LAYER, XS[t - 1], h_prev)
    h, c = (s.detach() for s in ends(LAYER, XS[t - 1 : t], h_prev, c_prev))
    return SimpleNamespace(**locals())


def _shown(at):
    return torch.diag(at.o * (1 - torch.tanh(at.c) ** 2))


def _through(at):
    W_hi, W_hf, W_hg, _ = W_H.split(H)
    return (
        torch.diag(at.c_prev * at.f * (1 - at.f)) @ W_hf
        + torch.diag(at.g * at.i * (1 - at.i)) @ W_hi
        + torch.diag(at.i * (1 - at.g**2)) @ W_hg
    )


def _state(at):
    P = torch.diag(torch.tanh(at.c) * at.o * (1 - at.o)) @ W_H[block("o")]
    F = torch.diag(at.f)
    upper = torch.cat([_shown(at) @ _through(at) + P, _shown(at) @ F], dim=1)
    return torch.cat([upper, torch.cat([_through(at), F], dim=1)])


@pytest.mark.equation("eq-06-short")
def test_with_the_gates_frozen_only_the_forget_gate_is_left():
    at = _at(3)
    want = jacobian(lambda c: ends(LAYER, XS[2:3], at.h_prev, c)[1], at.c_prev)
    assert_close(torch.diag(at.f), want)


@pytest.mark.equation("eq-06-shown")
def test_the_state_moves_with_the_cell_by_the_open_part_of_its_slope():
    at = _at(3)
    assert_close(_shown(at), jacobian(lambda c: at.o * torch.tanh(c), at.c))


@pytest.mark.equation("eq-06-through")
def test_through_the_state_before_the_cell_moves_by_three_terms():
    at = _at(3)
    want = jacobian(lambda h: ends(LAYER, XS[2:3], h, at.c_prev)[1], at.h_prev)
    assert_close(_through(at), want)


def _from_cell(before, n):
    """Return c after n more steps as a function of c, its state going along."""
    stop = before.t + n

    def end(c):
        return ends(LAYER, XS[before.t : stop], before.o * torch.tanh(c), c)[1]

    return jacobian(end, before.c)


@pytest.mark.equation("eq-06-full")
@pytest.mark.parametrize("t", [2, 5])
def test_one_step_in_full_is_autograds_and_the_librarys(t):
    full = torch.diag(_at(t).f) + _through(_at(t)) @ _shown(_at(t - 1))
    assert_close(full, _from_cell(_at(t - 1), 1))
    weights = bptt.lstm.Weights(
        W_X.numpy(), W_H.numpy(), np.zeros((V, H)), BIAS.numpy(), np.zeros(V)
    )
    state = (H_0.numpy(), C_0.numpy())
    trace = bptt.lstm.forward(weights, XS.numpy(), np.zeros(T, int), state)
    assert_close(bptt.lstm.cell_jacobian(weights, trace, t - 1), full)


@pytest.mark.equation("eq-06-state")
def test_the_jacobian_of_the_whole_state_is_autograds():
    at = _at(4)

    def step(both):
        h, c = both.split(H)
        return torch.cat(ends(LAYER, XS[3:4], h, c))

    assert_close(_state(at), jacobian(step, torch.cat([at.h_prev, at.c_prev])))


@pytest.mark.equation("eq-06-far")
@pytest.mark.parametrize("n", [1, 2, 5])
def test_over_several_steps_the_states_jacobians_multiply_and_the_cells_do_not(n):
    k = 2
    both = torch.cat([_shown(_at(k)), torch.eye(H, dtype=torch.float64)])
    single = torch.eye(H, dtype=torch.float64)
    for t in range(k + 1, k + n + 1):
        both = _state(_at(t)) @ both
        single = (torch.diag(_at(t).f) + _through(_at(t)) @ _shown(_at(t - 1))) @ single
    want = _from_cell(_at(k), n)
    assert_close(both[H:], want)
    far = (single - want).norm() / want.norm()
    assert far < 1e-12 if n == 1 else far > 1e-3


def _free_run():
    """Run the page's network in torch; autograd sees each number of it."""
    W = {"W_x": W_X, "W_h": W_H, "b": BIAS, "W_hy": draw(8, V, H), "b_y": draw(9, V)}
    W = {name: value.clone().requires_grad_() for name, value in W.items()}
    h, c = (s.clone().requires_grad_() for s in (H_0, C_0))
    net = SimpleNamespace(W=W, h=[h], c=[c], gates=[], a=[], logits=[])
    for x_t in XS:
        a = W["W_x"] @ x_t + W["W_h"] @ h + W["b"]
        parts = [
            torch.tanh(a[block(n)]) if n == "g" else torch.sigmoid(a[block(n)])
            for n in BLOCKS
        ]
        i, f, g, o = parts
        c = f * c + i * g
        h = o * torch.tanh(c)
        net.logits.append(W["W_hy"] @ h + W["b_y"])
        for name, value in (("a", a), ("gates", parts), ("c", c), ("h", h)):
            getattr(net, name).append(value)
    net.targets = torch.arange(T) % V
    net.loss = torch.nn.functional.cross_entropy(
        torch.stack(net.logits), net.targets, reduction="sum"
    )
    return net


def _grad(net, *things):
    return torch.autograd.grad(net.loss, things, retain_graph=True)


@pytest.fixture(scope="module")
def net():
    found = _free_run()
    assert_close(found.c[-1].detach(), ends(LAYER, XS, H_0, C_0)[1].detach())
    return found


@pytest.mark.equation("eq-06-dh")
def test_a_state_hears_of_its_own_output_and_of_all_blocks_of_the_next_step(net):
    for t in range(1, T + 1):
        error = torch.softmax(net.logits[t - 1], dim=0)
        error = error - torch.eye(V)[net.targets[t - 1]]
        da_next = _grad(net, net.a[t])[0] if t < T else torch.zeros(4 * H)
        dh = net.W["W_hy"].T @ error + net.W["W_h"].T @ da_next.double()
        assert_close(dh.detach(), _grad(net, net.h[t])[0])


@pytest.mark.equation("eq-06-do")
@pytest.mark.equation("eq-06-dfactors")
def test_each_factor_receives_its_partner(net):
    for t in range(1, T + 1):
        i, f, g, o = net.gates[t - 1]
        dh, dc = _grad(net, net.h[t], net.c[t])
        di, df, dg, do = _grad(net, i, f, g, o)
        assert_close((dh * torch.tanh(net.c[t])).detach(), do)
        assert_close((dc * net.c[t - 1]).detach(), df)
        assert_close((dc * g).detach(), di)
        assert_close((dc * i).detach(), dg)


@pytest.mark.equation("eq-06-dc")
def test_a_cell_has_two_uses(net):
    for t in range(1, T + 1):
        o = net.gates[t - 1][3]
        dh, dc = _grad(net, net.h[t], net.c[t])
        later = 0
        if t < T:
            later = net.gates[t][1] * _grad(net, net.c[t + 1])[0]
        got = dh * o * (1 - torch.tanh(net.c[t]) ** 2) + later
        assert_close(got.detach(), dc)


@pytest.mark.equation("eq-06-da")
def test_each_block_has_its_own_slope(net):
    for a, (i, f, g, o) in zip(net.a, net.gates, strict=True):
        di, df, dg, do = _grad(net, i, f, g, o)
        da = [i * (1 - i) * di, f * (1 - f) * df, (1 - g**2) * dg, o * (1 - o) * do]
        assert_close(torch.cat(da).detach(), _grad(net, a)[0])


@pytest.mark.equation("eq-06-dw")
@pytest.mark.equation("eq-06-dstart")
def test_the_copies_add_up_and_the_start_is_reached(net):
    das = _grad(net, *net.a)
    dW_x = sum(torch.outer(da, x_t) for da, x_t in zip(das, XS, strict=True))
    hs_prev = [h.detach() for h in net.h[:-1]]
    dW_h = sum(torch.outer(da, h) for da, h in zip(das, hs_prev, strict=True))
    wants = _grad(net, *(net.W[name] for name in ("W_x", "W_h", "b")))
    for got, want in zip((dW_x, dW_h, sum(das)), wants, strict=True):
        assert_close(got, want)
    dh_0, dc_0 = _grad(net, net.h[0], net.c[0])
    assert_close((net.W["W_h"].T @ das[0]).detach(), dh_0)
    assert_close((net.gates[0][1] * _grad(net, net.c[1])[0]).detach(), dc_0)


def test_the_gradient_of_the_recurrent_weights_is_that_of_differences():
    net = _free_run()
    (dW_h,) = _grad(net, net.W["W_h"])

    def loss(W_h):
        values = {name: W.detach().numpy() for name, W in net.W.items()}
        weights = bptt.lstm.Weights(
            values["W_x"], W_h, values["W_hy"], values["b"], values["b_y"]
        )
        state = (H_0.numpy(), C_0.numpy())
        return bptt.lstm.forward(weights, XS.numpy(), np.arange(T) % V, state).loss

    found = numerical_gradient(loss, W_H.numpy())
    assert_close(dW_h, found, rtol=1e-6, atol=1e-8)
