"""Right answers to question 4, and what the wrong ones share with them."""

import heapq

import numpy as np
import torch

from examiner.answers import right

START, END = 1, 2


def norm(n, alpha):
    """Return what log p is divided by."""
    return ((5 + n) / 6) ** alpha


def extend(log_p, beginnings):
    """Return all extensions by one symbol that are possible, the best first."""
    grown = [
        (score + log_p[ids[-1] if ids else START, v], [*ids, v])
        for score, ids in beginnings
        for v in range(len(log_p))
    ]
    return sorted((one for one in grown if one[0] > -np.inf), reverse=True)


def ranked(done, alpha, by=norm):
    """Return captions and their ranks, best first."""
    rows = sorted(((s / by(len(ids), alpha), ids) for s, ids in done), reverse=True)
    return [ids for _, ids in rows], [rank for rank, _ in rows]


def search(log_p, steps, width, take=None):
    """Return what ended, and what is still open; ``take`` chooses among extensions."""
    beginnings, done = [(0.0, [])], []
    for _ in range(steps):
        taken = take(beginnings) if take else extend(log_p, beginnings)[:width]
        done += [one for one in taken if one[1][-1] == END]
        beginnings = [one for one in taken if one[1][-1] != END]
    return done, beginnings


@right("beam", "sorted")
def beam_sorted(log_p, steps, width, alpha):
    """Sort all extensions."""
    done, _ = search(log_p, steps, width)
    return ranked(done, alpha)


@right("beam", "heap")
def beam_heap(log_p, steps, width, alpha):
    """Keep the largest in a heap, and pairs of rank and caption."""
    pairs, beginnings = [], [(0.0, (START,))]
    for n in range(1, steps + 1):
        ways = (
            (score + log_p[ids[-1], v], (*ids, v))
            for score, ids in beginnings
            for v in np.flatnonzero(np.isfinite(log_p[ids[-1]])).tolist()
        )
        beginnings = []
        for score, ids in heapq.nlargest(width, ways):
            if ids[-1] == END:
                pairs.append((score / norm(n, alpha), list(ids[1:])))
            else:
                beginnings.append((score, ids))
    pairs.sort(key=lambda pair: -pair[0])
    return [ids for _, ids in pairs], np.array([rank for rank, _ in pairs])


@right("beam", "torch")
def beam_torch(log_p, steps, width, alpha):
    """Extend all at once, with topk."""
    table, V, found = torch.tensor(log_p), len(log_p), []
    paths, scores = torch.full((1, 1), START), torch.zeros(1, dtype=torch.float64)
    for n in range(1, steps + 1):
        total = (scores[:, None] + table[paths[:, -1]]).flatten()
        scores, places = total.topk(min(width, int(total.isfinite().sum())))
        words = places % V
        paths = torch.cat([paths[places // V], words[:, None]], dim=1)
        for path, score in zip(paths[words == END], scores[words == END], strict=True):
            found.append((float(score) / norm(n, alpha), path[1:].tolist()))
        paths, scores = paths[words != END], scores[words != END]
    found.sort(reverse=True)
    return [ids for _, ids in found], [rank for rank, _ in found]
