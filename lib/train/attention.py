r"""Train the captioner that chapter 13 looks into; write its checkpoint.

    python lib/train/attention.py

Writes ``lib/throughtime/checkpoints/attention.npz``, a captioner with soft attention
that has seen scenes of one or two things, none of them twice, and
``book/records/attention.json`` with its learning curves and its scores on scenes of
splits that chose nothing; and ``book/_widgets/look.json``, a few of its captions. A
run that was stopped goes on from ``--store FILE``.
"""

import os
import platform
from pathlib import Path
from typing import Any

import torch
from describing import Cosine, caption_loss
from looked import write_widget
from looking import FreshScenes, means_of, scores
from reading import parser, record

from throughtime import images, models
from throughtime.device import seed_all
from throughtime.train import fit, save

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "lib" / "throughtime" / "checkpoints" / "attention.npz"
V, B, LR, CLIP, EVERY = len(images.caption_vocabulary()), 128, 3e-3, 5.0, 250
CONFIG = {"V": V, "H": 128, "channels": [32, 64, 64]}
VALIDATED, TESTED, TEST_SEED = 500, 2000, 13
SPLITS = ("test", "pairs", "count")


def make() -> models.AttentiveCaptioner:
    """Return the model with its first weights."""
    cnn = models.SmallCNN(CONFIG["channels"])
    return models.AttentiveCaptioner(CONFIG["V"], CONFIG["H"], cnn=cnn)


class Watch:
    """Validate: keep a curve of scores; the newest weights count as the best."""

    def __init__(self) -> None:
        self.curve: list[dict[str, float]] = []
        self.held = FreshScenes(0, 500, "val").batch(0)
        self.scenes = images.scenes("val", VALIDATED, seed=1)

    def __call__(self, model: models.AttentiveCaptioner) -> float:
        """Note the scores of now; return a number that falls, so nothing is chosen."""
        found = {"nats": caption_loss(model, self.held).item()}
        found |= scores(model, self.scenes)
        self.curve.append({name: round(value, 4) for name, value in found.items()})
        print(self.curve[-1], os.getloadavg()[0], flush=True)  # noqa: T201
        return -float(len(self.curve))

    def state_dict(self) -> dict[str, Any]:
        """Return the curve."""
        return {"curve": self.curve}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up a curve."""
        self.curve = state["curve"]


def tested(model: models.AttentiveCaptioner) -> dict[str, dict[str, float]]:
    """Return the scores on new scenes, and what even attention has there."""
    found = {}
    for split in SPLITS:
        unseen = images.scenes(split, TESTED, seed=TEST_SEED)
        found[split] = scores(model, unseen)
        found[split]["even"] = images.uniform_attention_mass(unseen)
    return found


def main() -> None:
    """Train, and write the two files."""
    asked = parser(__doc__, steps=3000, threads=1)
    asked.add_argument("--store", type=Path, help="to stop, and go on later")
    wish = asked.parse_args()
    torch.set_num_threads(wish.threads)
    seed_all(wish.seed)
    model, watch = make(), Watch()
    history = fit(
        model,
        FreshScenes(wish.seed, B),
        caption_loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=LR),
        schedule=Cosine(wish.steps),
        clip=CLIP,
        steps=wish.steps,
        validate=watch,
        every=EVERY,
        checkpoint=wish.store,
    )
    command = f"python lib/train/attention.py --steps {wish.steps}"
    held = FreshScenes(TEST_SEED, 500, "test").batch(0)
    with torch.no_grad():
        nats = caption_loss(model, held).item()
    about = {"config": CONFIG, "command": command, "seed": wish.seed}
    about |= {"held_out_nats": nats, "seen": wish.steps * B}
    about |= {"python": platform.python_version(), "torch": torch.__version__}
    save(model, CHECKPOINT, **about)
    found = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "scenes_seen": wish.steps * B,
        "minutes": round(history.seconds[-1] / 60, 1),
        "threads": wish.threads,
        "every": EVERY,
        "losses": means_of(history.losses, EVERY),
        "validation": watch.curve,
        "held_out_nats": nats,
        "test": tested(model),
    }
    write_widget(model)
    record("attention", command, wish.seed, repr(held[1].tolist()), found)


if __name__ == "__main__":
    main()
