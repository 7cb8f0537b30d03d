"""Wrong answers to question 5."""

import math

import numpy as np

from checks.mutants.a3_gradients.clipped_step_right import (
    careful,
    clip,
    joint_norm,
    mean,
    move,
)
from examiner.answers import wrong


@wrong("clipped_step", "copied_from_chapter")
def clipped_step_copied(weights, grads, tokens, threshold, rate):
    """This is the chapter's clipping, of gradients that are already means.

    Here they are sums: divide by the tokens first.
    """
    return careful(weights, grads, 1, threshold, rate)


@wrong("clipped_step")
def divided_after_clipping(weights, grads, tokens, threshold, rate):
    """The gradients are clipped first and divided by the tokens afterwards.

    Then long batches are clipped for being long. Divide first.
    """
    norm = joint_norm(grads)
    if not np.isfinite(norm):
        return weights, norm / tokens
    clipped = mean(clip(grads, norm, threshold), tokens)
    return move(weights, clipped, rate), norm / tokens


@wrong("clipped_step")
def root_forgotten(weights, grads, tokens, threshold, rate):
    """The norm lacks its square root.

    Then a longer gradient makes a shorter step: threshold / |g|² instead of threshold /
    |g|.
    """

    def squared(g, norm, threshold):
        return clip(g, norm**2, threshold)

    moved, norm = careful(weights, grads, tokens, threshold, rate, squared)
    return moved, norm**2


@wrong("clipped_step")
def each_array_alone(weights, grads, tokens, threshold, rate):
    """Each array is clipped by its own norm, which turns the step.

    Take one norm over all arrays, and one factor for all.
    """

    def alone(g, norm, threshold):
        return {
            name: clip({name: part}, np.linalg.norm(part), threshold)[name]
            for name, part in g.items()
        }

    return careful(weights, grads, tokens, threshold, rate, alone)


@wrong("clipped_step")
def clipped_by_value(weights, grads, tokens, threshold, rate):
    """Each number is clipped by itself, which turns the step.

    Multiply all numbers by the same factor.
    """

    def by_value(g, norm, threshold):
        return {name: np.clip(part, -threshold, threshold) for name, part in g.items()}

    return careful(weights, grads, tokens, threshold, rate, by_value)


@wrong("clipped_step")
def short_gradients_stretched(weights, grads, tokens, threshold, rate):
    """Short gradients are stretched to the threshold.

    Clip only where the norm is above it.
    """

    def always(g, norm, threshold):
        return {name: part * (threshold / (norm or 1)) for name, part in g.items()}

    return careful(weights, grads, tokens, threshold, rate, always)


@wrong("clipped_step")
def zero_by_zero(weights, grads, tokens, threshold, rate):
    """For a gradient of zeros g / norm is 0 / 0, which is nan.

    Ask first whether the norm is above the threshold, and divide only then.
    """

    def unsafe(g, norm, threshold):
        with np.errstate(invalid="ignore"):
            return {
                name: part / norm * min(norm, threshold) for name, part in g.items()
            }

    return careful(weights, grads, tokens, threshold, rate, unsafe)


@wrong("clipped_step")
def divided_by_zero(weights, grads, tokens, threshold, rate):
    """For a gradient of zeros threshold / norm divides by zero.

    Ask first whether the norm is above the threshold, and divide only then.
    """

    def unsafe(g, norm, threshold):
        factor = min(1, threshold / float(norm))
        return {name: factor * part for name, part in g.items()}

    return careful(weights, grads, tokens, threshold, rate, unsafe)


@wrong("clipped_step")
def nan_spreads(weights, grads, tokens, threshold, rate):
    """A single nan in the gradients has spoilt weights.

    Where the norm is no finite number return the weights as they are.
    """
    g = mean(grads, tokens)
    norm = joint_norm(g)
    return move(weights, clip(g, norm, threshold), rate), norm


@wrong("clipped_step")
def nan_taken_for_zero(weights, grads, tokens, threshold, rate):
    """A nan is replaced by 0 and the step is made all the same.

    Where the norm is no finite number nothing may move.
    """
    clean = {name: np.nan_to_num(g) for name, g in grads.items()}
    return careful(weights, clean, tokens, threshold, rate)


@wrong("clipped_step")
def step_clipped(weights, grads, tokens, threshold, rate):
    """The learning rate comes before the clipping, so the threshold bounds rate * g.

    Clip the gradient; then multiply by the rate.
    """

    def late(g, norm, threshold):
        return clip(g, rate * norm, threshold)

    return careful(weights, grads, tokens, threshold, rate, late)


@wrong("clipped_step")
def uphill(weights, grads, tokens, threshold, rate):
    """The weights move along the gradient, uphill.

    Subtract.
    """
    return careful(weights, grads, tokens, threshold, -rate)


@wrong("clipped_step")
def not_clipped(weights, grads, tokens, threshold, rate):
    """The gradient is not clipped.

    Where its norm is above the threshold, multiply it by threshold / norm.
    """
    return careful(weights, grads, tokens, math.inf, rate)


@wrong("clipped_step")
def long_gradients_skipped(weights, grads, tokens, threshold, rate):
    """A gradient that is too long is thrown away.

    Shorten it to the threshold: its direction is still worth a step.
    """

    def skip(g, norm, threshold):
        return {name: part * (norm <= threshold) for name, part in g.items()}

    return careful(weights, grads, tokens, threshold, rate, skip)


@wrong("clipped_step")
def norm_after_clipping(weights, grads, tokens, threshold, rate):
    """The norm that you return is that after clipping; the one before is wanted."""
    moved, norm = careful(weights, grads, tokens, threshold, rate)
    return moved, min(norm, threshold) if np.isfinite(norm) else norm


@wrong("clipped_step")
def sum_of_norms(weights, grads, tokens, threshold, rate):
    """The norms of the arrays are added.

    The joint norm is the root of the sum of all squares.
    """
    g = mean(grads, tokens)
    norm = sum(np.linalg.norm(part) for part in g.values())
    if not np.isfinite(norm):
        return weights, norm
    return move(weights, clip(g, norm, threshold), rate), norm


@wrong("clipped_step")
def largest_singular_values(weights, grads, tokens, threshold, rate):
    """A matrix counts with its largest singular value, as for ord=2.

    Here all numbers count: the root of the sum of all squares.
    """
    g = mean(grads, tokens)
    parts = [p for p in g.values() if np.isfinite(p).all()]
    norm = np.sqrt(sum(np.linalg.norm(p, ord=2) ** 2 for p in parts))
    if len(parts) < len(g):
        return weights, np.nan
    return move(weights, clip(g, norm, threshold), rate), norm


@wrong("clipped_step")
def only_nan_is_caught(weights, grads, tokens, threshold, rate):
    """An infinite gradient has spoilt weights, too: ask np.isfinite."""
    g = mean(grads, tokens)
    norm = joint_norm(g)
    if np.isnan(norm):
        return weights, norm
    with np.errstate(invalid="ignore"):
        return move(weights, clip(g, norm, threshold), rate), norm
