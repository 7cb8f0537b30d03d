"""The equations of book/10_inside on saliency: a derivative, and what it foresees."""

import numpy as np
import pytest
import torch
from pages import draw

from throughtime.models import CharLM
from throughtime.testing import assert_close, numerical_gradient

T, D, H, V = 6, 3, 4, 5
W_xh, W_hh, W_hy = draw(1, H, D), draw(2, H, H) / 2, draw(3, V, H)
b_h, xs, i = draw(4, H), draw(5, T, D), 2


def states(xs):
    """Return a_1 to a_T and h_T of Elman's network."""
    h, before = torch.zeros(H).double(), []
    for x_t in xs:
        before.append(W_xh @ x_t + W_hh @ h + b_h)
        h = torch.tanh(before[-1])
    return before, h


def output(xs):
    return W_hy[i] @ states(xs)[1]


def slope(a):
    return torch.diag(1 - torch.tanh(a) ** 2)


def saliencies(xs):
    """Return s_1 to s_T by the page's formula, (T, D)."""
    before, _ = states(xs)
    rows = []
    for k in range(T):
        product = slope(before[k]) @ W_xh
        for t in range(k + 1, T):
            product = slope(before[t]) @ W_hh @ product  # J_t from the left
        rows.append(product.T @ W_hy[i])
    return torch.stack(rows)


@pytest.mark.equation("eq-10-saliency")
def test_the_ordered_product_is_what_differences_and_autograd_find():
    assert_close(saliencies(xs), numerical_gradient(output, xs), rtol=1e-6, atol=1e-9)
    at = xs.clone().requires_grad_()
    assert_close(saliencies(xs), torch.autograd.grad(output(at), at)[0])


@pytest.mark.equation("eq-10-linear")
def test_the_first_order_misses_by_the_square_of_the_move():
    move, s = draw(6, T, D), saliencies(xs)
    misses = []
    for size in (1e-2, 5e-3):
        said = (s * size * move).sum()
        misses.append((output(xs + size * move) - output(xs) - said).abs().item())
    assert misses[0] / misses[1] == pytest.approx(4, rel=0.1)


@pytest.mark.equation("eq-10-path")
def test_the_sum_along_the_way_is_the_whole_change():
    move = 2 * draw(7, T, D)
    places, weights = np.polynomial.legendre.leggauss(60)
    total = sum(
        weight / 2 * (saliencies(xs + (place + 1) / 2 * move) * move).sum()
        for place, weight in zip(places, weights, strict=True)
    )
    assert_close(total, output(xs + move) - output(xs), rtol=1e-8)


def test_the_same_holds_for_an_lstm_with_autograds_saliency():
    torch.manual_seed(0)
    model = CharLM(V, H, embedding_size=D).double()
    vectors, move = draw(8, T, 1, D), draw(9, T, 1, D)

    def odds(vectors):
        o_T = model.output(model.layer(vectors)[0][-1, 0])
        return o_T[1] - o_T[0]

    total = 0
    places, weights = np.polynomial.legendre.leggauss(40)
    for place, weight in zip(places, weights, strict=True):
        at = (vectors + (place + 1) / 2 * move).requires_grad_()
        total += weight / 2 * (torch.autograd.grad(odds(at), at)[0] * move).sum()
    assert_close(total, odds(vectors + move).detach() - odds(vectors).detach())
