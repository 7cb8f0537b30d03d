r"""Search that tries everything: the truth that a beam is measured against."""

import math
from typing import Any

import torch
from torch import Tensor

from throughtime.decode.beam import Hypothesis, best, check_search
from throughtime.decode.walk import END
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_shape

LIMIT = 1_000_000  # beginnings open at once


@torch.no_grad()
def exhaustive(
    model: Any,
    state: Any,
    first: Tensor,
    *,
    steps: int,
    length_norm: float = 0.0,
    n: int = 1,
    end: int | None = END,
) -> list[list[Hypothesis]]:
    r"""Rank all sequences of at most ``steps`` symbols.

    These are the sequences that end, and those of ``steps`` symbols that do not; their
    probabilities sum to 1. There are about ``V ** steps`` of them; what has probability
    0 is left out.

    Args:
        model: As for :func:`throughtime.decode.beam`.
        state: As for :func:`throughtime.decode.greedy`.
        first: As for :func:`throughtime.decode.greedy`.
        steps: The most symbols of a sequence.
        length_norm: As for :func:`throughtime.decode.beam`.
        n: How many sequences to return.
        end: The symbol that ends a sequence; None where nothing does.

    Returns:
        For each row its sequences, best first; ``watched`` is None.

    Raises:
        ShapeError: ``first`` or the logits have another shape.
        KindError: ``first`` does not hold int64.
        ThroughTimeError: A number out of range, or too many sequences.
    """
    check_search(first, steps, length_norm, n=n)
    found: list[list[Hypothesis]] = [[] for _ in first]
    beginnings = [(b, ()) for b in range(len(first))]
    scores = first.new_zeros(len(first), dtype=torch.float64)
    ids = first
    for t in range(1, steps + 1):
        logits, state = model.step(ids, state)
        _, V = check_shape("logits", logits, "N V", N=len(beginnings))
        _check_size(len(beginnings) * V, V, steps)
        scores = (scores[:, None] + logits.double().log_softmax(-1)).flatten()
        grown = [(b, (*path, v)) for b, path in beginnings for v in range(V)]
        still = []
        for i, ((b, path), score) in enumerate(
            zip(grown, scores.tolist(), strict=True)
        ):
            if score == -math.inf:
                continue
            if path[-1] == end or t == steps:
                rank, ended = score / t**length_norm, path[-1] == end
                found[b].append(Hypothesis(path, score, rank, ended, None))
            else:
                still.append(i)
        if not still:
            break
        beginnings = [grown[i] for i in still]
        rows = torch.tensor(still, device=first.device)
        scores, state = scores[rows], model.select(state, rows // V)
        ids = rows % V
    return [best(row, n) for row in found]


def _check_size(size: int, V: int, steps: int) -> None:
    if size > LIMIT:
        raise ThroughTimeError(
            f"steps is {steps} with {V} symbols, so that {size:,} beginnings are open; "
            f"wanted at most {LIMIT:,}. Try fewer steps, or beam."
        )
