r"""What the scripts on memory share: a network that reads and answers once.

Chapter 14 runs the same code small.
"""

import argparse
import datetime
import json
import platform
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from throughtime import layers
from throughtime.tasks import Batch
from throughtime.train import fit

RECORDS = Path(__file__).resolve().parents[2] / "book" / "records"
KEEP = 3.0  # the first bias of each gate that keeps


class Reader(nn.Module):
    """Read with a layer; answer from its last output and the last input."""

    def __init__(self, layer: nn.Module, D: int, V: int) -> None:
        super().__init__()
        self.layer = layer
        self.answer = nn.Sequential(
            nn.Linear(layer.hidden_size + D, 64), nn.ReLU(), nn.Linear(64, V)
        )

    def forward(self, xs: Tensor) -> Tensor:
        """Return answers, shape ``(B, V)``."""
        if isinstance(self.layer, layers.SelfAttention):
            # Only its last look is asked for; the others would cost most of the time.
            hs, _ = self.layer(xs[-1:], self.layer.read(xs[:-1]))
        else:
            hs, _ = self.layer(xs)
        return self.answer(torch.cat([hs[-1], xs[-1]], dim=1))


def make(kind: str, D: int, H: int) -> nn.Module:
    """Return a layer by its name, with gates that begin by keeping."""
    layer = getattr(layers, kind)(D, H)
    first = {"LSTM": H, "GRU": H, "MinGRU": 0}.get(kind)
    if first is not None:  # blocks i, f, g, o; r, z, n; z, n
        with torch.no_grad():
            layer.b_l0[first : first + H] = KEEP
    return layer


def learn(
    model: nn.Module,
    batches: Iterable[Batch],
    loss: Callable[[Tensor, Tensor], Tensor],
    steps: int,
    lr: float,
) -> None:
    """Train with Adam; in the second half the rate falls to 0 along a line."""
    fit(
        model,
        batches,
        lambda model, batch: loss(model(batch.inputs), batch.targets),
        optimizer=torch.optim.Adam(model.parameters(), lr=lr),
        schedule=lambda step: min(1.0, 2 * (1 - step / steps)),
        clip=1.0,
        steps=steps,
        progress=False,
    )


@torch.no_grad()
def right(model: nn.Module, batch: Batch) -> float:
    """Return the share of right answers."""
    return (model(batch.inputs).argmax(1) == batch.targets).float().mean().item()


def runs_of(name: str) -> list[dict]:
    """Return the runs that a record has already."""
    path = RECORDS / f"{name}.json"
    return json.loads(path.read_text())["runs"] if path.is_file() else []


def record(name: str, command: str, settings: dict, runs: list[dict]) -> None:
    """Write what was found, with what is needed to run it again."""
    about = {
        "command": command,
        "seed": sorted({run["seed"] for run in runs}),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "settings": settings,
    }
    lines = ",\n  ".join(json.dumps(run) for run in runs)
    text = json.dumps(about, indent=1)[:-2] + f',\n "runs": [\n  {lines}\n ]\n}}\n'
    (RECORDS / f"{name}.json").write_text(text, encoding="utf-8")


def wishes(about: str, **defaults: int) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    for name, value in {"threads": 1, **defaults}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    wish = parser.parse_args()
    torch.set_num_threads(wish.threads)
    return wish


def run_all(
    name: str,
    wanted: Iterable[dict],
    measure: Callable[..., dict],
    settings: dict,
    command: str,
) -> None:
    """Make each wanted run that the record lacks, and write it down."""
    runs = runs_of(name)
    for wish in wanted:
        if any(wish.items() <= run.items() for run in runs):
            continue
        runs.append(wish | measure(**wish))
        print(runs[-1], flush=True)  # noqa: T201
        record(name, command, settings, runs)
