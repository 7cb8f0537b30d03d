"""Equations of book/14_next on cost, capacity and attention, by independent means."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import elu, scaled_dot_product_attention
from torch.utils.flop_counter import FlopCounterMode

from throughtime import gated, layers
from throughtime.testing import assert_close


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.equation("eq-14-same")
@pytest.mark.parametrize("T", [1, 3, 50])
def test_a_sum_may_be_asked_before_or_after(T):
    ks, vs, q = draw(T, 4), draw(T, seed=1), draw(4, seed=2)
    state = [0.0] * 4
    for k, v in zip(ks.tolist(), vs.tolist(), strict=True):
        state = [s + v * part for s, part in zip(state, k, strict=True)]
    asked = sum(part * s for part, s in zip(q.tolist(), state, strict=True))
    assert asked == pytest.approx(((ks @ q) * vs).sum().item())


def _multiplications(run):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        run()
    return counter.get_total_flops() / 2


@pytest.mark.equation("eq-14-step")
@pytest.mark.parametrize("H", [8, 24])
def test_torch_counts_as_many_multiplications_as_the_page(H):
    cell, x, state = nn.LSTMCell(H, H), torch.ones(1, H), torch.ones(1, H)
    own = gated.lstm_step
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih)
    assert _multiplications(lambda: own(x, (state, state), *weights)) == 8 * H * H
    attention = layers.SelfAttention(H, H)
    for t in (2, 5, 60):
        cache = (torch.ones(t - 1, 1, H), torch.ones(t - 1, 1, H))
        counted = _multiplications(lambda c=cache: attention(x[None], c))
        assert counted == 3 * H * H + 2 * t * H
    t = 5 * H // 2
    assert 3 * H * H + 2 * t * H == 8 * H * H


def test_a_layer_of_a_transformer_has_nine_products_with_matrices_more():
    H = 8
    layer = nn.TransformerEncoderLayer(H, nhead=1, dim_feedforward=4 * H)
    matrices = [weight.numel() for weight in layer.parameters() if weight.dim() == 2]
    assert sum(matrices) == (3 + 9) * H * H  # each weight works once a token


@pytest.mark.equation("eq-14-held")
def test_states_hold_as_many_numbers_as_the_page_says():
    H, lstm, attention = 6, layers.LSTM(5, 6), layers.SelfAttention(5, 6)
    for t in (1, 4, 9):
        xs = torch.ones(t, 1, 5)
        assert sum(part.numel() for part in lstm(xs)[1]) == 2 * H
        assert sum(part.numel() for part in attention(xs)[1]) == 2 * t * H


@pytest.mark.equation("eq-14-shift")
def test_from_the_same_state_the_same_inputs_give_the_same_states_at_any_time():
    layer = nn.LSTM(5, 4).double()
    pattern = draw(6, 2, 5)
    for n in (1, 20):
        _, state = layer(draw(n, 2, 5, seed=n))
        whole, _ = layer(torch.cat([draw(n, 2, 5, seed=n), pattern]))
        assert_close(whole[n:], layer(pattern, state)[0])


def _share(n, V, S):
    """Return the best share of right answers, by trying every code."""
    facts = list(itertools.product(range(V), repeat=n))
    best = 0
    for code in itertools.product(range(S), repeat=len(facts)):
        right = 0
        for s, place in itertools.product(range(S), range(n)):
            seen = [v[place] for v, c in zip(facts, code, strict=True) if c == s]
            right += max((seen.count(v) for v in range(V)), default=0)
        best = max(best, right)
    return best / (n * len(facts))


def _needed(p, n, V):
    e = 1 - p
    parts = [x * math.log2(x) for x in (p, e) if x > 0]
    return n * (math.log2(V) + sum(parts) - e * math.log2(V - 1))


@pytest.mark.equation("eq-14-bits")
@pytest.mark.parametrize(
    ("n", "V", "S"), [(1, 2, 2), (2, 2, 2), (2, 2, 3), (3, 2, 2), (2, 2, 4), (2, 3, 2)]
)
def test_no_code_beats_the_bound(n, V, S):
    p = _share(n, V, S)
    assert p >= 1 / V
    assert _needed(p, n, V) <= math.log2(S) + 1e-12
    if V**n == S:
        assert p == 1
        assert _needed(p, n, V) == pytest.approx(math.log2(S))


@pytest.mark.equation("eq-14-hard")
@pytest.mark.equation("eq-14-soft")
def test_a_sharp_soft_dictionary_is_the_hard_one():
    ks, vs, q = draw(6, 4), draw(6, 3, seed=1), draw(4, seed=2)
    scores = [
        sum(a * b for a, b in zip(q.tolist(), k, strict=True)) for k in ks.tolist()
    ]
    best = max(range(6), key=scores.__getitem__)
    gaps = []
    for beta in (1.0, 10.0, 1000.0):
        weights = [math.exp(beta * (s - max(scores))) for s in scores]
        alpha = torch.tensor(weights) / sum(weights)
        soft = scaled_dot_product_attention(q[None], ks, vs, scale=beta)[0]
        assert_close(alpha.double() @ vs, soft, rtol=1e-5, atol=1e-6)
        gaps.append((soft - vs[best]).abs().max().item())
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-12


@pytest.mark.equation("eq-14-margin")
@pytest.mark.parametrize("beta", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("n", [2, 10, 1000])
def test_what_the_best_entry_lacks_is_below_the_bound(n, beta):
    scores = draw(n).sort(descending=True).values
    m = (scores[0] - scores[1]).item()
    alpha = torch.softmax(beta * scores, 0)
    assert 1 - alpha[0] <= (n - 1) * math.exp(-beta * m) + 1e-12
    equal = torch.tensor([m] + [0.0] * (n - 1), dtype=torch.float64)
    r = (n - 1) * math.exp(-beta * m)
    assert_close(1 - torch.softmax(beta * equal, 0)[0], r / (1 + r))


@pytest.mark.equation("eq-14-scale")
@pytest.mark.parametrize("H", [1, 3, 6])
def test_the_variance_of_a_product_is_the_number_of_its_parts(H):
    signs = list(itertools.product((-1, 1), repeat=H))  # mean 0, variance 1
    products = [
        sum(a * b for a, b in zip(q, k, strict=True)) for q in signs for k in signs
    ]
    assert sum(products) == 0
    assert sum(x * x for x in products) / len(products) == H


def _parts(T=7, B=2, D=5, H=4):
    layer = layers.SelfAttention(D, H).double()
    xs = draw(T, B, D)
    return layer, xs, [W(xs).detach() for W in (layer.W_q, layer.W_k, layer.W_v)]


@pytest.mark.equation("eq-14-causal")
def test_causal_attention_is_torchs():
    layer, xs, (qs, ks, vs) = _parts()
    rows = [x.transpose(0, 1) for x in (qs, ks, vs)]
    want = scaled_dot_product_attention(*rows, is_causal=True).transpose(0, 1)
    for t, b in itertools.product(range(7), range(2)):
        weights = [math.exp((qs[t, b] @ k).item() / 2) for k in ks[: t + 1, b]]
        y = sum(w * v for w, v in zip(weights, vs[: t + 1, b], strict=True))
        assert_close(y / sum(weights), want[t, b])
    assert_close(layer(xs)[0].detach(), want)


@pytest.mark.equation("eq-14-reach")
def test_a_value_reaches_every_later_step_with_one_number():
    _, _, (qs, ks, vs) = _parts(B=1)
    alpha = torch.softmax(qs[6, 0] @ ks[:, 0].T / 2, 0)
    for i in range(7):
        J = torch.autograd.functional.jacobian(
            lambda v, i=i: layers.causal_attention(
                qs, ks, torch.cat([vs[:i], v[None, None], vs[i + 1 :]])
            )[6, 0],
            vs[i, 0],
        )
        assert_close(J, alpha[i] * torch.eye(4).double())


@pytest.mark.equation("eq-14-set")
def test_the_order_of_what_came_before_does_not_matter_to_attention():
    layer, xs, _ = _parts()
    last = layer(xs)[0][-1]
    for permutation in ([1, 0, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]):
        assert_close(layer(xs[[*permutation, 6]])[0][-1], last)
    lstm = nn.LSTM(5, 4).double()
    gap = lstm(xs)[0][-1] - lstm(xs[[1, 0, 2, 3, 4, 5, 6]])[0][-1]
    assert gap.abs().max() > 1e-4


def _phi(x):
    return elu(x) + 1


@pytest.mark.equation("eq-14-kernel")
@pytest.mark.equation("eq-14-matrix")
def test_attention_without_softmax_is_a_network_with_a_matrix():
    qs, ks, vs = draw(6, 4), draw(6, 4, seed=1), draw(6, 3, seed=2)
    S, z = np.zeros((3, 4)), np.zeros(4)
    for t in range(6):
        scores = [(_phi(qs[t]) * _phi(k)).sum().item() for k in ks[: t + 1]]
        pairs = zip(scores, vs[: t + 1].numpy(), strict=True)
        want = sum(s * v for s, v in pairs) / sum(scores)
        phi_q, phi_k = _phi(qs[t]).numpy(), _phi(ks[t]).numpy()
        S, z = S + np.outer(vs[t].numpy(), phi_k), z + phi_k
        assert_close(S @ phi_q / (z @ phi_q), want)


@pytest.mark.equation("eq-14-noise")
@pytest.mark.parametrize(("n", "d"), [(2, 4), (3, 2), (4, 1)])
def test_the_error_of_a_sum_is_exact_for_keys_and_values_of_signs(n, d):
    """Keys of signs over the root of d have E[(k k')^2] = 1/d, as random ones."""
    keys = list(itertools.product((-1, 1), repeat=d))
    total = count = 0
    for chosen in itertools.product(keys, repeat=n):
        for values in itertools.product((-1, 1), repeat=n):
            match = [
                sum(a * b for a, b in zip(k, chosen[0], strict=True)) / d
                for k in chosen
            ]
            read = sum(m * v for m, v in zip(match, values, strict=True))
            total, count = total + (read - values[0]) ** 2, count + 1
    assert total / count == pytest.approx((n - 1) / d)


def test_a_random_direction_has_the_square_that_the_page_says():
    k = nn.functional.normalize(draw(200_000, 5), dim=1)
    assert (k[:, 0] ** 2).mean().item() == pytest.approx(1 / 5, rel=0.01)


@pytest.mark.equation("eq-14-rank")
@pytest.mark.parametrize("R", [1, 2, 3])
def test_a_product_of_features_has_no_higher_rank_but_an_exponential_has(R):
    x = torch.linspace(-2, 2, 6).double()
    features = torch.stack([_phi(x * (n + 1)) for n in range(R)], 1)
    assert torch.linalg.matrix_rank(features @ features.T) <= R
    assert torch.linalg.matrix_rank(torch.exp(x[:, None] * x)) == 6
