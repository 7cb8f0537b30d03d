r"""Compare windows with a carried state; write book/records/nietzsche.json.

    python lib/train/nietzsche.py              downloads the text
    python lib/train/nietzsche.py --text FILE  reads it

The recipe of Keras' example: lower case, windows of 40 characters, 128 LSTM units on
one-hot characters, batches of 128, RMSprop with a rate of 0.01. Three networks take as
many updates, and each update reads 128 x 40 characters:

- "one target": windows 3 apart, in random order; the character after each is predicted.
- "every target": windows 40 apart, in random order; every next character is predicted.
- "carried": the same, in the text's order, and the state goes on from window to window.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from reading import character_loss, held_out, parser, record
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from throughtime import download, models, text
from throughtime.device import seed_all
from throughtime.train import Carry, fit

LENGTH, B = 40, 128


class LastOnly:
    """Give windows with one target each."""

    def __init__(self, ids: Tensor, generator: torch.Generator) -> None:
        self.batches = text.RandomWindows(ids, B, LENGTH, generator, step=3)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Give one epoch's batches."""
        for inputs, targets in self.batches:
            yield inputs, targets[-1:]


def window_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Return the mean loss over as many last steps as there are targets."""
    inputs, targets = batch
    logits = model(inputs)[0][-len(targets) :]
    return cross_entropy(logits.flatten(0, 1), targets.flatten())


@torch.no_grad()
def after_windows(model: nn.Module, ids: Tensor) -> float:
    """Return nats a character, each predicted from the 40 before it alone."""
    inputs, targets = text.windows(ids, LENGTH, 3, targets="last")
    total = 0.0
    for chosen in torch.arange(len(targets)).split(2000):
        logits = model(inputs[:, chosen])[0][-1]
        total += cross_entropy(logits, targets[chosen], reduction="sum").item()
    return total / len(targets)


def main() -> None:
    """Train the three, and write the record."""
    options = parser(__doc__, steps=1400)
    options.add_argument("--text", type=Path, help="instead of a download")
    wish = options.parse_args()
    torch.set_num_threads(wish.threads)
    whole = wish.text.read_text("utf-8") if wish.text else download.nietzsche("all")
    whole = whole.lower()
    cut = len(whole) * 9 // 10
    vocabulary = text.Vocabulary.from_text(whole)
    ids = vocabulary.encode(whole)
    found = {}
    for name in ("one target", "every target", "carried"):
        generator = seed_all(wish.seed)
        model = models.CharLM(len(vocabulary), 128)
        batches, loss = {
            "one target": (LastOnly(ids[:cut], generator), window_loss),
            "every target": (
                text.RandomWindows(ids[:cut], B, LENGTH, generator),
                window_loss,
            ),
            "carried": (
                text.StatefulBatches(ids[:cut], B, LENGTH),
                Carry(character_loss),
            ),
        }[name]
        rule = torch.optim.RMSprop(model.parameters(), lr=0.01, alpha=0.9, eps=1e-7)
        history = fit(model, batches, loss, optimizer=rule, steps=wish.steps)
        found[name] = {
            "after 40 characters": after_windows(model, ids[cut:]),
            "with the state carried": held_out(model, ids[cut:]),
            "seconds": round(history.seconds[-1]),
        }
        print(name, found[name])  # noqa: T201
    record(
        "nietzsche",
        f"python lib/train/nietzsche.py --steps {wish.steps}",
        wish.seed,
        whole,
        {
            "updates": wish.steps,
            "held_out_nats": found,
            "best_ngram_nats": min(text.ngram_floors(whole[:cut], whole[cut:])),
        },
    )


if __name__ == "__main__":
    main()
