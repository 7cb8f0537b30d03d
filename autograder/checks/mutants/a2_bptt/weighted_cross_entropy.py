"""Answers to question 1."""

import math

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right, wrong


def log_softmax(os):
    """Return log p along the last axis, at any size of logit."""
    shifted = os - os.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def one_hot(os, targets):
    """Return a row of zeros with a single 1 for each target."""
    return np.eye(os.shape[1])[targets]


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


@right("weighted_cross_entropy", "numpy")
def weighted_cross_entropy_numpy(os, targets, weights):
    """Take the logarithm of the softmax by hand."""
    log_ps, ys = log_softmax(os), one_hot(os, targets)
    w = weights[:, None]
    return -(w * ys * log_ps).sum(), w * (np.exp(log_ps) - ys)


@right("weighted_cross_entropy", "loop")
def weighted_cross_entropy_loop(os, targets, weights):
    """Loop over steps and symbols, with plain numbers."""
    loss, dos = 0.0, []
    for o_t, y_t, w_t in zip(os, targets, weights, strict=True):
        m = max(o_t)
        total = sum(math.exp(o - m) for o in o_t)
        loss += w_t * (math.log(total) - (o_t[y_t] - m))
        row = [w_t * math.exp(o - m) / total for o in o_t]
        row[y_t] -= w_t
        dos.append(row)
    return loss, dos


@right("weighted_cross_entropy", "torch")
def weighted_cross_entropy_torch(os, targets, weights):
    """Let autograd do it."""
    o = torch.tensor(os, requires_grad=True)
    log_ps = functional.log_softmax(o, dim=1)
    picked = log_ps.gather(1, torch.tensor(targets)[:, None])[:, 0]
    loss = -(torch.tensor(weights) * picked).sum()
    loss.backward()
    return loss.detach(), o.grad


@right("weighted_cross_entropy", "einsum")
def weighted_cross_entropy_einsum(os, targets, weights):
    """Sum over named axes, and let NumPy add the powers."""
    nats = np.logaddexp.reduce(os, axis=1) - os[range(len(os)), targets]
    ps = np.exp(os - np.logaddexp.reduce(os, axis=1)[:, None])
    dos = np.einsum("t,tv->tv", weights, ps)
    dos[range(len(os)), targets] -= weights
    return np.einsum("t,t->", weights, nats), dos
