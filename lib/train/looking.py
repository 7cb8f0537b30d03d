"""What the scripts on attention share: fresh scenes, and how captions are scored."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from describing import MOST_WORDS, one
from torch import Tensor, nn

from throughtime import decode, images, metrics

PART = 250


class FreshScenes:
    r"""Give scenes that were never seen before, each with one of its true captions.

    Batch k depends on the seed and on k alone, so that a stored run goes on with the
    batches that it would have had.

    Args:
        seed: Of the scenes, their noise and the choice of captions.
        B: Scenes a batch.
        split: Where the scenes are from.
    """

    def __init__(self, seed: int, B: int, split: str = "train") -> None:
        self.seed, self.B, self.split, self.place = seed, B, split, 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Give one batch after the other: pictures, ids and mask."""
        while True:
            self.place += 1
            yield self.batch(self.place - 1)

    def batch(self, number: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return one batch."""
        start, chance = number * self.B, torch.Generator()
        chance.manual_seed(1_000_003 * self.seed + number)
        scenes = images.scenes(self.split, self.B, self.seed, start=start)
        draws = torch.rand(self.B, 2, generator=chance).tolist()
        pairs = zip(scenes, draws, strict=True)
        chosen = [one(images.captions(scene), *uv) for scene, uv in pairs]
        pictures = images.render_all(scenes, self.seed + start)
        return pictures, *images.encode_captions(chosen)

    def state_dict(self) -> dict[str, int]:
        """Return the place, to go on from."""
        return {"place": self.place}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go to a place."""
        self.place = state["place"]


@torch.no_grad()
def describe(
    model: nn.Module, scenes: Sequence[images.Scene], seed: int = 0
) -> list[tuple[tuple[str, ...], Tensor]]:
    """Return the greedy caption of each scene, and a map for each of its words."""
    symbols = images.caption_vocabulary().symbols
    told = []
    for first in range(0, len(scenes), PART):
        part = scenes[first : first + PART]
        state = model.start(images.render_all(part, seed + first))
        begin = torch.ones(len(part), dtype=torch.int64)
        watch = (lambda now: now.map) if hasattr(state, "map") else None
        found = decode.greedy(model, state, begin, steps=MOST_WORDS, watch=watch)
        for b in range(len(part)):
            words = tuple(symbols[i] for i in found.row(b))
            told.append((words, found.watched[: len(words), b] if watch else None))
    return told


def scores(model: nn.Module, scenes: Sequence[images.Scene]) -> dict[str, Any]:
    """Return how many captions are true, and how much attention lies on the things.

    Attention counts where the caption is true, and its words can mean one thing only.
    """
    said, masses, points = [], [], []
    for scene, (words, maps) in zip(scenes, describe(model, scenes), strict=True):
        said.append(words)
        meant = images.alignments(words, scene)
        if maps is not None and len(meant) == 1:
            cells = images.object_cells(scene, maps.shape[-1])
            masses.append(metrics.attention_mass(maps, cells, meant[0]))
            points.append(metrics.pointing(maps, cells, meant[0]).float())
    found = {"true": metrics.truth_rate(said, scenes, images.is_true)}
    if masses:
        found["mass"] = torch.cat(masses).mean().item()
        found["pointing"] = torch.cat(points).mean().item()
    return found


def means_of(values: Sequence[float], size: int) -> list[float]:
    """Return the means of blocks of values."""
    blocks = [values[i : i + size] for i in range(0, len(values), size)]
    return [round(sum(block) / len(block), 4) for block in blocks]
