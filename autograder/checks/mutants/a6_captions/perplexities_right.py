"""Right answers to question 6, and what the wrong ones share with them."""

import math

import numpy as np
import torch

from examiner.answers import right


def squares(theta):
    """Return the sum of all squares."""
    return sum(np.sum(part**2) for part in theta.values())


def three(ppl, n, theta, lam, **changed):
    """Do everything right but what is changed."""
    bits = n @ np.log2(ppl)
    a_token = bits / n.sum()
    results = {
        "perplexity": 2**a_token,
        "by_word": 2 ** (bits / (n - 1).sum()),
        "cost": a_token + lam * squares(theta),
    }
    return tuple((results | changed).values())


@right("perplexities", "bits")
def perplexities_bits(ppl, n, theta, lam):
    """Follow the page, in bits."""
    return three(ppl, n, theta, lam)


@right("perplexities", "loop")
def perplexities_loop(ppl, n, theta, lam):
    """Go from caption to caption, in nats."""
    nats = sum(math.log(one) * int(k) for one, k in zip(ppl, n, strict=True))
    tokens, words = int(sum(n)), int(sum(k - 1 for k in n))
    penalty = sum(float(x) ** 2 for part in theta.values() for x in np.ravel(part))
    cost = nats / math.log(2) / tokens + lam * penalty
    return math.exp(nats / tokens), math.exp(nats / words), cost


@right("perplexities", "torch")
def perplexities_torch(ppl, n, theta, lam):
    """Take a weighted geometric mean with torch."""
    ppl, n = torch.tensor(ppl), torch.tensor(n)
    mean = (ppl ** (n / n.sum())).prod()
    by_word = (ppl ** (n / (n.sum() - len(n)))).prod()
    penalty = sum(torch.tensor(part).square().sum() for part in theta.values())
    return mean, by_word, mean.log2() + lam * penalty
