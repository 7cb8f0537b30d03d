"""Captions of the generated world, tables that make captions, and the truth of both."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from throughtime import images

NULL, START, END, UNK = range(4)
EVERYTHING = 10**6


def scenes(rng: np.random.Generator, n: int) -> list[images.Scene]:
    """Return scenes of one thing."""
    return images.scenes("train", n, seed=int(rng.integers(2**31)), things=1)


def told(rng: np.random.Generator, B: int, ragged: bool) -> np.ndarray:
    """Return captions of scenes as ids (T, B), all as short as can be; or not."""
    rows = []
    for b, scene in enumerate(scenes(rng, B)):
        true = sorted((c.words for c in images.captions(scene)), key=len)
        rows.append(true[-(b % 2) if ragged else 0])
    return images.encode_captions(rows)[0].numpy()


def drawn(rng: np.random.Generator, end: float = 1.0) -> np.ndarray:
    """Return a table of log p(v | u) for seven symbols; a small end comes rarely."""
    p = rng.dirichlet(np.ones(5), size=7) * [end, 1, 1, 1, 1]
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    return np.hstack([np.full((7, 2), -np.inf), log_p])


def counted(rng: np.random.Generator) -> np.ndarray:
    """Return a table of log p(v | u), counted in captions of a scene of one thing."""
    rows = [c.words for c in images.captions(*scenes(rng, 1)) if "in" not in c.words]
    known = ["", "START", "END", "UNK", *sorted({word for row in rows for word in row})]
    counts = rng.uniform(0.1, 0.3, size=(len(known), len(known) - 2))
    counts[:, 1:] *= rng.random(size=counts[:, 1:].shape) < 0.7  # some never come
    for row in rows:
        ids = [START, *map(known.index, row), END]
        for u, v in pairwise(ids):
            counts[u, v - 2] += rng.uniform(0.8, 1.2)
    with np.errstate(divide="ignore"):
        log_p = np.log(counts / counts.sum(axis=1, keepdims=True))
    return np.hstack([np.full((len(known), 2), -np.inf), log_p])


def _taken(log_p: np.ndarray, steps: int, width: int) -> Iterator[Tensor]:
    """Yield the log-probabilities of captions of n words and END, n = 0, 1, and so on.

    The axes are the words, in their order. What a beam of this width does not take is
    minus infinity.
    """
    table = torch.tensor(log_p)
    scores = table[START]
    for n in range(1, steps + 1):
        flat = scores.flatten()
        top = flat.topk(min(width, len(flat)))
        kept = torch.full_like(flat, -torch.inf).scatter(0, top.indices, top.values)
        kept = kept.reshape(scores.shape)
        yield kept[..., END].clone()
        if n < steps:
            kept[..., END] = -torch.inf  # nothing comes after it
            scores = kept[..., None] + table


def searched(
    log_p: np.ndarray, steps: int, width: int, alpha: float
) -> tuple[list[list[int]], list[float]]:
    """Return the captions that a beam sets aside, and their ranks, best first."""
    found = []
    for n, scores in enumerate(_taken(log_p, steps, width), 1):
        norm = ((5 + n) / 6) ** alpha
        for place in scores.isfinite().nonzero().tolist():
            found.append((scores[tuple(place)].item() / norm, [*place, END]))
    found.sort(reverse=True)
    return [ids for _, ids in found], [rank for rank, _ in found]


def misleading(rng: np.random.Generator) -> np.ndarray:
    """Return a table whose best caption is not found by a walk, nor by a high alpha."""
    while True:
        log_p = drawn(rng)
        (best, *_), _ = searched(log_p, 5, EVERYTHING, 0.0)
        (other, *_), _ = searched(log_p, 5, EVERYTHING, 3.0)
        greedy, _ = searched(log_p, 5, 1, 0.0)
        if len(best) > 1 and best not in (other, *greedy):
            return log_p


def fitting(
    rng: np.random.Generator,
    steps: int,
    width: int,
    alpha: float,
    good: Callable | None,
) -> np.ndarray:
    """Return a table whose captions, as a beam finds them, are good; or a counted one.

    With an alpha above 0 the best of them are others than by log p.
    """
    while good is None:
        log_p = counted(rng)
        (best, *_), _ = searched(log_p, steps, width, alpha)
        if best not in searched(log_p, steps, 1, alpha)[0]:  # what a walk finds
            return log_p
    while True:
        log_p = drawn(rng, 1e-5 if good is nothing else 3.0)
        captions, _ = searched(log_p, steps, width, alpha)
        by_log_p, _ = searched(log_p, steps, width, 0.0)
        others = sorted(captions[:width]) != sorted(by_log_p[:width])
        if good(captions) and (alpha == 0 or others):
            return log_p


def nothing(found: list[list[int]]) -> bool:
    """Tell whether nothing has ended."""
    return not found


def greedy_ends_late(found: list[list[int]]) -> bool:
    """Tell whether a walk has ended, and not at once."""
    return any(len(ids) > 2 for ids in found)


def three_ended_last(found: list[list[int]]) -> bool:
    """Tell whether the three longest end together, and others before them.

    So a beam of width 3 has nothing left that is open.
    """
    lengths = [len(ids) for ids in found]
    return len(found) > 3 and lengths.count(max(lengths)) == 3


def six_ended(found: list[list[int]]) -> bool:
    """Tell whether three end before the last three do: who stops there is too early."""
    return len(found) > 5 and three_ended_last(found)


def share_that_ends(log_p: np.ndarray, steps: int) -> float:
    """Return how probable END is within so many steps, by walking all ways at once."""
    p, share = np.exp(log_p), 0.0
    at = p[START]  # how probable each symbol is, at this step
    for _ in range(steps):
        share += at[END]
        at = np.delete(at, END) @ np.delete(p, END, axis=0)
    return float(share)


def seen(q: Tensor, f: Tensor, mask: Tensor, W: Tensor) -> tuple[Tensor, Tensor]:
    """Return what torch's attention sees, and its weights; nothing where none is open.

    The weights are what it sees of places that are the rows of the identity.
    """
    N = f.shape[1]
    places = torch.eye(N, dtype=f.dtype).expand(len(f), N, N)
    some, keys, found = mask.any(1), f @ W.T, []
    for values in (f, places):
        looked = functional.scaled_dot_product_attention(
            q[some, None], keys[some], values[some], mask[some, None], scale=1.0
        )
        nothing = torch.zeros_like(values[:, 0])
        found.append(nothing.masked_scatter(some[:, None], looked))
    return found[0], found[1]
