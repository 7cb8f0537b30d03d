"""More wrong answers to question 3: single slips, and none of the work."""

import numpy as np
import torch

from checks.mutants.a2_bptt.leaky_backward_right import (
    results,
    slopes,
    walk,
)
from examiner.answers import wrong


@wrong("leaky_backward")
def alpha_exchanged(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """You have exchanged alpha and 1 - alpha.

    The path through tanh has the factor alpha, the leak 1 - alpha.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, slope, W_hh.T, 1 - alpha))


@wrong("leaky_backward")
def dh_0_without_the_leak(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Only your dh_0 is wrong: it lacks the leak.

    From h_0, too, two paths lead to the next state: add (1 - alpha) dh_1.
    """
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    das, _ = walk(dhs, slope, W_hh.T, alpha)
    return results(xs, hs_prev, das, W_hh.T @ das[0])


@wrong("leaky_backward", "by_autograd")
def leaky_backward_torch(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    T = len(xs)
    W, U, b = (
        torch.tensor(np.stack([W] * T), requires_grad=True) for W in (W_xh, W_hh, b_h)
    )
    start = h = torch.tensor(h_0, requires_grad=True)
    loss = 0
    for t in range(T):
        a = W[t] @ torch.tensor(xs[t]) + U[t] @ h + b[t]
        h = (1 - alpha) * h + alpha * torch.tanh(a)
        loss = loss + (torch.tensor(dhs[t]) * h).sum()
    loss.backward()
    return W.grad, U.grad, b.grad, start.grad
