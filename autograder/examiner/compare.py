"""Say in one sentence how a value differs from the wanted one.

Both values are plain data (:mod:`examiner.plain`). The sentence's subject is put in
front by :func:`said_of`: ``the result`` + ``has shape (3,), wanted (4,)``. Where the
difference lies deeper, its place comes first: ``['above'][0] is not right``.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np


def difference(
    got: Any, want: Any, rtol: float = 1e-6, atol: float = 1e-9
) -> str | None:
    """Return how ``got`` differs from ``want``, or None if it does not.

    A torch tensor or a list of numbers counts as the array that it holds, a list of
    other things as a tuple; a number may come as a Python, NumPy or torch scalar, and
    a whole number as a float. NaN equals NaN. What is wanted as ``...`` is not looked
    at.

    Args:
        got: The value that came.
        want: The value that was wanted; its type says how to compare.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
    """
    if want is ...:
        return None
    got, want = _as_numpy(got), _as_numpy(want)
    if got is None and want is not None:
        return "is None: does the function end with `return`?"
    if isinstance(want, dict):
        return _dict_difference(got, want, rtol, atol)
    if isinstance(want, list | tuple):
        return _sequence_difference(got, want, rtol, atol)
    if isinstance(want, np.ndarray):
        return _array_difference(got, want, rtol, atol)
    if _is_number(want):
        return _number_difference(got, want, rtol, atol)
    if type(got) is not type(want) or got != want:
        return f"is {_brief(got)}, wanted {_brief(want)}"
    return None


def said_of(subject: str, differs: str) -> str:
    """Put the subject in front of a difference.

    Args:
        subject: ``the result``, or a name in backquotes.
        differs: What :func:`difference` returned.
    """
    place, rest = _PLACE.fullmatch(differs).groups()
    if not place:
        return f"{subject} {rest}"
    name = "result" if subject == "the result" else subject.strip("`")
    return f"`{name}{place}` {rest}"


# The keys are a check's own, so no text of a student's is taken for a place.
_PLACE = re.compile(r"((?:\[(?:'[^']*'|\d+)\])*) ?(.*)", flags=re.DOTALL)


def members(value: Any, parts: tuple[str, ...]) -> tuple[Any, ...] | str:
    """Return the members of a value that shall have some, or say what it is instead.

    Args:
        value: A tuple or a list; or an array, which counts as its rows.
        parts: The names of the members.
    """
    if value is None:
        return "is None: does the function end with `return`?"
    if isinstance(value, list | tuple) and len(value) == len(parts):
        return tuple(value)
    value = _as_numpy(value)
    if isinstance(value, np.ndarray) and len(value) == len(parts):
        return tuple(value)
    kind = f"is {_brief(value)}".replace("is an array", "is one array")
    *first, last = (f"`{name}`" for name in parts)
    count = {2: "two", 3: "three", 4: "four"}.get(len(parts), len(parts))
    return f"{kind}, wanted {count} things, {', '.join(first)} and {last}"


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are the same answer: the same shapes and numbers.

    A tuple of arrays of one shape is the same as a list of them, or their stack.
    """
    return _shapes(one) == _shapes(other) and difference(one, other) is None


def _shapes(value: Any) -> Any:
    value = _as_numpy(list(value) if isinstance(value, tuple) else value)
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shapes(item) for item in value]
    if _is_number(value) or isinstance(value, np.ndarray):
        return np.shape(value)
    return type(value).__name__


def _as_numpy(value: Any) -> Any:
    """Return tensors and lists of numbers as arrays, and 0-d arrays as scalars."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().resolve_conj().resolve_neg().numpy()
    if isinstance(value, list):
        value = _as_array(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return value[()]
    return value


def _as_array(value: list | tuple) -> Any:
    """Return a list of numbers, nested or not, as an array; others as they are."""
    try:
        array = np.array([_as_numpy(item) for item in value])
    except ValueError:  # parts of different shapes
        return value
    return array if array.dtype.kind in "biuf" else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple | set | dict):
        return f"a {type(value).__name__} of length {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _dict_difference(got: Any, want: dict, rtol: float, atol: float) -> str | None:
    if not isinstance(got, dict):
        return f"is {_brief(got)}, wanted a dict with the keys {sorted(want)}"
    if missing := [key for key in want if key not in got]:
        return f"lacks the key {missing[0]!r}"
    if extra := [key for key in got if key not in want]:
        return f"has the key {extra[0]!r}, which is not wanted"
    parts = ((f"[{key!r}]", got[key], want[key]) for key in want)
    return _first_difference(parts, rtol, atol)


def _sequence_difference(
    got: Any, want: list | tuple, rtol: float, atol: float
) -> str | None:
    if isinstance(got, np.ndarray):
        got = tuple(got)
    if not isinstance(got, list | tuple):
        return f"is {_brief(got)}, wanted {len(want)} values in a tuple"
    if len(got) != len(want):
        return f"has {len(got)} values, wanted {len(want)}"
    parts = ((f"[{i}]", got[i], want[i]) for i in range(len(want)))
    return _first_difference(parts, rtol, atol)


def _first_difference(
    parts: Iterable[tuple[str, Any, Any]], rtol: float, atol: float
) -> str | None:
    for place, got, want in parts:
        if reason := difference(got, want, rtol, atol):
            return f"{place}{reason}" if reason[0] == "[" else f"{place} {reason}"
    return None


def _number_difference(got: Any, want: Any, rtol: float, atol: float) -> str | None:
    if not _is_number(got):
        return f"is {_brief(got)}, wanted a number"
    if np.isnan(got) and not np.isnan(want):
        return "is nan"
    if isinstance(want, int | np.integer):
        return None if got == want else "is not right"
    if np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True):
        return None
    return f"is off by {abs(float(got) - float(want)):.3g}"


def _array_difference(
    got: Any, want: np.ndarray, rtol: float, atol: float
) -> str | None:
    if isinstance(got, tuple):
        got = _as_array(got)
    if not isinstance(got, np.ndarray):
        return f"is {_brief(got)}, wanted an array of shape {want.shape}"
    if got.shape != want.shape:
        return _shape_difference(got, want)
    if got.dtype.kind not in "biufc":
        return f"holds {got.dtype}, wanted numbers"
    close = np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    return None if close.all() else _number_differences(got, want, close)


def _number_differences(got: np.ndarray, want: np.ndarray, close: np.ndarray) -> str:
    """Say where two arrays of one shape differ, and by how much."""
    if want.dtype.kind == "f" and got.dtype.kind in "biu":
        return f"holds {got.dtype}, wanted floats: whole numbers lose the fractions"
    if lost := np.argwhere(np.isnan(got) & ~np.isnan(want)).tolist():
        return f"is nan at {lost[0]}"
    if moved := _moved(got, want):
        return moved
    count = f"is off at {int((~close).sum())} of {close.size} numbers"
    if want.dtype.kind in "biu":
        return f"{count}, first at {np.argwhere(~close).tolist()[0]}"
    with np.errstate(invalid="ignore"):
        gap = np.where(close, 0.0, np.abs(got - want))
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return f"{count}, by up to {gap[worst]:.3g}, at {[int(i) for i in worst]}"


def _moved(got: np.ndarray, want: np.ndarray) -> str | None:
    """Say so when the numbers are right and stand at other places."""
    if got.dtype.kind not in "iufc" or got.ndim == 0 or len(got) < 3:
        return None
    shown = "along the first axis: is a time index off by one?"
    # Constant values would stand right at any place.
    if _varies(want) and _same(got[1:], want[:-1]):
        return f"comes one step too late {shown}"
    if _varies(want) and _same(got[:-1], want[1:]):
        return f"comes one step too early {shown}"
    square = got.ndim >= 2 and got.shape[0] == got.shape[1]
    if square and _same(got.swapaxes(0, 1), want):
        return "has the first two axes swapped"
    if _varies(want) and _same(got[::-1], want):
        return "is in reverse order along the first axis"
    return None


def _varies(want: np.ndarray) -> bool:
    return not _same(want[1:], want[:-1])


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True))


def _shape_difference(got: np.ndarray, want: np.ndarray) -> str:
    text = f"has shape {got.shape}, wanted {want.shape}"
    swapped = got.ndim >= 2 and got.swapaxes(0, 1).shape == want.shape
    return text + (": are the first two axes swapped?" if swapped else "")
