r"""Train the captioner of chapter 12, and write what the page loads.

    python lib/train/captioner.py

It trains with three seeds. The first one's weights go to
lib/throughtime/checkpoints/captioner.npz (in float16); book/records/captioner.json has
its learning curves, and for each seed what was true at the end. No scene is seen twice;
what is measured on the way chooses nothing, the last weights are kept.
"""

import os
import platform
import time
from pathlib import Path

import torch
from describing import Cosine, Scenes, caption_loss, describe, held_out, truth
from reading import parser, record

from throughtime import images, models
from throughtime.device import seed_all
from throughtime.train import History, fit, save

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "lib" / "throughtime" / "checkpoints" / "captioner.npz"
CONFIG = {"V": 30, "H": 128, "cell": "GRU", "way": "every", "embedding_size": 64}
CHANNELS = (32, 64, 64, 64)
B, RATE, CLIP = 64, 3e-3, 5.0
SPLITS, LOOKED_AT = ("val", "pairs", "count"), 500
SEEN_ON_THE_WAY, HELD_OUT, SCENES = 0, 3, 2000  # seeds of scenes; the last's number
MANY = 5000  # scenes of each kind at the end


def make() -> models.Captioner:
    """Return the captioner with its first weights."""
    return models.Captioner(**CONFIG, cnn=models.SmallCNN(CHANNELS))


def train(
    model: models.Captioner, wish: object, seed: int, curve: list[dict]
) -> History:
    """Train; the curve gets a row for every look on the way."""

    def look(model: models.Captioner) -> float:
        row = {split: truth(model, split, LOOKED_AT, 0) for split in SPLITS}
        row["nats"] = held_out(model, "val", LOOKED_AT, SEEN_ON_THE_WAY)
        curve.append({name: round(value, 4) for name, value in row.items()})
        print(len(curve), row, os.getloadavg()[0], flush=True)  # noqa: T201
        return -float(len(curve))  # the newest counts as the best: nothing is chosen

    return fit(
        model,
        Scenes(B, seed),
        caption_loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=RATE),
        schedule=Cosine(wish.steps),
        clip=CLIP,
        steps=wish.steps,
        validate=look,
        every=wish.every,
    )


def at_the_end(model: models.Captioner) -> dict[str, float]:
    """Return the share of true captions of each kind of scenes."""
    found = {}
    for split in ("test", *SPLITS[1:]):
        scenes = images.scenes(split, MANY, HELD_OUT)
        said = describe(model, images.render_all(scenes, HELD_OUT))
        right = [images.is_true(*pair) for pair in zip(said, scenes, strict=True)]
        found[split] = sum(right) / MANY
        if split == "test":
            two = [r for r, s in zip(right, scenes, strict=True) if len(s.things) == 2]
            found["two things"] = round(sum(two) / len(two), 4)
    return found


def first(model: models.Captioner, wish: object, command: str) -> dict:
    """Train the captioner that is shipped; write its weights, return its record."""
    curve: list[dict] = []
    began, computed = time.perf_counter(), time.process_time()
    history = train(model, wish, wish.seed, curve)
    took = {
        "minutes": round((time.perf_counter() - began) / 60, 1),
        "minutes_of_processor": round((time.process_time() - computed) / 60, 1),
        "threads": torch.get_num_threads(),
        "load_average_at_the_end": round(os.getloadavg()[1], 1),
    }
    model.half().float()  # as the file keeps it
    loss = held_out(model, "test", SCENES, HELD_OUT)
    about = {"config": CONFIG, "channels": list(CHANNELS), "command": command}
    about |= {"seed": wish.seed, "held_out_nats": loss}
    about |= {"scenes": wish.steps * B, "python": platform.python_version()}
    save(model.half(), CHECKPOINT, **about, torch=torch.__version__)
    model.float()
    losses = torch.tensor(history.losses).unfold(0, 50, 50).mean(1)
    return took | {
        "parameters": sum(p.numel() for p in model.parameters()),
        "held_out_nats": loss,
        "every": wish.every,
        "curve": curve,
        "loss_every_50": [round(v, 4) for v in losses.tolist()],
    }


def main() -> None:
    """Train, and write the two files."""
    wish = parser(__doc__, steps=15_000, threads=1, every=750, seeds=3).parse_args()
    torch.set_num_threads(wish.threads)
    command = f"python lib/train/captioner.py --steps {wish.steps} --seeds {wish.seeds}"
    scenes = repr(images.scenes("train", B, wish.seed))  # the first batch names all
    found: dict = {"runs": []}
    for seed in range(wish.seed, wish.seed + wish.seeds):
        seed_all(seed)
        model = make()
        if seed == wish.seed:
            found |= first(model, wish, command)
        else:
            train(model, wish, seed, [])
        found["runs"].append({"seed": seed} | at_the_end(model))
        print(found["runs"][-1], flush=True)  # noqa: T201
        record("captioner", command, wish.seed, scenes, found)


if __name__ == "__main__":
    main()
