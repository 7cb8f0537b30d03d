r"""Let networks keep one word over a pause, short or long; write distance.json.

    python lib/train/distance.py

One speaker says one word, others call words from the hall, and then comes the question
what the speaker has said. A network trains with pauses of one length, and is asked
after these and after others. The record in ``book/records`` has every run; a run that
it has already is not run again.
"""

from collections.abc import Iterator

import torch
from remembering import Reader, learn, make, right, run_all, wishes
from torch import nn

from throughtime import tasks
from throughtime.device import seed_all
from throughtime.tasks import Batch

SPEAKERS, WORDS, B, H, LR, NEW_ROWS = 4, 4, 32, 32, 0.003, 400
D = SPEAKERS + WORDS + 1
KINDS = ("RNN", "LSTM", "GRU", "MinGRU", "SelfAttention")
TRAINED, ASKED = (10, 30, 100), (10, 30, 100, 300, 1000)
SETTINGS = {"speakers": SPEAKERS, "words": WORDS, "batch": B, "H": H, "lr": LR}
SETTINGS |= {"clip": 1.0, "asked_after": ASKED, "new_rows": NEW_ROWS}


class Pauses:
    """Draw batches with one line and a pause, without end."""

    def __init__(self, pause: int, chance: torch.Generator) -> None:
        self.pause, self.chance = pause, chance

    def draw(self, rows: int) -> Batch:
        """Draw one batch."""
        form = {"speakers": SPEAKERS, "words": WORDS, "pause": self.pause}
        return tasks.transcript(1, rows, self.chance, **form)

    def __iter__(self) -> Iterator[Batch]:
        """Draw one batch after the other."""
        while True:
            yield self.draw(B)


def measure(kind: str, pause: int, seed: int, steps: int) -> dict:
    """Train with one pause; return the share of right answers after each."""
    batches = Pauses(pause, seed_all(seed))
    model = Reader(make(kind, D, H), D, WORDS)
    learn(model, batches, nn.functional.cross_entropy, steps, LR)
    new, shares = torch.Generator().manual_seed(10_000 + seed), []
    for pause in ASKED:  # attention looks from each step at each: few rows at a time
        parts = [
            right(model, Pauses(pause, new).draw(50)) for _ in range(NEW_ROWS // 50)
        ]
        shares.append(round(sum(parts) / len(parts), 4))
    return {"right": shares}


def main() -> None:
    """Run every network after every pause."""
    wish = wishes(__doc__, seeds=3, steps=400)
    wanted = [
        {"kind": kind, "pause": pause, "seed": seed, "steps": wish.steps}
        for pause in TRAINED
        for seed in range(wish.seeds)
        for kind in KINDS
    ]
    command = f"python lib/train/distance.py --seeds {wish.seeds}"
    run_all("distance", wanted, measure, SETTINGS, command)


if __name__ == "__main__":
    main()
