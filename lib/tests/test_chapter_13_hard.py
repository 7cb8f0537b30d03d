"""Equations of book/13_attention on looks that are drawn, by trying every draw."""

import itertools

import pytest
import torch
from chapter_13 import functions
from pages import draw
from torch import nn
from torch.distributions import Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits

from throughtime import models
from throughtime.testing import assert_close

N = 5


def setting(seed=0):
    """Return scores with a gradient, their weights, and a loss for each cell."""
    e = draw(seed, N).requires_grad_()
    return e, torch.softmax(e, 0), draw(seed + 1, N).abs()


@pytest.mark.equation("eq-13-expected")
@pytest.mark.equation("eq-13-exact")
def test_the_gradient_of_the_mean_loss_is_autograds():
    e, alpha, ell = setting()
    J = sum(a * loss for a, loss in zip(alpha, ell, strict=True))
    J.backward()
    assert_close(alpha.detach() * (ell - J.detach()), e.grad)


@pytest.mark.equation("eq-13-jensen")
def test_the_mean_loss_is_never_below_that_of_the_mixed_answer():
    for seed in range(100):
        _, alpha, ell = setting(seed)
        mixed = -(alpha * (-ell).exp()).sum().log()
        assert mixed <= alpha @ ell + 1e-15
    alike = torch.full((N,), 0.7, dtype=torch.float64)
    assert_close(-(alpha * (-alike).exp()).sum().log().detach(), 0.7)


@pytest.mark.equation("eq-13-score-function")
@pytest.mark.equation("eq-13-unbiased")
@pytest.mark.parametrize("beta", [0.0, 0.8, -30.0])
def test_the_estimate_is_right_on_average_whatever_the_baseline(beta):
    e, alpha, ell = setting()
    exact = torch.autograd.grad(alpha @ ell, e, retain_graph=True)[0]
    mean = torch.zeros(N).double()
    for s in range(N):
        (toward,) = torch.autograd.grad(alpha[s].log(), e, retain_graph=True)
        assert_close(torch.eye(N)[s] - alpha.detach(), toward)
        mean += alpha[s].detach() * (ell[s] - beta) * toward
    assert_close(mean, exact, atol=1e-12)


def noise(alpha, ell, beta):
    """Return the sum of the variances of the estimate's numbers, from all draws."""
    g = (ell - beta)[:, None] * (torch.eye(N).double() - alpha)
    mean = alpha @ g
    return (alpha[:, None] * (g - mean) ** 2).sum()


@pytest.mark.equation("eq-13-noise")
@pytest.mark.equation("eq-13-best")
def test_the_noise_is_a_parabola_whose_lowest_point_is_the_best_baseline():
    e, alpha, ell = setting()
    (exact,) = torch.autograd.grad(alpha @ ell, e)
    alpha = alpha.detach()
    size = ((torch.eye(N).double() - alpha) ** 2).sum(1)
    for beta in (-1.0, 0.0, 0.5, 3.0):
        V = (alpha * (ell - beta) ** 2 * size).sum() - exact @ exact
        assert_close(V, noise(alpha, ell, beta))
    best = (alpha * size * ell).sum() / (alpha * size).sum()
    beta = best.clone().requires_grad_()
    (slope,) = torch.autograd.grad(noise(alpha, ell, beta), beta)
    assert_close(slope, 0.0, atol=1e-12)
    for off in (-0.1, 0.1):
        assert noise(alpha, ell, best + off) > noise(alpha, ell, best)


def test_the_pages_estimate_is_right_on_average(monkeypatch):
    page = functions()
    torch.manual_seed(0)
    model = page["Lookup"]()
    f, q, y = page["lookup"](1, torch.Generator().manual_seed(1))

    def gradient(way):
        model.zero_grad()
        page["lookup_loss"](model, (f, q, y), way).backward()
        return [p.grad.clone() for p in model.parameters()]

    want = gradient("hard, all cells tried")
    alpha = model(f, q)[0].tolist()
    mean = [torch.zeros_like(g) for g in want]
    for s, a in enumerate(alpha):
        monkeypatch.setattr(torch, "multinomial", lambda *_, s=s: torch.tensor([[s]]))
        for total, g in zip(mean, gradient("hard, no baseline"), strict=True):
            total += a * g
    for got, wanted in zip(mean, want, strict=True):
        assert_close(got, wanted, atol=1e-6)


def test_the_batchs_mean_as_a_baseline_only_shortens_the_estimate():
    e, alpha, ell = setting()
    exact = torch.autograd.grad(alpha @ ell, e)[0]
    alpha, B = alpha.detach(), 2  # two rows alike, drawn apart
    mean = torch.zeros(N).double()
    for s, other in itertools.product(range(N), repeat=B):
        beta = (ell[s] + ell[other]) / B
        g = (ell[s] - beta) * (torch.eye(N)[s] - alpha)
        mean += alpha[s] * alpha[other] * g
    assert_close(mean, (1 - 1 / B) * exact, atol=1e-12)


@pytest.mark.equation("eq-13-glimpses")
def test_two_looks_get_the_gradient_of_the_mean_over_all_pairs_of_places():
    torch.manual_seed(0)
    places = torch.tensor([[1.0, 1], [1, 4], [4, 2]])
    model = models.GlimpseReader(places, 2, 3, 6, 4, looks=2, classes=3).double()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.7)
    picture, y, beta = draw(2, 1, 6, 6).abs(), torch.tensor([1]), 0.4
    estimate, J = 0.0, 0.0
    for pair in itertools.product(range(3), repeat=2):
        left = iter(pair)
        model._choose = lambda *_, left=left: torch.tensor([next(left)])
        run = model(picture)
        ell = nn.functional.cross_entropy(run.logits, y)
        p = run.log_probs.sum().exp()
        J = J + p * ell
        one = ell + (ell.detach() - beta) * run.log_probs.sum()
        estimate = estimate + p.detach() * one
    weights = list(model.parameters())
    exact = torch.autograd.grad(J, weights, retain_graph=True)
    for got, want in zip(torch.autograd.grad(estimate, weights), exact, strict=True):
        assert_close(got, want, atol=1e-10)


def test_the_pages_loss_gives_that_gradient_for_one_draw():
    torch.manual_seed(0)
    places = torch.tensor([[1.0, 1], [1, 4], [4, 2]])
    model = models.GlimpseReader(places, 2, 3, 6, 4, looks=2, classes=3)
    pictures, y = draw(2, 2, 6, 6).abs().float(), torch.tensor([1, 2])
    torch.manual_seed(3)
    functions()["glimpse_loss"](model, (pictures, y)).backward()
    got = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    torch.manual_seed(3)
    run = model(pictures)
    ell = nn.functional.cross_entropy(run.logits, y, reduction="none")
    held = (ell - ell.mean()).detach()
    (ell.mean() + (held * run.log_probs.sum(0)).mean()).backward()
    for g, parameter in zip(got, model.parameters(), strict=True):
        assert_close(g, parameter.grad, atol=1e-7)


@pytest.mark.equation("eq-13-filter")
def test_a_filter_is_a_gaussian_over_the_points_of_sum_one():
    place, side, size = draw(1, 2, 5), 9, 4
    rows, columns, _ = models.filterbank(place, side, size)
    for b, (bank, k) in itertools.product(range(2), ((rows, 0), (columns, 1))):
        g = (place[b, k].tanh() + 1) / 2 * (side - 1)
        delta = torch.sigmoid(place[b, 2]) * (side - 1) / (size - 1)
        sigma = (place[b, 3].exp() + 0.1).sqrt()
        for i in range(1, size + 1):
            mu = g + (i - (size + 1) / 2) * delta
            a = torch.arange(side).double()
            want = Normal(mu, sigma).log_prob(a).exp()
            assert_close(bank[b, i - 1], want / want.sum())


def tiny(strokes=1):
    torch.manual_seed(0)
    model = models.Draw(3, 2, 4, Z=1, strokes=strokes, classes=2).double()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.8)
    return model.eval()


@pytest.mark.equation("eq-13-write")
@torch.no_grad()
def test_each_stroke_is_added_through_the_window(monkeypatch):
    model, h = tiny(strokes=3), draw(5, 1, 4)
    F_y, F_x, gamma = models.filterbank(model.place(h), 3, 2)
    P = model.stroke(h).reshape(2, 2)
    want = sum(
        gamma[0, 0, 0] * P[i, j] * torch.outer(F_y[0, i], F_x[0, j])
        for i, j in itertools.product(range(2), repeat=2)
    )
    assert_close(model._write(h)[0], want)
    strokes, write = [], model._write
    keep = lambda h: strokes.append(write(h)) or strokes[-1]  # noqa: E731
    monkeypatch.setattr(model, "_write", keep)
    canvases, _ = model((draw(1, 1, 3, 3) > 0).double(), torch.tensor([1]))
    for t in range(3):
        assert_close(canvases[t], model.blank + sum(strokes[: t + 1]))
    assert (strokes[1] != strokes[0]).any()


@pytest.mark.equation("eq-13-bound")
@torch.no_grad()
def test_what_is_lowered_is_never_below_what_a_picture_costs():
    model, digit = tiny(), torch.tensor([1])
    zs = torch.linspace(-8, 8, 4001).double()[:, None]
    prior = Normal(0.0, 1.0).log_prob(zs[:, 0])
    wanted = torch.tensor([[0.0, 1.0]]).double().expand(len(zs), -1)
    writing = model._step(
        model.decoder, torch.cat([zs, wanted], 1), model._zeros(len(zs))
    )
    canvas = model.blank + model._write(writing[0])
    for seed in range(4):
        picture = (draw(seed, 1, 3, 3) > 0).double()
        points = binary_cross_entropy_with_logits(
            canvas, picture.expand_as(canvas), reduction="none"
        ).sum((1, 2))
        step = (zs[1] - zs[0]).item()
        exact = -torch.logsumexp(prior - points + torch.tensor(step).log(), 0)
        many = picture.expand(4000, -1, -1)
        chance = torch.Generator().manual_seed(seed)
        bound = model.nats(many, digit.expand(4000), chance)
        assert bound.mean() >= exact - 3 * bound.std() / 4000**0.5
        assert bound.mean() < exact + 20


@pytest.mark.equation("eq-13-bound")
def test_what_a_number_costs_is_its_divergence_from_noise():
    mu, s = draw(4, 6), draw(5, 6).exp()
    got = (mu**2 + s**2 - 1) / 2 - s.log()
    assert_close(got, kl_divergence(Normal(mu, s), Normal(0.0, 1.0)))
