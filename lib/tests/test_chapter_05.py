"""Every labelled equation of book/05_gradients, evaluated against an oracle."""

import math
from functools import partial

import pytest
import torch

from throughtime import spectrum
from throughtime.cells import pascanu_step, rnn_step
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import unroll

T, K = 7, 3  # the end, and the earlier step of most products


def jacobian(f, at):
    return torch.autograd.functional.jacobian(f, at)


def draw(seed, *shape):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=chance, dtype=torch.float64)


def _elman(net, f="tanh"):
    weights = {"W_xh": net.W_xh, "W_hh": net.W_hh, "b_h": net.b_h}
    return partial(rnn_step, **weights, activation=f)


def _pascanu(net):
    return partial(pascanu_step, W_xh=net.W_xh, W_hh=net.W_hh, b=net.b_h)


def _paths(net):
    """Return a_0 to a_T and h_0 to h_T of one sequence, from a loop of our own."""
    a = [net.h_0[0]]
    for x_t in net.xs[:, 0]:
        a.append(net.W_hh @ torch.tanh(a[-1]) + net.W_xh @ x_t + net.b_h)
    return a, [torch.tanh(a_t) for a_t in a]


def _slope(a_t):
    return torch.diag(1 - torch.tanh(a_t) ** 2)


def _end(step, net, start, k=K):
    return unroll(step, net.xs[k:, :1], start[None])[1][0]


@pytest.mark.equation("eq-05-product")
def test_the_latest_jacobian_stands_on_the_left(net):
    _, hs = _paths(net)
    product = torch.eye(4).double()
    for t in range(K + 1, T + 1):
        x_t = net.xs[t - 1, :1]
        J_t = jacobian(lambda h, x=x_t: _elman(net)(x, h[None])[0], hs[t - 1])
        product = J_t @ product
    want = jacobian(lambda h: _end(_elman(net), net, h), hs[K])
    assert_close(product, want)


@pytest.mark.equation("eq-05-elman")
def test_elmans_product_is_autograds(net):
    a, hs = _paths(net)
    factors = [_slope(a[t]) @ net.W_hh for t in range(T, K, -1)]
    want = jacobian(lambda h: _end(_elman(net), net, h), hs[K])
    assert_close(torch.linalg.multi_dot(factors), want)
    assert (torch.linalg.multi_dot(factors[::-1]) - want).norm() > 0.1 * want.norm()


@pytest.mark.equation("eq-05-pascanu")
def test_pascanus_product_is_autograds(net):
    a, _ = _paths(net)
    factors = [net.W_hh @ _slope(a[t - 1]) for t in range(T, K, -1)]
    want = jacobian(lambda s: _end(_pascanu(net), net, s), a[K])
    assert_close(torch.linalg.multi_dot(factors), want)


@pytest.mark.equation("eq-05-link")
def test_autograds_jacobians_of_both_forms_are_linked_by_the_slopes(net):
    a, hs = _paths(net)
    dh = jacobian(lambda h: _end(_elman(net), net, h), hs[K])
    da = jacobian(lambda s: _end(_pascanu(net), net, s), a[K])
    assert_close(dh @ _slope(a[K]), _slope(a[T]) @ da)


@pytest.mark.equation("eq-05-back")
def test_a_gradient_goes_back_through_the_slope_and_then_the_transpose(net):
    a, hs = _paths(net)
    g = draw(1, 4)
    for t in range(T, 0, -1):
        g = net.W_hh.T @ ((1 - torch.tanh(a[t]) ** 2) * g)
        h = hs[t - 1].clone().requires_grad_()
        loss = _end(_elman(net), net, h, k=t - 1) @ draw(1, 4)
        assert_close(g, torch.autograd.grad(loss, h)[0])


def _loss(net, copies):
    h_t = torch.tanh(net.h_0[0])
    for x_t, W_t in zip(net.xs[:, 0], copies, strict=True):
        h_t = torch.tanh(W_t @ h_t + net.W_xh @ x_t + net.b_h)
    return h_t @ draw(2, 4)


def _terms(net):
    a, hs = _paths(net)
    g, terms = draw(2, 4), []
    for k in range(T, 0, -1):
        terms.append(torch.outer((1 - torch.tanh(a[k]) ** 2) * g, hs[k - 1]))
        g = jacobian(lambda h, k=k: _end(_elman(net), net, h, k - 1), hs[k - 1]).T
        g = g @ draw(2, 4)
    return terms[::-1]


@pytest.mark.equation("eq-05-copy")
def test_each_copy_of_the_weights_receives_the_immediate_gradient(net):
    copies = [net.W_hh.clone().requires_grad_() for _ in range(T)]
    wants = torch.autograd.grad(_loss(net, copies), copies)
    for term, want in zip(_terms(net), wants, strict=True):
        assert_close(term, want)


@pytest.mark.equation("eq-05-dw")
def test_the_shared_weights_receive_the_sum_over_k(net):
    got = sum(_terms(net))
    shared = net.W_hh.clone().requires_grad_()
    assert_close(got, torch.autograd.grad(_loss(net, [shared] * T), shared)[0])
    by_differences = numerical_gradient(lambda W: _loss(net, [W] * T), net.W_hh)
    assert_close(got, by_differences, rtol=1e-7, atol=1e-9)


@pytest.mark.equation("eq-05-one-unit")
@pytest.mark.parametrize("w", [0.5, -0.8, 1.3])
def test_the_copies_of_one_weight_have_their_closed_form(w):
    copies = torch.full((9,), w, dtype=torch.float64, requires_grad=True)
    h = torch.zeros(()).double()
    for w_t in copies:
        h = w_t * h + 1
    t = torch.arange(1, 10).double()
    want = torch.autograd.grad(h, copies)[0]
    assert_close(w ** (9 - t) * (1 - w ** (t - 1)) / (1 - w), want)


@pytest.mark.equation("eq-05-linear")
def test_without_f_the_jacobian_is_a_power(net):
    step = _elman(net, "identity")
    want = jacobian(lambda h: _end(step, net, h), draw(3, 4))
    assert_close(torch.linalg.matrix_power(net.W_hh, T - K), want)


SLOPED = {
    "tanh": (torch.tanh, 1.0),
    "relu": (torch.relu, 1.0),
    "logistic": (torch.sigmoid, 0.25),
}


@pytest.mark.equation("eq-05-bound")
@pytest.mark.parametrize("name", SLOPED)
@pytest.mark.parametrize("seed", range(5))
def test_no_jacobian_exceeds_the_product_of_norms_nor_that_the_bound(name, seed):
    f, beta_h = SLOPED[name]
    W, h = (0.3 + seed) * draw(seed, 5, 5), draw(seed + 9, 5)
    beta_W = torch.linalg.matrix_norm(W, ord=2).item()
    product, norms, room = torch.eye(5).double(), 1.0, 1 + 1e-10
    for n in range(1, 16):
        J = jacobian(lambda s, n=n: f(W @ s + draw(n, 5)), h)
        h, product = f(W @ h + draw(n, 5)), J @ product
        norms *= torch.linalg.matrix_norm(J, ord=2).item()
        bound = spectrum.gradient_bound(beta_W, beta_h, n)
        assert torch.linalg.matrix_norm(product, ord=2) <= norms * room
        assert norms <= bound * room
        assert_close(bound, (beta_W * beta_h) ** n)


@pytest.mark.equation("eq-05-euler")
@pytest.mark.parametrize("seed", range(5))
def test_relu_without_input_carries_the_state_as_it_carries_changes(seed):
    W, h_0 = draw(seed, 5, 5), draw(seed + 50, 5)

    def run(h):
        for _ in range(8):
            h = torch.relu(W @ h)
        return h

    assert_close(jacobian(run, h_0) @ h_0, run(h_0), atol=1e-9)


def _logistic(a):
    return 1 / (1 + math.exp(-a))


@pytest.mark.equation("eq-05-cliff")
@pytest.mark.equation("eq-05-cliff-slope")
@pytest.mark.parametrize(("w", "b"), [(4.5, -1.8), (5.0, -2.4), (6.0, -3.2)])
def test_the_slope_of_the_cliff_is_its_recursion(w, b):
    def cost(at):
        a = 0.5
        for _ in range(50):
            a = at[0] * torch.sigmoid(torch.as_tensor(a)) + at[1]
        return (torch.sigmoid(a) - 0.7) ** 2

    a, da = 0.5, 0.0
    for _ in range(50):
        y = _logistic(a)
        da, a = 1 + w * y * (1 - y) * da, w * y + b
    y = _logistic(a)
    at = torch.tensor([w, b], dtype=torch.float64)
    surface = spectrum.error_surface(at[:1], at[1:])
    assert_close(surface.cost[0, 0], cost(at))
    want = numerical_gradient(cost, at)
    assert_close(2 * (y - 0.7) * y * (1 - y) * da, want[1], rtol=1e-6)
    assert_close(surface.dw[0, 0], want[0], rtol=1e-6)
