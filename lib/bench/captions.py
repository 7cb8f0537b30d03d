r"""Train captioners on the world of shapes, and write lib/bench/captions.md.

    python lib/bench/captions.py                              about 20 minutes
    python lib/bench/captions.py --recipes vector --seeds 0   one run
    python lib/bench/captions.py --report                     the table alone

Results are added to captions.json by recipe and seed. The scenes that are measured
choose nothing: what is measured are the last weights.
"""

import argparse
import math
import time
from collections.abc import Iterator, Sequence

import torch
from captions_report import add, measure, write_report
from learn_report import machine
from torch import Tensor, nn

from throughtime import images, metrics, models
from throughtime.device import seed_all
from throughtime.train import fit

B, H, LR, CLIP = 128, 128, 3e-3, 5.0
CHANNELS = (32, 64, 64)
V = len(images.caption_vocabulary())
RECIPES = {
    "attention": "Soft attention; 35 % of the captions of two things speak of one, so "
    "that the likeliest words do. 25 % is even; 50 % drew less attention to things.",
    "even": "Soft attention; every true caption is as probable as every other.",
    "vector": "No attention: the picture makes the first state. Captions as in the "
    "first recipe.",
}


class FreshScenes:
    r"""Draw scenes that were never seen before, each with one of its true captions.

    Args:
        seed: Of the scenes, their noise and the choice of captions.
        one_thing: Probability of a caption that speaks of one thing, where the scene
            has two; without it, all captions of a scene are equally probable.
    """

    def __init__(self, seed: int, one_thing: float | None) -> None:
        self.seed, self.one_thing = seed, one_thing
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Draw one batch after the other: pictures, ids and mask."""
        start = 0
        while True:
            scenes = images.scenes("train", B, self.seed, start=start)
            start += B
            draws = torch.rand(B, 2, generator=self.generator).tolist()
            pairs = zip(scenes, draws, strict=True)
            chosen = [self._choose(images.captions(s), *uv) for s, uv in pairs]
            yield images.render_all(scenes, self.seed), *images.encode_captions(chosen)

    def _choose(
        self, true: Sequence[images.Caption], u: float, v: float
    ) -> images.Caption:
        """Choose a caption by two uniform numbers."""
        if self.one_thing is not None:
            kinds = [c for c in true if _speaks_of_one(c) == (v < self.one_thing)]
            true = kinds or true
        return true[int(u * len(true))]


class Cosine:
    """Warm a learning rate up over 100 steps, then lower it along half a cosine."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def __call__(self, step: int) -> float:
        """Return the factor of the rate now."""
        share = min(1.0, step / self.steps)
        return min((step + 1) / 100, max(0.005, 0.5 * (1 + math.cos(math.pi * share))))


def caption_loss(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Return nats a token of a batch's captions."""
    pictures, ids, mask = batch
    logits = model(pictures, ids[:-1])
    logits = logits if isinstance(logits, Tensor) else logits[0]
    return metrics.cross_entropy(logits, ids[1:], mask[1:])


def make(recipe: str) -> nn.Module:
    """Return a model with its first weights."""
    cnn = models.SmallCNN(CHANNELS)
    if recipe == "vector":
        return models.Captioner(V, H, "GRU", cnn=cnn)
    return models.AttentiveCaptioner(V, H, cnn=cnn)


def train(recipe: str, seed: int, arguments: argparse.Namespace) -> None:
    """Train one model, measure it and store the result."""
    seed_all(seed)
    model = make(recipe)
    history = fit(
        model,
        FreshScenes(seed, None if recipe == "even" else 0.35),
        caption_loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=LR),
        schedule=Cosine(arguments.steps),
        clip=CLIP,
        steps=arguments.steps,
        progress=True,
    )
    result = measure(model, arguments.scenes) | {
        "about": RECIPES[recipe],
        "batch": B,
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine(),
        "parameters": sum(p.numel() for p in model.parameters()),
        "scenes": arguments.scenes,
        "seconds": round(history.seconds[-1], 1),
        "steps": len(history),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    add(recipe, seed, result)


def _speaks_of_one(caption: images.Caption) -> bool:
    return len(set(caption.refers) - {-1}) == 1


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    how = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    add_argument = whole.add_argument
    add_argument("--recipes", nargs="+", choices=RECIPES, default=["attention"])
    add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add_argument("--steps", type=int, default=4000, help="of training, a seed")
    add_argument("--scenes", type=int, default=5000, help="to measure on, a split")
    add_argument("--threads", type=int, default=1)
    add_argument("--report", action="store_true", help="only write the table anew")
    return whole


def main() -> None:
    """Train what the command line asks for."""
    arguments = parser().parse_args()
    torch.set_num_threads(arguments.threads)
    if not arguments.report:
        for recipe in arguments.recipes:
            for seed in arguments.seeds:
                train(recipe, seed, arguments)
    write_report()


if __name__ == "__main__":
    main()
