"""Arguments that do not fit are refused, and the message says what to try."""

import numpy as np
import pytest
import torch

from throughtime.errors import DeviceError, KindError, ShapeError
from throughtime.shapes import check_kind, check_shape, to_numpy

MAKERS = [np.zeros, torch.zeros]


@pytest.mark.parametrize("make", MAKERS)
def test_sizes_come_back_in_the_order_of_the_letters(make):
    assert check_shape("xs", make((7, 3, 5)), "T B D", B=3) == (7, 3, 5)


@pytest.mark.parametrize("make", MAKERS)
def test_a_wrong_number_of_axes_says_what_came_and_what_was_wanted(make):
    with pytest.raises(ShapeError) as caught:
        check_shape("xs", make((7, 5)), "T B D")
    assert str(caught.value) == (
        "xs has shape (7, 5); wanted (T, B, D): it has 2 axes, not 3. "
        "Print xs.shape where it is made."
    )


def test_batch_first_is_recognised_where_swapping_mends_it():
    with pytest.raises(ShapeError) as caught:
        check_shape("xs", torch.zeros(3, 7, 5), "T B D", B=3)
    assert str(caught.value) == (
        "xs has shape (3, 7, 5); wanted (T, B, D) with B = 3: B is 7 here and 3 in "
        "the other arguments. Is the batch first? Try xs.transpose(0, 1)."
    )


def test_a_numpy_array_gets_advice_that_works_on_numpy_arrays():
    xs = np.zeros((3, 7, 5))
    with pytest.raises(ShapeError, match=r"Try xs\.swapaxes\(0, 1\)\."):
        check_shape("xs", xs, "T B D", B=3)
    assert check_shape("xs", xs.swapaxes(0, 1), "T B D", B=3) == (7, 3, 5)


def test_swapping_is_not_advised_where_it_does_not_mend():
    with pytest.raises(ShapeError) as caught:
        check_shape("xs", torch.zeros(6, 7, 5), "T B D", B=3)
    assert "transpose" not in str(caught.value)


def test_a_transposed_weight_is_not_called_batch_first():
    with pytest.raises(ShapeError) as caught:
        check_shape("W_xh", torch.zeros(5, 4), "H D", H=4, D=5)
    assert "Try W_xh.transpose(0, 1)." in str(caught.value)
    assert "batch" not in str(caught.value)


def test_a_letter_that_comes_twice_must_have_one_size():
    with pytest.raises(ShapeError, match="H is 5 here and 4 on another axis"):
        check_shape("W_hh", torch.zeros(4, 5), "H H")


def test_one_axis_is_written_as_a_tuple():
    with pytest.raises(ShapeError, match=r"b_h has shape \(5,\); wanted \(H,\) with"):
        check_shape("b_h", torch.zeros(5), "H", H=4)


@pytest.mark.parametrize(("shape", "letter"), [((0, 3, 5), "T"), ((7, 0, 5), "B")])
def test_an_empty_axis_is_refused_by_its_letter(shape, letter):
    with pytest.raises(ShapeError, match=rf"{letter} is 0\. Is xs empty\?"):
        check_shape("xs", torch.zeros(shape), "T B D")


def test_a_list_is_no_array():
    with pytest.raises(KindError, match=r"xs is a list; wanted an array of shape \(T,"):
        check_shape("xs", [[1.0]], "T D")


def test_integers_are_refused_where_floats_are_needed():
    with pytest.raises(KindError, match=r"x_t holds torch\.int64.*x_t\.double\(\)"):
        check_kind(x_t=torch.arange(3))


def test_a_numpy_array_is_refused_where_a_tensor_is_needed():
    with pytest.raises(KindError, match=r"h is a ndarray.*torch\.as_tensor\(h\)"):
        check_kind(h=np.zeros(3))


def test_two_dtypes_are_refused_by_both_names():
    with pytest.raises(KindError, match=r"a holds torch\.float32 and b torch\.float64"):
        check_kind(a=torch.zeros(1), b=torch.zeros(1, dtype=torch.float64))


def test_two_devices_are_refused_and_nothing_is_moved():
    with pytest.raises(DeviceError, match="a lies on cpu and b on meta"):
        check_kind(a=torch.zeros(1), b=torch.zeros(1, device="meta"))


def test_nan_and_inf_pass():
    bad = torch.tensor([[float("nan"), float("inf")]])
    check_kind(x=bad)
    assert check_shape("x", bad, "B D") == (1, 2)


def test_a_tensor_with_a_gradient_becomes_an_array_and_stays_as_it_is():
    x = torch.ones(2, requires_grad=True)
    assert to_numpy(x).tolist() == [1, 1]
    assert x.requires_grad
