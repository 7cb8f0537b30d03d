r"""Train networks that answer questions about pictures, and networks that must guess.

    python lib/train/questions.py

Writes ``book/records/questions.json``: the share of right answers on new scenes, by
kind of question, for three seeds each of

- "attention": looks twice, each time asking with the question and what was seen;
- "no attention": the whole grid as one vector;
- "image only": the same as the first, but the question is always the same word;
- "question only": the same as the first, but the picture is that of another question;

and ``lib/throughtime/checkpoints/questions.npz``, the first of the networks with
attention, in half precision. With ``--resume`` a record that was begun by the same
command is gone on with.
"""

import json
import os
import platform
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from describing import Cosine
from looking import means_of
from reading import RECORDS, parser, record
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from throughtime import images, models
from throughtime.device import seed_all
from throughtime.train import History, fit, save

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "lib" / "throughtime" / "checkpoints" / "questions.npz"
B, LR, CLIP, CHUNK = 128, 3e-3, 5.0, 1500
CONFIG = {
    "V": len(images.question_vocabulary()),
    "V_answer": len(images.answer_words()),
    "H": 96,
    "embedding_size": 32,
    "channels": [24, 48, 64],
}
KINDS = {"attention": 2, "no attention": 0, "image only": 2, "question only": 2}
TESTED, TEST_SEED = 1500, 13


class FreshQuestions:
    r"""Give questions about scenes that were never seen before.

    A batch: pictures, question ids, mask, answers, what was offered.

    Args:
        seed: Of the scenes and their noise.
        kind: A key of ``KINDS``; says what is hidden.
    """

    def __init__(self, seed: int, kind: str) -> None:
        self.seed, self.kind = seed, kind

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """Give one batch after the other."""
        start = 0
        while True:
            scenes = images.scenes("train", CHUNK, self.seed, start=start)
            start += CHUNK
            asked = images.questions(scenes, self.seed + start)
            pictures = images.render_all(scenes, self.seed + start)
            for first in range(0, len(asked) - B + 1, B):
                part = asked[first : first + B]
                yield hide(batch(part, pictures), self.kind)


def batch(asked: list[images.Question], pictures: Tensor) -> tuple[Tensor, ...]:
    """Return questions with their pictures as a network takes them."""
    seen = pictures[torch.tensor([q.scene_index for q in asked])]
    return (seen, *images.encode_questions(asked), *images.encode_answers(asked))


def hide(whole: tuple[Tensor, ...], kind: str) -> tuple[Tensor, ...]:
    """Take away what a baseline must not see."""
    seen, ids, mask, answers, offered = whole
    if kind == "image only":
        ids, mask = torch.ones_like(ids[:1]), mask[:1]
    if kind == "question only":  # constant pictures would upset the normalisation
        seen = seen.roll(1, 0)
    return seen, ids, mask, answers, offered


def loss(model: models.VQA, whole: tuple[Tensor, ...]) -> Tensor:
    """Return nats an answer, among those offered."""
    seen, ids, mask, answers, offered = whole
    return cross_entropy(model(seen, ids, mask, offered)[0], answers)


def make(kind: str) -> models.VQA:
    """Return a model with its first weights."""
    given = {name: value for name, value in CONFIG.items() if name != "channels"}
    cnn = models.SmallCNN(CONFIG["channels"])
    return models.VQA(**given, cnn=cnn, hops=KINDS[kind])


@torch.no_grad()
def right(model: nn.Module, kind: str, asked: list, pictures: Tensor) -> dict:
    """Return the share of right answers, by kind of question and of all."""
    found = defaultdict(list)
    for first in range(0, len(asked), 250):
        part = asked[first : first + 250]
        seen, ids, mask, answers, offered = hide(batch(part, pictures), kind)
        hits = model(seen, ids, mask, offered)[0].argmax(1) == answers
        for question, hit in zip(part, hits.tolist(), strict=True):
            found[question.kind].append(hit)
            found["all"].append(hit)
    return {name: round(sum(hits) / len(hits), 4) for name, hits in found.items()}


@torch.no_grad()
def looks(model: nn.Module, asked: list, pictures: Tensor, scenes: list) -> list:
    """Return, a look each, the mass on the things that an answer depends on."""
    masses, even = [], []
    for first in range(0, len(asked), 250):
        part = [q for q in asked[first : first + 250] if q.refers]
        seen, ids, mask, _, _ = batch(part, pictures)
        maps = model(seen, ids, mask)[1]
        for b, q in enumerate(part):
            cells = images.object_cells(scenes[q.scene_index], maps.shape[-1])
            wanted = cells[list(q.refers)].any(0)
            masses.append((maps[:, b] * wanted).sum((1, 2)))
            even.append(wanted.float().mean())
    means = torch.stack(masses).mean(0).tolist()
    return [round(v, 4) for v in [*means, torch.stack(even).mean().item()]]


def learn(kind: str, seed: int, steps: int) -> tuple[models.VQA, History]:
    """Train one network."""
    seed_all(seed)
    model = make(kind)
    history = fit(
        model,
        FreshQuestions(seed, kind),
        loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=LR),
        schedule=Cosine(steps),
        clip=CLIP,
        steps=steps,
    )
    return model, history


def known(scenes: list, asked: list) -> dict[str, Any]:
    """Return what is known before any training."""
    learnt = images.questions(images.scenes("train", 4000, 0), 0)
    return {
        "questions": len(asked),
        "scenes": len(scenes),
        "majority": images.majority_rate(asked),
        "by words alone": images.question_only_rate(learnt, asked),
    }


def begun(command: str) -> dict[str, list]:
    """Return the runs of a record that the same command has begun."""
    path = RECORDS / "questions.json"
    stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
    empty = {kind: [] for kind in KINDS}
    return stored["runs"] if stored.get("command") == command else empty


def keep(model: models.VQA, **about: Any) -> None:
    """Write the checkpoint, in half precision."""
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    save(model.half(), CHECKPOINT, config=CONFIG, **about, **versions)


def main() -> None:
    """Train all, and write the record."""
    asked_for = parser(__doc__, steps=1000, threads=1, seeds=3)
    asked_for.add_argument("--resume", action="store_true")
    wish = asked_for.parse_args()
    torch.set_num_threads(wish.threads)
    scenes = images.scenes("test", TESTED, TEST_SEED)
    pictures = images.render_all(scenes, TEST_SEED)
    asked = images.questions(scenes, TEST_SEED)
    command = f"python lib/train/questions.py --steps {wish.steps}"
    command += f" --seeds {wish.seeds}"
    found: dict[str, Any] = {"steps": wish.steps} | known(scenes, asked)
    found["runs"] = begun(command) if wish.resume else {kind: [] for kind in KINDS}
    for seed in range(wish.seed, wish.seed + wish.seeds):
        for kind in KINDS:
            if seed in [run["seed"] for run in found["runs"][kind]]:
                continue
            model, history = learn(kind, seed, wish.steps)
            run = {"seed": seed, "right": right(model, kind, asked, pictures)}
            run["minutes"] = round(history.seconds[-1] / 60, 1)
            run["losses"] = means_of(history.losses, 50)
            if kind == "attention":
                run["mass"] = looks(model, asked, pictures, scenes)
            found["runs"][kind].append(run)
            print(kind, run, os.getloadavg()[0], flush=True)  # noqa: T201
            record("questions", command, wish.seed, repr(asked), found)
            if (seed, kind) == (wish.seed, "attention"):
                keep(model, command=command, seed=seed, right=run["right"]["all"])


if __name__ == "__main__":
    main()
