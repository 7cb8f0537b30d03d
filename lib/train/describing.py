"""What the scripts on captions share: scenes, a loss, greedy captions, their truth."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from throughtime import decode, images, metrics

MOST_WORDS = 16
ONE_THING = 0.35  # of the captions of two things speak of one; even would be 0.25
Batch = tuple[Tensor, Tensor, Tensor]


class Scenes:
    r"""Draw scenes with one true caption each, none twice.

    Args:
        B: How many a batch.
        seed: Of the scenes, their noise and the choice of captions.
    """

    def __init__(self, B: int, seed: int) -> None:
        self.B, self.seed = B, seed
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[Batch]:
        """Draw one batch after the other: pictures, ids and mask."""
        start = 0
        while True:
            scenes = images.scenes("train", self.B, self.seed, start=start)
            start += self.B
            words = choose(scenes, self.generator)
            yield images.render_all(scenes, self.seed), *images.encode_captions(words)


class Stock:
    r"""Draw from pictures that were made once, a caption anew each time.

    Much faster than :class:`Scenes`, and a picture comes more than once.
    """

    def __init__(self, number: int, B: int, seed: int) -> None:
        self.B, self.generator = B, torch.Generator().manual_seed(seed)
        scenes = images.scenes("train", number, seed)
        # A byte a value: noise is far larger than what the rounding changes.
        self.pictures = (255 * images.render_all(scenes, seed)).round().byte()
        self.captions = [images.captions(scene) for scene in scenes]

    def __iter__(self) -> Iterator[Batch]:
        """Draw one batch after the other: pictures, ids and mask."""
        while True:
            number = len(self.captions)
            rows = torch.randint(number, (self.B,), generator=self.generator)
            draws = torch.rand(self.B, 2, generator=self.generator).tolist()
            words = [
                one(self.captions[row], *uv)
                for row, uv in zip(rows.tolist(), draws, strict=True)
            ]
            pictures = self.pictures[rows].float() / 255
            yield pictures, *images.encode_captions(words)


def choose(
    scenes: Sequence[images.Scene], generator: torch.Generator
) -> list[images.Caption]:
    """Choose a true caption of each scene."""
    draws = torch.rand(len(scenes), 2, generator=generator).tolist()
    pairs = zip(scenes, draws, strict=True)
    return [one(images.captions(scene), *uv) for scene, uv in pairs]


def one(true: Sequence[images.Caption], u: float, v: float) -> images.Caption:
    """Choose a caption by two uniform numbers."""
    kinds = [c for c in true if len(set(c.refers) - {-1}) == 1 + (v >= ONE_THING)]
    kinds = kinds or true
    return kinds[int(u * len(kinds))]


def caption_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Return nats a token of a batch's captions."""
    pictures, ids, mask = batch
    logits = model(pictures, ids[:-1])
    logits = logits if isinstance(logits, Tensor) else logits[0]  # maps come with it
    return metrics.cross_entropy(logits, ids[1:], mask[1:])


class Cosine:
    """Warm a learning rate up over 100 steps, then lower it along half a cosine."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def __call__(self, step: int) -> float:
        """Return the factor of the rate now."""
        share = min(1.0, step / self.steps)
        return min((step + 1) / 100, max(0.005, 0.5 * (1 + math.cos(math.pi * share))))


@torch.no_grad()
def describe(
    model: nn.Module, pictures: Tensor, part: int = 250
) -> list[tuple[str, ...]]:
    """Return the greedy caption of each picture."""
    symbols = images.caption_vocabulary().symbols
    said: list[tuple[str, ...]] = []
    for some in pictures.split(part):
        start = torch.ones(len(some), dtype=torch.int64)
        found = decode.greedy(model, model.start(some), start, steps=MOST_WORDS)
        said += [tuple(symbols[i] for i in found.row(b)) for b in range(len(some))]
    return said


def truth(model: nn.Module, split: str, number: int, seed: int) -> float:
    """Return the share of greedy captions that are true, of a split."""
    scenes = images.scenes(split, number, seed)
    said = describe(model, images.render_all(scenes, seed))
    return metrics.truth_rate(said, scenes, images.is_true)


@torch.no_grad()
def held_out(model: nn.Module, split: str, number: int, seed: int) -> float:
    """Return nats a token of one drawn caption a scene."""
    scenes = images.scenes(split, number, seed)
    words = choose(scenes, torch.Generator().manual_seed(seed))
    pictures = images.render_all(scenes, seed)
    return caption_loss(model, (pictures, *images.encode_captions(words))).item()
