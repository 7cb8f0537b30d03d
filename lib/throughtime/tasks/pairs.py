"""Sequences in pairs: one to read, one to write, and which word belongs to which."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.text import END, START, Vocabulary, pad

SPLITS = ("train", "val", "test")
NONE = -1  # of a symbol that stands for no word of the source


class Pair(NamedTuple):
    """Hold one pair as words; ``alignment`` has a place in the source a word."""

    source: list[str]
    target: list[str]
    alignment: list[int]


class Pairs(NamedTuple):
    r"""Hold B pairs, time first; S and T are the longest rows' lengths."""

    source: Tensor
    """What is read, its ``<END>`` included, int64, ``(S, B)``."""
    source_mask: Tensor
    """True for a real symbol of the source, bool, ``(S, B)``."""
    target: Tensor
    """What is written, from ``<START>`` to ``<END>``, int64, ``(T, B)``: feed
    ``target[:-1]``, and score against ``target[1:]``."""
    target_mask: Tensor
    """True for a real symbol of the target, bool, ``(T, B)``."""
    alignment: Tensor
    """For ``target[1:]``: the place in the source that each symbol renders, int64,
    ``(T - 1, B)``. The end renders the end; -1 where there is none, and at padding."""
    source_vocabulary: Vocabulary
    """What the source's ids stand for."""
    target_vocabulary: Vocabulary
    """What the target's ids stand for."""

    def take(self, rows: Tensor) -> "Pairs":
        """Return some rows, ``(n,)``, no longer than the longest of them."""
        S = int(self.source_mask[:, rows].sum(0).max())
        T = int(self.target_mask[:, rows].sum(0).max())
        ends = (S, S, T, T, T - 1)
        cut = [each[:end, rows] for each, end in zip(self[:5], ends, strict=True)]
        return Pairs(*cut, *self[5:])


class PairBatches:
    r"""Give pairs in batches of like length, each pair once an epoch.

    Rows are shuffled, sorted by the length of their target within 16 batches, so that
    little is computed for padding, and the batches shuffled again.

    Args:
        pairs: All of them.
        B: Rows of a batch; what does not fill one is left out, other rows each epoch.
        generator: Draws the order.
    """

    def __init__(self, pairs: Pairs, B: int, generator: torch.Generator) -> None:
        self.pairs, self.B, self.generator = pairs, B, generator

    def __len__(self) -> int:
        return self.pairs.source.shape[1] // self.B

    def __iter__(self) -> Iterator[Pairs]:
        lengths = self.pairs.target_mask.sum(0).cpu()
        shuffled = torch.randperm(len(lengths), generator=self.generator)
        batches = []
        for part in shuffled[: len(self) * self.B].split(16 * self.B):
            batches += part[lengths[part].argsort(stable=True)].split(self.B)
        for i in torch.randperm(len(batches), generator=self.generator):
            yield self.pairs.take(batches[i])


class Choices:
    """Draw whole numbers, by the thousand, as one by one is slow."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator, self.left = generator, iter(())

    def number(self, count: int) -> int:
        """Return 0 to ``count - 1``."""
        u = next(self.left, None)
        if u is None:
            drawn = torch.rand(
                1000, generator=self.generator, device=self.generator.device
            )
            self.left = iter(drawn.tolist())
            u = next(self.left)
        return int(u * count)

    def pick(self, words: Sequence[str]) -> str:
        """Return one of some words."""
        return words[self.number(len(words))]


def draw_pairs(
    B: int,
    split: str,
    draw: Callable[[], Pair],
    vocabularies: tuple[Vocabulary, Vocabulary],
    device: torch.device,
) -> Pairs:
    r"""Draw pairs until B of a split are there, and number their words.

    A source belongs to one split for good: ``"train"`` (8 of 10), ``"val"`` or
    ``"test"`` (1 each).

    Raises:
        ThroughTimeError: No such split.
    """
    check_split(split)
    drawn: list[Pair] = []
    while len(drawn) < B:
        pair = draw()
        if split_of(" ".join(pair.source)) == split:
            drawn.append(pair)
    source_vocabulary, target_vocabulary = vocabularies
    sources = [[*source_vocabulary.encode(p.source).tolist(), END] for p in drawn]
    targets = [target_vocabulary.encode(p.target, ends=True).tolist() for p in drawn]
    source, source_mask = pad(sources)
    target, target_mask = pad(targets)
    alignment = torch.full_like(target[1:], NONE)
    for b, pair in enumerate(drawn):
        places = [*pair.alignment, len(pair.source)]
        alignment[: len(places), b] = torch.tensor(places)
    tensors = (source, source_mask, target, target_mask, alignment)
    return Pairs(*(each.to(device) for each in tensors), *vocabularies)


def written(ids: Sequence[int]) -> list[int]:
    r"""Return what stands between ``<START>``, if it is there, and ``<END>``.

    >>> written([1, 7, 5, 2, 0])
    [7, 5]
    """
    ids = list(ids)
    ids = ids[1:] if ids[:1] == [START] else ids
    return ids[: ids.index(END)] if END in ids else ids


def split_of(text: str) -> str:
    """Return the split that a text belongs to, for good: 8, 1 and 1 of 10."""
    tenth = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 10
    return {8: "val", 9: "test"}.get(tenth, "train")


def check_split(split: str) -> None:
    """Refuse what is no split."""
    if split not in SPLITS:
        raise ThroughTimeError(
            f"split is {split!r}; wanted train, val or test. Try split='train'."
        )
