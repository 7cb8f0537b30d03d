"""More wrong answers to question 5."""

import torch

from checks.mutants.a2_bptt.truncated_gradient_right import backward, forward
from examiner.answers import wrong


@wrong("truncated_gradient")
def first_steps_stand_alone(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """You cut behind the first step of each window, even of the first one.

    Counted from 0, a window begins where t is a multiple of length; cut between that
    step and the one before it.
    """
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, lambda t: (t - 1) % length == 0)


@wrong("truncated_gradient", "by_autograd")
def truncated_gradient_torch(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    xs, dhs, h, W, U, b = map(torch.tensor, (xs, dhs, h_0, W_xh, W_hh, b_h))
    U.requires_grad_(True)
    for first in range(0, len(xs), length):
        loss, h = 0, h.detach()
        for t in range(first, min(first + length, len(xs))):
            h = torch.sigmoid(W @ xs[t] + U @ h + b)
            loss = loss + (dhs[t] * h).sum()
        loss.backward()
    return h.detach(), U.grad
