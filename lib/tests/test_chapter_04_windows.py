"""Truncated windows and optimisers of book/04_bptt."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from chapter_04 import copied, gradients, run

from throughtime.cells import rnn_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll_windows

BOOK = Path(__file__).resolve().parents[2] / "book"
UNIT = json.loads((BOOK / "_widgets" / "windows.json").read_text(encoding="utf-8"))


@pytest.mark.equation("eq-04-square")
def test_the_hand_examples_loss_is_half_the_squared_distance():
    os, ys = torch.tensor([1, 1.5, -0.5]), torch.tensor([2, 0.5, 0.5])
    want = torch.nn.functional.mse_loss(os, ys, reduction="sum") / 2
    assert_close(sum((o - y) ** 2 / 2 for o, y in zip(os, ys, strict=True)), want)


@pytest.mark.equation("eq-04-window")
@pytest.mark.parametrize("length", [1, 2, 3, 4, 6, 7, 9])
def test_windows_keep_the_terms_whose_loss_and_copy_share_a_window(page, length):
    copies = copied(page)
    net = run(page, copies)
    kept = np.zeros((4, 4))
    for t in range(7):
        terms = gradients(net.losses[t], copies["W_hh"])
        kept += sum(terms[t - t % length : t + 1])
    rows = {name: torch.tensor(W) for name, W in vars(page.weights).items()}
    W_hh = rows["W_hh"].clone().requires_grad_()
    step = partial(rnn_step, W_xh=rows["W_xh"], W_hh=W_hh, b_h=rows["b_h"])
    xs, h_0 = torch.tensor(page.xs)[:, None], torch.tensor(page.h_0)[None]
    hs = torch.cat([hs for hs, _ in unroll_windows(step, xs, h_0, length)])[:, 0]
    loss = torch.nn.functional.cross_entropy(
        hs @ rows["W_hy"].T + rows["b_y"], torch.tensor(page.targets), reduction="sum"
    )
    assert_close(kept, gradients(loss, [W_hh])[0])


def unit_terms(w):
    """Return each loss's gradient for each copy of w, and h_0 to h_T, by autograd."""
    copies = [
        torch.tensor(w, dtype=torch.float64, requires_grad=True) for _ in range(8)
    ]
    hs, rows = [torch.tensor(float(UNIT["h_0"]), dtype=torch.float64)], []
    for w_t, x_t, y_t in zip(copies, UNIT["xs"], UNIT["ys"], strict=True):
        hs.append(w_t * hs[-1] + x_t)
        rows.append(gradients((hs[-1] - y_t) ** 2 / 2, copies))
    return np.array(rows), [h.item() for h in hs]


@pytest.mark.equation("eq-04-term")
@pytest.mark.parametrize("w", UNIT["ws"])
def test_a_term_of_the_unit_is_a_product_of_three_numbers(w):
    terms, h = unit_terms(w)
    for t in range(1, 9):
        for k in range(1, 9):
            value = (h[t] - UNIT["ys"][t - 1]) * w ** (t - k) * h[k - 1]
            assert_close(value if k <= t else 0.0, terms[t - 1, k - 1])


def test_every_shorter_window_turns_the_units_gradient_round():
    terms, _ = unit_terms(0.9)
    window = [np.arange(8) // length for length in range(1, 9)]
    sums = [terms[w[:, None] == w[None]].sum() for w in window]
    assert sums[-1] < 0 < min(sums[:-1])


def adagrad(w, gs, rate, eps):
    s = np.zeros_like(w)
    for g in gs:
        s = s + g**2
        w = w - rate * g / (np.sqrt(s) + eps)
        yield w


def rmsprop(w, gs, rate, rho, eps):
    v = np.zeros_like(w)
    for g in gs:
        v = rho * v + (1 - rho) * g**2
        w = w - rate * g / (np.sqrt(v) + eps)
        yield w


def adam(w, gs, rate, betas, eps):
    m = v = np.zeros_like(w)
    for n, g in enumerate(gs, start=1):
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat, v_hat = m / (1 - betas[0] ** n), v / (1 - betas[1] ** n)
        w = w - rate * m_hat / (np.sqrt(v_hat) + eps)
        yield w


def scheduled(w, gs, rate, gamma, every):
    for n, g in enumerate(gs, start=1):
        w = w - rate * gamma ** ((n - 1) // every) * g
        yield w


def _follow(ours, optimiser, schedule=None):
    """Hold 100 updates against torch's, on gradients that nobody chose."""
    draw = np.random.default_rng(8)
    gs, w = draw.normal(size=(100, 5)) * draw.lognormal(size=5), np.ones(5)
    w_torch = torch.ones(5, dtype=torch.float64, requires_grad=True)
    optimiser = optimiser([w_torch])
    schedule = schedule and schedule(optimiser)
    seen = 0
    for g, got in zip(gs, ours(w, gs), strict=True):
        w_torch.grad = torch.tensor(g)
        optimiser.step()
        if schedule:
            schedule.step()
        assert_close(got, w_torch.detach())
        seen += 1
    assert seen == 100


@pytest.mark.equation("eq-04-adagrad")
def test_adagrad_is_torchs():
    torchs = partial(torch.optim.Adagrad, lr=0.1, eps=1e-3)
    _follow(partial(adagrad, rate=0.1, eps=1e-3), torchs)


@pytest.mark.equation("eq-04-rmsprop")
def test_rmsprop_is_torchs():
    torchs = partial(torch.optim.RMSprop, lr=0.01, alpha=0.9, eps=1e-3)
    _follow(partial(rmsprop, rate=0.01, rho=0.9, eps=1e-3), torchs)


@pytest.mark.equation("eq-04-adam")
def test_adam_is_torchs():
    torchs = partial(torch.optim.Adam, lr=0.01, betas=(0.8, 0.95), eps=1e-3)
    _follow(partial(adam, rate=0.01, betas=(0.8, 0.95), eps=1e-3), torchs)


@pytest.mark.equation("eq-04-schedule")
def test_the_schedule_is_torchs():
    _follow(
        partial(scheduled, rate=0.1, gamma=0.5, every=30),
        partial(torch.optim.SGD, lr=0.1),
        partial(torch.optim.lr_scheduler.StepLR, step_size=30, gamma=0.5),
    )
