"""The numbers that book/ledger states in words, in corrections and folded answers."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from throughtime import spectrum
from throughtime.testing import assert_close

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "ledger.md").read_text(encoding="utf-8")


def entry(key):
    """Return the correction and the folded answer of an entry."""
    text = PAGE.split(f"(ledger-{key})=\n")[1]
    return re.split(r"\n\(ledger-|\n## ", text)[0].split("**Correct:**")[1]


def chance_of_rounding_to_0(T):
    return math.exp(-math.log(100) / T) == 0


def test_a_forget_bias_of_3_6_leaves_one_half_after_25_steps():
    assert r"b = -\ln(2^{1/25} - 1) \approx 3.6" in entry(18)
    b = -math.log(2 ** (1 / 25) - 1)
    assert_close(torch.sigmoid(torch.tensor(b, dtype=torch.float64)) ** 25, 0.5)
    assert round(b, 1) == 3.6


def test_with_100_symbols_the_powers_round_to_0_below_0_0062():
    assert "for $T$ below about 0.0062" in entry(59)
    assert chance_of_rounding_to_0(0.0061)
    assert not chance_of_rounding_to_0(0.0063)


def test_a_small_threshold_without_the_root_lets_a_norm_of_0_3_pass():
    assert "$0.3^2 = 0.09$ is below the threshold" in entry(1)
    assert_close(0.3**2, 0.09)
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.tensor([0.3], dtype=torch.float64)
    spectrum.clip_norm_(weight, 0.25)
    assert_close(weight.grad, [0.25])


def test_clipped_together_both_shrink_by_0_7_and_apart_only_one_does():
    assert "the joint norm is 5, so both are scaled by 0.7" in entry(3)
    together = [torch.nn.Parameter(torch.zeros(2).double()) for _ in range(2)]
    for weight, g in zip(together, ([3.0, 0.0], [0.0, 4.0]), strict=True):
        weight.grad = torch.tensor(g).double()
    assert spectrum.clip_norm_(together, 3.5) == 5.0
    assert_close(together[0].grad, [0.7 * 3, 0])
    assert_close(together[1].grad, [0, 0.7 * 4])


def test_the_sum_of_all_terms_goes_to_4_for_long_sequences():
    assert "whose derivative is $1/(1 - w)^2 = 4$" in entry(8)
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    h = torch.zeros_like(w)
    for _ in range(200):
        h = w * h + 1
    h.backward()
    assert_close(w.grad, 4.0)


def test_the_wrong_sum_has_six_equal_terms_instead_of_three():
    assert "$1 + 2 + 3 = 6$ equal terms instead of 3" in entry(11)
    w, T = 0.5, 3
    whole = [w ** (T - k) * k * w ** (k - 1) for k in range(1, T + 1)]
    assert_close(whole, [w**2, 2 * w**2, 3 * w**2])
    assert_close(sum(whole), 2 * T * w ** (T - 1))


def test_under_relu_the_second_unit_is_off_and_1_5_is_left():
    assert "the number 1.5, and the gradient grows by 1.5 a step" in entry(4)
    W, h = np.array([[1.5, 2.5], [-1.0, -1.5]]), np.array([1.0, 0.0])
    assert_close(np.abs(np.linalg.eigvals(W)), [0.5, 0.5])
    for _ in range(50):
        s = W @ h
        assert s[1] < 0 < s[0]
        h = np.maximum(0, s)
    assert_close(h[0], 1.5**50)


@pytest.mark.parametrize("rank", range(1, 25))
def test_rank_17_is_the_first_that_skip_top_20_keeps(rank):
    assert "17, the most frequent word" in entry(37)
    assert (rank + 3 >= 20) == (rank >= 17)


def test_a_fair_coin_in_the_wrong_unit_is_2_72():
    assert "$e^1 = 2.72$ instead of 2" in entry(34)
    assert round(math.exp(1), 2) == 2.72
    assert 2**1 == 2


def test_a_penalty_without_its_strength_is_ten_thousand():
    assert "the penalty is 10,000" in entry(35)
    assert_close(1_000_000 * 0.1**2, 10_000.0)


def test_the_two_slopes_have_the_bounds_that_are_stated():
    assert r"\le \frac14$: a quarter, not a half" in entry("b-slope")
    a = torch.linspace(-5, 5, 10_001, dtype=torch.float64, requires_grad=True)
    for f, most in ((torch.sigmoid, 0.25), (torch.tanh, 1.0)):
        (slope,) = torch.autograd.grad(f(a).sum(), a)
        assert_close(slope.max(), most)


def test_a_power_in_each_factor_counts_w_a_square_of_times():
    assert "there are $(T - 1)^2$" in entry("b-power")
    for T in range(2, 9):
        assert sum(T - 1 for _ in range(2, T + 1)) == (T - 1) ** 2


def test_conjugation_by_the_slopes_turns_one_jacobian_into_the_other():
    assert r"F_t\, W F_{t-1} F_{t-1}^{-1} = F_t W" in entry(15)
    generator = torch.Generator().manual_seed(15)
    W, a, a_prev = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((3, 3), (1, 3), (1, 3))
    )
    F_t, F_prev = (torch.diag(1 - torch.tanh(x[0]) ** 2) for x in (a, a_prev))
    of_a = spectrum.pascanu_jacobian(a_prev, W)
    of_h = spectrum.elman_jacobian(a, W)
    assert_close(F_t @ of_a @ torch.linalg.inv(F_prev), of_h)


def test_gates_that_are_open_give_a_tanh_of_a_tanh():
    from throughtime.gated import lstm_step

    assert r"\tanh(\tanh(a_t))" in entry("b-reset")
    zero, weight = torch.zeros(1, 1), torch.zeros(4, 1)
    b = torch.tensor([99.0, -99.0, 0.8, 99.0])
    h, _ = lstm_step(zero, (zero, torch.ones(1, 1)), weight, weight, b)
    assert_close(h, [[math.tanh(math.tanh(0.8))]], atol=1e-6)
