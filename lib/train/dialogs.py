r"""Train networks that follow a dialog about a picture, and networks that cannot.

    python lib/train/dialogs.py

Writes ``book/records/dialogs.json``: the share of right answers on new scenes, by kind
of question and by how many turns back it reaches, and on the way that of questions
that point, on scenes for validation, for three seeds each of

- "with history": reads the whole dialog, the right answers to earlier questions too;
- "after questions": the same, but it begins with the weights of the network that
  answers single questions;
- "without history": the same network, each question on its own;
- "without picture": reads the whole dialog, but the picture is that of another one.

That network is ``checkpoints/questions.npz``; the pictures' features are its own too,
and stay as they are. The first network "with history" goes to
``checkpoints/dialogs.npz``, in half precision. With ``--resume`` a record that the same
command has begun is gone on with.
"""

import json
import os
import platform
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from describing import Cosine
from reading import RECORDS, parser, record
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from throughtime import images, layers, models
from throughtime.device import seed_all
from throughtime.images.dialogs import KINDS, POINTING
from throughtime.train import History, fit, load, save

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINTS = ROOT / "lib" / "throughtime" / "checkpoints"
B, H, LR, CLIP = 32, 96, 3e-3, 5.0
WAYS = ("with history", "after questions", "without history", "without picture")
SHIPPED = "with history"
LEARNT, TESTED, TEST_SEED = 2000, 300, 13
LOOKED_AT, LOOK_SEED, EVERY = 60, 14, 100  # scenes on the way, and steps between looks


@torch.no_grad()
def features_of(scenes: list[images.Scene], seed: int) -> Tensor:
    """Return what the network that answers questions sees, ``(n, 36, 64)``."""
    saved = load(CHECKPOINTS / "questions.npz")
    given = dict(saved.about["config"])
    cnn = models.SmallCNN(given.pop("channels"))
    whole = models.VQA(**given, cnn=cnn).eval()
    whole.load_state_dict(saved.weights)
    parts = range(0, len(scenes), 250)
    grids = [cnn(images.render_all(scenes[k : k + 250], seed)) for k in parts]
    return torch.cat(grids).flatten(1, 2)


def told_and_seen(split: str, n: int, seed: int) -> tuple[list, Tensor]:
    """Return the dialogs about some scenes, and the scenes' features."""
    scenes = images.dialog_scenes(split, n, seed)
    return images.dialogs(scenes, seed), features_of(scenes, seed)


class Talk:
    r"""Give batches of dialogs, in another order each time through.

    Args:
        told: The dialogs.
        features: Of each scene.
        way: One of ``WAYS``.
    """

    def __init__(self, told: list, features: Tensor, way: str) -> None:
        self.told, self.features, self.way = told, features, way

    def __iter__(self) -> Iterator[tuple[Tensor, images.DialogRows]]:
        """Give one batch after the other."""
        order = torch.randperm(len(self.told))
        for rows in order[: len(order) // B * B].split(B):
            yield self.batch([self.told[i] for i in rows])

    def batch(self, told: list) -> tuple[Tensor, images.DialogRows]:
        """Return dialogs with their pictures as a network takes them."""
        rows = images.encode_dialogs(told, self.way != "without history")
        scenes = rows.scene_index
        scenes = scenes.roll(1) if self.way == "without picture" else scenes
        return self.features[scenes], rows


def loss(model: models.DialogReader, batch: tuple[Tensor, images.DialogRows]) -> Tensor:
    """Return nats an answer."""
    features, rows = batch
    logits, _ = model(features, rows.ids, rows.asked, rows.mask)
    return cross_entropy(logits, rows.answers[rows.asked])


CONFIG = {
    "V": len(images.dialog_vocabulary()),
    "V_answer": len(images.answer_words()),
    "C": 64,
    "H": H,
}


@torch.no_grad()
def right(model: models.DialogReader, talk: Talk) -> dict[str, Any]:
    """Return the share of right answers by kind, and by turns back with how many."""
    hits, kinds, since = [], [], []
    for k in range(0, len(talk.told), 150):
        features, rows = talk.batch(talk.told[k : k + 150])
        logits, _ = model(features, rows.ids, rows.asked, rows.mask)
        hits.append(logits.argmax(1) == rows.answers[rows.asked])
        kinds.append(rows.kinds[rows.asked])
        since.append(rows.since[rows.asked])
    hit, kind, back = (torch.cat(each) for each in (hits, kinds, since))
    found = {name: _mean(hit[kind == i]) for i, name in enumerate(KINDS)}
    points = kind >= KINDS.index(POINTING[0])
    far = {
        str(d): _mean(hit[points & (back == d)]) for d in back[points].unique().tolist()
    }
    return {"pointing": _mean(hit[points]), "by kind": found, "by turns back": far}


def _mean(hit: Tensor) -> float:
    return round(hit.double().mean().item(), 4)


def take_over(model: models.DialogReader) -> None:
    """Begin with what the network that answers questions has learnt."""
    weights, own = load(CHECKPOINTS / "questions.npz").weights, model.state_dict()
    known = images.question_vocabulary().symbols
    for i, word in enumerate(images.dialog_vocabulary().symbols):
        if word in known:
            own["embed.weight"][i] = weights["embed.weight"][known.index(word)]
    for name in own.keys() - {"embed.weight"}:
        # That network has one layer more before its last, which drops units out.
        own[name].copy_(weights[name.replace("answer.2", "answer.3")])


def learn(
    talk: Talk, looked_at: Talk, seed: int, steps: int
) -> tuple[models.DialogReader, History, list[float]]:
    """Train one network; return what it got right on the way as well."""
    seed_all(seed)
    model = models.DialogReader(**CONFIG)
    layers.init_forget_bias(model.layer)
    if talk.way == "after questions":
        take_over(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    curve: list[float] = []

    def look(model: models.DialogReader) -> float:
        curve.append(right(model, looked_at)["pointing"])
        return -float(len(curve))  # the newest counts as the best: nothing is chosen

    history = fit(
        model,
        talk,
        loss,
        optimizer=optimizer,
        schedule=Cosine(steps),
        clip=CLIP,
        steps=steps,
        validate=look,
        every=EVERY,
    )
    return model.eval(), history, curve


def wishes(about: str, steps: int) -> Namespace:
    """Read the command line."""
    asked_for = parser(about, steps=steps, threads=1, seeds=3)
    asked_for.add_argument("--resume", action="store_true")
    wish = asked_for.parse_args()
    torch.set_num_threads(wish.threads)
    return wish


def begun(name: str, command: str, ways: tuple[str, ...]) -> dict[str, list]:
    """Return the runs of a record that the same command has begun."""
    path = RECORDS / f"{name}.json"
    stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
    same = stored.get("command") == command
    runs = stored["runs"] if same else {}
    return {way: runs.get(way, []) for way in ways}


def keep(model: nn.Module, name: str, **about: Any) -> None:
    """Write a checkpoint, in half precision."""
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    save(model.half(), CHECKPOINTS / f"{name}.npz", **about, **versions)


def main() -> None:
    """Train all, and write the record."""
    wish = wishes(__doc__, steps=3000)
    command = f"python lib/train/dialogs.py --steps {wish.steps} --seeds {wish.seeds}"
    told, seen = told_and_seen("test", TESTED, TEST_SEED)
    on_the_way = told_and_seen("val", LOOKED_AT, LOOK_SEED)
    found: dict[str, Any] = {"steps": wish.steps, "dialogs": len(told)}
    found |= {"scenes": TESTED, "scenes learnt from": LEARNT, "every": EVERY}
    since = [t.since for talk in told for t in talk.turns if t.kind in POINTING]
    found["asked by turns back"] = {str(d): since.count(d) for d in sorted({*since})}
    none = {way: [] for way in WAYS}
    found["runs"] = begun("dialogs", command, WAYS) if wish.resume else none
    for seed in range(wish.seed, wish.seed + wish.seeds):
        given = told_and_seen("train", LEARNT, seed)
        for way in WAYS:
            if seed in [run["seed"] for run in found["runs"][way]]:
                continue
            talks = Talk(*given, way), Talk(*on_the_way, way)
            model, history, curve = learn(*talks, seed, wish.steps)
            run = {"seed": seed} | right(model, Talk(told, seen, way))
            run["minutes"] = round(history.seconds[-1] / 60, 1)
            run["curve"] = curve
            found["runs"][way].append(run)
            print(way, run, os.getloadavg()[0], flush=True)  # noqa: T201
            record("dialogs", command, wish.seed, repr(told), found)
            if (seed, way) == (wish.seed, SHIPPED):
                about = {"seed": seed, "pointing": run["pointing"]}
                keep(model, "dialogs", config=CONFIG, command=command, **about)


if __name__ == "__main__":
    main()
