r"""Predict characters by counting alone: the floor that a network has to go below.

Witten and Bell's interpolation; no pruning, no cache, no higher tricks.
"""

import numpy as np

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.text.vocabulary import Vocabulary


def ngram_floors(train: str, test: str, order: int = 6) -> tuple[float, ...]:
    r"""Return the test text's loss under n-grams of n = 1 to ``order``.

    .. math::
        p(x \mid c) = \frac{N(c x) + T(c)\, p(x \mid c')}{N(c) + T(c)}

    with N(c x) the times that x followed the n - 1 characters c in ``train``, T(c)
    how many different characters followed them, and c' what remains of c without its
    first. Below n = 1 all characters of both texts are equally likely.

    Args:
        train: The text that is counted.
        test: The text that is predicted, from its character ``order`` on, so that
            each n sees the same characters.
        order: The longest n.

    Returns:
        Mean loss in nats a character for n = 1, 2, ..., ``order``.

    Raises:
        ShapeError: A text shorter than ``order``.
        ThroughTimeError: An order below 1, or so long that a number of 63 bits
            cannot name each n-gram.

    Source:
        Witten and Bell (1991), method C.

    >>> [round(loss, 3) for loss in ngram_floors("abababab", "abab", order=2)]
    [0.693, 0.115]
    """
    V = len(set(train) | set(test))
    _check(train, test, order, V)
    vocabulary = Vocabulary(train + test)
    counted, read = (vocabulary.encode(text).numpy() for text in (train, test))
    p, losses = np.full(len(read), 1 / V), []
    for n in range(1, order + 1):
        p = np.append(p[: n - 1], _sharpen(p[n - 1 :], counted, read, n, V))
        losses.append(float(-np.log(p[order - 1 :]).mean()))
    return tuple(losses)


def _sharpen(
    p: np.ndarray, counted: np.ndarray, read: np.ndarray, n: int, V: int
) -> np.ndarray:
    """Return the probabilities of order n from those of order n - 1."""
    grams, times = np.unique(codes(counted, n, V), return_counts=True)
    contexts, place = np.unique(grams // V, return_inverse=True)
    kinds = np.bincount(place)
    total = np.bincount(place, weights=times)
    wanted = codes(read, n, V)
    N_cx = _look_up(grams, times, wanted)
    N_c, T_c = (_look_up(contexts, counts, wanted // V) for counts in (total, kinds))
    # A context never seen says nothing: its N and T are 0, and p stays.
    seen = N_c > 0
    sharper = (N_cx + T_c * p) / np.where(seen, N_c + T_c, 1)
    return np.where(seen, sharper, p)


def codes(ids: np.ndarray, n: int, V: int) -> np.ndarray:
    r"""Return a number for each n-gram, read as digits in base V."""
    count = len(ids) - n + 1
    codes = np.zeros(count, np.int64)
    for k in range(n):
        codes = codes * V + ids[k : k + count]
    return codes


def _look_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the values of the wanted keys, 0 for one that is not there."""
    place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)


def check_order(order: int, V: int) -> None:
    r"""Check that n-grams of V characters have numbers.

    Raises:
        ThroughTimeError: They have not, or the order is below 1.
    """
    if order < 1 or V**order >= 2**63:
        raise ThroughTimeError(
            f"order is {order} with {V} characters; wanted 1 or more, and "
            "V**order below 2**63. Try order=6."
        )


def _check(train: str, test: str, order: int, V: int) -> None:
    check_order(order, V)
    for name, text in (("train", train), ("test", test)):
        if len(text) < order:
            raise ShapeError(
                f"{name} has {len(text)} characters; wanted {order} or more. Try a "
                "longer text or a smaller order."
            )
