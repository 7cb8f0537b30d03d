"""Compare two results, and check a gradient by central differences.

Arrays are NumPy arrays or tensors. NaN equals nothing, not even NaN: an oracle that
returns it is broken.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from throughtime.errors import KindError
from throughtime.shapes import Array, to_numpy


def assert_close(
    got: Any,
    want: Any,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    name: str = "result",
) -> None:
    r"""Raise unless two arrays have one shape and nearly the same numbers.

    .. math:: |got - want| \le atol + rtol \, |want|

    Args:
        got: What was computed.
        want: What an oracle says.
        rtol: Difference allowed, as a part of ``want``.
        atol: Difference allowed where ``want`` is 0.
        name: What the message calls the result.

    Raises:
        AssertionError: With the shapes, the dtypes, how many entries differ, the
            largest difference and where it is.
    """
    a, b = to_numpy(got), to_numpy(want)
    if a.shape != b.shape:
        raise AssertionError(f"{name} has shape {a.shape}; wanted {b.shape}.")
    with np.errstate(invalid="ignore"):  # inf - inf is dealt with in the next line
        gap = np.where(a == b, 0.0, np.abs(np.subtract(a, b, dtype=float)))
    # Written as "not <=" so that a NaN counts as different.
    wrong = ~(gap <= atol + rtol * np.abs(np.where(np.isfinite(b), b, 0)))
    if not wrong.any():
        return
    worst = np.unravel_index(np.argmax(np.where(np.isnan(gap), np.inf, gap)), a.shape)
    place = tuple(int(i) for i in worst)
    raise AssertionError(
        f"{name}: {wrong.sum()} of {wrong.size} entries differ by more than "
        f"{atol:g} + {rtol:g} * |wanted|. The worst is at {place}: "
        f"{a[worst]!s}, wanted {b[worst]!s}, difference {gap[worst]:.3g}. "
        f"Shape {a.shape}; dtype {a.dtype}, wanted {b.dtype}."
    )


def numerical_gradient(f: Callable[[Array], Any], x: Array, h: float = 1e-5) -> Array:
    r"""Return the gradient of a scalar function by central differences.

    .. math:: \partial f / \partial x_i \approx (f(x + h e_i) - f(x - h e_i)) / 2h

    The error is about h² f''' / 6 from the series cut off, and 1e-16 f / h from
    rounding.

    Args:
        f: Takes an array like ``x``; returns one number.
        x: Where, float64, any shape; left as it is.
        h: Half the distance of the two points.

    Returns:
        An array like ``x``.

    Raises:
        KindError: ``x`` is not float64.

    >>> numerical_gradient(lambda x: (x**3).sum(), np.array([1.0, 2.0])).round(6)
    array([ 3., 12.])
    """
    at = to_numpy(x).copy()
    if at.dtype != np.float64:
        raise KindError(
            f"x holds {x.dtype}; wanted float64, as a difference of two near numbers "
            "loses half of the digits. Try x.astype(float) or x.double()."
        )
    gradient = np.empty_like(at)
    for i in np.ndindex(at.shape):
        value = at[i]
        at[i] = value + h
        above = float(f(_like(x, at)))
        at[i] = value - h
        below = float(f(_like(x, at)))
        at[i] = value
        gradient[i] = (above - below) / (2 * h)
    return _like(x, gradient)


def check_gradient(
    f: Callable[[Array], Any],
    df: Callable[[Array], Array],
    x: Array,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    name: str = "gradient",
) -> None:
    r"""Raise unless df(x) is the gradient of f at x, by central differences.

    Args:
        f: Takes an array like ``x``; returns one number.
        df: Takes an array like ``x``; returns its gradient, of the same shape.
        x: Where, float64.
        rtol: As in :func:`assert_close`.
        atol: As in :func:`assert_close`.
        name: What the message calls the result.

    Raises:
        AssertionError: They differ.
        KindError: ``x`` is not float64.
    """
    assert_close(df(x), numerical_gradient(f, x), rtol=rtol, atol=atol, name=name)


def _like(x: Array, array: np.ndarray) -> Array:
    """Return a copy of an array, as a tensor on x's device if x is a tensor."""
    if isinstance(x, torch.Tensor):
        return torch.tensor(array, device=x.device)
    return array.copy()
