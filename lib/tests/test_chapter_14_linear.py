"""Equations of book/14_next on linear recurrences and RWKV, by independent means."""

import itertools
import math

import pytest
import torch

from throughtime import layers
from throughtime.gated import min_gru_step, wkv_start, wkv_step
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import linear_scan, wkv_loop

T, H = 7, 3


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def scan(a, b, h_0):
    """Run the library's tree over one sequence."""
    return linear_scan(a[:, None], b[:, None], h_0[None])[:, 0]


def states(a, b, h_0):
    """Run the recurrence in plain Python numbers."""
    h, hs = h_0.tolist(), []
    for a_t, b_t in zip(a.tolist(), b.tolist(), strict=True):
        h = [x * y + z for x, y, z in zip(a_t, h, b_t, strict=True)]
        hs.append(h)
    return torch.tensor(hs, dtype=torch.float64)


A, BS, H_0 = draw(T, H), draw(T, H, seed=1), draw(H, seed=2)


@pytest.mark.equation("eq-14-linear")
def test_the_tree_gives_the_states_of_the_recurrence():
    assert_close(scan(A, BS, H_0), states(A, BS, H_0))


@pytest.mark.equation("eq-14-product")
def test_the_derivative_over_any_distance_is_the_product_of_what_is_kept():
    for k, t in itertools.combinations(range(T), 2):
        J = torch.autograd.functional.jacobian(
            lambda h, k=k, t=t: scan(A[k + 1 : t + 1], BS[k + 1 : t + 1], h)[-1],
            states(A, BS, H_0)[k],
        )
        assert_close(J, torch.diag(A[k + 1 : t + 1].prod(0)), atol=1e-11)


@pytest.mark.equation("eq-14-join")
def test_two_steps_are_one_and_neighbours_may_be_joined_in_any_order():
    def join(later, earlier):
        return later[0] * earlier[0], later[0] * earlier[1] + later[1]

    one, two, three = zip(A[:3], BS[:3], strict=True)
    a, b = join(two, one)
    assert_close(a * H_0 + b, states(A[:2], BS[:2], H_0)[-1])
    left, right = join(three, join(two, one)), join(join(three, two), one)
    for x, y in zip(left, right, strict=True):
        assert_close(x, y)
    assert not torch.allclose(join(one, two)[1], join(two, one)[1])


@pytest.mark.equation("eq-14-rounds")
@pytest.mark.parametrize("T", [1, 2, 3, 4, 5, 8, 9, 64, 65, 1000])
def test_the_tree_has_as_many_rounds_as_the_page_says(T, monkeypatch):
    rounds, cat = [], torch.cat

    def counted(parts):
        rounds.append(len(parts))
        return cat(parts)

    monkeypatch.setattr(torch, "cat", counted)
    linear_scan(torch.ones(T, 1, 1), torch.ones(T, 1, 1), torch.zeros(1, 1))
    assert len(rounds) / 2 == math.ceil(math.log2(T))  # one cat for a, one for b


@pytest.mark.equation("eq-14-adjoint")
def test_backwards_it_is_a_linear_recurrence_from_the_end():
    g = draw(T, H, seed=3)
    hs, dh, dhs = states(A, BS, H_0), torch.zeros(H).double(), []
    for t in reversed(range(T)):
        dh = g[t] + (A[t + 1] * dh if t + 1 < T else 0)
        dhs.insert(0, dh)
    dhs, before = torch.stack(dhs), torch.cat([H_0[None], hs[:-1]])

    def loss_of_a(a):
        return (g * states(a, BS, H_0)).sum()

    def loss_of_b(b):
        return (g * states(A, b, H_0)).sum()

    assert_close(dhs * before, numerical_gradient(loss_of_a, A), 1e-7, 1e-8)
    assert_close(dhs, numerical_gradient(loss_of_b, BS), 1e-7, 1e-8)


@pytest.mark.equation("eq-14-mingru")
def test_the_minimal_gru_mixes_old_and_new_by_a_gate_that_sees_the_input():
    layer = layers.MinGRU(5, H).double()
    xs, h = draw(T, 1, 5), torch.zeros(1, H).double()
    W_x, b = layer.W_x_l0.detach(), layer.b_l0.detach()
    got, _ = layer(xs)
    for t in range(T):
        a = (W_x @ xs[t, 0] + b).tolist()
        z = [1 / (1 + math.exp(-value)) for value in a[:H]]
        parts = zip(z, h[0].tolist(), a[H:], strict=True)
        want = [[z * old + (1 - z) * new for z, old, new in parts]]
        assert_close(min_gru_step(xs[t], h, W_x, b), want)
        assert_close(got[t].detach(), want)
        h = torch.tensor(want, dtype=torch.float64)


@pytest.mark.equation("eq-14-settle")
def test_on_equal_inputs_the_state_settles_by_powers_of_what_is_kept():
    layer = layers.MinGRU(1, H).double()
    with torch.no_grad():
        hs = layer(torch.ones(40, 1, 1).double())[0][:, 0]
        a = torch.sigmoid(layer.W_x_l0[:H, 0] + layer.b_l0[:H])
    for t in (1, 5, 39):
        assert_close(hs[t] - hs[t - 1], a**t * hs[0], atol=1e-14)  # h_0 = 0


@pytest.mark.equation("eq-14-convolution")
def test_with_one_a_the_recurrence_is_a_convolution():
    a = torch.tensor([0.9, -0.5, 0.0], dtype=torch.float64)
    want = states(a.expand(T, H), BS, H_0)
    for t in range(1, T + 1):
        total = a**t * H_0
        for j in range(t):
            total = total + a**j * BS[t - j - 1]
        assert_close(total, want[t - 1])


KS, VS, W, U = draw(T, H), draw(T, H, seed=1), draw(H, seed=2).exp(), draw(H, seed=3)


def _ours():
    return wkv_loop(KS[:, None], VS[:, None], W, U)[0][:, 0]


@pytest.mark.equation("eq-14-wkv")
def test_rwkv_is_a_softmax_over_scores_that_fall_with_the_distance():
    for t in range(T):
        scores = [KS[i] - (t - 1 - i) * W for i in range(t)] + [U + KS[t]]
        weights = torch.softmax(torch.stack(scores), 0)
        assert_close((weights * VS[: t + 1]).sum(0), _ours()[t])


@pytest.mark.equation("eq-14-wkv-step")
def test_rwkvs_sums_are_two_linear_recurrences():
    alpha, beta = torch.zeros(H).double(), torch.zeros(H).double()
    for t in range(T):
        new = torch.exp(U + KS[t])
        assert_close((alpha + new * VS[t]) / (beta + new), _ours()[t])
        alpha = torch.exp(-W) * alpha + torch.exp(KS[t]) * VS[t]
        beta = torch.exp(-W) * beta + torch.exp(KS[t])


@pytest.mark.equation("eq-14-stable")
@pytest.mark.parametrize("more", [0.0, 900.0, -900.0])
def test_the_stable_step_holds_what_the_plain_one_would_and_stays_finite(more):
    alpha = beta = torch.zeros(H).double()
    p, state = torch.full((H,), -math.inf).double(), wkv_start(1, H, KS)
    for t in range(T):
        k, m = KS[t] + more, torch.maximum(p, U + KS[t] + more)
        new = torch.exp(U + k - m)
        old = torch.exp(p - m)
        y = (old * alpha + new * VS[t]) / (old * beta + new)
        assert_close(y, _ours()[t], rtol=1e-9)
        after = torch.maximum(p - W, k)
        fade, write = torch.exp(p - W - after), torch.exp(k - after)
        alpha, beta, p = fade * alpha + write * VS[t], fade * beta + write, after
        got, state = wkv_step(k[None], VS[t][None], state, W, U)
        assert_close(got[0], y)
        for part, want in zip(state, (alpha, beta, p), strict=True):
            assert_close(part[0], want)


@pytest.mark.equation("eq-14-mean")
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_what_rwkv_reads_lies_between_the_values_that_were_written(scale):
    ys = wkv_loop(scale * KS[:, None], VS[:, None], W, scale * U)[0][:, 0]
    assert (ys <= VS.cummax(0).values + 1e-12).all()
    assert (ys >= VS.cummin(0).values - 1e-12).all()
