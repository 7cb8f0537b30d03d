r"""Pad, cut and start in several ways; write book/records/sentences.json.

    python lib/train/sentences.py

An LSTM of 32 units reads the generated sentences of ``tasks.sentiment``. Each line of
the record is the mean over some seeds, each with sentences and a start of its own.

- "padding": all sentences are padded to 80, as in Keras' example: behind or in front,
  the state masked or not.
- "cut": sentences keep their first or their last words.
- "start": few sentences have labels; the words' vectors start at random or come from
  the company that words keep in many sentences without labels; frozen or not.
"""

from functools import partial

import torch
from answering import (
    Rows,
    Sentences,
    accuracy,
    bag_accuracy,
    loss,
    pairs_of_words,
    start_from,
    summary,
    train,
)
from reading import parser, record
from torch import Tensor, nn
from torch.nn.functional import pad

from throughtime import models, tasks, text
from throughtime.device import seed_all

LENGTH, UNITS, SIZE, KEPT = 80, 32, 16, 6


def draw(count: int, split: str, generator: torch.Generator) -> tuple[Rows, Tensor]:
    """Return sentences as rows of ids, and their labels."""
    batch = tasks.sentiment(count, generator, split)
    rows = [ids[mask] for ids, mask in zip(batch.inputs.T, batch.mask.T, strict=True)]
    return rows, batch.targets


def put(rows: Rows, masked: bool = True, front: bool = False, length: int = 0) -> tuple:
    """Return ids and mask, padded behind or in front, to a length at least."""
    ids, mask = text.pad([row.flip(0) for row in rows] if front else rows)
    missing = max(0, length - len(ids))
    ids, mask = (pad(x, (0, 0, 0, missing)) for x in (ids, mask))
    if front:
        ids, mask = ids.flip(0), mask.flip(0)
    return ids, mask if masked else None


def reader() -> models.SentimentLSTM:
    """Return a fresh network with one logit."""
    V = len(tasks.sentiment_vocabulary())
    return models.SentimentLSTM(V, UNITS, 1, embedding_size=SIZE)


def trained(
    model: nn.Module, sets: dict, how: object, steps: int, every: int, B: int = 64
) -> dict[str, float]:
    """Train on one set, choose on another, score on the third."""
    held = (*how(sets["val"][0]), sets["val"][1].float())
    batches = Sentences(*sets["train"], how, B)
    train(model, batches, partial(loss, batch=held), steps, 0.01, every)
    return accuracy(model, *sets["test"], how)


def main() -> None:
    """Run all, and write the record."""
    wish = parser(__doc__, steps=300, seeds=5).parse_args()
    torch.set_num_threads(wish.threads)
    found: dict[str, dict[str, list[float]]] = {"bags": {}}
    for part in PARTS:
        found[part] = {}
    corpus = []
    for seed in range(wish.seed, wish.seed + wish.seeds):
        generator = seed_all(seed)
        wanted = {"train": 4096, "val": 500, "test": 1000}
        sets = {split: draw(n, split, generator) for split, n in wanted.items()}
        corpus += [repr(row.tolist()) for row in sets["train"][0]]
        for part, run in PARTS.items():
            for name, value in run(sets, wish.steps, seed).items():
                found[part].setdefault(name, []).append(value)
                print(seed, part, name, round(value, 3), flush=True)  # noqa: T201
        for name, value in of_bags(sets).items():
            found["bags"].setdefault(name, []).append(value)
    means = {
        part: {name: summary(values) for name, values in each.items()}
        for part, each in found.items()
    }
    command = f"python lib/train/sentences.py --steps {wish.steps}"
    command += f" --seeds {wish.seeds}"
    record("sentences", command, wish.seed, "\n".join(corpus), means)


def by_padding(sets: dict, steps: int, seed: int) -> dict[str, float]:
    """Return accuracies by padding."""
    kinds = {
        "masked": {},
        "in front, no mask": {"masked": False, "front": True},
        "behind, no mask": {"masked": False},
    }
    found = {}
    for name, kind in kinds.items():
        seed_all(seed)
        how = partial(put, length=LENGTH, **kind)
        found[name] = trained(reader(), sets, how, steps, steps // 6)
    return found


def by_cut(sets: dict, steps: int, seed: int) -> dict[str, float]:
    """Return accuracies by the words that are kept."""
    found = {}
    for name, part in (("first", slice(KEPT)), ("last", slice(-KEPT, None))):
        seed_all(seed)
        short = {
            split: ([row[part] for row in rows], labels)
            for split, (rows, labels) in sets.items()
        }
        found[name] = trained(reader(), short, put, steps, steps // 6)
    return found


def by_start(sets: dict, steps: int, seed: int) -> dict[str, float]:
    """Return accuracies by start, freezing and number of labels."""
    rows, labels = sets["train"]
    counts = text.cooccurrences(rows, len(tasks.sentiment_vocabulary()), 5)
    vectors = text.word_vectors(counts, SIZE, torch.Generator().manual_seed(seed))
    found = {}
    for few in (64, 256, 1024):
        few_sets = sets | {"train": (rows[:few], labels[:few])}
        for start in ("random", "word vectors"):
            for frozen in (False, True):
                seed_all(seed)
                model = reader()
                start_from(model, vectors if start != "random" else None, frozen)
                name = f"{few}, {start}, {'frozen' if frozen else 'trained'}"
                found[name] = trained(model, few_sets, put, steps, steps // 6, B=32)
    return found


def of_bags(sets: dict) -> dict[str, float]:
    """Return what is reached without order, and with pairs of neighbours."""
    V = len(tasks.sentiment_vocabulary())
    (rows, labels), (unseen, answers) = sets["train"], sets["test"]
    both = pairs_of_words([*rows, *unseen])
    V_both = 1 + max(int(row.max()) for row in both)
    cut = len(rows)
    return {
        "words": bag_accuracy((rows, labels), (unseen, answers), V),
        "words and pairs": bag_accuracy(
            (both[:cut], labels), (both[cut:], answers), V_both
        ),
    }


PARTS = {"padding": by_padding, "cut": by_cut, "start": by_start}

if __name__ == "__main__":
    main()
