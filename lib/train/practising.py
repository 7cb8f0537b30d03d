"""What the scripts on few pictures share: batches, small captioners, their truth."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from describing import caption_loss, describe
from torch import Tensor, nn

from throughtime import images, metrics, models
from throughtime.train import History, fit

SIZES = {"V": 30, "H": 64, "cell": "GRU", "way": "every"}
CHANNELS, B, RATE, CLIP, THINGS, NEW, UNSEEN = (16, 32, 32), 32, 5e-3, 5.0, 1, 500, 5
Words = Sequence[str]
Change = Callable[[Tensor, list[Words], torch.Generator], tuple[Tensor, list[Words]]]


class Few:
    r"""Draw batches from n scenes of one thing, a true caption anew each time.

    Args:
        n: How many scenes there are.
        seed: Of the scenes, their noise and all choices.
        changes: What is done to each batch, in this order.
        develop: What is done to all pictures once: another world, or features.
    """

    def __init__(
        self,
        n: int,
        seed: int,
        changes: Sequence[Change] = (),
        develop: Callable[[Tensor], Tensor] = lambda pictures: pictures,
    ) -> None:
        scenes = images.scenes("train", n, seed, THINGS)
        self.pictures = develop(images.render_all(scenes, seed))
        self.captions = [[c.words for c in images.captions(s)] for s in scenes]
        self.changes, self.chance = changes, torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Draw one batch after the other: pictures, ids and mask."""
        while True:
            rows = torch.randint(len(self.captions), (B,), generator=self.chance)
            u = torch.rand(B, generator=self.chance).tolist()
            several = [self.captions[row] for row in rows.tolist()]
            words = [s[int(v * len(s))] for s, v in zip(several, u, strict=True)]
            pictures = self.pictures[rows]
            for change in self.changes:
                pictures, words = change(pictures, words, self.chance)
            yield pictures, *images.encode_captions(words)


class Ready(nn.Module):
    """Stand in for a network whose features ``(B, G, G, C)`` are there already."""

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        _, self.G, _, self.C = features.shape

    def forward(self, features: Tensor) -> Tensor:
        """Return the features."""
        return features


def make(cnn: nn.Module | None = None, **sizes: object) -> models.Captioner:
    """Return a small captioner with its first weights."""
    return models.Captioner(**SIZES | sizes, cnn=cnn or models.SmallCNN(CHANNELS))


def learn(
    model: nn.Module,
    batches: Iterable,
    steps: int,
    rate: float = RATE,
    of: nn.Module | None = None,
    **how: object,
) -> History:
    """Train a model, or a part of it, by Adam with a rate that falls to 0.

    ``how`` goes to ``fit``.
    """
    if of is not None:  # else the others' gradients would add to the norm that clips
        model.requires_grad_(False)
        of.requires_grad_(True)
    return fit(
        model,
        batches,
        caption_loss,
        optimizer=torch.optim.Adam((of or model).parameters(), lr=rate),
        schedule=lambda step: max(0.0, 1 - step / steps),
        clip=CLIP,
        steps=steps,
        progress=False,
        **how,
    )


def unseen(number: int = NEW, seed: int = UNSEEN) -> tuple[list[images.Scene], Tensor]:
    """Return new scenes of one thing and their pictures."""
    scenes = images.scenes("test", number, seed, THINGS)
    return scenes, images.render_all(scenes, seed)


def truth(
    model: models.Captioner, pictures: Tensor, scenes: Sequence[images.Scene]
) -> float:
    """Return the share of greedy captions that are true."""
    return metrics.truth_rate(describe(model, pictures), scenes, images.is_true)
