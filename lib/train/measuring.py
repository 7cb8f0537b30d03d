r"""What the scripts on cells share: three small tasks, one number a run, an interval.

A run trains one cell on one task, and its number is the *share left*: the loss on new
rows, divided by the loss of the best constant answer on the same rows. 1 is as good as
not to read at all, 0 is perfect.
"""

import datetime
import json
import math
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from throughtime import tasks, text
from throughtime.device import seed_all
from throughtime.errors import ThroughTimeError
from throughtime.tasks import Batch
from throughtime.train import fit

RECORDS = Path(__file__).resolve().parents[2] / "book" / "records"
T, B, LR, CLIP, NEW_ROWS = 30, 32, 0.01, 1.0, 1000
DIVERGED = 2.0  # the largest share left, and that of a run whose loss is not finite

TASKS: dict[str, Callable[[int, torch.Generator], Batch]] = {
    "adding": lambda rows, chance: tasks.adding(T, rows, chance),
    "recall": lambda rows, chance: tasks.delayed_recall(T, rows, 8, chance),
    "order": lambda rows, chance: tasks.temporal_order(T, rows, chance, bits=3),
}
SIZES = {"adding": (2, 1), "recall": (2, 2), "order": (8, 8)}  # D and V
# Student's t for 95 %, by the number of runs.
T_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}


class Run(NamedTuple):
    """Say what a run came to: nats an answer, for adding a mean squared error."""

    loss: float
    constant: float
    """The loss of the best constant answer on the same rows."""

    @property
    def share(self) -> float:
        """Return the share left."""
        return self.loss / self.constant


class Reader(nn.Module):
    """Read with a layer, and answer once at the end or at every step."""

    def __init__(self, layer: nn.Module, H: int, V: int, at_end: bool) -> None:
        super().__init__()
        self.layer, self.write, self.at_end = layer, nn.Linear(H, V), at_end

    def forward(self, xs: Tensor) -> Tensor:
        """Return answers, shape ``(B, V)`` or ``(T, B, V)``."""
        hs = self.layer(xs)[0]
        return self.write(hs[-1] if self.at_end else hs)


class Endless:
    """Draw batches of a task without end."""

    def __init__(self, task: str, chance: torch.Generator) -> None:
        self.task, self.chance = TASKS[task], chance

    def __iter__(self) -> Iterator[Batch]:
        """Draw one batch after the other."""
        while True:
            yield self.task(B, self.chance)


def loss(model: nn.Module, batch: Batch) -> Tensor:
    """Return the mean squared error, or nats an answer."""
    if batch.inputs.is_floating_point():
        return nn.functional.mse_loss(model(batch.inputs)[:, 0], batch.targets)
    D, targets = model.layer.input_size, batch.targets
    logits = model(text.one_hot(batch.inputs, D))
    if batch.scored is not None:
        logits, targets = logits[batch.scored], targets[batch.scored]
    return nn.functional.cross_entropy(logits, targets)


def new_rows(task: str, seed: int) -> Batch:
    """Draw the rows that judge every run of a task with this seed."""
    return TASKS[task](NEW_ROWS, torch.Generator().manual_seed(10_000 + seed))


def constant_of(task: str, seed: int) -> float:
    """Return the best constant's loss on these rows: a sum of 1, all symbols alike."""
    new = new_rows(task, seed)
    if new.inputs.is_floating_point():
        return (new.targets - 1).square().mean().item()
    return math.log(SIZES[task][1])


def constants(seeds: Sequence[int]) -> dict[str, list[float]]:
    """Return the best constant's loss on each task's rows, seed by seed."""
    return {
        task: [round(constant_of(task, seed), 6) for seed in seeds] for task in TASKS
    }


def measure(make: Callable[[int], nn.Module], task: str, seed: int, steps: int) -> Run:
    """Train what ``make(D)`` returns on a task; return its loss on new rows.

    One seed gives every cell the same batches, in the same order, and the same rows.
    """
    chance = seed_all(seed)
    D, V = SIZES[task]
    layer = make(D)
    model = Reader(layer, layer.hidden_size, V, at_end=task != "recall")
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    new, constant = new_rows(task, seed), constant_of(task, seed)
    try:
        fit(
            model,
            Endless(task, chance),
            loss,
            optimizer=optimizer,
            clip=CLIP,
            steps=steps,
            progress=False,
        )
    except ThroughTimeError:  # the loss was not finite
        return Run(DIVERGED * constant, constant)
    with torch.no_grad():
        left = loss(model, new).item()
    return Run(min(left, DIVERGED * constant), constant)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the 95 % interval of the mean, by Student's t."""
    mean, n = statistics.fmean(values), len(values)
    half = T_95[n] * statistics.stdev(values) / math.sqrt(n)
    return mean - half, mean + half


def record(name: str, command: str, seeds: Sequence[int], found: dict) -> None:
    """Write what was found, with what is needed to run it again."""
    about = {
        "command": command,
        "seed": list(seeds),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "settings": {"T": T, "B": B, "lr": LR, "clip": CLIP, "new_rows": NEW_ROWS},
    }
    path = RECORDS / f"{name}.json"
    path.write_text(json.dumps(about | found, indent=1) + "\n", encoding="utf-8")
