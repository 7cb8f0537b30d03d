r"""Train LSTMs with different forget biases; write book/records/forget.json.

    python lib/train/forget.py

The task is temporal order: which of X and Y came early, which in the middle? After the
last step the network names the pair, one of four. Only the first biases differ: the
forget gate's, or, with "chrono", both gates' drawn as Tallec and Ollivier (2018) do for
sequences of this length.
"""

import math
import statistics

import torch
from reading import parser, record
from torch import Tensor, nn

from throughtime import layers, tasks
from throughtime.device import seed_all
from throughtime.train import fit

LENGTHS, STARTS, H, B = (50,), (0.0, 1.0, 3.0, 5.0, "chrono"), 16, 32
STUDENT_95 = {8: 2.365, 10: 2.262}  # two-sided, seeds - 1 degrees of freedom


def start(bias: float | str, T: int, generator: torch.Generator) -> layers.LSTM:
    """Return an LSTM that begins with some forget bias."""
    layer = layers.LSTM(8, H)
    if bias != "chrono":
        return layers.init_forget_bias(layer, bias)
    keep = torch.log(1 + (T - 2) * torch.rand(H, generator=generator))
    with torch.no_grad():
        layer.b_l0[: 2 * H] = torch.cat([-keep, keep])  # blocks i, f
    return layer


def draw(T: int, rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return one-hot inputs and targets."""
    batch = tasks.temporal_order(T, rows, generator)
    return torch.eye(8)[batch.inputs], batch.targets


def answers(model: nn.ModuleDict, inputs: Tensor) -> Tensor:
    """Return logits after the last step, shape ``(B, 4)``."""
    return model["say"](model["read"](inputs)[0][-1])


def loss(model: nn.ModuleDict, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Return nats an answer."""
    return nn.functional.cross_entropy(answers(model, batch[0]), batch[1])


def learn(bias: float | str, T: int, steps: int, seed: int) -> dict:
    """Train once; return how much of new rows is right, and when 95 % were first."""
    generator = seed_all(seed)
    read = start(bias, T, generator)
    model = nn.ModuleDict({"read": read, "say": nn.Linear(H, 4)})
    held_in, test = draw(T, 300, generator), draw(T, 1000, generator)

    def wrong(model: nn.ModuleDict) -> float:
        right = answers(model, held_in[0]).argmax(1) == held_in[1]
        return 1 - right.double().mean().item()

    history = fit(
        model,
        [draw(T, B, generator) for _ in range(steps)],
        loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=0.01),
        clip=1.0,
        steps=steps,
        validate=wrong,
        every=50,
    )
    pairs = zip(history.validation_steps, history.validation, strict=True)
    solved = [step for step, share in pairs if share <= 0.05]
    with torch.no_grad():
        right = answers(model, test[0]).argmax(1) == test[1]
    return {"right": right.double().mean().item(), "first_95": next(iter(solved), None)}


def summary(runs: list[dict]) -> dict:
    """Return every run's share, their mean, and a 95 % interval of the mean."""
    shares = [run["right"] for run in runs]
    half = STUDENT_95[len(shares)] * statistics.stdev(shares) / math.sqrt(len(shares))
    mean = statistics.fmean(shares)
    return {
        "right": [round(share, 4) for share in shares],
        "mean": round(mean, 4),
        "interval": [round(mean - half, 4), round(mean + half, 4)],
        "first_95": [run["first_95"] for run in runs],
    }


def main() -> None:
    """Train for each length, bias and seed, and store what came out."""
    wish = parser(__doc__, steps=250, seeds=8).parse_args()
    torch.set_num_threads(wish.threads)
    seeds = range(wish.seed, wish.seed + wish.seeds)
    found: dict[str, dict] = {}
    for T in LENGTHS:
        found[str(T)] = {}
        for bias in STARTS:
            runs = [learn(bias, T, wish.steps, seed) for seed in seeds]
            found[str(T)][str(bias)] = summary(runs)
            print(T, bias, found[str(T)][str(bias)], flush=True)  # noqa: T201
            command = "python lib/train/forget.py --threads 1"
            about = {"seeds": list(seeds), "batch": B, "units": H, "steps": wish.steps}
            record("forget", command, wish.seed, "", about | {"results": found})


if __name__ == "__main__":
    main()
