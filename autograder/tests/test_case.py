"""What a single case asks, and what it leaves to others."""

import numpy as np
import pytest

from examiner import ask
from examiner.check import Case, check


def reasons_of(cases, fn):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("examiner.check.answers_to", lambda *names: [])
        return check(points=1)(cases).examine(fn, seed=1).reasons


@pytest.mark.parametrize("got", [(1, 2), (None, 2), ("anything", 2.0)])
def test_a_part_that_is_not_asked_for_is_not_looked_at(got):
    def second(rng):
        """Return 2 as second."""
        parts = ("one", "two")
        yield Case(name="it", args={}, want=(..., 2), points=1, parts=parts)

    assert reasons_of(second, lambda: got) == []
    assert reasons_of(second, lambda: (1, 3)) == ["for it, `two` is not right."]


@pytest.mark.parametrize("free", [True, False])
def test_a_case_may_leave_the_arguments_to_another_one(free):
    def same(rng):
        """Return x."""
        x = np.ones(3)
        yield Case(name="it", args={"x": x}, want=x, points=1, may_change=free)

    def spoils(x):
        result = x.copy()
        x += 1
        return result

    assert (reasons_of(same, spoils) == []) is free


def test_a_function_that_must_work_by_hand_is_told_so():
    def slope(rng):
        """Return the slope of x²."""
        verb = ask.call_by_hand
        yield Case(name="it", args={"x": 3.0}, want=6.0, points=1, verb=verb)

    def lazy(x):
        return x.backward()

    said = "for it, `.backward` lets autograd do the work."
    assert reasons_of(slope, lazy) == [said]
    assert reasons_of(slope, lambda x: 2 * x) == []
