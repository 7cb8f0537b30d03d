"""Functions, embeddings and difference quotients of book/04_bptt."""

import numpy as np
import pytest
import torch
from chapter_04 import gradients

from throughtime.bptt.loss import cross_entropies, sigmoid
from throughtime.testing import assert_close

PLACES = torch.linspace(-6, 6, 49, dtype=torch.float64)


def _slope(f, a):
    a = a.clone().requires_grad_()
    return gradients(f(a).sum(), [a])[0]


@pytest.mark.equation("eq-04-dtanh")
def test_the_slope_of_tanh():
    assert_close(1 - PLACES.tanh() ** 2, _slope(torch.tanh, PLACES))


@pytest.mark.equation("eq-04-logistic")
@pytest.mark.equation("eq-04-dlogistic")
def test_the_logistic_function_and_its_slope():
    sigma = torch.sigmoid(PLACES)
    assert_close(1 / (1 + torch.exp(-PLACES)), sigma)
    assert_close((1 + torch.tanh(PLACES / 2)) / 2, sigma)
    slope = sigma * (1 - sigma)
    assert_close(slope, _slope(torch.sigmoid, PLACES))
    assert slope.max() == slope[24] == 0.25
    assert_close(sigmoid(np.array([-1000.0, 1000.0])), [0.0, 1.0])


@pytest.mark.equation("eq-04-dsoftmax")
@pytest.mark.equation("eq-04-pminusy")
def test_softmax_has_a_full_jacobian_that_the_cross_entropy_collapses():
    o = torch.tensor(np.random.default_rng(2).normal(size=11), requires_grad=True)
    p = torch.softmax(o, dim=0)
    jacobian = torch.autograd.functional.jacobian(lambda o: torch.softmax(o, 0), o)
    assert_close(torch.diag(p) - torch.outer(p, p), jacobian)
    y = torch.eye(11, dtype=torch.float64)[4]
    loss = torch.nn.functional.cross_entropy(o[None], torch.tensor([4]))
    assert_close(p - y, gradients(loss, [o])[0])
    assert_close(jacobian.T @ (-y / p), p - y)


@pytest.mark.equation("eq-04-logsumexp")
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_the_safe_loss_is_torchs_at_any_size_of_logit(scale):
    o = scale * np.random.default_rng(3).normal(size=11)
    m = o.max()
    safe = -o[4] + m + np.log(np.exp(o - m).sum())
    want = torch.nn.functional.cross_entropy(torch.tensor(o)[None], torch.tensor([4]))
    assert_close(safe, want)
    assert_close(cross_entropies(o[None], np.array([4]))[0], want)


def _looked_up():
    draw = np.random.default_rng(4)
    symbols = np.array([3, 1, 3, 3, 0, 1, 3])
    W, below, das = (draw.normal(size=size) for size in ((3, 5), (4, 3), (7, 4)))
    return symbols, torch.tensor(W, requires_grad=True), torch.tensor(below), das


@pytest.mark.equation("eq-04-lookup")
@pytest.mark.parametrize("s", range(5))
def test_a_matrix_times_one_hot_is_a_column_as_in_torchs_embedding(s):
    _, W, _, _ = _looked_up()
    one_hot = torch.eye(5, dtype=torch.float64)[s]
    assert_close(W.detach() @ one_hot, W.detach()[:, s])
    layer = torch.nn.Embedding.from_pretrained(W.detach().T)
    assert_close(W.detach() @ one_hot, layer(torch.tensor(s)))


@pytest.mark.equation("eq-04-dcolumn")
def test_a_column_collects_from_the_steps_that_read_it():
    symbols, W, _, _ = _looked_up()
    das = np.random.default_rng(6).normal(size=(7, 3))
    one_hots = torch.eye(5, dtype=torch.float64)[symbols]
    (want,) = gradients((one_hots @ W.T * torch.tensor(das)).sum(), [W])
    for s in range(5):
        assert_close(das[symbols == s].sum(axis=0), want[:, s])
    assert not want[:, [2, 4]].any()


@pytest.mark.equation("eq-04-dword")
def test_a_word_vector_collects_through_the_matrix_above_it():
    symbols, W, above, das = _looked_up()
    one_hots = torch.eye(5, dtype=torch.float64)[symbols]
    drives = one_hots @ W.T @ above.T
    (want,) = gradients((drives * torch.tensor(das)).sum(), [W])
    for s in range(5):
        sums = das[symbols == s].sum(axis=0)
        assert_close(above.numpy().T @ sums, want[:, s])


def _f(w):
    return np.sin(3 * w)


W_0 = 0.7
FIRST, SECOND, THIRD = 3 * np.cos(2.1), -9 * np.sin(2.1), -27 * np.cos(2.1)


@pytest.mark.equation("eq-04-forward")
@pytest.mark.parametrize("step", [0.1, 0.03, 0.01, 0.003])
def test_the_forward_difference_is_off_by_half_a_step_times_the_curvature(step):
    quotient = (_f(W_0 + step) - _f(W_0)) / step
    rest = quotient - FIRST - step / 2 * SECOND
    assert abs(rest) <= 27 / 6 * step**2
    assert abs(quotient - FIRST) > abs(rest)


@pytest.mark.equation("eq-04-central")
@pytest.mark.parametrize("step", [0.1, 0.03, 0.01])
def test_the_central_difference_is_off_by_a_sixth_of_the_step_squared(step):
    quotient = (_f(W_0 + step) - _f(W_0 - step)) / (2 * step)
    rest = quotient - FIRST - step**2 / 6 * THIRD
    assert abs(rest) <= 243 / 120 * step**4
    assert abs(quotient - FIRST) > abs(rest)


@pytest.mark.equation("eq-04-best")
@pytest.mark.parametrize(("kind", "unit"), [(np.float64, 1e-16), (np.float32, 1e-7)])
def test_the_best_steps_are_near_the_square_and_the_cube_root_of_rounding(kind, unit):
    powers = np.arange(-14, 0.1, 0.25)
    steps = (10**powers).astype(kind)
    w = kind(W_0)
    ahead = (_f(w + steps) - _f(w)) / steps
    around = (_f(w + steps) - _f(w - steps)) / (2 * steps)
    for quotients, root in ((ahead, 1 / 2), (around, 1 / 3)):
        errors = np.abs(quotients - FIRST)
        assert errors.dtype == np.float64
        good = errors < 10 * np.median(np.sort(errors)[:5])
        assert abs(np.median(powers[good]) - root * np.log10(unit)) < 1.5
