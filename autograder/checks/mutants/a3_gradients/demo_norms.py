"""Answers to question 1."""

import numpy as np
import torch

from examiner.answers import right, wrong


def forward(W_hh, h_0, T, slope):
    """Return the pre-activations a_1 to a_T, and the states h_0 to h_T."""
    pre, hs = [], [h_0]
    for _ in range(T):
        pre.append(W_hh @ hs[-1])
        hs.append(np.where(pre[-1] > 0, 1, slope) * pre[-1])
    return pre, hs


def backward(W, dh_T, slopes):
    """Return the gradients of h_0 to h_T."""
    dhs = [dh_T]
    for slope_t in reversed(slopes):
        dhs.append(W @ (slope_t * dhs[-1]))
    return np.array(dhs[::-1])


def slopes_of(pre, slope):
    """Return the slope of f at each pre-activation."""
    return [np.where(a_t > 0, 1.0, slope) for a_t in pre]


@wrong("demo_norms", "copied_from_chapter")
def demo_norms_copied(W_hh, h_0, dh_T, T, slope):
    """This is the chapter's demonstration, with ReLU.

    Here a number that is not positive is multiplied by the slope, on both ways.
    """
    return demo_norms_numpy(W_hh, h_0, dh_T, T, 0.0)


@wrong("demo_norms")
def mask_on_the_way_back(W_hh, h_0, dh_T, T, slope):
    """The states are right, but the way back is that of ReLU.

    Where a_t is not positive the gradient is multiplied by the slope, not by 0.
    """
    pre, _ = forward(W_hh, h_0, T, slope)
    return np.linalg.norm(backward(W_hh.T, dh_T, slopes_of(pre, 0.0)), axis=1)


@wrong("demo_norms")
def mask_on_the_way_forward(W_hh, h_0, dh_T, T, slope):
    """The way back is right, but the states are those of ReLU.

    f keeps a negative number, times the slope.
    """
    pre, _ = forward(W_hh, h_0, T, 0.0)
    return np.linalg.norm(backward(W_hh.T, dh_T, slopes_of(pre, slope)), axis=1)


@wrong("demo_norms")
def always_linear(W_hh, h_0, dh_T, T, slope):
    """The way back has no slopes.

    Multiply by the slope of f at each step: 1 where a_t is positive, else the slope.
    """
    return np.linalg.norm(backward(W_hh.T, dh_T, [1.0] * T), axis=1)


@wrong("demo_norms")
def not_transposed(W_hh, h_0, dh_T, T, slope):
    """The gradient goes back through W_hh instead of its transpose."""
    pre, _ = forward(W_hh, h_0, T, slope)
    return np.linalg.norm(backward(W_hh, dh_T, slopes_of(pre, slope)), axis=1)


@wrong("demo_norms")
def slope_one_step_early(W_hh, h_0, dh_T, T, slope):
    """The slope is taken at h_{t-1} instead of at a_t.

    Step t has the slope of its own pre-activation.
    """
    _, hs = forward(W_hh, h_0, T, slope)
    slopes = slopes_of(hs[:-1], slope)
    return np.linalg.norm(backward(W_hh.T, dh_T, slopes), axis=1)


@wrong("demo_norms")
def slope_after_the_matrix(W_hh, h_0, dh_T, T, slope):
    """The transpose comes first and the slope after it.

    The way back undoes a step from its end: first f, then W_hh.
    """
    pre, _ = forward(W_hh, h_0, T, slope)
    dhs = [dh_T]
    for slope_t in reversed(slopes_of(pre, slope)):
        dhs.append(slope_t * (W_hh.T @ dhs[-1]))
    return np.linalg.norm(dhs[::-1], axis=1)


@wrong("demo_norms")
def last_step_first(W_hh, h_0, dh_T, T, slope):
    """The norms come in the order in which you met them, the last state first.

    Turn them round: norms[0] belongs to h_0.
    """
    return demo_norms_numpy(W_hh, h_0, dh_T, T, slope)[::-1]


@wrong("demo_norms")
def squared_norms(W_hh, h_0, dh_T, T, slope):
    """The norms lack their square roots."""
    return demo_norms_numpy(W_hh, h_0, dh_T, T, slope) ** 2


@wrong("demo_norms")
def largest_entries(W_hh, h_0, dh_T, T, slope):
    """These are the largest entries of the gradients.

    A norm is the root of the sum of the squares.
    """
    pre, _ = forward(W_hh, h_0, T, slope)
    return np.abs(backward(W_hh.T, dh_T, slopes_of(pre, slope))).max(axis=1)


@wrong("demo_norms")
def norms_of_the_states(W_hh, h_0, dh_T, T, slope):
    """These are the norms of the states, not of their gradients."""
    return np.linalg.norm(forward(W_hh, h_0, T, slope)[1], axis=1)


@wrong("demo_norms")
def start_left_out(W_hh, h_0, dh_T, T, slope):
    """The norm for h_0 is missing.

    There are T + 1 states, from h_0 to h_T.
    """
    return demo_norms_numpy(W_hh, h_0, dh_T, T, slope)[1:]


@right("demo_norms", "numpy")
def demo_norms_numpy(W_hh, h_0, dh_T, T, slope):
    """Keep the slopes of the way there for the way back."""
    pre, _ = forward(W_hh, h_0, T, slope)
    return np.linalg.norm(backward(W_hh.T, dh_T, slopes_of(pre, slope)), axis=1)


@right("demo_norms", "jacobians")
def demo_norms_jacobians(W_hh, h_0, dh_T, T, slope):
    """Multiply rows by the Jacobian of each step, with einsum."""
    Js, h, row = [], h_0, dh_T
    for _ in range(T):
        h = W_hh @ h
        # This f keeps the sign, so the state tells the slope, too.
        Js.append(np.einsum("i,ij->ij", np.where(h > 0, 1, slope), W_hh))
        h = np.maximum(h, slope * h)
    norms = [float(np.sqrt(row @ row))]
    for J in Js[::-1]:
        row = np.einsum("i,ij->j", row, J)
        norms.insert(0, float(np.sqrt(row @ row)))
    return norms


@wrong("demo_norms", "by_autograd")
def demo_norms_torch(W_hh, h_0, dh_T, T, slope):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    W, hs = torch.tensor(W_hh), [torch.tensor(h_0, requires_grad=True)]
    for _ in range(T):
        a_t = W @ hs[-1]
        hs.append(torch.where(a_t > 0, a_t, slope * a_t))
        hs[-1].retain_grad()
    (hs[-1] * torch.tensor(dh_T)).sum().backward()
    return torch.stack([h.grad.norm() for h in hs])


@wrong("demo_norms")
def absolute_values_added(W_hh, h_0, dh_T, T, slope):
    """These are the sums of the absolute values.

    A norm is the root of the sum of the squares.
    """
    pre, _ = forward(W_hh, h_0, T, slope)
    return np.abs(backward(W_hh.T, dh_T, slopes_of(pre, slope))).sum(axis=1)


@wrong("demo_norms")
def shares_of_the_last_norm(W_hh, h_0, dh_T, T, slope):
    """These are the norms divided by that of dh_T; the norms themselves are wanted."""
    norms = demo_norms_numpy(W_hh, h_0, dh_T, T, slope)
    return norms / norms[-1]
