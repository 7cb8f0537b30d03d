"""Wrong answers to question 3."""

import numpy as np

from checks.mutants.a2_bptt.leaky_backward_right import (
    leaky_backward_numpy,
    results,
    slopes,
    walk,
    walk_back,
)
from examiner.answers import wrong


@wrong("leaky_backward", "copied_from_chapter")
def leaky_backward_copied(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """This is the chapter's backward pass, of a network without a leak.

    Here h_t is (1 - alpha) h_prev + alpha tanh(a_t): two paths lead back, and the slope
    of tanh is taken at a_t.
    """
    _, _, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)

    def one_step(t, dh_t):
        da_t = (1 - hs[t] ** 2) * dh_t
        return da_t, W_hh.T @ da_t

    return results(xs, hs_prev, *walk_back(dhs, one_step))


@wrong("leaky_backward")
def leak_forgotten(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The path along the leak is missing.

    h_{t-1} also reaches h_t directly, times 1 - alpha: add (1 - alpha) dh_t to what
    comes back.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)

    def one_step(t, dh_t):
        da_t = alpha * slope[t] * dh_t
        return da_t, W_hh.T @ da_t

    return results(xs, hs_prev, *walk_back(dhs, one_step))


@wrong("leaky_backward")
def alpha_forgotten(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The factor alpha in front of tanh is missing on the way back: da_t is too large.

    da_t = alpha (1 - tanh(a_t)²) dh_t.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)

    def one_step(t, dh_t):
        da_t = slope[t] * dh_t
        return da_t, (1 - alpha) * dh_t + W_hh.T @ da_t

    return results(xs, hs_prev, *walk_back(dhs, one_step))


@wrong("leaky_backward")
def slope_at_the_state(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The slope is taken as 1 - h_t².

    That holds where h_t is tanh(a_t). Here compute a_t again: the slope is 1 -
    tanh(a_t)².
    """
    _, _, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, 1 - hs**2, W_hh.T, alpha))


@wrong("leaky_backward")
def slope_forgotten(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The slope of tanh is missing: da_t = alpha (1 - tanh(a_t)²) dh_t."""
    _, _, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, np.ones(hs.shape), W_hh.T, alpha))


@wrong("leaky_backward")
def tanh_for_its_slope(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """You multiply by tanh(a_t) where its slope belongs.

    What is repeated on the way back is 1 - tanh(a_t)².
    """
    n, _, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, n, W_hh.T, alpha))


@wrong("leaky_backward")
def not_transposed(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The gradient goes back through W_hh instead of its transpose.

    Unit j hears from every unit i that it speaks to: W_hh.T @ da_t.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, slope, W_hh, alpha))


@wrong("leaky_backward")
def nothing_carried_back(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Each state hears from its own loss alone.

    Add what the next step sends back.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    das = alpha * slope * dhs
    dh_0 = (1 - alpha) * dhs[0] + W_hh.T @ das[0]
    return results(xs, hs_prev, das, dh_0)


@wrong("leaky_backward")
def last_loss_only(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Only the loss of the last step is sent back.

    Every state has a loss of its own: add dhs[t] at each step.
    """
    late = np.zeros_like(dhs)
    late[-1] = dhs[-1]
    return leaky_backward_numpy(xs, hs, h_0, late, W_xh, W_hh, b_h, alpha)


@wrong("leaky_backward")
def forward_in_time(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The loop runs from the first step to the last.

    What h_t hears from step t + 1 must be known first: begin with the last.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    das, dh_next = walk(dhs[::-1], slope[::-1], W_hh.T, alpha)
    return results(xs, hs_prev, das[::-1], dh_next)


@wrong("leaky_backward")
def rows_in_reverse(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The copies come in the order in which you met them, the last step first.

    Turn them round: row 0 belongs to the first step.
    """
    *copies, dh_0 = leaky_backward_numpy(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha)
    return *(rows[::-1] for rows in copies), dh_0


@wrong("leaky_backward")
def sums_so_far(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Each row holds the sum of all later steps' copies, too.

    Begin with zeros for each step; who wants the sum takes it afterwards.
    """
    *copies, dh_0 = leaky_backward_numpy(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha)
    return *(rows[::-1].cumsum(axis=0)[::-1] for rows in copies), dh_0


@wrong("leaky_backward")
def summed_over_time(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """This is the gradient of the shared weights, the sum over time.

    Here each step's copy is wanted alone, with time as the first axis.
    """
    *copies, dh_0 = leaky_backward_numpy(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha)
    return *(rows.sum(axis=0) for rows in copies), dh_0


@wrong("leaky_backward")
def new_state_in_the_product(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Your dW_hh pairs da_t with h_t.

    W_hh multiplies the state before the step, h_{t-1}, and that is h_0 for the first.
    """
    _, slope, _ = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs, *walk(dhs, slope, W_hh.T, alpha))


@wrong("leaky_backward")
def start_taken_for_zero(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """The state before the first step is taken as zeros; it is h_0."""
    return leaky_backward_numpy(xs, hs, 0 * h_0, dhs, W_xh, W_hh, b_h, alpha)


@wrong("leaky_backward")
def outer_product_turned(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Your dW_hh is transposed.

    W_hh[i, j] leads from unit j to unit i, so its gradient is da_t[i] times
    h_{t-1}[j]: np.outer(da_t, h_prev).
    """
    dW_xh, dW_hh, *rest = leaky_backward_numpy(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha)
    return dW_xh, dW_hh.swapaxes(1, 2), *rest


@wrong("leaky_backward")
def stops_at_the_first_state(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Your dh_0 is the gradient of h_1.

    Send it back through the first step, too.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    das, _ = walk(dhs, slope, W_hh.T, alpha)
    return results(xs, hs_prev, das, das[0] / (alpha * slope[0]))


@wrong("leaky_backward")
def weights_move_on_the_way(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """You add to W_hh itself while you go back.

    It is the gradient that is added to; the weights stay fixed during the whole pass.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)

    def one_step(t, dh_t):
        nonlocal W_hh
        da_t = alpha * slope[t] * dh_t
        back = (1 - alpha) * dh_t + W_hh.T @ da_t
        W_hh += np.outer(da_t, hs_prev[t])
        return da_t, back

    return results(xs, hs_prev, *walk_back(dhs, one_step))
