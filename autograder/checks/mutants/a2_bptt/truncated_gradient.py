"""Wrong answers to question 5."""

import numpy as np

from checks.mutants.a2_bptt.truncated_gradient_right import (
    backward,
    each,
    forward,
    truncated_gradient_cut,
)
from examiner.answers import wrong


@wrong("truncated_gradient", "copied_from_chapter")
def truncated_gradient_copied(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """This is the chapter's network, with tanh.

    Here the units are logistic, with the slope h (1 - h).
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h, np.tanh)
    return hs[-1], backward(hs, dhs, W_hh, each(length), 1 - hs[1:] ** 2)


@wrong("truncated_gradient")
def slope_of_tanh(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The states are right, but the slope is that of tanh, 1 - h².

    The logistic function has the slope h (1 - h).
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, each(length), 1 - hs[1:] ** 2)


@wrong("truncated_gradient")
def state_reset(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Each window starts from h_0 again.

    The state goes on: a window starts from the last state of the one before.
    """
    dW_hh = 0
    for t in range(0, len(xs), length):
        window = slice(t, t + length)
        hs = forward(xs[window], h_0, W_xh, W_hh, b_h)
        dW_hh = dW_hh + backward(hs, dhs[window], W_hh, each(length))
    return hs[-1], dW_hh


@wrong("truncated_gradient")
def state_zeroed(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Each window but the first starts from zeros.

    The state goes on: a window starts from the last state of the one before.
    """
    dW_hh, start = 0, h_0
    for t in range(0, len(xs), length):
        window = slice(t, t + length)
        hs = forward(xs[window], start, W_xh, W_hh, b_h)
        dW_hh, start = dW_hh + backward(hs, dhs[window], W_hh, each(length)), 0 * h_0
    return hs[-1], dW_hh


@wrong("truncated_gradient")
def border_taken_for_zero(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The first step of each window gives W_hh nothing.

    The state that came over the border is a constant, but it is not 0: da_t times that
    state still counts.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    h_T = hs[-1].copy()
    slopes = hs[1:] * (1 - hs[1:])
    hs[::length] = 0
    return h_T, backward(hs, dhs, W_hh, each(length), slopes)


@wrong("truncated_gradient")
def not_cut(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """This is the gradient of the whole sequence: it is never cut.

    Nothing may come back from the first step of a window to the step before it.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: False)


@wrong("truncated_gradient")
def always_cut(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The gradient is cut at every step.

    Inside a window it flows back from step to step.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: True)


@wrong("truncated_gradient")
def cut_one_step_early(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The cut lies one step too early.

    Counted from 0, a window begins where t is a multiple of length; cut between that
    step and the one before it.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: (t + 1) % length == 0)


@wrong("truncated_gradient")
def cut_one_step_late(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The cut lies one step too late.

    Counted from 0, a window begins where t is a multiple of length; cut between that
    step and the one before it.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: t > 1 and (t - 1) % length == 0)


@wrong("truncated_gradient")
def windows_from_the_end(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The windows are counted from the end of the sequence.

    Begin with the first step; if one is shorter, it is the last.
    """
    hs, T = forward(xs, h_0, W_xh, W_hh, b_h), len(xs)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: (T - t) % length == 0)


@wrong("truncated_gradient")
def short_window_dropped(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The last window is dropped because it is shorter than the others.

    Its steps count, too.
    """
    T = len(xs) - len(xs) % length
    hs = forward(xs[:T], h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs[:T], W_hh, each(length)) + np.zeros(W_hh.shape)


@wrong("truncated_gradient")
def always_as_many_steps(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Each loss reaches back by the same number of steps.

    With windows the j-th loss reaches back only to the first step of its own window.
    """
    hs, dW_hh = forward(xs, h_0, W_xh, W_hh, b_h), 0
    for t in range(len(xs)):
        first = max(0, t + 1 - length)
        own = np.zeros_like(dhs[first : t + 1])
        own[-1] = dhs[t]
        part = backward(hs[first : t + 2], own, W_hh, lambda t: False)
        dW_hh = dW_hh + part
    return hs[-1], dW_hh


@wrong("truncated_gradient")
def last_loss_of_each_window(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Only the last loss of each window is sent back.

    Every step has its loss: add dhs[t] at each of them.
    """
    kept = np.array([(t + 1) % length == 0 or t == len(xs) - 1 for t in range(len(xs))])
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs * kept[:, None], W_hh, each(length))


@wrong("truncated_gradient")
def last_window_only(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Your dW_hh holds the last window alone.

    Set it to zeros once, before the first window, and add to it in each.
    """
    first = (len(xs) - 1) // length * length
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs[first:], dhs[first:], W_hh, each(length))


@wrong("truncated_gradient")
def mean_over_windows(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The windows' gradients are averaged; their sum is wanted."""
    h_T, dW_hh = truncated_gradient_cut(xs, dhs, h_0, W_xh, W_hh, b_h, length)
    return h_T, dW_hh / -(-len(xs) // length)


@wrong("truncated_gradient")
def not_transposed(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """The gradient goes back through W_hh instead of its transpose.

    Unit j hears from every unit i that it speaks to: W_hh.T @ da_t.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh.T, each(length))


@wrong("truncated_gradient")
def new_state_in_the_product(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Your dW_hh pairs da_t with h_t.

    W_hh multiplies the state before the step, h_{t-1}, and that is h_0 for the first.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    slopes = hs[1:] * (1 - hs[1:])
    return hs[-1], backward(hs[1:], dhs, W_hh, each(length), slopes)


@wrong("truncated_gradient")
def logistic_overflows(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """For a large pre-activation e^a is inf, and inf / inf is nan.

    Write it as 1 / (1 + e^-a): there the overflow ends in 1 / inf, which is 0.
    """

    def f(a):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(a) / (1 + np.exp(a))

    hs = forward(xs, h_0, W_xh, W_hh, b_h, f)
    return hs[-1], backward(hs, dhs, W_hh, each(length))
