"""IMDB: film reviews as numbers, 25,000 to train on and 25,000 to test."""

import json
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from throughtime.download.cache import fetch, refuse_content
from throughtime.download.cards import card
from throughtime.errors import ThroughTimeError
from throughtime.text import MARKS, START, UNK

_FIRST = len(MARKS) - 1  # the commonest word has rank 1 and id 4


class Reviews(NamedTuple):
    """Hold reviews; ``text.pad(reviews.ids[:32])`` makes a batch and its mask."""

    ids: tuple[Tensor, ...]
    """Each ``(T,)``, of its own length."""
    labels: Tensor
    """``(N,)``: 1 praises, 0 blames."""


def imdb(
    split: str = "train", most_common: int = 10_000, longest: int | None = None
) -> Reviews:
    r"""Return IMDB reviews in the file's order, which is not shuffled for you.

    Ids are the course's: 0 ``<NULL>``, 1 ``<START>`` first in each, 3 ``<UNK>``, and
    4 the commonest word. Keras' are the same but for the unknown word, there 2. The
    two splits are of different films.

    Args:
        split: ``"train"`` or ``"test"``.
        most_common: Ranks to keep; rarer words become ``<UNK>``.
        longest: Keep this many ids at a review's end, its ``<START>`` lost; all
            without it. The verdict is often at the end.

    Raises:
        DownloadError: It did not come, or with another hash. Nothing is unpickled
            before the hash was compared.
        ThroughTimeError: No such split, or a size below 1.
    """
    _check(split, most_common, longest)
    about = card("imdb")
    path = fetch(about)
    # Arrays of lists are stored as pickles, which may run code: the hash, compared
    # in fetch each time, says that these are the known ones.
    with np.load(path, allow_pickle=True) as file:
        rows, labels = file[f"x_{split}"], file[f"y_{split}"]
    if len(rows) != len(labels):
        refuse_content(about, path, f"{len(rows)} reviews", f"{len(labels)}, as labels")
    limit = most_common + _FIRST
    ids = []
    for row in rows:
        shifted = torch.tensor([START, *row], dtype=torch.int64)
        shifted[1:] += _FIRST
        shifted[shifted > limit] = UNK
        ids.append(shifted if longest is None else shifted[-longest:])
    return Reviews(tuple(ids), torch.as_tensor(labels, dtype=torch.int64))


def imdb_words(most_common: int = 10_000) -> tuple[str, ...]:
    r"""Return the word of each id of ``imdb``, the four marks first.

    Raises:
        DownloadError: They did not come.
        ThroughTimeError: ``most_common`` below 1.
    """
    _check("train", most_common, None)
    ranks = json.loads(fetch(card("imdb_words")).read_text(encoding="utf-8"))
    return MARKS + tuple(sorted(ranks, key=ranks.__getitem__)[:most_common])


def _check(split: str, most_common: int, longest: int | None) -> None:
    if split not in ("train", "test"):
        raise ThroughTimeError(
            f"split is {split!r}; wanted train or test. Try split='train'."
        )
    for name, size in (("most_common", most_common), ("longest", longest)):
        if size is not None and size < 1:
            raise ThroughTimeError(
                f"{name} is {size}; wanted 1 or more. Try {name}=100."
            )
