"""Every labelled equation of book/01_sequences, evaluated against an oracle."""

import itertools
from fractions import Fraction

import pytest
import torch
from torch import nn

from throughtime.cells import rnn_step
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import unroll

LAMP = {
    "W_xh": torch.tensor([[-1.0], [1.0]]).double(),
    "W_hh": torch.tensor([[1.0, 1.0], [-1.0, -1.0]]).double(),
    "b_h": torch.zeros(2).double(),
}
KINDS = [(T, U, k) for T in range(1, 5) for U in range(1, 5) for k in range(1, T + 1)]


def _lamp_states(bits):
    """Return the states of the page's lamp, (T, B, 2), for bits (T, B)."""

    def step(x_t, h_prev):
        return rnn_step(x_t, h_prev, **LAMP, activation="relu")

    start = torch.zeros(bits.shape[1], 2).double()
    return unroll(step, bits[..., None].double(), start)[0]


def _all_bits(T):
    return torch.cartesian_prod(*[torch.arange(2)] * T).reshape(-1, T).T


def _best_window(probabilities, bits, n):
    """Return how often the best function of the last n bits knows the lamp, by t."""
    rates = []
    for t in range(1, len(bits) + 1):
        votes = {}
        for p, row in zip(probabilities, bits.T.tolist(), strict=True):
            both = votes.setdefault(tuple(row[max(0, t - n) : t]), [0, 0])
            both[sum(row[:t]) % 2] += p
        rates.append(sum(max(both) for both in votes.values()))
    return rates


@pytest.mark.equation("eq-01-lamp")
def test_two_units_know_the_lamp_after_any_presses():
    bits = _all_bits(9)
    outputs = _lamp_states(bits).sum(-1)
    for t in range(9):
        for b, row in enumerate(bits.T.tolist()):
            assert outputs[t, b] == sum(row[: t + 1]) % 2


def _sees(T, U, k):
    """Return which input each output of a random network depends on, (U, T)."""
    generator = torch.Generator().manual_seed(3)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    W_xh, W_hh, b_h, W_hy = draw(4, 2), draw(4, 4), draw(4), draw(2, 4)
    xs = draw(T, 1, 2).requires_grad_()
    h_t, o_t, outputs = draw(1, 4), None, []
    for s in range(1, max(T, k + U - 1) + 1):
        h_t = rnn_step(xs[s - 1] if s <= T else o_t, h_t, W_xh, W_hh, b_h)
        o_t = h_t @ W_hy.T
        if k <= s < k + U:
            outputs.append(o_t)
    slopes = [torch.autograd.grad(o.sum(), xs, retain_graph=True)[0] for o in outputs]
    return [[bool(slope[t].any()) for t in range(T)] for slope in slopes]


@pytest.mark.equation("eq-01-sees")
@pytest.mark.parametrize("kind", KINDS)
def test_an_output_depends_on_the_inputs_up_to_its_step_and_on_no_other(kind):
    T, U, k = kind
    seen = _sees(T, U, k)
    for u in range(1, U + 1):
        assert seen[u - 1] == [t <= min(T, k + u - 1) for t in range(1, T + 1)]


@pytest.mark.equation("eq-01-window")
@pytest.mark.parametrize("n", [1, 3, 5])
def test_the_best_window_is_right_half_the_time_once_the_past_is_longer(n):
    bits = _all_bits(7)
    even = [Fraction(1, 2**7)] * 2**7
    rates = _best_window(even, bits, n)
    assert rates == [1] * n + [Fraction(1, 2)] * (7 - n)


@pytest.mark.equation("eq-01-unfair")
@pytest.mark.parametrize("q", [Fraction(1, 2), Fraction(1, 5), Fraction(9, 10), 0, 1])
def test_the_best_window_with_unfair_coins(q):
    T, n = 6, 2
    bits = _all_bits(T)
    odds = [q ** sum(r) * (1 - q) ** (T - sum(r)) for r in bits.T.tolist()]
    rates = _best_window(odds, bits, n)
    for t in range(n + 1, T + 1):
        assert rates[t - 1] == (1 + abs(1 - 2 * q) ** (t - n)) / Fraction(2)


@pytest.mark.equation("eq-01-field")
@pytest.mark.parametrize("kernels", [[3], [3, 5], [2, 2, 4]])
def test_an_output_of_convolutions_sees_so_many_inputs_at_any_length(kernels):
    net = nn.Sequential(*[nn.Conv1d(1, 1, n, dtype=torch.float64) for n in kernels])
    field = 1 + sum(n - 1 for n in kernels)
    for T in (field, field + 6):
        x = torch.randn(1, 1, T, dtype=torch.float64, requires_grad=True)
        out = net(x)[0, 0]
        assert len(out) == T - field + 1
        out[-1].backward()
        assert (x.grad != 0).sum() == field


@pytest.mark.equation("eq-01-two")
def test_two_tied_weights_add_their_partial_derivatives():
    def f(w_1, w_2):
        return torch.sin(w_1) * torch.exp(w_2) + w_1 * w_2**2

    for at in (-1.3, 0.4, 3.0):
        w = torch.tensor(at).double()
        pair = [w.clone().requires_grad_() for _ in range(2)]
        parts = torch.autograd.grad(f(*pair), pair)
        slope = numerical_gradient(lambda v: f(v, v), w)
        assert_close(sum(parts), slope, rtol=1e-6, atol=1e-8)
    nine, eighteen = 3**2, 2 * 3 * 3
    assert nine + eighteen == 27 == 3 * 3**2  # the page's example, f = w_1 w_2²


def _losses(net, copies):
    h_t, losses = net.h_0, []
    for x_t, W_t in zip(net.xs, copies, strict=True):
        h_t = torch.tanh(x_t @ net.W_xh.T + h_t @ W_t.T + net.b_h)
        losses.append((torch.cos(3 * h_t) * (1 + h_t)).sum())
    return losses


def _copies(net):
    return [net.W_hh.clone().requires_grad_() for _ in net.xs]


@pytest.mark.equation("eq-01-copies")
def test_the_gradients_of_the_copies_add_up_to_central_differences(net):
    copies = _copies(net)
    parts = torch.autograd.grad(sum(_losses(net, copies)), copies)
    slopes = numerical_gradient(
        lambda W: sum(_losses(net, [W] * len(net.xs))), net.W_hh
    )
    assert_close(sum(parts), slopes, rtol=1e-6, atol=1e-8)


@pytest.mark.equation("eq-01-later")
def test_a_copy_receives_the_losses_from_its_own_step_on(net):
    T = len(net.xs)
    for i in range(T):

        def later(W, i=i):  # the losses from step i on, with copy i alone moved
            copies = [W if t == i else net.W_hh for t in range(T)]
            return sum(_losses(net, copies)[i:])

        copies = _copies(net)
        (received,) = torch.autograd.grad(sum(_losses(net, copies)), copies[i])
        slopes = numerical_gradient(later, net.W_hh)
        assert_close(received, slopes, rtol=1e-6, atol=1e-8)


@pytest.mark.equation("eq-01-frame")
def test_one_place_on_the_ring_tells_nothing_of_the_move_at_any_step():
    spots, T, keep = 5, 3, Fraction(3, 4)
    votes = [{} for _ in range(T)]
    for start, *moves in itertools.product(range(spots), *[(-1, 0, 1)] * T):
        p, spot = Fraction(1, spots) / 3, start
        for before, after in itertools.pairwise(moves):
            p *= keep * (before == after) + (1 - keep) / 3
        for t, move in enumerate(moves):
            spot = (spot + move) % spots
            at = votes[t].setdefault(spot, {-1: 0, 0: 0, 1: 0})
            at[move] += p
    for by_spot in votes:
        assert sum(max(at.values()) for at in by_spot.values()) == Fraction(1, 3)


@pytest.mark.equation("eq-01-pieces")
def test_the_product_over_the_pieces_is_a_distribution_over_pictures(net):
    T, V = 4, 3
    W_hy = torch.randn(V, 4, generator=torch.Generator().manual_seed(2)).double()
    digit = net.xs[0, 0, V:]  # the same two numbers at each step

    def pieces(symbols):  # p(x_t | x_1, ..., x_{t-1}, d) for each t
        h_t, before, parts = net.h_0[:1], torch.zeros(V).double(), []
        for symbol in symbols:
            x_t = torch.cat([before, digit])[None]
            h_t = rnn_step(x_t, h_t, net.W_xh, net.W_hh, net.b_h)
            parts.append(torch.softmax(h_t[0] @ W_hy.T, 0)[symbol])
            before = torch.eye(V).double()[symbol]
        return torch.stack(parts)

    whole = {s: pieces(s).prod() for s in itertools.product(range(V), repeat=T)}
    assert_close(sum(whole.values()), 1.0)
    for symbols in [(0, 2, 1, 1), (2, 2, 0, 1)]:
        for t in range(T):  # each factor, from the joint probabilities alone
            upto = sum(p for s, p in whole.items() if s[: t + 1] == symbols[: t + 1])
            past = sum(p for s, p in whole.items() if s[:t] == symbols[:t])
            assert_close(upto / past, pieces(symbols)[t])
