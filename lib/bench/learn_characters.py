"""A character model trained for some minutes, and what it makes of held-out text."""

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from learn_report import add, summary, thinned
from torch import Tensor, nn

from throughtime import download, layers, models, text
from throughtime.device import seed_all
from throughtime.train import Carry, fit

H, D, T, CLIP = 256, 64, 64, 1.0
# Rows of a batch, learning rate, dropout: the play is small, and soon known by heart.
RECIPES = {"shakespeare": (64, 6e-3, 0.2), "stdlib": (32, 4e-3, 0.0)}


class Clock:
    """Lower a learning rate along half a cosine, by the clock."""

    def __init__(self, minutes: float) -> None:
        self.seconds, self.start = 60 * minutes, time.perf_counter()

    def __call__(self, step: int) -> float:
        """Return the factor of the rate now."""
        share = min(1.0, (time.perf_counter() - self.start) / self.seconds)
        return max(0.01, 0.5 * (1 + math.cos(math.pi * share)))


class Shifted:
    """Cut a text into contiguous batches, from another place in each epoch."""

    def __init__(self, ids: Tensor, B: int) -> None:
        self.ids, self.B = ids, B

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Give one epoch's batches."""
        start = int(torch.randint(T, ()))
        yield from text.StatefulBatches(self.ids[start:], self.B, T)


def corpus(name: str, path: Path | None) -> tuple[str, str]:
    """Return a corpus's training and held-out text."""
    if name == "stdlib":
        return text.stdlib_source(split="train"), text.stdlib_source(split="test")
    whole = path.read_text("utf-8") if path else download.tiny_shakespeare("all")
    cut = int(0.9 * len(whole))
    return whole[:cut], whole[cut:]


def character_loss(
    model: nn.Module, batch: tuple[Tensor, Tensor], state: object
) -> tuple[Tensor, object]:
    """Return the mean loss in nats a character, and the state after the batch."""
    inputs, targets = batch
    logits, state = model(inputs, state)
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()), state


@torch.no_grad()
def held_out(model: nn.Module, ids: Tensor, rows: int = 32) -> float:
    """Return nats a character, the text read in some rows from start to end."""
    carried, total, count = Carry(character_loss), 0.0, 0
    for batch in text.StatefulBatches(ids, rows, 200, keep_last=True):
        total += carried(model, batch).item() * batch[1].numel()
        count += batch[1].numel()
    return total / count


def characters(arguments: argparse.Namespace) -> None:
    """Train a character model for some minutes, and read the held-out text."""
    name = arguments.command
    train, test = corpus(name, getattr(arguments, "text", None))
    vocabulary = text.Vocabulary.from_text(train + test)
    seed_all(arguments.seed)
    B, lr, dropout = RECIPES[name]
    model = models.CharLM(len(vocabulary), H, dropout=dropout, embedding_size=D)
    layers.init_forget_bias(model.layer)
    ids = vocabulary.encode(test)
    glimpses: list[float] = []

    def glimpse(model: nn.Module) -> float:
        """Note the loss on a part of the held-out text; call the newest the best."""
        glimpses.append(held_out(model, ids[:60_000]))
        return -float(len(glimpses))

    history = fit(
        model,
        Shifted(vocabulary.encode(train), B),
        Carry(character_loss),
        optimizer=torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.99)),
        schedule=Clock(arguments.minutes),
        clip=CLIP,
        minutes=arguments.minutes,
        validate=glimpse,
        every=arguments.every,
    )
    result = summary(history, arguments) | {
        "nats": held_out(model, ids),
        "characters": [len(train), len(test)],
        "n-grams": min(text.ngram_floors(train, test)),
        "curve": thinned(history),
        "validation": [history.validation_steps, glimpses],
    }
    add(name, result)
