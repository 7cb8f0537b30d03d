r"""Train a character model on Python's own source, for the temperature widget.

    python lib/train/source.py

Writes ``book/_widgets/temperature.json``: after each of some pieces of held-out source,
the log-probabilities of the next character. And ``book/records/source.json``: the
held-out loss and what the model writes. An LSTM of 256 units.
"""

import json
from pathlib import Path

import torch
from reading import Shifted, held_out, parser, record, train, write
from torch import Tensor

from throughtime import models, text
from throughtime.device import seed_all
from throughtime.metrics import longest_copy

WIDGET = Path(__file__).resolve().parents[2] / "book" / "_widgets" / "temperature.json"
READ, SHOWN = (
    400,
    28,
)  # characters before the place that the model reads; the page shows
# Of each of these the first place in another part of the held-out text is taken.
PLACES = (
    "    retur",
    "\n    def ",
    "self.",
    "import ",
    "    if ",
    '"""',
    "# The ",
    " = ",
)


def contexts(unseen: str) -> list[str]:
    """Return what the model reads before each place."""
    starts = range(5000, len(unseen), 30_000)
    ends = [
        unseen.index(each, start) + len(each)
        for each, start in zip(PLACES, starts, strict=False)
    ]
    return [unseen[end - READ : end] for end in ends]


@torch.no_grad()
def log_probabilities(model: models.CharLM, ids: Tensor) -> list[float]:
    """Return the log-probabilities of the next character, in nats."""
    last = model(ids[:, None])[0][-1, 0].double()
    return [round(value, 3) for value in last.log_softmax(-1).tolist()]


def main() -> None:
    """Train, and write both files."""
    wish = parser(__doc__, steps=2500).parse_args()
    torch.set_num_threads(wish.threads)
    seed_all(wish.seed)
    seen, unseen = text.stdlib_source(), text.stdlib_source(split="test")
    vocabulary = text.Vocabulary(text.SOURCE_CHARACTERS)
    model = models.CharLM(len(vocabulary), 256, embedding_size=64)
    part = vocabulary.encode(unseen[:60_000])

    def look(model: models.CharLM) -> None:
        print(round(held_out(model, part), 3))  # noqa: T201

    batches = Shifted(vocabulary.encode(seen), 32, 64)
    history = train(model, batches, wish.steps, 4e-3, look, 250)
    places = [
        {
            "read": each[-SHOWN:],
            "log_p": log_probabilities(model, vocabulary.encode(each)),
        }
        for each in contexts(unseen)
    ]
    data = {"symbols": "".join(vocabulary.symbols), "places": places}
    WIDGET.write_text(json.dumps(data) + "\n", encoding="utf-8")
    sample = write(model, vocabulary, "\n\n", 2000)
    record(
        "source",
        f"python lib/train/source.py --steps {wish.steps}",
        wish.seed,
        seen,
        {
            "parameters": sum(p.numel() for p in model.parameters()),
            "seconds": round(history.seconds[-1]),
            "held_out_nats": held_out(model, vocabulary.encode(unseen)),
            "best_ngram_nats": min(text.ngram_floors(seen, unseen)),
            "sample": sample,
            "longest_copy": copies(sample, seen, unseen),
            "sample_at_temperature_0.5": write(model, vocabulary, "\n\n", 600, 0.5),
            "after_a_licence": write(
                model, vocabulary, "# Licensed to PSF under", 80, 0
            ),
        },
    )


def copies(sample: str, seen: str, unseen: str) -> dict:
    """Return the longest runs that texts of one length share with the training text."""
    length = len(sample)
    counted = text.NgramModel(seen, 6)
    generator = torch.Generator().manual_seed(1)
    pieces = [
        unseen[start : start + length]
        for start in range(0, len(unseen) - length, len(unseen) // 15)
    ]
    shared = [longest_copy(piece, seen).length for piece in pieces]
    by_counts = counted.write("\n\n", length, generator)
    return {
        "model": longest_copy(sample, seen).length,
        "6-gram": longest_copy(by_counts, seen).length,
        "pieces of unseen text": sorted(shared),
    }


if __name__ == "__main__":
    main()
