"""The tools of the checks are checked themselves, with differences made on purpose."""

import numpy as np
import pytest
import torch

from throughtime.errors import KindError
from throughtime.testing import assert_close, check_gradient, numerical_gradient


def _refusal(got, want, **how):
    with pytest.raises(AssertionError) as caught:
        assert_close(got, want, **how)
    return str(caught.value)


def test_equal_arrays_and_tensors_pass():
    assert_close(np.ones((2, 3)), torch.ones(2, 3, dtype=torch.float64))
    assert_close([1, 2], np.array([1.0, 2.0]))
    assert_close(torch.ones(2, requires_grad=True), [1, 1])


def test_booleans_and_integers_are_compared_too():
    assert_close(np.array([True, False]), torch.tensor([True, False]))
    _refusal(np.array([True]), np.array([False]))
    assert "difference 1." in _refusal(np.uint8([0]), np.uint8([1]))


def test_a_difference_is_told_with_place_size_and_number():
    got = np.zeros((2, 3))
    got[1, 2], got[0, 0] = 0.5, 0.25
    message = _refusal(got, np.zeros((2, 3)), name="hs")
    assert message.startswith("hs: 2 of 6 entries differ")
    assert "at (1, 2): 0.5, wanted 0.0, difference 0.5" in message
    assert "Shape (2, 3); dtype float64, wanted float64." in message


def test_the_tolerances_are_relative_and_absolute():
    assert_close(1e6 + 1e-5, 1e6)
    assert_close(1e-13, 0.0)
    _refusal(1e6 + 1e-3, 1e6)
    _refusal(1e-11, 0.0)
    assert_close(1.1, 1.0, rtol=0.2)
    assert_close(0.1, 0.0, atol=0.2)


def test_shapes_are_not_broadcast():
    assert _refusal(np.ones((3, 1)), np.ones(3)) == (
        "result has shape (3, 1); wanted (3,)."
    )


def test_nan_equals_nothing_and_is_the_worst():
    assert "at (1,): nan" in _refusal(np.array([9.0, np.nan]), np.zeros(2))
    _refusal(np.array([np.nan]), np.array([np.nan]))


def test_inf_equals_itself_only():
    assert_close(np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf]))
    _refusal(np.array([np.inf]), np.array([-np.inf]))
    _refusal(np.array([1.0]), np.array([np.inf]))
    _refusal(np.array([np.inf]), np.array([1.0]))


def test_float32_is_seen_in_the_message():
    third = torch.tensor(1 / 3)
    assert "dtype float32, wanted float64" in _refusal(third, np.float64(1 / 3))


@pytest.mark.parametrize("make", [np.array, torch.tensor])
def test_central_differences_find_a_known_gradient(make):
    x = make([[1.0, -2.0], [0.5, 3.0]])
    x = x.double() if isinstance(x, torch.Tensor) else x
    got = numerical_gradient(lambda x: (x**3).sum(), x)
    assert type(got) is type(x)
    assert_close(got, 3 * x**2, rtol=1e-8)


def test_central_differences_are_exact_for_a_square_and_not_one_sided():
    got = numerical_gradient(lambda x: (x**2).sum(), np.array([3.0]), h=0.5)
    assert_close(got, [6.0])


def test_central_differences_move_one_entry_at_a_time():
    got = numerical_gradient(lambda x: x.prod(), np.array([2.0, 3.0, 5.0]), h=0.5)
    assert_close(got, [15.0, 10.0, 6.0])


def test_central_differences_leave_x_as_it_is():
    x = np.array([1.0, 2.0])
    numerical_gradient(lambda x: x.sum(), x)
    assert x.tolist() == [1.0, 2.0]


def test_central_differences_work_on_one_number():
    assert_close(numerical_gradient(lambda x: x**2, np.array(2.0)), 4.0, rtol=1e-8)


@pytest.mark.parametrize("x", [np.ones(2, np.float32), torch.ones(2), np.ones(2, int)])
def test_central_differences_want_float64(x):
    with pytest.raises(KindError, match="wanted float64"):
        numerical_gradient(lambda x: x.sum(), x)


def test_check_gradient_passes_the_right_one_and_catches_a_wrong_one():
    x = np.array([0.3, -0.7])
    f = lambda x: np.tanh(x).sum()  # noqa: E731
    check_gradient(f, lambda x: 1 - np.tanh(x) ** 2, x)
    with pytest.raises(AssertionError, match="slope: 2 of 2 entries differ"):
        check_gradient(f, lambda x: 1 - np.tanh(x), x, name="slope")
