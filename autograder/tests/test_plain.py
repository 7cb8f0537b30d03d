import numpy as np
import pytest
import torch

from examiner.errors import NotPlain
from examiner.plain import plain


@pytest.mark.parametrize(
    "value",
    [None, True, 3, float("inf"), "text", b"bytes", [1, (2, {3})], {"a": slice(1, 2)}],
    ids=repr,
)
def test_builtin_values_go_through_unchanged(value):
    assert plain(value) == value
    assert type(plain(value)) is type(value)


def test_arrays_and_tensors_come_out_as_copies():
    array, tensor = np.arange(3.0), torch.arange(3.0)
    copies = plain([array, tensor])
    array += 1
    tensor += 1
    np.testing.assert_array_equal(copies[0], [0, 1, 2])
    assert torch.equal(copies[1], torch.tensor([0.0, 1.0, 2.0]))


def test_numpy_scalars_keep_their_type():
    assert type(plain(np.float32(1.5))) is np.float32


def test_dtypes_go_through():
    assert plain(torch.float64) is torch.float64


def test_subclasses_lose_their_tricks():
    class Yes(np.ndarray):
        def __eq__(self, other):
            return True

        __hash__ = None

    class Liar(list):
        def __iter__(self):
            return iter([42])

    assert type(plain(np.zeros(2).view(Yes))) is np.ndarray
    assert plain(Liar([1, 2])) == [1, 2]
    assert type(plain(Liar([1, 2]))) is list


@pytest.mark.parametrize("value", [7, -2.5, 1j, "text", b"raw"])
def test_numbers_and_texts_of_a_class_of_their_own_lose_it(value):
    def lie(*_):
        return True

    lies = dict.fromkeys(
        ["__eq__", "__getitem__", "__add__", "__pos__", "__len__"], lie
    )
    liar = type("Liar", (type(value),), {**lies, "__hash__": None})(value)
    assert liar == "anything"
    assert type(plain(liar)) is type(value)
    assert plain(liar) == value


def test_a_gradient_does_not_go_through():
    assert not plain(torch.ones(2, requires_grad=True) * 2).requires_grad


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        np.array([object()]),
        [object()],
    ],
    ids=["object", "function", "object array", "nested"],
)
def test_other_values_are_refused(value):
    with pytest.raises(NotPlain):
        plain(value)


def test_deep_nesting_is_refused_before_it_exhausts_the_stack():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(NotPlain, match="nested more than 50 deep"):
        plain(deep)
