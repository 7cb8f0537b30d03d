"""What the scripts on pairs of sequences share: training, and scores by length."""

import math
from collections import defaultdict
from collections.abc import Callable

import torch
from torch import Tensor, nn

from throughtime import decode, metrics, models, tasks
from throughtime.text import START
from throughtime.train import History, fit

LONGEST = 80  # symbols that a model may write


def loss(model: nn.Module, batch: tasks.Pairs) -> Tensor:
    """Return nats a symbol, the right symbols fed back."""
    logits = model(batch.source, batch.target[:-1], batch.source_mask)
    return metrics.cross_entropy(logits, batch.target[1:], batch.target_mask[1:])


def learn(
    model: nn.Module,
    train: tasks.Pairs,
    held_in: tasks.Pairs,
    steps: int,
    generator: torch.Generator,
    *,
    lr: float = 0.005,
    B: int = 64,
) -> History:
    """Train with Adam along half a cosine, and keep the best validation's weights."""
    return fit(
        model,
        tasks.PairBatches(train, B, generator),
        loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=lr),
        schedule=lambda step: max(0.02, 0.5 * (1 + math.cos(math.pi * step / steps))),
        clip=1.0,
        steps=steps,
        validate=[held_in],
        every=max(1, steps // 10),
    )


@torch.no_grad()
def written(model: models.Seq2Seq, pairs: tasks.Pairs) -> list[list[int]]:
    """Return what the model writes to each source, symbol by symbol the likeliest."""
    B = pairs.source.shape[1]
    state = model.start(pairs.source, pairs.source_mask)
    out = decode.greedy(model, state, torch.full((B,), START), steps=LONGEST)
    return [out.row(b) for b in range(B)]


def answers(pairs: tasks.Pairs) -> list[list[int]]:
    """Return what should be written."""
    return [tasks.written(row) for row in pairs.target.T.tolist()]


def by_length(
    rows: list[list[int]],
    pairs: tasks.Pairs,
    right: Callable[[list[int], list[int]], bool] = list.__eq__,
) -> dict[str, list[int]]:
    """Return by the source's number of words: how many rows are right, of how many."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    lengths = (pairs.source_mask.sum(0) - 1).tolist()
    for row, answer, length in zip(rows, answers(pairs), lengths, strict=True):
        counts[str(length)][0] += right(row, answer)
        counts[str(length)][1] += 1
    return dict(sorted(counts.items(), key=lambda item: int(item[0])))
