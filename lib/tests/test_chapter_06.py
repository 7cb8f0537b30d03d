"""Equations of book/06_lstm on the cell, against torch's LSTM and plain numbers."""

import math

import pytest
import torch
from chapter_06 import BLOCKS, D, H, T, block, ends, gates, run, torchs
from chapter_06 import jacobian as torch_jacobian
from pages import draw

from throughtime import layers
from throughtime.gated import SIGMAS, lstm_step, residual_step
from throughtime.testing import assert_close

XS = draw(1, T, D)
H_0, C_0 = draw(2, H), draw(3, H)


def _both(layer, xs=XS, h=H_0, c=C_0):
    """Return the page's run, after holding its end to torch's."""
    net = run(layer, xs, h, c)
    h_T, c_T = ends(layer, xs, h, c)
    assert_close(net.h[-1], h_T.detach(), name="h_T")
    assert_close(net.c[-1], c_T.detach(), name="c_T")
    return net


@pytest.mark.equation("eq-06-gates")
@pytest.mark.equation("eq-06-cell")
@pytest.mark.equation("eq-06-output")
def test_gates_cell_and_state_are_torchs():
    _both(torchs(scale=3.0))


@pytest.mark.equation("eq-06-residual")
def test_with_every_gate_open_torchs_lstm_is_the_residual_cell():
    layer = torchs(scale=3.0, opened="ifo")
    W_x, W_h, b = (W[block("g")] for W in _weights(layer))
    h, c = H_0, C_0
    for x_t in XS:
        g_t = torch.tanh(W_x @ x_t + W_h @ h + b)
        h_lib, c_lib = residual_step(x_t[None], (h[None], c[None]), W_x, W_h, b)
        c = c + g_t
        h = torch.tanh(c)
        assert_close(h_lib[0], h)
        assert_close(c_lib[0], c)
    assert_close(c, ends(layer, XS, H_0, C_0)[1].detach())


def _weights(layer):
    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return tuple(W.detach() for W in (layer.weight_ih_l0, layer.weight_hh_l0, b))


@pytest.mark.equation("eq-06-residual-jacobian")
def test_the_residual_cells_derivative_is_identity_plus_one_term():
    layer = torchs(scale=3.0, opened="ifo")
    want = torch_jacobian(lambda c: ends(layer, XS[:1], torch.tanh(c), c)[1], C_0)
    h_prev = torch.tanh(C_0)
    g_t = gates(layer, XS[0], h_prev)[2]
    W_h = _weights(layer)[1][block("g")]
    slopes = torch.diag(1 - g_t**2) @ W_h @ torch.diag(1 - h_prev**2)
    assert_close(torch.eye(H) + slopes, want)


@pytest.mark.equation("eq-06-growth")
@pytest.mark.parametrize("scale", [0.5, 3.0, 50.0])
def test_without_gates_a_cell_grows_by_one_a_step_at_most(scale):
    layer = torchs(scale=scale, opened="ifo")
    xs = draw(4, 40, D)
    for t in range(1, 41):
        _, c_t = ends(layer, xs[:t], H_0, C_0)
        assert (c_t.abs() <= C_0.abs() + t + 1e-12).all()


def test_a_cell_without_gates_can_grow_by_one_a_step():
    layer = torchs(opened="ifo")
    with torch.no_grad():
        layer.weight_hh_l0.zero_()
        layer.bias_ih_l0[block("g")] = 20
    _, c_T = ends(layer, torch.zeros(40, D).double(), H_0, C_0)
    assert_close(c_T.detach() - C_0, torch.full((H,), 40.0))


@pytest.mark.equation("eq-06-input")
def test_with_the_forget_gate_open_the_cell_adds_what_the_input_gate_lets_in():
    net = _both(torchs(scale=3.0, opened="f"))
    for i, g, c, c_prev in zip(net.i, net.g, net.c, net.c_prev, strict=True):
        assert_close(c_prev + i * g, c)


@pytest.mark.equation("eq-06-sum")
def test_the_cell_is_a_weighted_sum_of_all_that_was_written():
    layer = torchs(scale=3.0)
    net = run(layer, XS, H_0, C_0)
    f = torch.stack(net.f)
    for t in range(1, T + 1):
        total = f[:t].prod(dim=0) * C_0
        for k in range(1, t + 1):
            total = total + f[k:t].prod(dim=0) * net.i[k - 1] * net.g[k - 1]
        assert_close(total, ends(layer, XS[:t], H_0, C_0)[1].detach())


@pytest.mark.equation("eq-06-compact")
def test_one_product_has_all_four_blocks_in_order():
    layer = torchs(scale=3.0)
    W_x, W_h, b = _weights(layer)
    assert (tuple(W_x.shape), tuple(W_h.shape)) == ((4 * H, D), (4 * H, H))
    stacked = (W_x @ XS[0] + W_h @ H_0 + b).split(H)
    for name, a, gate in zip(BLOCKS, stacked, gates(layer, XS[0], H_0), strict=True):
        assert_close(torch.tanh(a) if name == "g" else torch.sigmoid(a), gate)
    i, f, g, _ = (
        torch.tanh(a) if n == 2 else a.sigmoid() for n, a in enumerate(stacked)
    )
    assert_close(f * C_0 + i * g, ends(layer, XS[:1], H_0, C_0)[1].detach())


@pytest.mark.equation("eq-06-timescale")
@pytest.mark.parametrize("b", [-2.0, 0.0, 1.0, 4.6, 9.0])
def test_after_the_timescale_one_over_e_is_left(b):
    n = 1 / math.log1p(math.exp(-b))
    assert_close((1 / (1 + math.exp(-b))) ** n, math.exp(-1))
    if b == 9.0:
        assert n - math.exp(b) == pytest.approx(0.5, abs=1e-4)


def _logistic(a):
    return 1 / (1 + math.exp(-a))


def _by_hand(x_t, h_prev, c_prev, weights, w_c=None, coupled=False):
    """Return h_t and c_t number by number, in plain Python."""
    W_x, W_h, b = (W.tolist() for W in weights)

    def a(name, j):
        row = BLOCKS.index(name) * H + j
        from_x = sum(w * x for w, x in zip(W_x[row], x_t.tolist(), strict=True))
        from_h = sum(w * h for w, h in zip(W_h[row], h_prev.tolist(), strict=True))
        return from_x + from_h + b[row]

    def peep(name, j, c):
        return 0.0 if w_c is None else w_c["ifo".index(name) * H + j].item() * c

    hs, cs = [], []
    for j, c in enumerate(c_prev.tolist()):
        f = _logistic(a("f", j) + peep("f", j, c))
        i = 1 - f if coupled else _logistic(a("i", j) + peep("i", j, c))
        cs.append(f * c + i * math.tanh(a("g", j)))
        o = _logistic(a("o", j) + peep("o", j, cs[-1]))
        hs.append(o * math.tanh(cs[-1]))
    return hs, cs


@pytest.mark.equation("eq-06-peephole")
def test_diagonal_peepholes_let_each_gate_see_its_own_cell():
    weights, w_c = _weights(torchs(scale=3.0)), draw(6, 3 * H)
    state = (H_0[None], C_0[None])
    thin = lstm_step(XS[:1], state, *weights, w_c, peephole="diagonal")
    for got, want in zip(thin, _by_hand(XS[0], H_0, C_0, weights, w_c), strict=True):
        assert_close(got[0], want)
    wide = torch.cat([torch.diag(w) for w in w_c.split(H)])
    full = lstm_step(XS[:1], state, *weights, wide, peephole="full")
    assert_close(full[0], thin[0])
    assert wide.numel() - w_c.numel() == 3 * H * (H - 1)


def _three(weights):
    return tuple(W[H:] for W in weights)


@pytest.mark.equation("eq-06-coupled")
def test_a_coupled_cell_writes_where_it_forgets():
    weights, state = _weights(torchs(scale=3.0)), (H_0[None], C_0[None])
    got = lstm_step(XS[:1], state, *_three(weights), coupled=True)
    want = _by_hand(XS[0], H_0, C_0, weights, coupled=True)
    for one, other in zip(got, want, strict=True):
        assert_close(one[0], other)


@pytest.mark.equation("eq-06-coupled-bound")
@pytest.mark.parametrize("scale", [0.5, 3.0, 50.0])
def test_a_coupled_cell_never_leaves_the_larger_of_its_size_and_one(scale):
    weights = _three(_weights(torchs(scale=scale)))
    state = (H_0[None], torch.tensor([[3.0, -2.0, 0.1, 0.0]], dtype=torch.float64))
    for x_t in draw(7, 60, 1, D):
        before = state[1].abs()
        state = lstm_step(x_t, state, *weights, coupled=True)
        assert (state[1].abs() <= torch.clamp(before, min=1) + 1e-12).all()


@pytest.mark.equation("eq-06-count")
@pytest.mark.parametrize("sizes", [(4, 2, 5), (5, 4, 11)])
def test_the_count_is_torchs_without_its_second_bias(sizes):
    D, H, V = sizes
    parts = torch.nn.LSTM(D, H), torch.nn.Linear(H, V)
    torchs = sum(p.numel() for part in parts for p in part.parameters())
    assert torchs - 4 * H == 4 * H * (D + H + 1) + V * (H + 1)
    ours = sum(p.numel() for p in layers.LSTM(D, H).parameters())
    assert ours == 4 * H * (D + H + 1)


@pytest.mark.equation("eq-06-hard")
def test_both_hard_sigmoids_are_the_librarys_and_one_is_torchs():
    a = torch.linspace(-7, 7, 1001, dtype=torch.float64)
    now = [min(1, max(0, x / 6 + 1 / 2)) for x in a.tolist()]
    old = [min(1, max(0, 0.2 * x + 1 / 2)) for x in a.tolist()]
    assert_close(now, torch.nn.functional.hardsigmoid(a))
    assert_close(now, SIGMAS["hard_sigmoid"](a))
    assert_close(old, SIGMAS["hard_sigmoid_02"](a))
