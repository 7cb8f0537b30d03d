r"""Let networks answer a question about a transcript; write transcript.json.

    python lib/train/transcript.py

Every network trains on transcripts of 1 to 16 lines and is then asked about new ones,
length by length: what a speaker has said, or how often a word was said. The record in
``book/records`` has the share of right answers of each run; a run that it has already
is not run again.
"""

from collections.abc import Iterator

import torch
from remembering import Reader, learn, make, right, run_all, wishes
from torch import nn

from throughtime import tasks
from throughtime.device import seed_all
from throughtime.tasks import Batch

SPEAKERS, WORDS, B, LR, NEW_ROWS = 16, 4, 64, 0.01, 2000
D, LENGTHS = SPEAKERS + WORDS + 1, (1, 2, 4, 6, 8, 12, 16)
KINDS = ("LSTM", "GRU", "MinGRU", "SelfAttention")
WISHES = [  # question, where it is asked, kinds, numbers of units
    ("recall", "last", KINDS, (8, 16, 32, 64)),
    ("count", "last", KINDS, (8, 32)),
    ("recall", "first", ("LSTM",), (64,)),
]
SETTINGS = {"speakers": SPEAKERS, "words": WORDS, "batch": B, "lr": LR, "clip": 1.0}
SETTINGS |= {"lengths": LENGTHS, "new_rows": NEW_ROWS}


class Transcripts:
    """Draw batches of transcripts without end, each batch of another length."""

    def __init__(self, question: str, asked: str, chance: torch.Generator) -> None:
        self.question, self.asked, self.chance = question, asked, chance

    def draw(self, T: int, rows: int) -> Batch:
        """Draw transcripts of one length."""
        form = (self.question, self.asked)
        return tasks.transcript(
            T, rows, self.chance, *form, speakers=SPEAKERS, words=WORDS
        )

    def __iter__(self) -> Iterator[Batch]:
        """Draw one batch after the other."""
        while True:
            T = int(torch.randint(1, SPEAKERS + 1, (), generator=self.chance))
            yield self.draw(T, B)


def measure(
    kind: str, H: int, question: str, asked: str, seed: int, steps: int
) -> dict:
    """Train once; return the share of right answers at each length."""
    batches = Transcripts(question, asked, seed_all(seed))
    V = WORDS if question == "recall" else SPEAKERS + 1
    model = Reader(make(kind, D, H), D, V)
    learn(model, batches, nn.functional.cross_entropy, steps, LR)
    new = Transcripts(question, asked, torch.Generator().manual_seed(10_000 + seed))
    return {"right": [round(right(model, new.draw(T, NEW_ROWS)), 4) for T in LENGTHS]}


def main() -> None:
    """Run every network on every question, seed by seed."""
    wish = wishes(__doc__, seeds=3, steps=2400)
    wanted = [
        {"kind": kind, "H": H, "question": question, "asked": asked}
        | {"seed": seed, "steps": wish.steps}
        for seed in range(wish.seeds)
        for question, asked, kinds, sizes in WISHES
        for H in sizes
        for kind in kinds
    ]
    command = f"python lib/train/transcript.py --seeds {wish.seeds}"
    run_all("transcript", wanted, measure, SETTINGS, command)


if __name__ == "__main__":
    main()
