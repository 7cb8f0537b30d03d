r"""Tune a captioner in seven steps, once; write book/records/recipe.json.

    python lib/train/recipe.py

Every choice is made on validation scenes, by a rule that is written here. At the end
the chosen settings and a first guess are trained anew with fresh seeds, and asked once
about scenes that no choice has seen. ``--trials 3 --seeds 2 --steps 20`` tries it.
"""

import math
from itertools import pairwise

import torch
from describing import caption_loss, choose
from measuring import interval
from practising import Few, learn, make, truth, unseen
from reading import parser, record
from torch import nn

from throughtime import images
from throughtime.device import seed_all
from throughtime.errors import ThroughTimeError
from throughtime.train import History

N, VALID = 1000, 400  # scenes to train on, to choose by
RATES = tuple(10 ** (k / 2) for k in range(-9, 1))  # step 3
GUESS = {"rate": 1e-3, "H": 64, "dropout": 0.0}
SHAPES = {"H": (32, 64, 128), "dropout": (0.0, 0.5)}  # to choose from; between
SAMPLE = 16  # pictures of step 2
DIVERGED = 5.0  # nats that count for a run whose loss is not finite

Settings = dict[str, float]


class Valid:
    """Give the loss on validation scenes, one caption each, always the same ones."""

    def __init__(self) -> None:
        scenes = images.scenes("val", VALID, 0, things=1)
        words = choose(scenes, torch.Generator().manual_seed(0))
        self.batch = images.render_all(scenes), *images.encode_captions(words)

    @torch.no_grad()
    def __call__(self, model: nn.Module) -> float:
        """Return nats a token."""
        model.eval()
        return caption_loss(model, self.batch).item()


def build(settings: Settings, seed: int) -> nn.Module:
    """Return a captioner with first weights that the seed decides."""
    seed_all(seed)
    return make(H=int(settings["H"]), dropout=settings["dropout"])


def try_out(settings: Settings, seed: int, steps: int) -> tuple[nn.Module, History]:
    """Train with some settings."""
    model = build(settings, seed)
    return model, learn(model, Few(N, seed), steps, settings["rate"])


def early(rate: float, steps: int) -> float:
    """Return the mean loss of the last ten steps, with the first guess otherwise."""
    try:
        losses = try_out(GUESS | {"rate": rate}, 0, steps)[1].losses[-10:]
    except ThroughTimeError:
        return DIVERGED
    return min(DIVERGED, sum(losses) / len(losses))


def first_loss() -> float:
    """Step 1: return the loss before any training."""
    pictures, ids, mask = next(iter(Few(N, 0)))
    with torch.no_grad():
        return caption_loss(build(GUESS, 0).eval(), (pictures, ids, mask)).item()


def small_sample(steps: int) -> list[float]:
    """Step 2: return the losses on one caption each of a few pictures."""
    scenes = images.scenes("train", SAMPLE, 1, things=1)
    words = [images.references(s, k, 1)[0] for k, s in enumerate(scenes)]
    batch = images.render_all(scenes), *images.encode_captions(words)
    return learn(build(GUESS, 0), [batch], steps, 1e-2).losses


def find_rates(steps: int) -> tuple[dict[str, float], list[float]]:
    """Step 3: return the loss after some steps by rate, and the range that lowers it.

    The range goes from the first rate that halves the way to the best loss to the best
    rate's next larger one.
    """
    ends = {rate: early(rate, steps) for rate in RATES}
    best = min(ends, key=ends.get)
    halfway = (math.log(30) + ends[best]) / 2
    low = next(rate for rate in RATES if ends[rate] <= halfway)
    high = next((b for a, b in pairwise(RATES) if a == best), RATES[-1])
    return {f"{rate:.1e}": loss for rate, loss in ends.items()}, [low, high]


def draw(low: float, high: float, shapes: dict, chance: torch.Generator) -> Settings:
    """Draw settings: the rate evenly in its logarithm, the others evenly."""
    u = torch.rand(3, generator=chance).tolist()
    sizes, (least, most) = shapes["H"], shapes["dropout"]
    rate = low * (high / low) ** u[0]
    H = sizes[int(u[1] * len(sizes))]
    return {"rate": rate, "H": H, "dropout": round(least + (most - least) * u[2], 2)}


def search(
    trials: list[Settings], steps: int, valid: Valid, seed: int
) -> list[Settings]:
    """Steps 4 and 5: train with each, return them with their validation, best first."""
    rows = []
    for settings in trials:
        try:
            nats = valid(try_out(settings, seed, steps)[0])
        except ThroughTimeError:
            nats = DIVERGED
        rows.append(settings | {"nats": round(nats, 4)})
        print(rows[-1], flush=True)  # noqa: T201
    return sorted(rows, key=lambda row: row["nats"])


def around(best: list[Settings], trials: int, chance: torch.Generator) -> list:
    """Draw settings from the ranges that the best ones span."""
    rates = [row["rate"] for row in best]
    drops = [row["dropout"] for row in best]
    sizes = tuple(sorted({row["H"] for row in best}))
    shapes = {"H": sizes, "dropout": (min(drops), max(drops))}
    return [draw(min(rates), max(rates), shapes, chance) for _ in range(trials)]


def curves(settings: Settings, steps: int, valid: Valid) -> dict[str, list[float]]:
    """Step 6: return training and validation losses as training goes on."""
    few, how = Few(N, 0), {"validate": valid, "every": 25}
    history = learn(build(settings, 0), few, steps, settings["rate"], **how)
    found = {"training": history.losses, "validation": history.validation}
    return {name: [round(v, 4) for v in values] for name, values in found.items()}


def report(settings: Settings, seeds: range, steps: int) -> dict:
    """Train anew with fresh seeds; return truth and loss on unseen scenes."""
    scenes, pictures = unseen()
    shares = [
        truth(try_out(settings, 100 + seed, steps)[0], pictures, scenes)
        for seed in seeds
    ]
    return {"true": shares, "interval": interval(shares)}


def main() -> None:
    """Go through the seven steps."""
    wish = parser(__doc__, steps=100, trials=10, seeds=3, threads=1).parse_args()
    torch.set_num_threads(wish.threads)
    steps, chance, valid = wish.steps, torch.Generator().manual_seed(0), Valid()
    found: dict = {"first": first_loss(), "small": small_sample(steps)}
    found["rates"], found["range"] = find_rates(steps)
    print(found["rates"], found["range"], flush=True)  # noqa: T201
    trials = [draw(*found["range"], SHAPES, chance) for _ in range(wish.trials)]
    found["coarse"] = search(trials, steps, valid, seed=1)
    best = found["coarse"][:3]
    trials = around(best, wish.trials // 2, chance)
    found["fine"] = search(trials, 3 * steps, valid, seed=2)
    keys = ("rate", "H", "dropout")
    chosen = {key: found["fine"][0][key] for key in keys}
    found["curves"] = curves(chosen, 6 * steps, valid)
    found["guess"], found["chosen"] = GUESS, chosen
    for name in ("guess", "chosen"):
        found[f"{name}_test"] = report(found[name], range(wish.seeds), 6 * steps)
        print(name, found[f"{name}_test"], flush=True)  # noqa: T201
    found |= {"steps": steps, "n": N}
    command = f"python lib/train/recipe.py --steps {steps} --trials {wish.trials}"
    command += f" --seeds {wish.seeds}"
    record("recipe", command, 0, repr(unseen()[0]), found)


if __name__ == "__main__":
    main()
