r"""Bring the picture in at five places, and at none; write book/records/ways.json.

    python lib/train/ways.py

Every model has the same convolutions, cell and sizes, and with one seed the same
batches in the same order. "memory" adds to "every" what Chen and Zitnick's network has:
a second recurrent state that reads only words and tries to rebuild the picture's
features. "blind" is "init" with the pictures of other scenes. ``--seeds 1 --steps 20``
tries it.
"""

import time

import torch
from describing import Cosine, Stock, caption_loss, choose, describe
from measuring import interval, record
from reading import parser
from torch import Tensor, nn

from throughtime import images, layers, metrics, models
from throughtime.device import seed_all
from throughtime.train import fit

SIZES = {"V": 30, "H": 96, "cell": "GRU", "embedding_size": 48}
CHANNELS = (16, 32, 48, 48)
B, RATE, CLIP, NUMBER, NEW = 64, 3e-3, 5.0, 12_000, 1000
UNSEEN = 5  # seed of the scenes to measure on
WAYS = ("init", "first", "every", "late", "memory", "blind")


class Remembering(nn.Module):
    r"""Be a captioner with a visual memory beside its state.

    .. math:: u_t = \mathrm{GRU}(x_t, u_{t-1}), \quad \hat v_t = W u_t

    The words come from h_t and u_t together. The picture's features v are no target to
    be moved: no gradient goes into them from the rebuilding.
    """

    def __init__(self) -> None:
        super().__init__()
        cnn = models.SmallCNN(CHANNELS)
        self.inner = models.Captioner(**SIZES, way="every", cnn=cnn)
        H, D = SIZES["H"], SIZES["embedding_size"]
        self.memory = layers.GRU(D, H // 2)
        self.rebuild = nn.Linear(H // 2, self.inner.cnn.C)
        self.say = nn.Linear(H // 2, SIZES["V"], bias=False)

    def forward(self, pictures: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits ``(T, B, V)`` and how far off the rebuilding is, ``(T, B)``."""
        us = self.memory(self.inner.embed(ids))[0]
        v = self.inner.cnn(pictures).mean((1, 2)).detach()
        off = ((self.rebuild(us) - v) ** 2).mean(-1)
        return self.inner(pictures, ids) + self.say(us), off

    def start(self, pictures: Tensor) -> tuple:
        """Return the state before ``<START>``."""
        zeros = pictures.new_zeros(1, len(pictures), SIZES["H"] // 2)
        return self.inner.start(pictures), zeros

    def step(self, ids: Tensor, state: tuple) -> tuple[Tensor, tuple]:
        """Read one word a row."""
        logits, inner = self.inner.step(ids, state[0])
        us, u = self.memory(self.inner.embed(ids)[None], state[1])
        return logits + self.say(us[0]), (inner, u)


class Blind(nn.Module):
    """Be a captioner that sees the picture of another scene."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = models.Captioner(**SIZES, cnn=models.SmallCNN(CHANNELS))
        self.step = self.inner.step

    def forward(self, pictures: Tensor, ids: Tensor) -> Tensor:
        """Return logits ``(T, B, V)``."""
        return self.inner(pictures.roll(1, 0), ids)

    def start(self, pictures: Tensor) -> models.CaptionState:
        """Return the state before ``<START>``."""
        return self.inner.start(pictures.roll(1, 0))


def make(way: str) -> nn.Module:
    """Return a captioner with its first weights."""
    if way in ("memory", "blind"):
        return Remembering() if way == "memory" else Blind()
    return models.Captioner(**SIZES, way=way, cnn=models.SmallCNN(CHANNELS))


def loss(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Return nats a token; with a memory, what the rebuilding is off is added."""
    if not isinstance(model, Remembering):
        return caption_loss(model, batch)
    pictures, ids, mask = batch
    logits, off = model(pictures, ids[:-1])
    return metrics.cross_entropy(logits, ids[1:], mask[1:]) + off[mask[:-1]].mean()


@torch.no_grad()
def nats(model: nn.Module, pictures: Tensor, words: list[images.Caption]) -> float:
    """Return nats a token of one caption a picture."""
    ids, mask = images.encode_captions(words)
    logits = model(pictures, ids[:-1])
    logits = logits[0] if isinstance(logits, tuple) else logits
    return metrics.cross_entropy(logits, ids[1:], mask[1:]).item()


def measure(model: nn.Module) -> dict[str, float]:
    """Return what is reached on scenes that no model saw."""
    found = {}
    for split in ("test", "pairs", "count"):
        scenes = images.scenes(split, NEW, UNSEEN)
        pictures = images.render_all(scenes, UNSEEN)
        said = describe(model, pictures)
        found[f"{split} true"] = metrics.truth_rate(said, scenes, images.is_true)
        words = choose(scenes, torch.Generator().manual_seed(UNSEEN))
        found[f"{split} nats"] = nats(model, pictures, words)
    return found


def run(way: str, seed: int, steps: int, stock: Stock) -> dict[str, float]:
    """Train one model; return its figures."""
    seed_all(seed)
    stock.generator.manual_seed(seed)
    model, began = make(way), time.process_time()
    fit(
        model,
        stock,
        loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=RATE),
        schedule=Cosine(steps),
        clip=CLIP,
        steps=steps,
        progress=False,
    )
    took = time.process_time() - began
    count = sum(p.numel() for p in model.parameters())
    return {"parameters": count, "seconds": took} | measure(model)


def write(wish: object, seeds: list[int], runs: dict) -> None:
    """Write the record of the seeds that are done."""
    ends = {
        way: {name: interval(values) for name, values in each.items()}
        for way, each in runs.items()
        if len(seeds) > 1
    }
    settings = {"B": B, "steps": wish.steps, "lr": RATE, "clip": CLIP}
    settings |= {"scenes": NUMBER, "new_scenes": NEW} | SIZES
    command = f"python lib/train/ways.py --steps {wish.steps} --seeds {len(seeds)}"
    found = {"settings": settings, "runs": runs, "intervals": ends}
    record("ways", command, seeds, found)


def main() -> None:
    """Train all, and write the record, anew after each seed."""
    wish = parser(__doc__, steps=1500, seeds=3, threads=1).parse_args()
    torch.set_num_threads(wish.threads)
    runs: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    seeds = list(range(wish.seed, wish.seed + wish.seeds))
    for place, seed in enumerate(seeds):
        stock = Stock(NUMBER, B, seed)
        for way in WAYS:
            found = run(way, seed, wish.steps, stock)
            print(seed, way, found, flush=True)  # noqa: T201
            for name, value in found.items():
                runs[way].setdefault(name, []).append(round(value, 4))
        write(wish, seeds[: place + 1], runs)


if __name__ == "__main__":
    main()
