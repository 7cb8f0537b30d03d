"""The equations of book/08_deep on dropout, against all masks and against torch."""

import itertools
import math

import pytest
import torch

from throughtime.testing import assert_close

N = 8
MASKS = torch.tensor(list(itertools.product((0.0, 1.0), repeat=N))).double()


def draw(seed, *shape):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=chance, dtype=torch.float64)


def chance_of(q):
    """Return P(z) of every mask, by counting what it keeps."""
    kept = MASKS.sum(1)
    return q**kept * (1 - q) ** (N - kept)


@pytest.mark.equation("eq-08-expect")
@pytest.mark.parametrize("q", [0.5, 0.8])
def test_the_mean_over_all_masks_has_the_factor_of_keeping(q):
    w, x = draw(0, N), draw(1, N)
    assert_close(chance_of(q).sum(), 1.0)
    assert_close(chance_of(q) @ (MASKS * x @ w), q * (w @ x))


def test_torchs_dropout_is_inverted_and_p_is_the_probability_of_dropping():
    torch.manual_seed(0)
    x = torch.ones(20_000).double()
    out = torch.nn.functional.dropout(x, 0.2)
    assert set(out.tolist()) == {0.0, 1.25}
    assert (out == 0).double().mean().item() == pytest.approx(0.2, abs=0.015)


@pytest.mark.equation("eq-08-variance")
@pytest.mark.parametrize("q", [0.5, 0.8])
def test_the_variance_of_inverted_dropout_over_all_masks(q):
    w, x = draw(0, N), draw(1, N)
    a = MASKS * x @ w / q
    mean = chance_of(q) @ a
    variance = chance_of(q) @ (a - mean) ** 2
    assert_close((1 - q) / q * ((w * x) ** 2).sum(), variance)


@pytest.mark.equation("eq-08-curvature")
def test_the_gap_is_half_the_curvature_times_the_variance_for_small_spreads():
    w, x, q = draw(0, N), draw(1, N), 0.8
    for f, f_2 in (
        (torch.tanh, lambda a: -2 * a.tanh() * (1 - a.tanh() ** 2)),
        (torch.exp, torch.exp),
    ):
        rests = []
        for spread in (0.1, 0.05):
            a = 0.7 + spread * ((MASKS / q - 1) * x @ w)  # the mean is 0.7
            gap = chance_of(q) @ f(a) - f(torch.tensor(0.7).double())
            variance = chance_of(q) @ (a - 0.7) ** 2
            rests.append((gap - f_2(torch.tensor(0.7).double()) * variance / 2).abs())
        assert rests[1] < rests[0] / 6, "the rest is of the third order"


def test_an_affine_function_leaves_no_gap():
    w, x, q = draw(0, N), draw(1, N), 0.8
    a = MASKS * x @ w / q
    assert_close(chance_of(q) @ (3 * a - 2), 3 * (w @ x) - 2)


@pytest.mark.equation("eq-08-geometric")
@pytest.mark.parametrize("q", [0.5, 0.8])
def test_softmax_of_the_mean_is_the_geometric_mean_over_all_masks(q):
    W, b, x = draw(2, 3, N), draw(3, 3), draw(1, N)
    answers = torch.softmax(MASKS * x @ W.T + b, dim=1)
    product = (answers ** chance_of(q)[:, None]).prod(0)
    assert_close(torch.softmax(q * W @ x + b, dim=0), product / product.sum())


def test_two_layers_of_softmax_are_not_their_geometric_mean():
    W, U, x = 3 * draw(2, 4, N), 3 * draw(3, 3, 4), draw(1, N)
    answers = torch.softmax(torch.tanh(MASKS * x @ W.T) @ U.T, dim=1)
    product = (answers ** chance_of(0.5)[:, None]).prod(0)
    once = torch.softmax(U @ torch.tanh(0.5 * W @ x), dim=0)
    assert (once - product / product.sum()).abs().max() > 0.01


@pytest.mark.equation("eq-08-survive")
@pytest.mark.parametrize("q", [0.5, 0.8])
def test_a_memory_under_new_masks_lives_on_with_a_power_of_q(
    q,
):
    c = MASKS.prod(1) / q**N * 3.0  # N steps, one mask each; c_0 = 3
    assert_close(chance_of(q) @ (c != 0).double(), q**N)
    assert_close(chance_of(q) @ c, 3.0)
    assert_close(chance_of(q) @ c**2, 9 * q**-N)


def test_the_numbers_of_the_example_are_right():
    assert f"{0.8**50:.1e}" == "1.4e-05"
    assert math.isclose(0.8**-50, 70_000, rel_tol=0.01)
    assert round(0.8**-20) == 87
