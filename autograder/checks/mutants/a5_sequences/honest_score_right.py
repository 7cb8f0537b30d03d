"""Right answers to question 6, and what the wrong ones share with them."""

import math

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right


def losses(logits, labels):
    """Return the mean loss, of each epoch if there are several."""
    return np.mean(np.logaddexp(0, logits) - labels * logits, axis=-1)


def balanced(z, labels, threshold=0.0):
    """Return the mean of both labels' shares of right answers."""
    said = z > threshold
    return (said[labels == 1].mean() + 1 - said[labels == 0].mean()) / 2


def score(epoch, logits, labels, **changed):
    """Score an epoch; what is changed is done in another way."""
    z = logits[epoch]
    loss = changed.get("loss", losses)(z, labels)
    return int(epoch), loss, changed.get("accuracy", balanced)(z, labels)


def by_validation(valid_logits, valid_labels):
    """Choose the epoch with the lowest validation loss."""
    return losses(valid_logits, valid_labels).argmin()


@right("honest_score", "numpy")
def honest_score_numpy(valid_logits, valid_labels, test_logits, test_labels):
    """Follow the page."""
    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels)


@right("honest_score", "loop")
def honest_score_loop(valid_logits, valid_labels, test_logits, test_labels):
    """Go through epochs and reviews one by one."""

    def cost(z, y):
        return max(z, 0.0) - z * y + math.log1p(math.exp(-abs(z)))

    def mean(row, labels):
        return sum(cost(z, y) for z, y in zip(row, labels, strict=True)) / len(row)

    found = [mean(row, valid_labels) for row in valid_logits]
    epoch = found.index(min(found))
    hits, counts = [0, 0], [0, 0]
    for z, y in zip(test_logits[epoch], test_labels, strict=True):
        counts[y] += 1
        hits[y] += (z > 0) == bool(y)
    accuracy = (hits[0] / counts[0] + hits[1] / counts[1]) / 2
    return epoch, mean(test_logits[epoch], test_labels), accuracy


@right("honest_score", "torch")
def honest_score_torch(valid_logits, valid_labels, test_logits, test_labels):
    """Compute with torch."""

    def cost(logits, labels):
        y = torch.tensor(labels, dtype=torch.float64).expand_as(logits)
        return functional.binary_cross_entropy_with_logits(logits, y, reduction="none")

    epoch = cost(torch.tensor(valid_logits), valid_labels).mean(1).argmin()
    z, y = torch.tensor(test_logits)[epoch], torch.tensor(test_labels).bool()
    accuracy = ((z[y] > 0).double().mean() + (z[~y] <= 0).double().mean()) / 2
    return int(epoch), cost(z, test_labels).mean(), accuracy
