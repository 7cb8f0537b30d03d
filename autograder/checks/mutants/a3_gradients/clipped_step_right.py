"""Right answers to question 5."""

import math

import numpy as np
import torch

from examiner.answers import right


def joint_norm(grads):
    """Return one norm over all arrays."""
    return np.sqrt(sum(np.sum(g**2) for g in grads.values()))


def mean(grads, tokens):
    """Divide by the tokens."""
    return {name: g / tokens for name, g in grads.items()}


def move(weights, grads, rate):
    """Take a step of gradient descent."""
    return {name: W - rate * grads[name] for name, W in weights.items()}


def clip(grads, norm, threshold):
    """Shorten all arrays by one factor, where that is needed."""
    factor = threshold / norm if norm > threshold else 1.0
    return {name: factor * g for name, g in grads.items()}


def careful(weights, grads, tokens, threshold, rate, clip=clip):
    """Do everything right but, maybe, the clipping."""
    g = mean(grads, tokens)
    norm = joint_norm(g)
    if not np.isfinite(norm):
        return weights, norm
    return move(weights, clip(g, norm, threshold), rate), norm


@right("clipped_step", "numpy")
def clipped_step_numpy(weights, grads, tokens, threshold, rate):
    """Follow the four lines of the page."""
    return careful(weights, grads, tokens, threshold, rate)


@right("clipped_step", "flat")
def clipped_step_flat(weights, grads, tokens, threshold, rate):
    """Join all gradients to one long vector."""
    g = np.concatenate([np.ravel(grads[name]) for name in weights]) / tokens
    norm = np.linalg.norm(g)
    if math.isnan(norm) or math.isinf(norm):
        return {name: W.copy() for name, W in weights.items()}, norm
    g = g * min(1.0, threshold / norm if norm > 0 else 1.0)
    moved, at = {}, 0
    for name, W in weights.items():
        moved[name] = W - rate * g[at : at + W.size].reshape(W.shape)
        at += W.size
    return moved, norm


@right("clipped_step", "loop")
def clipped_step_loop(weights, grads, tokens, threshold, rate):
    """Add up numbers one by one."""
    total = 0.0
    for grad in grads.values():
        for number in grad.flat:
            total += (number / tokens) ** 2
    norm = math.sqrt(total)
    scale = rate / tokens * (threshold / norm if norm > threshold else 1)
    if not math.isfinite(norm):
        return weights, norm
    return {
        name: (W - scale * grads[name]).tolist() for name, W in weights.items()
    }, norm


@right("clipped_step", "torch")
def clipped_step_torch(weights, grads, tokens, threshold, rate):
    """Use torch's own clipping, which adds a little to the norm."""
    W = {name: torch.tensor(w, requires_grad=True) for name, w in weights.items()}
    for name, w in W.items():
        w.grad = torch.tensor(grads[name] / tokens)
    norm = torch.nn.utils.clip_grad_norm_(W.values(), threshold)
    if not norm.isfinite():
        return weights, norm
    return {name: (w - rate * w.grad).detach() for name, w in W.items()}, norm
