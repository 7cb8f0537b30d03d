"""Every labelled equation of book/03_characters, evaluated against an oracle."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch

from throughtime import bptt, decode, metrics, text
from throughtime.testing import assert_close, numerical_gradient

V, H = 3, 4


@pytest.fixture
def small():
    """A network that reads one-hot symbols, with some texts for it."""
    rng = np.random.default_rng(30)
    return bptt.Weights.random(V, H, V, rng)


def probabilities(weights, ids):
    """Return p_t after each of some symbols, (T, V)."""
    trace = bptt.forward(
        weights, np.eye(V)[list(ids)], np.zeros(len(ids), int), np.zeros(H)
    )
    return trace.ps


def product(weights, ids):
    """Return the chain rule's product for all symbols after the first."""
    ps = probabilities(weights, ids[:-1])
    return math.prod(p[after] for p, after in zip(ps, ids[1:], strict=True))


@pytest.mark.equation("eq-03-chain")
def test_the_factors_are_the_conditionals_of_one_distribution_over_texts(small):
    joint = {
        rest: product(small, (1, *rest))
        for rest in itertools.product(range(V), repeat=3)
    }
    assert_close(sum(joint.values()), 1.0)
    for before in itertools.product(range(V), repeat=2):
        begun = sum(p for rest, p in joint.items() if rest[:2] == before)
        for after in range(V):  # the definition of a conditional probability
            conditional = joint[*before, after] / begun
            assert_close(conditional, probabilities(small, (1, *before))[-1, after])


@pytest.mark.equation("eq-03-likelihood")
def test_the_sum_of_the_losses_is_torchs_cross_entropy_and_the_log_likelihood(small):
    ids = [1, 0, 2, 2, 1]
    trace = bptt.forward(small, np.eye(V)[ids[:-1]], np.array(ids[1:]), np.zeros(H))
    want = torch.nn.functional.cross_entropy(
        torch.tensor(trace.os), torch.tensor(ids[1:]), reduction="sum"
    )
    assert_close(-math.log(product(small, ids)), want)
    assert_close(trace.losses.sum(), want)


DRAWN = np.random.default_rng(31).dirichlet(np.ones(5), size=7)
CAME = np.random.default_rng(32).integers(5, size=7)
PICKED = DRAWN[np.arange(7), CAME]


@pytest.mark.equation("eq-03-nats")
@pytest.mark.equation("eq-03-bits")
@pytest.mark.equation("eq-03-perplexity")
def test_nats_bits_and_perplexity_are_torchs_and_each_others():
    logs = torch.tensor(np.log(DRAWN))
    nats = torch.nn.functional.nll_loss(logs, torch.tensor(CAME)).item()
    assert_close(-np.log(PICKED).mean(), nats)
    bits = -np.log2(PICKED).mean()
    assert_close(nats / math.log(2), bits)
    assert_close(metrics.bits(nats), bits)
    geometric = np.exp(np.log(PICKED).mean())
    for ppl in (np.prod(PICKED) ** (-1 / 7), 2**bits, metrics.perplexity(nats)):
        assert_close(ppl, 1 / geometric)


@pytest.mark.equation("eq-03-cost")
def test_the_cost_with_perplexities_is_the_mean_over_all_words_in_bits():
    sentences = np.split(PICKED, [2, 3])  # of 2, 1 and 4 words
    N = sum(map(len, sentences))
    theta, lam = np.array([3.0, -4.0]), 0.1
    terms = [len(s) * np.log2(np.prod(s) ** (-1 / len(s))) for s in sentences]
    cost = sum(terms) / N + lam * np.linalg.norm(theta) ** 2
    nats = torch.nn.functional.nll_loss(
        torch.tensor(np.log(DRAWN)), torch.tensor(CAME)
    ).item()
    assert_close(cost, nats / math.log(2) + 2.5)


@pytest.mark.equation("eq-03-draw")
def test_an_even_grid_of_numbers_draws_each_symbol_by_its_probability():
    p = np.array([0.25, 0.0, 0.5, 0.125, 0.125])
    us = np.arange(64) / 64
    drawn = [min(k for k in range(5) if p[: k + 1].sum() > u) for u in us]
    assert [Counter(drawn)[k] / 64 for k in range(5)] == p.tolist()
    searched = np.searchsorted(p.cumsum(), us, side="right")
    assert searched.tolist() == drawn, "the page's code draws otherwise"


@pytest.mark.equation("eq-03-temperature")
@pytest.mark.parametrize("tau", [0.05, 0.5, 1.0, 1.2, 40.0])
def test_the_temperature_is_softmax_of_the_scaled_logits(tau):
    o = torch.randn(11, generator=torch.Generator().manual_seed(3)).double()
    powers = torch.exp((o - o.max()) / tau)
    assert_close(powers / powers.sum(), torch.softmax(o / tau, 0))
    assert_close(powers / powers.sum(), decode.distribution(o, temperature=tau))


def test_the_ends_of_the_temperature_are_the_largest_logit_and_an_even_guess():
    o = torch.tensor([1.0, 3.0, 2.0]).double()
    assert decode.distribution(o, temperature=0).tolist() == [0, 1, 0]
    assert_close(decode.distribution(o, temperature=1e-4), [0.0, 1.0, 0.0])
    assert_close(decode.distribution(o, temperature=1e12), [1 / 3] * 3, rtol=1e-9)


@pytest.mark.equation("eq-03-entropy")
@pytest.mark.parametrize("tau", [0.3, 1.0, 2.5])
def test_the_entropys_slope_is_the_logits_variance_by_the_temperatures_cube(tau):
    o = torch.randn(6, generator=torch.Generator().manual_seed(5)).double()

    def entropy(tau):
        return torch.distributions.Categorical(logits=o / tau).entropy()

    at = torch.tensor(tau, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(entropy(at), at)
    p = torch.softmax(o / tau, 0)
    formula = (p * (o - (p * o).sum()) ** 2).sum() / tau**3
    assert_close(slope, formula)
    assert_close(numerical_gradient(entropy, at.detach()), formula, rtol=1e-6)
    assert formula > 0


@pytest.mark.equation("eq-03-ngram")
def test_the_mixture_is_what_the_library_counts_and_sums_to_one():
    seen, before = "abracadabra", "abra"
    symbols = sorted(set(seen))
    p = dict.fromkeys(symbols, 1 / len(symbols))
    for n in range(1, 4):
        context = before[len(before) - n + 1 :]
        followed = [
            seen[i + n - 1]
            for i in range(len(seen) - n + 1)
            if seen[i : i + n - 1] == context
        ]
        N_c, T_c = len(followed), len(set(followed))
        if followed:
            p = {x: (followed.count(x) + T_c * p[x]) / (N_c + T_c) for x in symbols}
    assert_close(sum(p.values()), 1.0)
    model = text.NgramModel(seen, order=3)
    assert_close(model.distribution(before), np.array([p[x] for x in symbols]))
    floor = text.ngram_floors(seen, before + "c", order=3)[-1]
    assert_close(
        floor,
        (
            -math.log(model.distribution("ab")[4])
            - math.log(model.distribution("abr")[0])
            - math.log(p["c"])
        )
        / 3,
    )
