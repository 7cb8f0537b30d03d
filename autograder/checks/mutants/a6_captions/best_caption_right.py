"""Right answers to question 3, and what the wrong ones share with them."""

from itertools import product

import numpy as np

from examiner.answers import right

START, END = 1, 2


def norm(n, alpha):
    """Return what log p is divided by."""
    return ((5 + n) / 6) ** alpha


def beginnings(log_p, most, first=START):
    """Yield what has not ended, with its log-probability: up to so many words."""
    rows = [((), 0.0, first)]
    for _ in range(most + 1):
        yield from ((ids, score) for ids, score, _ in rows)
        rows = [
            ((*ids, v), score + log_p[last, v], v)
            for ids, score, last in rows
            for v in range(END + 1, len(log_p))
        ]


def whole(log_p, steps):
    """Return all captions that end, with their log-probabilities."""
    return [
        ((*ids, END), score + log_p[ids[-1] if ids else START, END])
        for ids, score in beginnings(log_p, steps - 1)
    ]


def best(captions, alpha, **changed):
    """Return the best one, its rank, and the share; what is changed is done so."""
    by = changed.get("norm", norm)
    ids, score = max(captions, key=lambda one: one[1] / by(len(one[0]), alpha))
    share = sum(np.exp(score) for _, score in captions)
    return list(ids), score / by(len(ids), alpha), share


@right("best_caption", "grown")
def best_caption_grown(log_p, steps, alpha):
    """Let all beginnings grow word by word."""
    return best(whole(log_p, steps), alpha)


@right("best_caption", "products")
def best_caption_products(log_p, steps, alpha):
    """Go through all products of words."""
    found, share = (-np.inf, ()), 0.0
    for n in range(steps):
        for words in product(range(END + 1, len(log_p)), repeat=n):
            ids = (*words, END)
            score = log_p[(START, *words), ids].sum()
            found = max(found, (score / norm(n + 1, alpha), ids))
            share += np.exp(score)
    return found[1], found[0], share


@right("best_caption", "recursive")
def best_caption_recursive(log_p, steps, alpha):
    """Ask what follows each beginning, and leave NULL and START to their log-p."""

    def after(last, n, score):
        """Return the best from here on, and the share of all."""
        ended = score + log_p[last, END]
        found, share = (ended / norm(n, alpha), [END]), np.exp(ended)
        for v in range(len(log_p)):
            if v != END and n < steps and log_p[last, v] > -np.inf:
                (rank, ids), more = after(v, n + 1, score + log_p[last, v])
                found, share = max(found, (rank, [v, *ids])), share + more
        return found, share

    (rank, ids), share = after(START, 1, 0.0)
    return ids, rank, share


@right("best_caption", "chain")
def best_caption_chain(log_p, steps, alpha):
    """Keep, for each length, only the best way to each word: the table is a chain."""
    p, found, share = np.exp(log_p), [], 0.0
    ways, at = {START: (0.0, [])}, np.eye(len(p))[START]
    for n in range(1, steps + 1):
        at = at @ p
        share, at[END] = share + at[END], 0
        grown = {
            v: max((score + log_p[u, v], [*ids, v]) for u, (score, ids) in ways.items())
            for v in range(END, len(p))
        }
        score, ids = grown.pop(END)
        found.append((score / norm(n, alpha), ids))
        ways = grown
    return max(found)[1], max(found)[0], share
