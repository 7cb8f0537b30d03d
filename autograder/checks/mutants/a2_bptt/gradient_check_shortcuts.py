"""Wrong answers to question 4 that do not ask the loss that they are given."""

import numpy as np

from checks.mutants.a2_bptt.given import cubes, inputs, run, squared_loss  # noqa: F401
from checks.mutants.a2_bptt.gradient_check_right import compare, error
from examiner.answers import wrong


@wrong("gradient_check")
def friends_loop_mended(loss, weights, grads, eps):
    """You compute the gradient of the one network on the page, and never call the loss.

    `loss` may be any function of any arrays: move one number at a time, and call it.
    """
    if "theta" in weights:
        return {"theta": 0.6}
    hs, gaps = run(weights)
    exact = {name: np.zeros(W.shape) for name, W in weights.items()}
    dh_next = np.zeros(hs[0].shape)
    for t in reversed(range(len(inputs))):
        da_t = (1 - hs[t + 1] ** 2) * (weights["W_hy"].T @ gaps[t] + dh_next)
        exact["W_hy"] += np.outer(gaps[t], hs[t + 1])
        exact["W_xh"] += np.outer(da_t, inputs[t])
        exact["W_hh"] += np.outer(da_t, hs[t])
        exact["b_h"] += da_t
        dh_next = weights["W_hh"].T @ da_t
    return {name: error(grads[name], exact[name]) for name in weights}


@wrong("gradient_check")
def one_loss_for_all(loss, weights, grads, eps):
    """You call squared_loss, whatever loss is given: call `loss`."""
    return compare(squared_loss, weights, grads, eps)


@wrong("gradient_check")
def width_of_ones_own(loss, weights, grads, eps):
    """The numbers are moved by a width of your own: move them by `eps`."""
    return compare(loss, weights, grads, 1e-5)
