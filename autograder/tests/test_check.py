import sys
import types

import numpy as np
import pytest

from examiner.answers import right, wrong
from examiner.check import Case, check
from examiner.errors import GraderFault, Mismatch
from examiner.seed import VARIABLE, ensure_seed_file, generator, hidden_seed


def make_check(monkeypatch, *answers):
    """Return a check of ``double``, and the known answers to it, as a course has."""

    @check(points=3)
    def double(rng):
        """`double(x)` returns twice x."""
        x = rng.normal(size=(3, 2))
        yield Case(name="a scalar", args={"x": 2.0}, want=4.0, points=1)
        yield Case(name="an array", args={"x": x}, want=x + x, points=2)

    home = types.ModuleType("made_up.mutants.double")
    for answer in answers:
        setattr(home, answer.__name__, answer)
    double.cases.__module__ = "made_up.double"
    for name in ("made_up", "made_up.mutants"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, home.__name__, home)
    return double


@wrong("double")
def squared(x):
    """x times x is not x plus x."""
    return x * x


@wrong("double")
def in_place(x):
    """The argument is changed: work on a copy."""
    x += x
    return x


@wrong("double")
def also_squared(x):
    """Another name for the same fault."""
    return x**2


@right("double")
def shifted(x):
    return x + x


@pytest.fixture
def double(monkeypatch):
    return make_check(monkeypatch, squared, in_place, shifted)


def test_a_right_answer_earns_full_points_and_says_nothing(double):
    result = double.examine(lambda x: 2 * x, seed=1)
    assert (result.points, result.reasons, result.hint) == (3, [], "")


def test_points_are_awarded_by_case(double):
    result = double.examine(lambda x: 4.0, seed=1)
    assert result.points == 1
    assert result.reasons == [
        "for an array, the result is 4.0, wanted an array of shape (3, 2)."
    ]


def test_a_known_mistake_is_named_when_it_explains_everything(double):
    result = double.examine(lambda x: x * x, seed=1)
    assert result.mistake == "squared"
    assert "Likely cause: x times x is not x plus x." in result.text


def test_a_mistake_that_explains_only_some_cases_is_not_named(double):
    result = double.examine(lambda x: x * x if np.ndim(x) else 3 * x, seed=1)
    assert result.mistake == ""


def test_two_mistakes_that_explain_everything_are_not_named(monkeypatch):
    double = make_check(monkeypatch, squared, also_squared)
    assert double.examine(lambda x: x * x, seed=1).hint == ""


def test_an_argument_changed_in_place_is_seen(double):
    def sneaky(x):
        x *= 2
        return x

    result = double.examine(sneaky, seed=1)
    assert result.points == 1
    assert "the argument `x` was changed in place" in result.reasons[0]
    assert result.mistake == "in_place"


def test_a_small_change_in_place_is_seen_too(double):
    def sneaky(x):
        result = x + x
        x *= 1 + 1e-12
        return result

    assert "changed in place" in double.examine(sneaky, seed=1).reasons[0]


def test_a_part_of_a_result_is_called_by_its_name():
    @check(points=1)
    def pair(rng):
        """Return 1 and 2."""
        parts = ("one", "two")
        yield Case(name="it", args={}, want=(1, 2), points=1, parts=parts)

    def reasons(value):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("examiner.check.answers_to", lambda *names: [])
            return pair.examine(lambda: value, seed=1).reasons

    assert reasons((1, 3)) == ["for it, `two` is not right."]
    assert reasons(np.array([1, 2])) == []
    wanted = "wanted two things, `one` and `two`."
    assert reasons((1,)) == [f"for it, the result is a tuple of length 1, {wanted}"]
    one = "for it, the result is one array of shape (4, 4)"
    assert reasons(np.eye(4)) == reasons(np.eye(4).tolist()) == [f"{one}, {wanted}"]
    assert reasons({"a": 1}) == [f"for it, the result is a dict of length 1, {wanted}"]
    assert reasons(7) == [f"for it, the result is 7, {wanted}"]
    ended = "does the function end with `return`?"
    assert reasons(None) == [f"for it, the result is None: {ended}"]
    assert reasons((1, 2)) == []


def test_an_unwritten_function_is_not_diagnosed(double):
    def unwritten(x):
        raise NotImplementedError

    result = double.examine(unwritten, seed=1)
    assert result.points == 0
    assert result.reasons[0] == "for a scalar, the function is not written yet."
    assert result.hint == ""


def test_what_student_code_raises_is_said(double):
    result = double.examine(lambda x: x / None, seed=1)
    assert "it raised TypeError: unsupported operand" in result.reasons[0]


def test_a_mistake_that_raises_is_named_only_for_the_same_error(monkeypatch):
    @wrong("double")
    def text(x):
        """Numbers are added, not joined."""
        return x + "x"

    double = make_check(monkeypatch, text)
    assert double.examine(lambda x: x + "x", seed=1).mistake == "text"
    assert double.examine(lambda x: x + None, seed=1).mistake == ""


def test_an_object_that_equals_everything_earns_nothing(double):
    class Yes:
        def __eq__(self, other):
            return True

        __hash__ = None

    result = double.examine(lambda x: Yes(), seed=1)
    assert result.points == 0
    assert "a value of type Yes, which is not plain data" in result.reasons[0]


def test_the_last_line_of_a_cell_follows_nbgraders_convention(double, monkeypatch):
    monkeypatch.setattr("examiner.seed.hidden_seed", lambda: 5)
    assert double(lambda x: x + x) is None
    assert double(lambda x: 4.0) == 1.0
    with pytest.raises(Mismatch, match="double: 0 of 3 points, 0 of 2 cases right"):
        double(lambda x: None)


def test_a_notebook_shows_no_line_of_the_checks_source():
    assert Mismatch("two\nlines")._render_traceback_() == ["two", "lines"]


def test_a_check_that_breaks_is_not_the_students_fault():
    @check(points=1)
    def broken(rng):
        """Break."""
        yield Case(name="?", args={}, want=1 / 0, points=1)

    with pytest.raises(GraderFault, match=r"division by zero.*not the student's"):
        broken.examine(lambda: 1, seed=1)


def test_cases_must_add_up_to_the_points():
    @check(points=5)
    def short(rng):
        """Lack points."""
        yield Case(name="?", args={}, want=1, points=1)

    with pytest.raises(GraderFault, match="its cases have 1 points of 5"):
        short.examine(lambda: 1, seed=1)


def test_inputs_follow_from_the_seed_and_the_name():
    def first(*args):
        return generator(*args).normal()

    assert first("a", 1) == first("a", 1)
    assert first("a", 1) != first("a", 2)
    assert first("a", 1) != first("b", 1)


def test_the_seed_file_is_made_once_and_kept_private(tmp_path, monkeypatch):
    file = ensure_seed_file(tmp_path / "seed")
    text = file.read_text()
    assert ensure_seed_file(file).read_text() == text
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setenv(VARIABLE, str(file))
    assert hidden_seed() == int(text)


@pytest.mark.parametrize("content", [None, "", "not a number"])
def test_without_a_seed_nothing_is_graded(tmp_path, monkeypatch, content):
    file = tmp_path / "seed"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv(VARIABLE, str(file))
    with pytest.raises(GraderFault, match="wanted the path of a file with one whole"):
        hidden_seed()
