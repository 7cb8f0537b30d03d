"""Temperature, top-k and nucleus against their definitions."""

import math

import pytest
import torch

from throughtime import decode
from throughtime.errors import KindError, ThroughTimeError
from throughtime.testing import assert_close

V = 11
P = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 3.0])
def test_temperature_divides_the_logits(temperature):
    logits = 5 * torch.randn(7, V, generator=torch.Generator().manual_seed(1)).double()
    wanted = torch.softmax(logits / temperature, -1)
    assert_close(decode.distribution(logits, temperature), wanted, atol=1e-12)


@pytest.mark.parametrize(("temperature", "bits"), [(0.2, 0.40), (1, 1.65), (10, 1.99)])
def test_a_low_temperature_makes_less_even_not_more(temperature, bits):
    p = decode.distribution(P.log(), temperature)
    assert round(-(p * p.log2()).sum().item(), 2) == bits


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [1e-3, 9e-4, 1e-40, 5e-324, 0])
def test_as_the_temperature_goes_to_0_all_goes_to_the_largest(temperature, dtype):
    wanted = torch.tensor([1, 0, 0, 0], dtype=dtype)
    assert_close(decode.distribution(P.log().to(dtype), temperature), wanted)
    hundred = torch.full((100,), 0.01, dtype=dtype).log()
    assert_close(decode.distribution(hundred, temperature).sum().item(), 1.0, atol=1e-6)


def test_equal_largest_logits_share_at_temperature_0():
    p = decode.distribution(torch.tensor([2.0, 1.0, 2.0]), 0)
    assert p.tolist() == [0.5, 0, 0.5]


def test_huge_logits_do_not_overflow():
    p = decode.distribution(torch.tensor([1e30, 1e30, -1e30]))
    assert p.tolist() == [0.5, 0.5, 0]


def test_minus_infinity_means_impossible():
    logits = torch.tensor([-math.inf, 0.0, 0.0])
    for temperature in (0, 1e-3, 1, 50):
        assert decode.distribution(logits, temperature).tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 9])
def test_top_k_keeps_the_k_most_probable_in_their_proportion(k):
    shuffled = P[[2, 0, 3, 1]]
    kept = shuffled >= P[min(k, 4) - 1]
    wanted = torch.where(kept, shuffled, 0) / shuffled[kept].sum()
    assert_close(decode.distribution(shuffled.log(), top_k=k), wanted, atol=1e-12)


def test_of_equal_ones_top_k_keeps_the_first():
    assert decode.distribution(torch.zeros(4), top_k=2).tolist() == [0.5, 0.5, 0, 0]
    many = decode.distribution(torch.zeros(5000), top_k=2)
    assert many.nonzero().flatten().tolist() == [0, 1]


@pytest.mark.parametrize(
    ("p", "size"),
    [(0.01, 1), (0.5, 1), (0.51, 2), (0.8, 2), (0.801, 3), (0.95, 3), (1.0, 4)],
)
def test_the_nucleus_is_the_smallest_set_that_reaches_the_mass(p, size):
    shuffled = P[[2, 0, 3, 1]]
    found = decode.distribution(shuffled.log(), top_p=p)
    assert (found > 0).sum() == size
    kept = shuffled >= P[size - 1]
    wanted = torch.where(kept, shuffled, 0) / P[:size].sum()
    assert_close(found, wanted, atol=1e-12)


def test_the_nucleus_is_taken_from_what_top_k_left_and_the_temperature_made():
    # T = 1/2 squares P: 100, 36, 9, 1 parts. Of the first two, 100/136 reach 0.7.
    p = decode.distribution(P.log(), 0.5, top_k=2, top_p=0.7)
    assert p.tolist() == [1, 0, 0, 0]
    p = decode.distribution(P.log(), 0.5, top_k=2, top_p=0.75)
    assert_close(p, torch.tensor([100, 36, 0, 0]).double() / 136, atol=1e-12)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_logits_from_which_nothing_can_be_drawn_are_refused(bad):
    with pytest.raises(ThroughTimeError, match=f"largest value of {bad}; wanted"):
        decode.distribution(torch.tensor([[0.0, 1.0], [bad, 0.0]]))
    with pytest.raises(ThroughTimeError, match="largest value of -inf; wanted"):
        decode.distribution(torch.full((2,), -math.inf))
    with pytest.raises(KindError, match=r"logits holds torch.int64; wanted"):
        decode.distribution(torch.tensor([1, 2]))
