"""Right answers to question 1, and what the wrong ones share with them."""

import math

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right

NULL, START, END, UNK = range(4)


def log_softmax(logits):
    """Return log-probabilities, safe for large logits."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def counts(ids):
    """Tell which symbols of captions are asked for."""
    return (ids != NULL) & (ids != UNK)


def both(logits, ids, **changed):
    """Do everything right but what is changed: ``targets``, ``real``, ``shares``."""
    targets = changed.get("targets", ids[1:])
    real = changed.get("real", counts(targets))
    shares = changed.get("shares", real / real.sum())
    log_p = changed.get("log_softmax", log_softmax)(logits[:-1])
    nats = -np.take_along_axis(log_p, targets[..., None], axis=2)[..., 0]
    wrong_by = np.exp(log_p) - np.eye(logits.shape[2])[targets]
    dlogits = np.zeros_like(logits)
    dlogits[:-1][real] = (shares[..., None] * wrong_by)[real]
    return (shares * nats)[real].sum(), dlogits


@right("caption_loss", "numpy")
def caption_loss_numpy(logits, ids):
    """Follow the page."""
    return both(logits, ids)


@right("caption_loss", "loop")
def caption_loss_loop(logits, ids):
    """Go from symbol to symbol."""
    T, B, _ = logits.shape
    asked = [
        (t, b) for t in range(T - 1) for b in range(B) if ids[t + 1, b] not in (0, 3)
    ]
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for t, b in asked:
        o, target = logits[t, b].tolist(), ids[t + 1, b]
        total = sum(math.exp(one - max(o)) for one in o)
        loss += (max(o) + math.log(total) - o[target]) / len(asked)
        dlogits[t, b] = [math.exp(one - max(o)) / total / len(asked) for one in o]
        dlogits[t, b, target] -= 1 / len(asked)
    return loss, dlogits


@right("caption_loss", "torch")
def caption_loss_torch(logits, ids):
    """Let torch take the loss, and write the gradient."""
    z, targets = torch.tensor(logits[:-1]), torch.tensor(ids[1:])
    real = (targets != NULL) & (targets != UNK)
    loss = functional.cross_entropy(z[real], targets[real])
    one_hot = functional.one_hot(targets, logits.shape[2])
    each = (z.softmax(2) - one_hot) / real.sum()
    each = torch.where(real[:, :, None], each, 0.0)
    return loss, functional.pad(each, (0, 0, 0, 0, 0, 1))
