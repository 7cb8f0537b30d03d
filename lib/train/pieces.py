r"""Train readers that choose where to look, and a network that draws by strokes.

    python lib/train/pieces.py

Writes ``book/records/pieces.json``: for three seeds the share of digits in new faces
that are read right after two glimpses, with places chosen by the picture, the same
for all, or at random; and what a held-out digit costs a network that draws it, after
each epoch, with one seed.
"""

import os

import torch
from looking import means_of
from reading import parser, record
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy

from throughtime import images, models
from throughtime.device import seed_all
from throughtime.train import fit

SIDE, WIDE, SIZE, COARSE, B, LR, CLIP = 28, 42, 12, 7, 64, 3e-3, 5.0
LINE = torch.linspace(6, 35, 6)
CENTRES = torch.cartesian_prod(LINE, LINE)
TRAINED, TESTED = 4000, 1000


class Shuffled:
    """Give the numbers of rows in batches, in a new order each epoch."""

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-TRAINED // B)

    def __iter__(self) -> object:
        """Give one epoch's batches."""
        yield from torch.randperm(TRAINED).split(B)


def wide_digits(n: int, seed: int, fonts: str) -> tuple[Tensor, Tensor]:
    """Return digits anywhere on a wide dark ground, ``(n, 42, 42)``, and labels."""
    small, labels = images.digits(n, seed, fonts)
    chance = torch.Generator().manual_seed(seed)
    wide = torch.zeros(n, WIDE, WIDE)
    corners = torch.randint(WIDE - SIDE + 1, (n, 2), generator=chance)
    for picture, digit, (y, x) in zip(wide, small, corners.tolist(), strict=True):
        picture[y : y + SIDE, x : x + SIDE] = digit
    return wide, labels


def small_digits(n: int, seed: int, fonts: str) -> tuple[Tensor, Tensor]:
    """Return digits of 14 by 14 points, 0 or 1, in the middle, and labels."""
    big, labels = images.digits(n, seed, fonts)
    for k, ink in enumerate(big):
        y, x = (ink.any(axis).nonzero()[[0, -1], 0].sum() for axis in (1, 0))
        big[k] = ink.roll((int(27 - y) // 2, int(27 - x) // 2), (0, 1))
    return (avg_pool2d(big[:, None], 2)[:, 0] > 0.35).float(), labels


def glimpse_loss(model: models.GlimpseReader, pictures: Tensor, y: Tensor) -> Tensor:
    """Return nats a digit, and beside it what gives the score-function gradient."""
    run = model(pictures)
    nats = cross_entropy(run.logits, y, reduction="none")
    if model.policy == "random":
        return nats.mean()
    advantage = (nats - nats.mean()).detach()
    return (nats + advantage * run.log_probs.sum(0)).mean()


def learn_to_look(policy: str, seed: int, epochs: int) -> dict:
    """Train one reader; return its curve on new faces, and where it looked."""
    seed_all(seed)
    model = models.GlimpseReader(CENTRES, SIZE, COARSE, WIDE, policy=policy)
    pictures, labels = wide_digits(TRAINED, 0, "train")
    new, names = wide_digits(TESTED, 2, "test")
    curve: list[float] = []

    def look(model: nn.Module) -> float:
        run = model(new, torch.Generator().manual_seed(3))
        curve.append((run.logits.argmax(1) == names).float().mean().item())
        return -float(len(curve))  # nothing is chosen

    fit(
        model,
        Shuffled(),
        lambda model, i: glimpse_loss(model, pictures[i], labels[i]),
        optimizer=torch.optim.Adam(model.parameters(), lr=LR),
        clip=CLIP,
        epochs=epochs,
        validate=look,
    )
    return {"seed": seed, "right": [round(share, 4) for share in curve]}


def learn_to_draw(seed: int, epochs: int) -> dict:
    """Train one network that draws; return what digits cost it."""
    seed_all(seed)
    model = models.Draw()
    pictures, labels = small_digits(TRAINED, 0, "train")
    new, names = small_digits(TESTED, 2, "test")
    curve: list[float] = []

    def cost(model: models.Draw) -> float:
        chance = torch.Generator().manual_seed(3)
        curve.append(model.nats(new, names, chance).mean().item())
        return -float(len(curve))  # nothing is chosen

    history = fit(
        model,
        Shuffled(),
        lambda model, i: model.nats(pictures[i], labels[i]).mean(),
        optimizer=torch.optim.Adam(model.parameters(), lr=LR),
        clip=CLIP,
        epochs=epochs,
        validate=cost,
    )
    losses = means_of(history.losses, len(Shuffled()))
    return {"seed": seed, "nats": [round(v, 3) for v in curve], "losses": losses}


def main() -> None:
    """Train all, and write the record."""
    wish = parser(__doc__, epochs=15, threads=1, seeds=3).parse_args()
    torch.set_num_threads(wish.threads)
    command = f"python lib/train/pieces.py --epochs {wish.epochs} --seeds {wish.seeds}"
    corpus = repr(wide_digits(20, 2, "test")[0].sum((1, 2)).tolist())
    found: dict = {"epochs": wish.epochs, "looking": {}}
    found["drawing"] = learn_to_draw(wish.seed, wish.epochs)
    print(found["drawing"], os.getloadavg()[0], flush=True)  # noqa: T201
    for seed in range(wish.seed, wish.seed + wish.seeds):
        for policy in models.glimpse.POLICIES:
            run = learn_to_look(policy, seed, wish.epochs)
            found["looking"].setdefault(policy, []).append(run)
            print(policy, run, os.getloadavg()[0], flush=True)  # noqa: T201
        record("pieces", command, wish.seed, corpus, found)


if __name__ == "__main__":
    main()
