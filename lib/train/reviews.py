r"""Read real reviews; write book/records/snippets.json or book/records/imdb.json.

    python lib/train/reviews.py --folder FOLDER   reads rt-polarity.pos and .neg there
    python lib/train/reviews.py --imdb            downloads IMDB

The snippets are the sentence polarity set of Pang and Lee (2005), CC BY 4.0: 10,662
sentences from reviews of films, half of them praise. A tenth is to choose on, a tenth
to test on. Of IMDB the last 80 words of each review are read, and 2,500 of the reviews
to train on are held out to choose on; the test reviews are scored once, at the end.

Beside an LSTM, with its words' vectors started in several ways, stands logistic
regression on bags of words.
"""

import random
from collections import Counter
from functools import partial
from pathlib import Path

import torch
from answering import (
    Rows,
    Sentences,
    accuracy,
    bag_accuracy,
    start_from,
    summary,
    train,
)
from reading import parser, record
from sentences import put
from torch import Tensor, nn

from throughtime import download, models, text
from throughtime.device import seed_all

SIZE, UNITS, COMMONEST = 64, 64, 2000
MOST, LONGEST = 19_996, 80  # of IMDB: the ranks that num_words=20000 leaves
Split = tuple[Rows, Tensor]


def snippets(folder: Path) -> tuple[dict[str, Split], int, str]:
    """Return three splits, the number of words, and the text."""
    lines = []
    for ending, label in (("pos", 1), ("neg", 0)):
        found = (folder / f"rt-polarity.{ending}").read_text("utf-8").splitlines()
        lines += [(line.split(), label) for line in found if line.strip()]
    random.Random(0).shuffle(lines)  # the same splits for all seeds
    tenth = len(lines) // 10
    counts = Counter(w for words, _ in lines[2 * tenth :] for w in words)
    known = [w for w, count in counts.items() if count > 1]
    vocabulary = text.Vocabulary(known, marks=True, words=True)
    parts = {"test": lines[:tenth], "val": lines[tenth : 2 * tenth]}
    parts["train"] = lines[2 * tenth :]
    splits = {
        name: (
            [vocabulary.encode(words) for words, _ in part],
            torch.tensor([label for _, label in part]),
        )
        for name, part in parts.items()
    }
    return splits, len(vocabulary), "\n".join(" ".join(words) for words, _ in lines)


def imdb() -> tuple[dict[str, Split], int, str]:
    """Return three splits, the number of words, and the ids as text."""
    known = download.imdb("train", MOST, LONGEST)
    order = torch.randperm(len(known.ids), generator=torch.Generator().manual_seed(0))
    parts = {"val": order[:2500], "train": order[2500:]}
    splits = {
        name: ([known.ids[i] for i in part], known.labels[part])
        for name, part in parts.items()
    }
    splits["test"] = tuple(download.imdb("test", MOST, LONGEST))
    text_of = "\n".join(str(row.tolist()) for row in known.ids)
    return splits, MOST + len(text.MARKS), text_of


def company_vectors(rows: Rows, V: int, seed: int) -> Tensor:
    """Return vectors from the training text; a rare word's are as if never met."""
    counts = torch.cat(list(rows)).bincount(minlength=V)
    common = counts.argsort(descending=True)[:COMMONEST]
    place = torch.full((V,), -1)
    place[common] = torch.arange(len(common))
    kept = [place[row][place[row] >= 0] for row in rows]
    pairs = text.cooccurrences([row for row in kept if len(row)], len(common), 5)
    generator = torch.Generator().manual_seed(seed)
    found = text.word_vectors(pairs, SIZE, generator, steps=100)
    vectors = torch.zeros(V, SIZE)
    vectors[common] = found / found.std()
    rare = torch.ones(V, dtype=torch.bool)
    rare[common] = False
    vectors[rare] = torch.randn(int(rare.sum()), SIZE, generator=generator)
    return vectors


def of_lstm(
    sets: dict[str, Split],
    V: int,
    wish: object,
    seed: int,
    vectors: Tensor | None,
    frozen: bool,
) -> float:
    """Return the accuracy on the test set of the best on the validation set."""
    seed_all(seed)
    model = models.SentimentLSTM(V, UNITS, 1, embedding_size=SIZE, dropout=0.5)
    start_from(model, vectors, frozen)
    batches = Sentences(*sets["train"], put, 32)
    steps = wish.epochs * len(batches)

    def validate(model: nn.Module) -> float:
        return -accuracy(model, *sets["val"], put)

    train(model, batches, validate, steps, 0.002, len(batches))
    return accuracy(model, *sets["test"], put)


def main() -> None:
    """Run all, and write the record."""
    options = parser(__doc__, epochs=4, seeds=3)
    options.add_argument("--folder", type=Path, help="where the snippets are")
    options.add_argument("--imdb", action="store_true", help="download and read IMDB")
    wish = options.parse_args()
    torch.set_num_threads(wish.threads)
    sets, V, corpus = imdb() if wish.imdb else snippets(wish.folder)
    found: dict[str, list[float]] = {}
    for seed in range(wish.seed, wish.seed + wish.seeds):
        vectors = company_vectors(sets["train"][0], V, seed)
        for start in ("random", "word vectors"):
            for frozen in (False, True):
                given = vectors if start != "random" else None
                value = of_lstm(sets, V, wish, seed, given, frozen)
                name = f"{start}, {'frozen' if frozen else 'trained'}"
                found.setdefault(name, []).append(value)
                print(seed, name, round(value, 3), flush=True)  # noqa: T201
    of_bags = partial(bag_accuracy, sets["train"], sets["test"], V)
    what = "--imdb" if wish.imdb else "--folder FOLDER"
    record(
        "imdb" if wish.imdb else "snippets",
        f"python lib/train/reviews.py {what} --epochs {wish.epochs}",
        wish.seed,
        corpus,
        {
            "sentences": {name: len(rows) for name, (rows, _) in sets.items()},
            "words": V,
            "lstm": {name: summary(values) for name, values in found.items()},
            "bags": {"counts": of_bags(weigh=False), "tf-idf": of_bags()},
        },
    )


if __name__ == "__main__":
    main()
