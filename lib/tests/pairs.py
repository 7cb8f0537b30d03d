"""What the tests of pairs share: a seed, and batches read as words."""

import torch

from throughtime import tasks


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def rows(pairs):
    """Return (source words, target words, alignment) of each row."""
    found = []
    for b in range(pairs.source.shape[1]):
        sides = []
        for side, known in (
            (pairs.source, pairs.source_vocabulary),
            (pairs.target, pairs.target_vocabulary),
        ):
            ids = tasks.written(side[:, b].tolist())
            sides.append(known.decode(ids).split())
        found.append((*sides, pairs.alignment[:, b].tolist()))
    return found
