r"""Train a captioner on photographs, and state it beside its baselines.

    python lib/train/photographs.py --set coco --device cuda
    python lib/train/photographs.py --set flickr8k --features FILE.npz --device cuda

COCO comes with features (h5py is needed: ``pip install 'throughtime[coco]'``). For
Flickr8k you make them: an .npz with ``names`` (N,) and ``features`` (N, D). It writes
book/records/photographs_SET.json. Nothing is chosen on the test split: the last weights
are kept. Not run for the book, whose build has no network; its tests run it on made-up
files.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from describing import Cosine, caption_loss
from practising import Ready
from reading import record
from torch import Tensor

from throughtime import decode, device, download, metrics, models, text
from throughtime.errors import ThroughTimeError
from throughtime.train import fit

LONGEST, RARE, PART = 15, 5, 500  # words kept; counts below it are rare; rows at once
Words = tuple[str, ...]


class Photographs(NamedTuple):
    """Hold one split: M images, and the captions of each as words and as ids."""

    features: Tensor
    """float32 ``(M, D)``."""
    captions: list[list[Words]]
    """Of each image, one or more."""
    ids: Tensor
    """int64 ``(T, N)``, all captions: ``<START>`` ... ``<END>``, then ``<NULL>``."""
    images: Tensor
    """The image of each column of ``ids``, int64 ``(N,)``."""
    symbols: tuple[str, ...]
    """The word of each id."""


def coco(split: str, folder: str | None = None) -> Photographs:
    """Read COCO as CS231n stores it; its ``val`` is our test."""
    data = download.cs231n("train" if split == "train" else "val", folder)
    captions: list[list[Words]] = [[] for _ in data.features]
    for column, image in zip(
        data.captions.T.tolist(), data.images.tolist(), strict=True
    ):
        words = tuple(data.words[i] for i in column if i > text.MARKS.index("<END>"))
        captions[image].append(words)
    return Photographs(data.features, captions, data.captions, data.images, data.words)


def flickr8k(
    split: str,
    features: str | Path,
    source: str | Path = "flickr8k",
    known: Sequence[str] = (),
) -> Photographs:
    r"""Read Flickr8k in Karpathy's form beside features of your own.

    Args:
        split: ``"train"``, ``"val"`` or ``"test"``.
        features: An .npz with ``names`` and ``features``.
        source: As for ``download.karpathy``.
        known: The symbols of the training split; made from the captions without it.
    """
    listed = [
        i for i in download.karpathy(source, split, longest=LONGEST) if i.captions
    ]
    with np.load(features) as file:
        rows = {name: k for k, name in enumerate(file["names"].tolist())}
        lost = [image.file for image in listed if image.file not in rows]
        if lost:
            raise ThroughTimeError(
                f"{features} has no row for {lost[0]} and {len(lost) - 1} more; wanted "
                "one for each captioned image. Try names as in the JSON file."
            )
        some = file["features"][[rows[image.file] for image in listed]]
    captions = [list(image.captions) for image in listed]
    every = [words for several in captions for words in several]
    vocabulary = text.Vocabulary.from_sentences(every, min_count=RARE)
    if known:
        vocabulary = text.Vocabulary(known, marks=True, words=True)
    ids, _ = text.pad([vocabulary.encode(words, ends=True) for words in every])
    owners = [m for m, several in enumerate(captions) for _ in several]
    made = torch.from_numpy(np.asarray(some, np.float32))
    return Photographs(made, captions, ids, torch.tensor(owners), vocabulary.symbols)


class Batches:
    """Draw captions with their images' features, on the device of the data."""

    def __init__(self, data: Photographs, B: int, seed: int) -> None:
        self.data, self.B = data, B
        self.chance = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Draw one batch after the other."""
        data = self.data
        while True:
            drawn = torch.randint(len(data.images), (self.B,), generator=self.chance)
            rows = drawn.to(data.ids.device)
            ids = data.ids[:, rows]
            features = data.features[data.images[rows]]
            yield features[:, None, None], ids, ids != 0


def make(data: Photographs, H: int = 512, D: int = 256) -> models.Captioner:
    """Return a captioner that reads features, with its first weights."""
    eye, V = Ready(data.features[:1, None, None]), len(data.symbols)
    how = {"way": "every", "cnn": eye, "embedding_size": D, "dropout": 0.5}
    return models.Captioner(V, H, "GRU", **how).to(data.features.device)


@torch.no_grad()
def describe(model: models.Captioner, data: Photographs, rows: Tensor) -> list[Words]:
    """Return greedy captions of some images."""
    said: list[Words] = []
    for some in rows.split(PART):
        state = model.start(data.features[some][:, None, None])
        first = torch.ones_like(some)
        found = decode.greedy(model, state, first, steps=LONGEST + 1)
        said += [tuple(data.symbols[i] for i in found.row(b)) for b in range(len(some))]
    return said


def nearest(train: Photographs, test: Photographs, rows: Tensor) -> list[Words]:
    """Return the first caption of the training image whose features are nearest."""
    where, seen = [], torch.nn.functional.normalize(train.features)
    for some in rows.split(PART):
        asked = torch.nn.functional.normalize(test.features[some])
        where += (asked @ seen.T).argmax(1).tolist()
    return [train.captions[m][0] for m in where]


def score(said: Sequence[Words], references: Sequence[Sequence[Words]]) -> list[float]:
    """Return BLEU-1 to -4."""
    return [round(v, 4) for v in metrics.bleu(said, references)]


def baselines(
    train: Photographs, test: Photographs, rows: Tensor
) -> dict[str, list[float]]:
    """Return BLEU-1 to -4 of captions that no network wrote."""
    counted = Counter(words for several in train.captions for words in several)
    refs = [test.captions[m] for m in rows.tolist()]
    several = [k for k, captions in enumerate(refs) if len(captions) > 1]
    one = [refs[k][0] for k in several]
    common = [counted.most_common(1)[0][0]] * len(refs)
    return {
        "most common caption": score(common, refs),
        "caption of another image": score([r[0] for r in refs[1:] + refs[:1]], refs),
        "caption of the nearest image": score(nearest(train, test, rows), refs),
        "one person, the others": score(one, [refs[k][1:] for k in several]),
    }


@torch.no_grad()
def nats(model: models.Captioner, data: Photographs, blind: bool = False) -> float:
    """Return nats a token, all captions; blind: each with another image's features."""
    total = count = 0.0
    owners = data.images.roll(len(data.images) // 2) if blind else data.images
    for columns in torch.arange(len(owners), device=owners.device).split(PART):
        ids = data.ids[:, columns]
        batch = data.features[owners[columns]][:, None, None], ids, ids != 0
        tokens = int(batch[2][1:].sum())
        total += caption_loss(model, batch).item() * tokens
        count += tokens
    return total / count


def run(
    train: Photographs, test: Photographs, steps: int, seed: int, **sizes: int
) -> dict:
    """Train, and return everything that is to be stated."""
    device.seed_all(seed)
    model = make(train, **sizes)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    how = {"optimizer": adam, "schedule": Cosine(steps), "clip": 5.0, "steps": steps}
    fit(model, Batches(train, 128, seed), caption_loss, **how, progress=False)
    rows = torch.arange(len(test.features), device=test.features.device)[:5000]
    found = baselines(train, test, rows)
    said, refs = describe(model, test, rows), [test.captions[m] for m in rows.tolist()]
    found["captioner, greedy"] = score(said, refs)
    loss = {"test": nats(model, test), "images exchanged": nats(model, test, True)}
    return {"BLEU-1 to -4": found, "nats": loss, "steps": steps, "images": len(rows)}


def to(data: Photographs, where: torch.device) -> Photographs:
    """Move the tensors."""
    tensors = {name: getattr(data, name).to(where) for name in ("features", "ids")}
    return data._replace(**tensors, images=data.images.to(where))


def main() -> None:
    """Read the set that was asked for, train, write the record."""
    how = argparse.RawDescriptionHelpFormatter
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=how)
    reader.add_argument("--set", choices=("coco", "flickr8k"), default="coco")
    for name in ("folder", "features", "device"):
        reader.add_argument(f"--{name}")
    reader.add_argument("--steps", type=int, default=20_000)
    reader.add_argument("--seed", type=int, default=0)
    wish = reader.parse_args()
    if wish.set == "coco":
        train, test = (coco(split, wish.folder) for split in ("train", "test"))
    else:
        source = wish.folder or "flickr8k"
        train = flickr8k("train", wish.features, source)
        test = flickr8k("test", wish.features, source, train.symbols)
    where = device.pick_device(wish.device)
    found = run(to(train, where), to(test, where), wish.steps, wish.seed)
    command = f"python {Path(__file__).name} --set {wish.set} --steps {wish.steps}"
    record(f"photographs_{wish.set}", command, wish.seed, repr(train.captions), found)
    print(found)  # noqa: T201


if __name__ == "__main__":
    main()
