"""What the scripts on characters share: a model, its training, its held-out loss."""

import argparse
import datetime
import hashlib
import json
import math
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from throughtime import decode, layers, models, text
from throughtime.train import Carry, History, fit

RECORDS = Path(__file__).resolve().parents[2] / "book" / "records"


class Shifted:
    """Cut a text into contiguous batches, from another place in each epoch."""

    def __init__(self, ids: Tensor, B: int, T: int) -> None:
        self.ids, self.B, self.T = ids, B, T

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Give one epoch's batches."""
        start = int(torch.randint(self.T, ()))
        yield from text.StatefulBatches(self.ids[start:], self.B, self.T)


def parser(about: str, **defaults: int) -> argparse.ArgumentParser:
    """Return what reads a script's command line."""
    how = argparse.RawDescriptionHelpFormatter
    found = argparse.ArgumentParser(description=about, formatter_class=how)
    for name, value in {"seed": 0, "threads": 2, **defaults}.items():
        found.add_argument(f"--{name}", type=int, default=value)
    return found


def character_loss(
    model: nn.Module, batch: tuple[Tensor, Tensor], state: object
) -> tuple[Tensor, object]:
    """Return the mean loss in nats a character, and the state after the batch."""
    inputs, targets = batch
    logits, state = model(inputs, state)
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()), state


@torch.no_grad()
def held_out(model: nn.Module, ids: Tensor, rows: int = 16) -> float:
    """Return nats a character, the text read in some rows from start to end."""
    carried, total, count = Carry(character_loss), 0.0, 0
    for batch in text.StatefulBatches(ids, rows, 200, keep_last=True):
        total += carried(model, batch).item() * batch[1].numel()
        count += batch[1].numel()
    return total / count


def train(
    model: models.CharLM,
    batches: Shifted,
    steps: int,
    lr: float,
    look: Callable[[nn.Module], None],
    every: int,
) -> History:
    """Train along half a cosine; ``look`` sees the model, and the last weights stay."""
    layers.init_forget_bias(model.layer)
    seen: list[int] = []

    def validate(model: nn.Module) -> float:
        look(model)
        seen.append(1)
        return -float(len(seen))  # the newest counts as the best: nothing is chosen

    return fit(
        model,
        batches,
        Carry(character_loss),
        optimizer=torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.99)),
        schedule=lambda step: max(0.02, 0.5 * (1 + math.cos(math.pi * step / steps))),
        clip=1.0,
        steps=steps,
        validate=validate,
        every=every,
    )


def write(
    model: models.CharLM,
    vocabulary: text.Vocabulary,
    prompt: str,
    length: int,
    temperature: float = 1.0,
    seed: int = 1,
) -> str:
    """Let the model go on after a prompt; return what it adds."""
    ids = vocabulary.encode(prompt)[:, None]
    state = model.start(ids[:-1]) if len(ids) > 1 else None
    done = decode.sample(
        model,
        state,
        ids[-1],
        steps=length,
        end=None,
        temperature=temperature,
        generator=torch.Generator().manual_seed(seed),
    )
    return vocabulary.decode(done.ids[:, 0])


def record(name: str, command: str, seed: int, corpus: str, found: dict) -> None:
    """Write what a run found, with what is needed to run it again.

    A corpus leaves its hash and its length; a run on drawn data has none, "".
    """
    about = {
        "command": command,
        "seed": seed,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
    if corpus:
        about["sha256"] = hashlib.sha256(corpus.encode()).hexdigest()
        about["characters"] = len(corpus)
    path = RECORDS / f"{name}.json"
    path.write_text(json.dumps(about | found, indent=1) + "\n", encoding="utf-8")
