r"""Train a character model on LaTeX-like documents; write book/records/structure.json.

    python lib/train/structure.py

A GRU of 128 units reads each document from its start to its end, so that gradients
reach from an ``\end`` to its ``\begin``. Then it writes documents, which the record
keeps, for the page to parse.
"""

import torch
from reading import parser, record
from torch import Tensor, nn

from throughtime import decode, metrics, models, tasks, text
from throughtime.device import seed_all
from throughtime.tasks import latex_faults
from throughtime.text import END, START
from throughtime.train import fit

DOCUMENTS, WRITTEN, B = 8000, 300, 32


def batch_of(documents: list[str], vocabulary: text.Vocabulary) -> tuple[Tensor, ...]:
    """Return inputs, targets and mask, each ``(T, B)``."""
    ids, mask = text.pad([vocabulary.encode(each, ends=True) for each in documents])
    return ids[:-1], ids[1:], mask[1:]


def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return nats a character, padding left out."""
    inputs, targets, mask = batch
    return metrics.cross_entropy(model(inputs)[0], targets, mask)


def main() -> None:
    """Train, write, and store what was written."""
    wish = parser(__doc__, steps=3000).parse_args()
    torch.set_num_threads(wish.threads)
    generator = seed_all(wish.seed)
    documents = tasks.latex(DOCUMENTS, generator)
    unseen = tasks.latex(500, generator)
    vocabulary = text.Vocabulary("".join(documents), marks=True)
    model = models.CharLM(len(vocabulary), 128, "GRU")
    chosen = [documents[start : start + B] for start in range(0, DOCUMENTS, B)]
    batches = [batch_of(each, vocabulary) for each in chosen]

    def look(model: models.CharLM) -> float:
        held_out = loss(model, batch_of(unseen, vocabulary)).item()
        good = sum(not latex_faults(each) for each in write(model, vocabulary))
        print(round(held_out, 4), good / WRITTEN)  # noqa: T201
        return held_out

    history = fit(
        model,
        batches,
        loss,
        optimizer=torch.optim.Adam(model.parameters(), lr=5e-3),
        schedule=lambda step: max(0.02, 1 - step / wish.steps),
        clip=1.0,
        steps=wish.steps,
        validate=look,
        every=250,
    )
    record(
        "structure",
        f"python lib/train/structure.py --steps {wish.steps}",
        wish.seed,
        "\n".join(documents),
        {
            "parameters": sum(p.numel() for p in model.parameters()),
            "seconds": round(history.seconds[-1]),
            "held_out_nats": history.validation[-1],
            "written": write(model, vocabulary),
        },
    )


def write(model: models.CharLM, vocabulary: text.Vocabulary) -> list[str]:
    """Return documents that the model writes, at temperature 1."""
    first = torch.full((WRITTEN,), START)
    generator = torch.Generator().manual_seed(1)
    done = decode.sample(model, None, first, steps=400, generator=generator)
    return [
        "".join(vocabulary.symbols[i] for i in done.row(b, END)) for b in range(WRITTEN)
    ]


if __name__ == "__main__":
    main()
