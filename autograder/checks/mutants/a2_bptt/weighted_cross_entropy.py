"""Wrong answers to question 1."""

import numpy as np
import torch
from torch.nn import functional

from checks.mutants.a2_bptt.weighted_cross_entropy_right import (
    log_softmax,
    one_hot,
    weighted_cross_entropy_numpy,
)
from examiner.answers import wrong


@wrong("weighted_cross_entropy", "copied_from_chapter")
def weighted_cross_entropy_copied(os, targets, weights):
    """This is the chapter's loss, in which every step counts the same.

    Multiply each step's loss and each row of its gradient by w_t.
    """
    ys = one_hot(os, targets)
    return -(ys * log_softmax(os)).sum(), np.exp(log_softmax(os)) - ys


@wrong("weighted_cross_entropy")
def gradient_not_weighted(os, targets, weights):
    """The loss is right, but its gradient does not know the weights.

    L holds w_t L_t, so row t of the gradient is w_t times p_t - y_t.
    """
    loss, _ = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, np.exp(log_softmax(os)) - one_hot(os, targets)


@wrong("weighted_cross_entropy")
def loss_not_weighted(os, targets, weights):
    """The gradient is right, but the loss does not know the weights.

    Multiply each L_t by w_t before you sum.
    """
    _, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return weighted_cross_entropy_copied(os, targets, weights)[0], dos


@wrong("weighted_cross_entropy")
def sign_of_the_gradient(os, targets, weights):
    """The loss is right, and its gradient has the wrong sign.

    It is p - y, not y - p: more of the right logit lowers the loss.
    """
    loss, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, -dos


@wrong("weighted_cross_entropy")
def softmax_alone_elementwise(os, targets, weights):
    """The gradient uses p (1 - p), as if softmax acted on each logit alone.

    Every logit changes all probabilities: the Jacobian is diag(p) - p pᵀ, and together
    with the cross-entropy it gives p - y.
    """
    loss, _ = weighted_cross_entropy_numpy(os, targets, weights)
    ps = np.exp(log_softmax(os))
    return loss, weights[:, None] * one_hot(os, targets) * (ps - 1)


@wrong("weighted_cross_entropy")
def target_not_subtracted(os, targets, weights):
    """The gradient is p alone.

    Subtract 1 at the place of the target: p - y.
    """
    loss, _ = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, weights[:, None] * np.exp(log_softmax(os))


@wrong("weighted_cross_entropy")
def divided_by_the_weights(os, targets, weights):
    """Loss and gradient are divided by the sum of the weights.

    That mean is a fair choice in training; here the plain sum is wanted.
    """
    loss, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return loss / weights.sum(), dos / weights.sum()


@wrong("weighted_cross_entropy")
def divided_by_the_steps(os, targets, weights):
    """Loss and gradient are divided by the number of steps.

    Here the plain sum over time is wanted.
    """
    loss, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return loss / len(os), dos / len(os)


@wrong("weighted_cross_entropy")
def softmax_over_time(os, targets, weights):
    """The softmax runs over time.

    The symbols compete at each step, so sum over the last axis, axis=1.
    """
    log_ps = log_softmax(os.T).T
    ys = one_hot(os, targets)
    loss = -(weights[:, None] * ys * log_ps).sum()
    return loss, weights[:, None] * (np.exp(log_ps) - ys)


@wrong("weighted_cross_entropy")
def logits_weighted(os, targets, weights):
    """The weights multiply the logits, before the softmax.

    That changes the probabilities. Multiply each step's loss.
    """
    return weighted_cross_entropy_copied(os * weights[:, None], targets, weights)


@wrong("weighted_cross_entropy")
def softmax_not_safe(os, targets, weights):
    """For large logits exp overflows, and inf / inf is nan.

    Subtract each row's largest logit first; the probabilities stay the same.
    """
    ps = np.exp(os) / np.exp(os).sum(axis=1, keepdims=True)
    ys = one_hot(os, targets)
    picked = ps[np.arange(len(os)), targets]
    return -(weights * np.log(picked)).sum(), weights[:, None] * (ps - ys)


@wrong("weighted_cross_entropy")
def log_of_zero(os, targets, weights):
    """The softmax is safe, but a small probability becomes 0, and log 0 is -inf.

    Never take the log of p: log p_k is o_k - m - log(sum of exp(o - m)), m the largest.
    """
    _, dos = weighted_cross_entropy_numpy(os, targets, weights)
    ps = np.exp(log_softmax(os))
    return -(weights * np.log(ps[np.arange(len(os)), targets])).sum(), dos


@wrong("weighted_cross_entropy", "by_autograd")
def weighted_cross_entropy_torch(os, targets, weights):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    o = torch.tensor(os, requires_grad=True)
    log_ps = functional.log_softmax(o, dim=1)
    picked = log_ps.gather(1, torch.tensor(targets)[:, None])[:, 0]
    loss = -(torch.tensor(weights) * picked).sum()
    loss.backward()
    return loss.detach(), o.grad


@wrong("weighted_cross_entropy")
def weights_as_a_mask(os, targets, weights):
    """The weights serve as a mask: a step counts once, or not at all.

    Multiply each step's loss, and its row of the gradient, by w_t itself.
    """
    return weighted_cross_entropy_numpy(os, targets, (weights > 0).astype(float))


@wrong("weighted_cross_entropy")
def log_of_a_shifted_probability(os, targets, weights):
    """You add 1e-12 to p before the logarithm, which caps each loss near 28.

    Never take the log of p: log p_k is o_k - m - log(sum of exp(o - m)), m the largest.
    """
    _, dos = weighted_cross_entropy_numpy(os, targets, weights)
    ps = np.exp(log_softmax(os))
    return -(weights * np.log(ps[np.arange(len(os)), targets] + 1e-12)).sum(), dos


@wrong("weighted_cross_entropy")
def gradient_divided_by_the_steps(os, targets, weights):
    """The loss is right, but its gradient is divided by the number of steps.

    The loss is a plain sum, so its gradient has no such factor.
    """
    loss, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, dos / len(os)


@wrong("weighted_cross_entropy")
def gradient_divided_by_the_weights(os, targets, weights):
    """The loss is right, but its gradient is divided by the sum of the weights.

    The loss is a plain sum, so its gradient has no such factor.
    """
    loss, dos = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, dos / weights.sum()


@wrong("weighted_cross_entropy")
def target_not_weighted(os, targets, weights):
    """The loss is right, but in its gradient w_t multiplies p alone.

    It multiplies the 1 at the target, too: row t is w_t (p_t - y_t).
    """
    loss, _ = weighted_cross_entropy_numpy(os, targets, weights)
    return loss, weights[:, None] * np.exp(log_softmax(os)) - one_hot(os, targets)
