"""Right answers to question 4."""

import math

import numpy as np

from checks.mutants.a2_bptt.given import cubes, squared_loss  # noqa: F401 (called by name)
from examiner.answers import right


def moved(weights, name, place, by):
    """Return a copy of the weights with one number, or several, moved."""
    W = weights[name].copy()
    W[place] += by
    return {**weights, name: W}


def central(loss, weights, name, eps):
    """Return the central differences of one array."""
    n = np.zeros(weights[name].shape)
    for place in np.ndindex(n.shape):
        above = loss(moved(weights, name, place, eps))
        n[place] = (above - loss(moved(weights, name, place, -eps))) / (2 * eps)
    return n


def error(g, n):
    """Return how far two arrays are apart, by their sizes."""
    size = np.linalg.norm(g) + np.linalg.norm(n)
    return np.linalg.norm(g - n) / size if size else 0.0


def compare(loss, weights, grads, eps, measure=error, differences=central):
    """Apply a measure to each array and its differences."""
    return {
        name: measure(grads[name], differences(loss, weights, name, eps))
        for name in weights
    }


@right("gradient_check", "copy")
def gradient_check_copy(loss, weights, grads, eps):
    """Work on copies."""
    return compare(loss, weights, grads, eps)


@right("gradient_check", "loop")
def gradient_check_loop(loss, weights, grads, eps):
    """Move the numbers in place, and put the old ones back."""
    errors = {}
    for name, W in weights.items():
        flat, g = W.reshape(-1), np.asarray(grads[name]).reshape(-1)
        gap = gs = ns = 0.0
        for i in range(len(flat)):
            old = flat[i]
            flat[i] = old + eps
            n = loss(weights)
            flat[i] = old - eps
            n = (n - loss(weights)) / 2 / eps
            flat[i] = old
            gap, gs, ns = gap + (g[i] - n) ** 2, gs + g[i] ** 2, ns + n**2
        both = math.sqrt(gs) + math.sqrt(ns)
        errors[name] = math.sqrt(gap) / both if both > 0 else 0
    return errors


@right("gradient_check", "directions")
def gradient_check_directions(loss, weights, grads, eps):
    """Move along the rows of an identity matrix."""

    def differences(loss, weights, name, eps):
        W = weights[name]
        steps = eps * np.eye(W.size).reshape(-1, *W.shape)
        pairs = [({**weights, name: W + s}, {**weights, name: W - s}) for s in steps]
        slopes = [(loss(up) - loss(down)) / (2 * eps) for up, down in pairs]
        return np.array(slopes).reshape(W.shape)

    return compare(loss, weights, grads, eps, differences=differences)
