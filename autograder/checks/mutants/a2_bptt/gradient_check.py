"""Wrong answers to question 4."""

import numpy as np

from checks.mutants.a2_bptt.given import cubes, squared_loss  # noqa: F401 (called by name)
from checks.mutants.a2_bptt.gradient_check_right import central, compare, error, moved
from examiner.answers import wrong


@wrong("gradient_check", "copied_from_chapter")
def gradient_check_copied(loss, weights, grads, eps):
    """These are the differences themselves, as the chapter computes them.

    One number for each array is wanted: how far they are from grads, by their sizes.
    """
    return {name: central(loss, weights, name, eps) for name in weights}


@wrong("gradient_check")
def absolute_error(loss, weights, grads, eps):
    """The error is absolute, so it grows with the gradient.

    Divide it by the sum of the two norms.
    """
    return compare(loss, weights, grads, eps, lambda g, n: np.linalg.norm(g - n))


@wrong("gradient_check")
def divided_by_one_norm(loss, weights, grads, eps):
    """The error is divided by the norm of the differences alone.

    Divide it by the sum of both norms: then 1 means opposite.
    """

    def measure(g, n):
        size = np.linalg.norm(n)
        return np.linalg.norm(g - n) / size if size else 0.0

    return compare(loss, weights, grads, eps, measure)


@wrong("gradient_check")
def squares_without_a_root(loss, weights, grads, eps):
    """The norms lack their square roots.

    |g| is the root of the sum of the squares, np.linalg.norm(g).
    """

    def measure(g, n):
        size = np.sum(g * g) + np.sum(n * n)
        return np.sum((g - n) ** 2) / size if size else 0.0

    return compare(loss, weights, grads, eps, measure)


@wrong("gradient_check")
def norms_compared(loss, weights, grads, eps):
    """Only the lengths of the two arrays are compared.

    A gradient with the wrong sign is as long as the right one: take the norm of g - n.
    """

    def measure(g, n):
        size = np.linalg.norm(g) + np.linalg.norm(n)
        return abs(np.linalg.norm(g) - np.linalg.norm(n)) / size if size else 0.0

    return compare(loss, weights, grads, eps, measure)


@wrong("gradient_check")
def largest_number_taken(loss, weights, grads, eps):
    """The error is the largest one of a single number.

    Take the norms of the whole arrays.
    """

    def measure(g, n):
        sizes = np.abs(g) + np.abs(n)
        return np.max(np.abs(g - n) / np.where(sizes > 0, sizes, 1))

    return compare(loss, weights, grads, eps, measure)


@wrong("gradient_check")
def zero_by_zero(loss, weights, grads, eps):
    """Where both arrays are all zeros, 0 / 0 is nan.

    Nothing is wrong there: the error is 0.
    """

    def measure(g, n):
        with np.errstate(invalid="ignore"):
            return np.linalg.norm(g - n) / (np.linalg.norm(g) + np.linalg.norm(n))

    return compare(loss, weights, grads, eps, measure)


@wrong("gradient_check")
def one_sided(loss, weights, grads, eps):
    """The differences are one-sided, so they are off by about eps.

    Move each number down as well, and divide by 2 eps.
    """

    def differences(loss, weights, name, eps):
        n = np.zeros(weights[name].shape)
        for place in np.ndindex(n.shape):
            n[place] = (loss(moved(weights, name, place, eps)) - loss(weights)) / eps
        return n

    return compare(loss, weights, grads, eps, differences=differences)


@wrong("gradient_check")
def divided_by_eps(loss, weights, grads, eps):
    """The differences are twice too large.

    From eps below to eps above is a way of 2 eps: divide by that.
    """
    return compare(
        loss, weights, grads, eps, differences=lambda *args: 2 * central(*args)
    )


@wrong("gradient_check")
def whole_array_moved(loss, weights, grads, eps):
    """All numbers of an array are moved at once.

    That gives the sum of their derivatives. Move one number at a time.
    """

    def differences(loss, weights, name, eps):
        above = loss(moved(weights, name, ..., eps))
        slope = (above - loss(moved(weights, name, ..., -eps))) / (2 * eps)
        return np.full(weights[name].shape, slope)

    return compare(loss, weights, grads, eps, differences=differences)


@wrong("gradient_check")
def whole_row_moved(loss, weights, grads, eps):
    """A whole row of a matrix is moved at once.

    W[i] is a row: go over both axes, for example with np.ndindex(W.shape).
    """

    def differences(loss, weights, name, eps):
        n = np.zeros(weights[name].shape)
        for i in range(len(n)):
            above = loss(moved(weights, name, i, eps))
            n[i] = (above - loss(moved(weights, name, i, -eps))) / (2 * eps)
        return n

    return compare(loss, weights, grads, eps, differences=differences)


@wrong("gradient_check")
def not_put_back(loss, weights, grads, eps):
    """A number that was moved is not put back.

    The next one is then tried at other weights, and the caller's weights change.
    """

    def differences(loss, weights, name, eps):
        n, W = np.zeros(weights[name].shape), weights[name]
        for place in np.ndindex(n.shape):
            W[place] += eps
            above = loss(weights)
            W[place] -= 2 * eps
            n[place] = (above - loss(weights)) / (2 * eps)
        return n

    return compare(loss, weights, grads, eps, differences=differences)


@wrong("gradient_check")
def put_back_by_adding(loss, weights, grads, eps):
    """The errors are right, but the weights are not quite what they were.

    Adding eps, subtracting 2 eps and adding eps again rounds three times. Keep the old
    number and put it back.
    """

    def differences(loss, weights, name, eps):
        n, W = np.zeros(weights[name].shape), weights[name]
        for place in np.ndindex(n.shape):
            W[place] += eps
            above = loss(weights)
            W[place] -= 2 * eps
            n[place] = (above - loss(weights)) / (2 * eps)
            W[place] += eps
        return n

    return compare(loss, weights, grads, eps, differences=differences)


@wrong("gradient_check")
def single_precision(loss, weights, grads, eps):
    """The differences are computed in float32, and noise drowns them.

    The difference of two near numbers loses digits: stay in float64.
    """
    return compare(
        lambda w: np.float32(loss(w)),
        {name: W.astype(np.float32) for name, W in weights.items()},
        grads,
        eps,
    )


@wrong("gradient_check")
def one_error_for_all(loss, weights, grads, eps):
    """There is one error for all arrays together.

    Keep them apart, by name: that is how the check tells where the bug is.
    """
    g = np.concatenate([np.ravel(grads[name]) for name in weights])
    n = [np.ravel(central(loss, weights, name, eps)) for name in weights]
    return error(g, np.concatenate(n))


@wrong("gradient_check")
def largest_numbers_for_norms(loss, weights, grads, eps):
    """The norms are the largest absolute values of the arrays.

    |g| is the root of the sum of all squares, np.linalg.norm(g).
    """

    def measure(g, n):
        size = np.max(np.abs(g)) + np.max(np.abs(n))
        return np.max(np.abs(g - n)) / size if size else 0.0

    return compare(loss, weights, grads, eps, measure)
