r"""Train agents that are told the way, and agents that lack their eyes or their ears.

    python lib/train/walks.py

Writes ``book/records/walks.json``: how often an agent stops at the goal, by the number
of legs of the way, for three seeds each of

- "seeing": as it is;
- "blind": the same network, but what it sees is always empty;
- "deaf": the same network, but what it is told is always the same mark;

beside what no agent can exceed that sees nothing. The first agent that sees goes to
``checkpoints/walks.npz``, in half precision. With ``--resume`` a record that the
same command has begun is gone on with.
"""

import os
from collections.abc import Iterator
from typing import Any

import torch
from describing import Cosine
from dialogs import begun, keep, wishes
from reading import record
from torch import Tensor
from torch.nn.functional import cross_entropy

from throughtime import decode, models, tasks
from throughtime.device import seed_all
from throughtime.train import History, fit

B, H, LR, CLIP = 64, 64, 3e-3, 5.0
WAYS = ("seeing", "blind", "deaf")
LEGS, MOST_LEGS = (1, 4), 6  # learnt from, and tested up to
TESTED, TEST_SEED = 300, 13
CONFIG = {"V": len(tasks.walk_vocabulary()), "view_size": tasks.VIEW_SIZE, "H": H}

Batch = tuple[Tensor, Tensor, tasks.Walks]


class Ways:
    """Draw batches of ways that are never the same."""

    def __init__(self, seed: int, way: str) -> None:
        self.chance, self.way = torch.Generator().manual_seed(10_000 + seed), way

    def __iter__(self) -> Iterator[Batch]:
        """Give one batch after the other."""
        while True:
            yield given(tasks.walks(B, self.chance, LEGS), self.way)


def given(walks: tasks.Walks, way: str) -> Batch:
    """Return what is seen along the right way, the actions before, and the way."""
    views, before = walks.along()
    views = torch.zeros_like(views) if way == "blind" else views
    return views, before, told(walks, way)


def told(walks: tasks.Walks, way: str) -> tasks.Walks:
    """Return walks with the words that an agent hears."""
    if way != "deaf":
        return walks
    mark = torch.ones_like(walks.words[:1])
    return walks._replace(words=mark, words_mask=mark.bool())


def nothing(fields: Tensor, standing: tasks.Standing) -> Tensor:
    """Return what a blind agent sees."""
    return torch.zeros_like(tasks.view(fields, standing))


def loss(model: models.Agent, batch: Batch) -> Tensor:
    """Return nats an action."""
    views, before, walks = batch
    logits, _ = model(views, before, walks.words, walks.words_mask)
    return cross_entropy(logits[walks.mask], walks.actions[walks.mask])


def learn(way: str, seed: int, steps: int) -> tuple[models.Agent, History]:
    """Train one agent to do what is right, along the right way."""
    seed_all(seed)
    model = models.Agent(**CONFIG)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    history = fit(
        model,
        Ways(seed, way),
        loss,
        optimizer=optimizer,
        schedule=Cosine(steps),
        clip=CLIP,
        steps=steps,
    )
    return model.eval(), history


@torch.no_grad()
def scores(model: models.Agent, tested: dict[int, tasks.Walks], way: str) -> dict:
    """Return success by legs, and the share of right actions on the right way."""
    success, moves = {}, {}
    see = nothing if way == "blind" else tasks.view
    for legs, walks in tested.items():
        gone = decode.follow(model, told(walks, way), see=see)
        success[str(legs)] = round(gone.arrived.double().mean().item(), 4)
        views, before, heard = given(walks, way)
        logits, _ = model(views, before, heard.words, heard.words_mask)
        hit = (logits.argmax(-1) == walks.actions)[walks.mask]
        moves[str(legs)] = round(hit.double().mean().item(), 4)
    return {"success": success, "right actions": moves}


def best_blind(walks: tasks.Walks) -> float:
    """Return what no blind agent can exceed on these ways, on average."""
    rows = zip(walks.turned.T.tolist(), walks.legs.tolist(), strict=True)
    rates = [tasks.blind_rate(turned[:legs]) for turned, legs in rows]
    return sum(rates) / len(rates)


def main() -> None:
    """Train all, and write the record."""
    wish = wishes(__doc__, steps=3000)
    command = f"python lib/train/walks.py --steps {wish.steps} --seeds {wish.seeds}"
    chance = torch.Generator().manual_seed(TEST_SEED)
    tested = {n: tasks.walks(TESTED, chance, (n, n)) for n in range(1, MOST_LEGS + 1)}
    found: dict[str, Any] = {"steps": wish.steps, "ways": TESTED, "legs": LEGS}
    found["words"] = {
        str(n): walks.words_mask.sum(0).double().mean().item()
        for n, walks in tested.items()
    }
    found["best blind"] = {str(n): best_blind(w) for n, w in tested.items()}
    none = {way: [] for way in WAYS}
    found["runs"] = begun("walks", command, WAYS) if wish.resume else none
    for way in WAYS:
        for seed in range(wish.seed, wish.seed + wish.seeds):
            if seed in [run["seed"] for run in found["runs"][way]]:
                continue
            model, history = learn(way, seed, wish.steps)
            run = {"seed": seed} | scores(model, tested, way)
            run["minutes"] = round(history.seconds[-1] / 60, 1)
            found["runs"][way].append(run)
            print(way, run, os.getloadavg()[0], flush=True)  # noqa: T201
            text = " ".join(str(w.words.tolist()) for w in tested.values())
            record("walks", command, wish.seed, text, found)
            if (seed, way) == (wish.seed, WAYS[0]):
                about = {"seed": seed, "success": run["success"]}
                keep(model, "walks", config=CONFIG, command=command, **about)


if __name__ == "__main__":
    main()
