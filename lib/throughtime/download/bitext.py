"""Sentences in English and French, from Tatoeba."""

import re
from typing import NamedTuple

from throughtime.download.cache import refuse_content, unpack
from throughtime.download.cards import card
from throughtime.download.corpora import _check_split, _split_of

_MARKS = re.compile(r"([.,!?;:«»\"()])")


class Rendering(NamedTuple):
    """Hold a sentence in two languages, as words and marks in lower case."""

    source: tuple[str, ...]
    """English."""
    target: tuple[str, ...]
    """French."""


def tatoeba(split: str = "train", longest: int | None = None) -> list[Rendering]:
    r"""Return English sentences with French ones that say the same.

    An English sentence may come several times, with other renderings: its letters
    decide the split, so all of them are on one side.

    Args:
        split: ``"train"`` (8 English sentences of 10), ``"val"``, ``"test"`` or
            ``"all"``.
        longest: Leave out pairs with more words than this on a side.

    Raises:
        DownloadError: It did not come, or is no list of pairs.
        ThroughTimeError: No such split.
    """
    _check_split(split, ("train", "val", "test", "all"))
    about = card("tatoeba_french")
    (path,) = unpack(about, ("fra.txt",))
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        english, mark, rest = line.partition("\t")
        if not mark:
            refuse_content(about, path, f"no tab in line {number}", "two columns")
        if split in ("all", _split_of(english)):
            # A third column, where there is one, names who wrote them.
            found.append(Rendering(_words(english), _words(rest.split("\t")[0])))
    sizes = [max(len(pair.source), len(pair.target)) for pair in found]
    return [p for p, n in zip(found, sizes, strict=True) if not longest or n <= longest]


def _words(sentence: str) -> tuple[str, ...]:
    """Return words and marks; French sets blanks of several kinds before marks."""
    return tuple(_MARKS.sub(r" \1 ", sentence.lower()).split())
