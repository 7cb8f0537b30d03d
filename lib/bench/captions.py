r"""Train captioners on the world of shapes, and write lib/bench/captions.md.

    python lib/bench/captions.py --minutes 5 --seeds 0 1 2     about 17 minutes
    python lib/bench/captions.py --report                      the table alone

Results are added to captions.json by recipe and seed. The test scenes choose nothing:
what is measured are the last weights.
"""

import argparse
import math
import time
from collections.abc import Iterator

import torch
from captions_report import RECIPES, add, measure, write_report
from torch import Tensor, nn

from throughtime import images, metrics, models
from throughtime.device import seed_all
from throughtime.train import fit

B, LR, CLIP = 128, 3e-3, 5.0


class FreshScenes:
    r"""Draw scenes that were never seen before, each with one of its true captions.

    Args:
        seed: Of the scenes, their noise and the choice of captions.
        distinct: How many scenes there are before they repeat; no limit without it.
    """

    def __init__(self, seed: int, distinct: int | None = None) -> None:
        self.seed, self.distinct = seed, distinct
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Draw one batch after the other: pictures, ids and mask."""
        start = 0
        while True:
            scenes = images.scenes("train", B, self.seed, start=start)
            start += B
            if self.distinct and start + B > self.distinct:
                start = 0
            true = [images.captions(scene) for scene in scenes]
            drawn = torch.rand(B, generator=self.generator).tolist()
            chosen = [cs[int(u * len(cs))] for cs, u in zip(true, drawn, strict=True)]
            yield images.render_all(scenes, self.seed), *images.encode_captions(chosen)


class Clock:
    """Warm a learning rate up, then lower it along half a cosine, by the clock."""

    def __init__(self, minutes: float) -> None:
        self.seconds, self.start = 60 * minutes, time.perf_counter()

    def __call__(self, step: int) -> float:
        """Return the factor of the rate now."""
        share = min(1.0, (time.perf_counter() - self.start) / self.seconds)
        return min((step + 1) / 100, max(0.005, 0.5 * (1 + math.cos(math.pi * share))))


def caption_loss(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Return nats a token of a batch's captions."""
    pictures, ids, mask = batch
    logits = model(pictures, ids[:-1])
    logits = logits if isinstance(logits, Tensor) else logits[0]
    return metrics.cross_entropy(logits, ids[1:], mask[1:])
