r"""Train the network that chapter 10 looks into; write its checkpoint and its widget.

    python lib/train/inside.py

Writes ``lib/throughtime/checkpoints/inside.npz``, an LSTM of 128 units that has read
Python's own source; ``book/_widgets/cell-text.json``, a piece of held-out source with
what every cell does at each character; and ``book/records/inside.json``.
"""

import hashlib
import json
import os
import platform
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from reading import Shifted, held_out, parser, record, train
from torch import Tensor

from throughtime import models, text
from throughtime.device import seed_all
from throughtime.gated import lstm_step
from throughtime.spectrum import Recorder
from throughtime.train import save
from throughtime.unroll import unroll

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "lib" / "throughtime" / "checkpoints" / "inside.npz"
WIDGET = ROOT / "book" / "_widgets" / "cell-text.json"
VOCABULARY = text.Vocabulary(text.SOURCE_CHARACTERS)
CONFIG = {"V": len(VOCABULARY), "H": 128, "cell": "LSTM", "embedding_size": 32}
B, T = 32, 100  # rows and steps of a batch
RATE = 5e-3  # of Adam, at first
ROWS, STEPS, WARM = 64, 1050, 50  # pieces of a text, their length, what is not scored
BEFORE, SHOWN = 300, 500  # characters that the widget's network reads first; shows
# Values from -1 to 1 as one letter each.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@torch.no_grad()
def cells(model: models.CharLM, ids: Tensor) -> Tensor:
    """Return tanh(c_t) after each symbol, ids ``(T, B)`` to ``(T, B, H)``."""
    kept = Recorder(partial(lstm_step, **model.layer.weights("_l0")))
    zeros = torch.zeros(ids.shape[1], model.layer.hidden_size)
    unroll(kept, model.embed(ids), (zeros, zeros))
    return torch.stack([c_t for _, c_t in kept.states]).tanh()


def features(labels: text.SourceLabels) -> dict[str, Tensor]:
    """Return what a cell may follow, each ``(N,)``."""
    return {
        "quotes": labels.quote.float(),
        "comments": labels.comment.float(),
        "conditions": labels.condition.float(),
        "brackets": (labels.bracket > 0).float(),
        "depth": labels.depth.float(),
        "position": labels.position.float(),
    }


def best_cells(model: models.CharLM, whole: str) -> dict[str, tuple[int, float]]:
    """Return for each feature the cell with the largest correlation, from 0, and it."""
    starts = torch.linspace(0, len(whole) - STEPS, ROWS).long()
    places = starts + torch.arange(STEPS)[:, None]
    kept = cells(model, VOCABULARY.encode(whole)[places])[WARM:].reshape(-1, 128)
    found = {}
    for name, values in features(text.source_labels(whole)).items():
        with_cells = torch.cat([values[places[WARM:]].reshape(-1, 1), kept], 1)
        r = torch.corrcoef(with_cells.T)[0, 1:].nan_to_num()  # some cells never move
        best = int(r.abs().argmax())
        found[name] = (best, round(r[best].item(), 3))
    return found


def choose_piece(whole: str) -> int:
    """Return where the piece begins that has most of everything, in whole lines."""
    labels = text.source_labels(whole)
    kinds = [*labels[:2], labels.condition]
    kinds += [(labels.depth > 0) & (labels.depth < 4)]
    kinds = torch.stack(kinds).double().numpy()
    sums = np.concatenate([np.zeros((4, 1)), kinds.cumsum(1)], axis=1)
    most = np.array([0.25, 0.2, 0.15, 1])  # a larger share of a kind is not better
    best = 0.0, 0
    for begin in range(BEFORE, len(whole) - SHOWN):
        if whole[begin - 1] == "\n":
            shares = (sums[:, begin + SHOWN] - sums[:, begin]) / SHOWN
            worth = float((shares / most).clip(0, 1).prod())
            lines = whole[begin : begin + SHOWN].split("\n")
            if shares[3] == 1 and max(map(len, lines)) <= 58:
                best = max(best, (worth, begin))
    return best[1]


def write_widget(model: models.CharLM, seen: str, unseen: str) -> None:
    """Write the widget's text, and each cell's values over it."""
    begin = choose_piece(unseen)
    end = unseen.rindex("\n", begin, begin + SHOWN) + 1
    read = unseen[begin - BEFORE : end]
    values = cells(model, VOCABULARY.encode(read)[:, None])[BEFORE:, 0]
    levels = ((values + 1) / 2 * 63).round().long()
    rows = ["".join(LETTERS[i] for i in cell) for cell in levels.T.tolist()]
    labels = features(text.source_labels(unseen))
    labels["quotes or comments"] = labels["quotes"] + labels["comments"]
    marks = {
        name: "".join(str(int(v)) for v in labels[name][begin:end].tolist())
        for name in labels
        if name not in ("depth", "position")
    }
    data = {
        "before": unseen[begin - BEFORE : begin],
        "text": unseen[begin:end],
        "found": {name: list(pair) for name, pair in best_cells(model, seen).items()},
        "marks": marks,
        "values": rows,
    }
    WIDGET.write_text(json.dumps(data, indent=0) + "\n", encoding="utf-8")


def learn(model: models.CharLM, seen: str, unseen: str, steps: int) -> dict:
    """Train; return what it took, and the held-out losses on the way."""
    part = VOCABULARY.encode(unseen[:60_000])
    began, computed = time.perf_counter(), time.process_time()
    curve: list[float] = []

    def look(model: models.CharLM) -> None:
        curve.append(round(held_out(model, part, rows=64), 4))
        print(curve[-1], os.getloadavg()[0], flush=True)  # noqa: T201

    train(model, Shifted(VOCABULARY.encode(seen), B, T), steps, RATE, look, 500)
    return {
        "minutes": round((time.perf_counter() - began) / 60, 1),
        "minutes_of_processor": round((time.process_time() - computed) / 60, 1),
        "threads": torch.get_num_threads(),
        "load_average_at_the_end": round(os.getloadavg()[1], 1),
        "validation": curve,
    }


def main() -> None:
    """Train, and write the three files."""
    wish = parser(__doc__, steps=6000, threads=1).parse_args()
    torch.set_num_threads(wish.threads)
    seed_all(wish.seed)
    seen, unseen = text.stdlib_source(), text.stdlib_source(split="test")
    model = models.CharLM(**CONFIG)
    took = learn(model, seen, unseen, wish.steps)
    loss = held_out(model, VOCABULARY.encode(unseen), rows=256)
    command = f"python lib/train/inside.py --steps {wish.steps}"
    about = {"config": CONFIG, "command": command, "seed": wish.seed}
    about |= {"held_out_nats": loss, "read": wish.steps * B * T}
    about["sha256_of_held_out"] = hashlib.sha256(unseen.encode()).hexdigest()
    about |= {"python": platform.python_version(), "torch": torch.__version__}
    save(model, CHECKPOINT, **about)
    write_widget(model, seen, unseen)
    count = sum(p.numel() for p in model.parameters())
    found = {"parameters": count, "held_out_nats": loss}
    record("inside", command, wish.seed, seen, found | took)


if __name__ == "__main__":
    main()
