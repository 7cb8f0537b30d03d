"""The equations of book/08_deep on stacks and directions, against torch."""

import pytest
import torch

from throughtime.testing import assert_close

T, B, D, H, V, L = 7, 3, 5, 4, 2, 3


def draw(seed, *shape):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=chance, dtype=torch.float64)


def torchs(layers, both):
    """Return torch's layer with random weights, and its outputs' oracle."""
    rnn = torch.nn.RNN(D, H, layers, bidirectional=both, dtype=torch.float64)
    with torch.no_grad():
        for k, weight in enumerate(rnn.parameters()):
            weight.copy_(draw(k, *weight.shape) / 2)
    return rnn


def weights(rnn, ending):
    """Return W_xh, W_hh and the sum of torch's two biases, of one layer."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    W_xh, W_hh, b_1, b_2 = (getattr(rnn, f"{name}_{ending}") for name in names)
    return W_xh, W_hh, b_1 + b_2


def column(xs, b=1):
    """Return x_1 to x_T of one sequence, as a dict that counts from 1."""
    return {t: xs[t - 1, b] for t in range(1, T + 1)}


def read(xs, rnn, ending, order):
    """Run one direction of one layer by hand; return its states by t."""
    W_xh, W_hh, b_h = weights(rnn, ending)
    h, hs = torch.zeros(H).double(), {}
    for t in order:
        h = hs[t] = torch.tanh(W_xh @ xs[t] + W_hh @ h + b_h)
    return hs


ONWARDS, BACKWARDS = range(1, T + 1), range(T, 0, -1)


@pytest.mark.equation("eq-08-stack")
def test_each_layer_reads_the_states_of_the_one_below():
    rnn, xs = torchs(L, both=False), draw(9, T, B, D)
    want, last = rnn(xs)
    hs = column(xs)
    for layer in range(L):
        hs = read(hs, rnn, f"l{layer}", ONWARDS)
        assert_close(hs[T].detach(), last[layer, 1].detach())
    for t in ONWARDS:
        assert_close(hs[t].detach(), want[t - 1, 1].detach())


KINDS = {"RNN": 1, "GRU": 3, "LSTM": 4}


@pytest.mark.equation("eq-08-sizes")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 2])
def test_torchs_weights_have_the_sizes_of_the_formula(kind, k):
    rnn = getattr(torch.nn, kind)(D, H, L, bidirectional=k == 2)
    for layer in range(L):
        for ending in ("", "_reverse")[:k]:
            W_x = getattr(rnn, f"weight_ih_l{layer}{ending}")
            W_h = getattr(rnn, f"weight_hh_l{layer}{ending}")
            D_l = D if layer == 0 else k * H
            assert torch.hstack([W_x, W_h]).shape == (KINDS[kind] * H, D_l + H)


@pytest.mark.equation("eq-08-count")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 2])
def test_the_count_is_torchs_without_its_second_biases(kind, k):
    rnn, g = getattr(torch.nn, kind)(D, H, L, bidirectional=k == 2), KINDS[kind]
    named = rnn.named_parameters()
    learned = sum(p.numel() for name, p in named if not name.startswith("bias_hh"))
    sizes = [D] + [k * H] * (L - 1)
    assert sum(k * g * H * (D_l + H + 1) for D_l in sizes) == learned


@pytest.mark.equation("eq-08-forward")
@pytest.mark.equation("eq-08-backward")
@pytest.mark.equation("eq-08-output")
def test_the_two_directions_and_their_readout_are_torchs():
    rnn, xs = torchs(1, both=True), draw(9, T, B, D)
    states, last = rnn(xs)
    fs = read(column(xs), rnn, "l0", ONWARDS)
    bs = read(column(xs), rnn, "l0_reverse", BACKWARDS)
    W_f, W_b, b_y = draw(10, V, H), draw(11, V, H), draw(12, V)
    outputs = torch.nn.functional.linear(states, torch.hstack([W_f, W_b]), b_y)
    for t in ONWARDS:
        assert_close(
            (W_f @ fs[t] + W_b @ bs[t] + b_y).detach(), outputs[t - 1, 1].detach()
        )
    assert_close(fs[T].detach(), last[0, 1].detach())
    assert_close(bs[1].detach(), last[1, 1].detach())


@pytest.mark.equation("eq-08-dforward")
@pytest.mark.equation("eq-08-dbackward")
@pytest.mark.equation("eq-08-dweights")
@pytest.mark.equation("eq-08-dx")
def test_the_gradients_go_back_through_each_direction_as_autograd_says():
    rnn, xs = torchs(1, both=True), draw(9, T, B, D).requires_grad_()
    W_f, W_b, dos = draw(10, V, H), draw(11, V, H), draw(13, T, V)
    states, _ = rnn(xs)
    L = ((states[:, 1] @ torch.hstack([W_f, W_b]).T) * dos).sum()  # so dL/do_t is dos
    ends = ("weight_hh_l0", "weight_hh_l0_reverse")
    wants = torch.autograd.grad(L, [getattr(rnn, end) for end in ends] + [xs])
    with torch.no_grad():
        fs = read(column(xs), rnn, "l0", ONWARDS) | {0: torch.zeros(H).double()}
        bs = read(column(xs), rnn, "l0_reverse", BACKWARDS)
        bs[T + 1] = torch.zeros(H).double()
        (Wx_f, Wh_f, _), (Wx_b, Wh_b, _) = (
            weights(rnn, end) for end in ("l0", "l0_reverse")
        )
        da_f, da_b = {T + 1: torch.zeros(H).double()}, {0: torch.zeros(H).double()}
        for t in BACKWARDS:
            da_f[t] = (1 - fs[t] ** 2) * (W_f.T @ dos[t - 1] + Wh_f.T @ da_f[t + 1])
        for t in ONWARDS:
            da_b[t] = (1 - bs[t] ** 2) * (W_b.T @ dos[t - 1] + Wh_b.T @ da_b[t - 1])
        dW_f = sum(torch.outer(da_f[t], fs[t - 1]) for t in ONWARDS)
        dW_b = sum(torch.outer(da_b[t], bs[t + 1]) for t in ONWARDS)
        dxs = torch.stack([Wx_f.T @ da_f[t] + Wx_b.T @ da_b[t] for t in ONWARDS])
    assert_close(dW_f, wants[0])
    assert_close(dW_b, wants[1])
    assert_close(dxs, wants[2][:, 1])


@pytest.mark.equation("eq-08-sees")
def test_a_direction_sees_one_side_and_nothing_of_the_other():
    rnn, xs = torchs(1, both=True), draw(9, T, B, D).requires_grad_()
    states, _ = rnn(xs)
    for t in range(T):
        for part, seen in ((slice(H), range(t + 1)), (slice(H, None), range(t, T))):
            (slope,) = torch.autograd.grad(
                states[t, 1, part].sum(), xs, retain_graph=True
            )
            moved = slope[:, 1].abs().sum(1) > 0
            assert moved.nonzero().flatten().tolist() == list(seen)


@pytest.mark.equation("eq-08-concat")
@pytest.mark.equation("eq-08-deep-forward")
@pytest.mark.equation("eq-08-deep-backward")
@pytest.mark.equation("eq-08-deep-output")
def test_the_deep_equations_with_both_halves_handed_up_are_torchs():
    rnn, xs = torchs(L, both=True), draw(9, T, B, D)
    want, last = rnn(xs)
    hs = column(xs)
    for layer in range(L):
        fs = read(hs, rnn, f"l{layer}", ONWARDS)
        bs = read(hs, rnn, f"l{layer}_reverse", BACKWARDS)
        hs = {t: torch.cat([fs[t], bs[t]]) for t in ONWARDS}
        assert_close(fs[T].detach(), last[2 * layer, 1].detach())
        assert_close(bs[1].detach(), last[2 * layer + 1, 1].detach())
    W_hy, b_y = draw(10, V, 2 * H), draw(12, V)
    outputs = torch.nn.functional.linear(want, W_hy, b_y)
    for t in ONWARDS:
        assert_close((W_hy @ hs[t] + b_y).detach(), outputs[t - 1, 1].detach())


def test_separate_stacks_are_another_network_than_torchs_deep_one():
    rnn, xs = torchs(2, both=True), draw(9, T, B, D)
    forward = read(column(xs), rnn, "l0", ONWARDS)
    W_xh, W_hh, b_h = weights(rnn, "l1")
    alone, h = W_xh[:, :H], torch.zeros(H).double()
    for t in ONWARDS:
        h = torch.tanh(alone @ forward[t] + W_hh @ h + b_h)
    assert (h - rnn(xs)[1][2, 1]).abs().max() > 0.01
