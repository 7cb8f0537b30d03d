import numpy as np
import pytest
import torch

from examiner.compare import alike, difference, said_of

A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (A, A),
        (A + 1e-9, A),
        (A.astype(np.float32), A),
        (torch.tensor(A), A),
        (A.tolist(), A),
        (tuple(A.tolist()), A),
        ([torch.tensor(row) for row in A], A),
        (np.eye(2, dtype=int), np.eye(2)),
        (np.eye(2, dtype=bool), np.eye(2)),
        ([3, 4], (3, 4)),
        (np.float64(1.5), 1.5),
        (torch.tensor(1.5), 1.5),
        (np.int64(3), 3),
        (3.0, 3),
        ([A, 1.0], (A, 1.0)),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        ("hello", "hello"),
        (None, None),
        ((A, None), (A, ...)),
        ({"a": 1, "b": A}, {"a": 1, "b": ...}),
    ],
)
def test_the_same_answer_in_another_coat_has_no_difference(got, want):
    assert difference(got, want) is None


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (None, A, "is None: does the function end with `return`?"),
        (A.T, A, "has shape (2, 3), wanted (3, 2): are the first two axes swapped?"),
        (A[0], A, "has shape (2,), wanted (3, 2)"),
        (np.where(A == 4, 4.5, A), A, "1 of 6 numbers, by up to 0.5, at [1, 1]"),
        (A.astype(int), A + 0.5, "whole numbers lose the fractions"),
        (A * np.nan, A, "is nan at [0, 0]"),
        (A.astype(str), A, "wanted numbers"),
        ([1.0, [2.0]], A, "is a list of length 2, wanted an array of shape (3, 2)"),
        (["x"], A, "is a list of length 1, wanted an array of shape (3, 2)"),
        ([1, 2, 5], np.array([1, 3, 4]), "is off at 2 of 3 numbers, first at [1]"),
        ([1, 2, 5], (1, 2), "has 3 values, wanted 2"),
        (1.25, 1.0, "is off by 0.25"),
        (float("nan"), 1.0, "is nan"),
        (True, 1, "is True, wanted a number"),
        (4, 3, "is not right"),
        ({"a": 1}, {"a": 1, "b": 2}, "lacks the key 'b'"),
        ({"a": 1, "b": 2}, {"a": 1}, "has the key 'b', which is not wanted"),
        ({"a": 1}, {"a": 2}, "['a'] is not right"),
        ((1,), (1, 2), "has 1 values, wanted 2"),
        ((1, 3), (1, 2), "[1] is not right"),
        ("hallo", "hello", "is 'hallo', wanted 'hello'"),
        (0, False, "is 0, wanted False"),
    ],
)
def test_a_difference_is_said_in_words(got, want, said):
    assert said in difference(got, want)


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (1, 2, "`counts` is not right"),
        ({"above": (1, 2)}, {"above": (1, 3)}, "`counts['above'][1]` is not right"),
        ({"a": (0,)}, {"a": (A,)}, "`counts['a'][0]` is 0, wanted an array of shape"),
        ("[1] x", "hello", "`counts` is '[1] x', wanted 'hello'"),
    ],
)
def test_the_place_of_a_difference_is_written_as_python_writes_it(got, want, said):
    assert said_of("`counts`", difference(got, want)).startswith(said)


def test_what_has_no_name_is_a_result():
    differs = difference({"W": 1.0}, {"W": 2.0})
    assert said_of("the result", differs) == "`result['W']` is off by 1"
    assert said_of("the result", "is nan") == "the result is nan"


def test_tolerances_decide_what_counts_as_equal():
    assert difference(1.001, 1.0, rtol=1e-2) is None
    assert difference(1.001, 1.0, rtol=1e-4) == "is off by 0.001"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (A, A.copy(), True),
        (A, A.astype(np.float32), True),
        (A, A.tolist(), True),
        (A.tolist(), A, True),
        (A, A[None], False),
        (A, A + 1e-3, False),
        (1, 1.0, True),
        (1, np.ones(1), False),
        (np.float64(1.0), 1.0, True),
        ((A, A + 1), [A, A + 1], True),
        ([A, A + 1], (A, A + 1), True),
        ((A, A + 1), np.stack([A, A + 1]), True),
        ((A, A + 1), np.stack([A, A + 2]), False),
        ((A, 1.0), [A, 1.0], True),
        ((A, {"k": 1}), (A, {"k": 1}), True),
        ((A, {"k": 1}), (A, {"k": 2}), False),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_alike_is_about_shapes_and_numbers(one, other, same):
    assert alike(one, other) is same


SERIES = np.arange(12.0).reshape(4, 3) ** 2
SQUARE = np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (np.r_[np.zeros((1, 3)), SERIES[:-1]], SERIES, "one step too late"),
        (np.r_[SERIES[1:], np.zeros((1, 3))], SERIES, "one step too early"),
        (SQUARE.T, SQUARE, "has the first two axes swapped"),
        (SERIES[::-1], SERIES, "in reverse order"),
        (np.ones(5), np.full(5, 2.0), "is off at 5 of 5"),
        (np.r_[0.0, np.ones(4)], np.ones(5), "is off at 1 of 5"),
        (SERIES + 1, SERIES, "is off at 12 of 12"),
    ],
)
def test_right_numbers_at_wrong_places_are_said_to_be_moved(got, want, said):
    assert said in difference(got, want)
