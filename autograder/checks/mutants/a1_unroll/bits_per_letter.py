"""Answers to question 5."""

import math

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right, wrong


def log_softmax(logits):
    """Return log p along the last axis, at any size of logit."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@wrong("bits_per_letter", "copied_from_chapter")
def bits_per_letter_copied(hs, W_hy, b_y, targets):
    """This is the chapter's loss, a sum in nats.

    Divide it by the number of letters, and by ln 2 to turn nats into bits.
    """
    os = hs @ W_hy.T + b_y
    shifted = os - os.max(axis=1, keepdims=True)
    log_ps = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_ps[np.arange(len(targets)), targets].sum()


@wrong("bits_per_letter")
def nats_for_bits(hs, W_hy, b_y, targets):
    """The mean is in nats: np.log is the natural logarithm.

    Divide by np.log(2) to get bits.
    """
    return bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets) * math.log(2)


@wrong("bits_per_letter")
def times_ln_2(hs, W_hy, b_y, targets):
    """The nats were multiplied by ln 2.

    A bit is smaller than a nat, so there are more of them: divide.
    """
    return bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets) * math.log(2) ** 2


@wrong("bits_per_letter")
def sum_for_mean(hs, W_hy, b_y, targets):
    """The losses of all letters are summed.

    Take their mean: bits a letter.
    """
    return bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets) * len(targets)


@wrong("bits_per_letter")
def sign_missing(hs, W_hy, b_y, targets):
    """The sign is missing: log p is never positive, and the loss is -log p."""
    return -bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets)


@wrong("bits_per_letter")
def perplexity(hs, W_hy, b_y, targets):
    """This is the perplexity, 2 to the power of the bits.

    The bits themselves are wanted.
    """
    return 2 ** bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets)


@wrong("bits_per_letter")
def output_bias_forgotten(hs, W_hy, b_y, targets):
    """The bias b_y is missing: the logits are hs @ W_hy.T + b_y."""
    return bits_per_letter_log_sum_exp(hs, W_hy, 0 * b_y, targets)


@wrong("bits_per_letter")
def softmax_not_safe(hs, W_hy, b_y, targets):
    """For large logits exp overflows, and inf / inf is nan.

    Subtract each row's largest logit first; the probabilities stay the same.
    """
    powers = np.exp(hs @ W_hy.T + b_y)
    ps = powers / powers.sum(axis=1, keepdims=True)
    return -np.log2(ps[np.arange(len(targets)), targets]).mean()


@wrong("bits_per_letter")
def log_of_zero(hs, W_hy, b_y, targets):
    """The softmax is safe, but a small probability becomes 0, and log 0 is -inf.

    Never take the log of p: log p_k is o_k - m - log(sum of exp(o - m)), m the largest.
    """
    ps = np.exp(log_softmax(hs @ W_hy.T + b_y))
    return -np.log2(ps[np.arange(len(targets)), targets]).mean()


@wrong("bits_per_letter")
def softmax_over_time(hs, W_hy, b_y, targets):
    """The softmax runs over time.

    The letters compete at each step, so sum over the last axis, axis=1.
    """
    log_ps = log_softmax((hs @ W_hy.T + b_y).T).T
    return -log_ps[np.arange(len(targets)), targets].mean() / np.log(2)


@wrong("bits_per_letter")
def all_letters_counted(hs, W_hy, b_y, targets):
    """The mean runs over all V letters.

    At each step only the letter that really came counts: take log p at targets[t].
    """
    return -log_softmax(hs @ W_hy.T + b_y).mean() / np.log(2)


@right("bits_per_letter", "log_sum_exp")
def bits_per_letter_log_sum_exp(hs, W_hy, b_y, targets):
    """Take the logarithm of the softmax by hand."""
    log_ps = log_softmax(hs @ W_hy.T + b_y)
    return -log_ps[np.arange(len(targets)), targets].mean() / np.log(2)


@right("bits_per_letter", "loop")
def bits_per_letter_loop(hs, W_hy, b_y, targets):
    """Loop over the letters, with plain numbers."""
    bits = 0.0
    for h_t, y_t in zip(hs, targets, strict=True):
        o_t = W_hy @ h_t + b_y
        o_t = [o - max(o_t) for o in o_t]
        bits += math.log2(sum(math.exp(o) for o in o_t)) - o_t[y_t] / math.log(2)
    return bits / len(targets)


@right("bits_per_letter", "einsum")
def bits_per_letter_einsum(hs, W_hy, b_y, targets):
    """Sum over named axes, and let NumPy add the powers."""
    os = np.einsum("th,vh->tv", hs, W_hy) + b_y
    nats = np.logaddexp.reduce(os, axis=1) - os[range(len(os)), targets]
    return float(np.mean(nats) / np.log(2))


@right("bits_per_letter", "torch")
def bits_per_letter_torch(hs, W_hy, b_y, targets):
    """Compute with torch."""
    hs, W_hy, b_y, targets = map(torch.tensor, (hs, W_hy, b_y, targets))
    return functional.nll_loss(
        functional.log_softmax(hs @ W_hy.T + b_y, dim=1), targets
    ) / math.log(2)
