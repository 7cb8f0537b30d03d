"""Every labelled equation of book/prerequisites, evaluated against an oracle."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from throughtime.testing import assert_close, numerical_gradient

equation = pytest.mark.equation


@pytest.fixture
def rng():
    return np.random.default_rng(92)


def held_to_torch(ours, slope, theirs, a):
    """Hold a value to torch and a slope to central differences, away from 0."""
    assert_close(ours(a), theirs(torch.tensor(a)))
    assert_close(slope(a), numerical_gradient(lambda a: ours(a).sum(), a), atol=1e-8)


@equation("eq-prerequisites-relu")
def test_relu_and_its_slope(rng):
    a = rng.normal(size=20)
    held_to_torch(lambda a: np.maximum(0, a), lambda a: a > 0, torch.relu, a)


@equation("eq-prerequisites-leaky")
def test_the_leaky_relu_is_the_larger_of_a_and_a_part_of_it(rng):
    a, alpha = rng.normal(size=20), 0.3
    held_to_torch(
        lambda a: np.maximum(a, alpha * a),
        lambda a: np.where(a > 0, 1, alpha),
        lambda a: functional.leaky_relu(a, alpha),
        a,
    )


@equation("eq-prerequisites-elu")
def test_the_exponential_linear_unit_and_its_slope(rng):
    a = rng.normal(size=20)
    held_to_torch(
        lambda a: np.where(a >= 0, a, np.exp(a) - 1),
        lambda a: np.where(a >= 0, 1, np.exp(a)),
        functional.elu,
        a,
    )


@equation("eq-prerequisites-standard")
def test_standardised_features_have_mean_0_and_variance_1(rng):
    x = 5 + [1, 100] * rng.normal(size=(50, 2))
    mu = x.sum(axis=0) / 50
    s = np.sqrt(((x - mu) ** 2).sum(axis=0) / 50)
    scaled = (x - mu) / s
    assert_close(scaled.mean(axis=0), np.zeros(2), atol=1e-12)
    assert_close(scaled.std(axis=0), np.ones(2))


@equation("eq-prerequisites-variance")
def test_a_sums_variance_is_exact_over_all_draws_of_two_values():
    # n = 3 weights, each +s or -s; inputs from a set of four: all cases are counted.
    signs = np.array(np.meshgrid(*[[-0.7, 0.7]] * 3)).reshape(3, -1)
    inputs = np.array([[1.0, 2, 3], [0, -1, 2], [5, 0, 0], [1, 1, -1]])
    a = inputs @ signs  # every input with every draw of the weights
    assert_close(a.var(), 3 * 0.7**2 * (inputs**2).mean())


@equation("eq-prerequisites-glorot")
def test_the_mean_of_both_directions_is_torchs_xavier():
    W = torch.empty(400, 600, dtype=torch.float64)
    torch.nn.init.xavier_normal_(W, generator=torch.Generator().manual_seed(0))
    assert W.var().item() == pytest.approx(2 / (600 + 400), rel=0.01)


@equation("eq-prerequisites-he")
def test_twice_the_inverse_of_the_inputs_is_torchs_kaiming_and_keeps_relus_size():
    generator = torch.Generator().manual_seed(0)
    W = torch.empty(400, 600, dtype=torch.float64)
    torch.nn.init.kaiming_normal_(W, generator=generator)
    assert W.var().item() == pytest.approx(2 / 600, rel=0.01)
    x = torch.randn(600, 2000, generator=generator, dtype=torch.float64).relu()
    after = (W @ x).relu()
    assert (after**2).mean().item() == pytest.approx((x**2).mean().item(), rel=0.02)


def batch_norm(a, gamma, beta, eps):
    mu = a.mean()
    v = ((a - mu) ** 2).mean()
    a_hat = (a - mu) / (v + eps) ** 0.5
    return gamma * a_hat + beta, a_hat, mu, v


@equation("eq-prerequisites-batchnorm")
@equation("eq-prerequisites-running")
def test_batch_normalisation_and_its_running_means_are_torchs(rng):
    a, m, eps = rng.normal(size=7), 0.2, 1e-3
    layer = torch.nn.BatchNorm1d(1, eps=eps, momentum=m, dtype=torch.float64)
    layer.weight.data.fill_(2.5)
    layer.bias.data.fill_(-0.5)
    y, _, mu, v = batch_norm(a, 2.5, -0.5, eps)
    assert_close(y, layer(torch.tensor(a)[:, None])[:, 0].detach())
    assert_close([(1 - m) * 0 + m * mu], layer.running_mean)
    assert_close([(1 - m) * 1 + m * 7 / 6 * v], layer.running_var)


@equation("eq-prerequisites-dbatchnorm")
def test_the_gradient_through_batch_normalisation_is_what_differences_find(rng):
    a, dy, gamma, eps = rng.normal(size=6), rng.normal(size=6), 1.7, 1e-2
    _, a_hat, _, v = batch_norm(a, gamma, 0, eps)
    da = gamma / np.sqrt(v + eps) * (dy - dy.mean() - a_hat * (dy * a_hat).mean())
    found = numerical_gradient(lambda a: dy @ batch_norm(a, gamma, 0, eps)[0], a)
    assert_close(da, found, atol=1e-8)


@equation("eq-prerequisites-layernorm")
def test_layer_normalisation_is_torchs(rng):
    a, gamma, beta = rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=5)
    mu = a.mean(axis=1, keepdims=True)
    v = ((a - mu) ** 2).mean(axis=1, keepdims=True)
    ours = gamma * (a - mu) / np.sqrt(v + 1e-5) + beta
    theirs = functional.layer_norm(*map(torch.tensor, (a,)), (5,), torch.tensor(gamma))
    assert_close(ours, theirs + torch.tensor(beta))


def one_step(optimiser, w, g, **options):
    parameter = torch.tensor(w, requires_grad=True)
    parameter.grad = torch.tensor(g)
    optimiser([parameter], **options).step()
    return parameter.detach()


@equation("eq-prerequisites-l2")
def test_plain_descent_on_a_squared_penalty_shrinks_the_weight_first(rng):
    w, g, eta, lam = rng.normal(size=4), rng.normal(size=4), 0.1, 0.3
    penalty = numerical_gradient(lambda w: lam / 2 * w @ w, w)
    both = (1 - eta * lam) * w - eta * g
    assert_close(w - eta * (g + penalty), both, atol=1e-9)
    assert_close(one_step(torch.optim.SGD, w, g, lr=eta, weight_decay=lam), both)


@equation("eq-prerequisites-l1")
def test_plain_descent_on_an_absolute_penalty_pulls_each_weight_alike(rng):
    w, g, eta, lam = rng.normal(size=4), rng.normal(size=4), 0.1, 0.3
    penalty = numerical_gradient(lambda w: lam * np.abs(w).sum(), w)
    ours = w - eta * (g + lam * np.sign(w))
    assert_close(ours, w - eta * (g + penalty), atol=1e-9)


@equation("eq-prerequisites-soft")
def test_the_soft_threshold_is_the_minimum_on_a_fine_grid():
    u, shift = np.linspace(-3, 3, 600_001), 0.4
    for w in (-2.0, -0.3, 0.0, 0.39, 1.5):
        best = u[np.argmin((u - w) ** 2 / 2 + shift * np.abs(u))]
        ours = math.copysign(max(0, abs(w) - shift), w)
        assert_close(ours, best, atol=2e-5)
        assert_close(ours, functional.softshrink(torch.tensor(w), shift), atol=1e-7)


@equation("eq-prerequisites-decoupled")
def test_decoupled_decay_is_torchs_and_differs_from_a_penalty_under_adam(rng):
    w, g, eta, lam = rng.normal(size=4), rng.normal(size=4), 0.1, 0.3
    options = {"lr": eta, "eps": 1e-12}
    delta = one_step(torch.optim.Adam, w, g, **options) - torch.tensor(w)
    apart = one_step(torch.optim.AdamW, w, g, weight_decay=lam, **options)
    assert_close((1 - eta * lam) * w + delta.numpy(), apart)
    joined = one_step(torch.optim.Adam, w, g, weight_decay=lam, **options)
    assert (joined - apart).abs().max() > 0.01


def rates(schedule, steps, **options):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    schedule = schedule(optimiser, **options)
    seen = []
    for _ in range(steps):
        seen.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    return np.array(seen)


these = torch.optim.lr_scheduler


@equation("eq-prerequisites-exponential")
def test_the_exponential_schedule_is_torchs():
    want = rates(these.ExponentialLR, 30, gamma=0.9)
    assert_close(0.2 * 0.9 ** np.arange(30), want)


@equation("eq-prerequisites-cosine")
def test_the_cosine_schedule_is_torchs():
    low, N, n = 0.05, 30, np.arange(31)
    ours = low + 0.5 * (0.2 - low) * (1 + np.cos(np.pi * n / N))
    assert_close(ours, rates(these.CosineAnnealingLR, 31, T_max=N, eta_min=low))


@equation("eq-prerequisites-warmup")
def test_the_warm_up_is_torchs_linear_one():
    N, n = 8, np.arange(20)
    ours = 0.2 * np.minimum(1, (n + 1) / N)
    want = rates(these.LinearLR, 20, start_factor=1 / N, total_iters=N - 1)
    assert_close(ours, want)
