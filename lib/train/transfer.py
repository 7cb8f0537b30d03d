r"""Move a captioner to a second world; write book/records/transfer.json.

    python lib/train/transfer.py

It learns on pictures as they are, and then on n of their negatives: light ground, each
colour its complement, the words as before. What is trained there is the output layer,
all that follows the convolutions, everything, or everything from new weights; with the
same batches, steps and learning rate. The first two are done twice: with the running
means of the first world, and with those of the n new pictures, for which no caption is
read. ``--seeds 2 --steps 20`` tries it, ``--resume`` makes only what a record lacks.
"""

import itertools
import json
from copy import deepcopy

import torch
from measuring import RECORDS, interval
from practising import Few, Ready, learn, make, truth, unseen
from reading import parser, record
from torch import Tensor, nn

from throughtime import models
from throughtime.device import seed_all
from throughtime.errors import ThroughTimeError

KNOWN, LONG = 4000, 3  # scenes of the first world; its steps, as a multiple
NUMBERS = (25, 100, 400, 1600)  # scenes of the second
NEW_MEANS = ", new means"
RESULTS = ["runs", "intervals", "at_home", "unmoved", "adapted", "steps", "known"]
TRAINED = (
    "output layer",
    "words",
    "output layer" + NEW_MEANS,
    "words" + NEW_MEANS,
    "everything",
    "from scratch",
)


def negative(pictures: Tensor) -> Tensor:
    """Return the photographic negative: the second world."""
    return 1 - pictures


def pretrain(seed: int, steps: int) -> models.Captioner:
    """Return a captioner of the first world."""
    seed_all(seed)
    model = make()
    learn(model, Few(KNOWN, 100 + seed), LONG * steps)
    return model


@torch.no_grad()
def features(model: models.Captioner, pictures: Tensor) -> Tensor:
    """Return what the convolutions give, their means and variances left as learnt."""
    model.eval()
    return torch.cat([model.cnn(negative(some)) for some in pictures.split(250)])


@torch.no_grad()
def adapt(old: models.Captioner, n: int, seed: int) -> models.Captioner:
    """Return a copy with the running means and variances of n new pictures."""
    new = deepcopy(old).train()
    for layer in new.cnn.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean over all batches
    for some in Few(n, seed, develop=negative).pictures.split(250):
        new.cnn(some)
    return new.eval()


def frozen(old: models.Captioner, seen: Tensor) -> models.Captioner:
    """Return a captioner that reads features, with the old words' weights."""
    model = make(Ready(seen))
    after = {k: v for k, v in old.state_dict().items() if not k.startswith("cnn.")}
    model.load_state_dict(after)
    return model


def move(old: models.Captioner, trained: str, n: int, seed: int, steps: int) -> float:
    """Train on n pictures of the second world; return the share of true captions."""
    seed_all(1000 + seed)
    scenes, pictures = unseen()
    if trained in ("everything", "from scratch"):
        model = make() if trained == "from scratch" else deepcopy(old)
        learn(model, Few(n, seed, develop=negative), steps)
        return truth(model, negative(pictures), scenes)
    if trained.endswith(NEW_MEANS):
        old = adapt(old, n, seed)
    few = Few(n, seed, develop=lambda some: features(old, some))
    model = frozen(old, few.pictures)
    only = model.output if trained.startswith("output layer") else None
    learn(model, few, steps, of=only)
    return truth(model, features(old, pictures), scenes)


def begun(steps: int) -> dict:
    """Return a record that as many steps made, or an empty one."""
    path = RECORDS / "transfer.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found if found.get("steps") == steps else {"runs": {}}


def known(seed: int, steps: int, found: dict) -> models.Captioner:
    """Return the first world's captioner; note what it says in both."""
    old = pretrain(seed, steps)
    scenes, pictures = unseen()
    second = negative(pictures)
    seen = {
        "at_home": truth(old, pictures, scenes),
        "unmoved": truth(old, second, scenes),
        "adapted": truth(adapt(old, max(NUMBERS), seed), second, scenes),
    }
    for name, share in seen.items():
        before = found.setdefault(name, [])
        if len(before) > seed and before[seed] != share:
            raise ThroughTimeError(
                f"{name} of seed {seed} is {share}; the record says {before[seed]}. "
                "Try to begin anew, without --resume."
            )
        found[name] = [*before[:seed], share, *before[seed + 1 :]]
    return old


def main() -> None:
    """Move each way, by each number of pictures; write the record after every seed."""
    asked_for = parser(__doc__, steps=250, seeds=3, threads=1)
    asked_for.add_argument("--resume", action="store_true")
    wish = asked_for.parse_args()
    torch.set_num_threads(wish.threads)
    found = begun(wish.steps) if wish.resume else {"runs": {}}
    runs = {name: found["runs"].get(name, {}) for name in TRAINED}
    for seed in range(wish.seeds):
        old = known(seed, wish.steps, found)
        for n, name in itertools.product(NUMBERS, TRAINED):
            values = runs[name].setdefault(str(n), [])
            if len(values) == seed:
                values.append(round(move(old, name, n, seed, wish.steps), 4))
                print(seed, n, name, values, flush=True)  # noqa: T201
        if seed:
            ends = {
                name: {n: interval(values) for n, values in each.items()}
                for name, each in runs.items()
            }
            found |= {"runs": runs, "intervals": ends}
            found |= {"steps": wish.steps, "known": KNOWN}
            command = f"python lib/train/transfer.py --steps {wish.steps}"
            command += f" --seeds {seed + 1}"
            results = {k: v for k, v in found.items() if k in RESULTS}
            record("transfer", command, 0, repr(unseen()[0]), results)


if __name__ == "__main__":
    main()
