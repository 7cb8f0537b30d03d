"""Texts and names, cleaned, checked, and split the same way everywhere."""

import hashlib
import unicodedata
from pathlib import Path

from throughtime.download.cache import fetch, refuse_content
from throughtime.download.cards import card, names_of_sets
from throughtime.errors import ThroughTimeError

# sha256 of the cleaned text, characters, symbols in lower case.
_NIETZSCHE = (
    "23cf69874ab69d3d256099ab530ea4be24d47d9675b673bcc67cbcd6298ec647",
    600_893,
    57,
)
_WAR_AND_PEACE = (
    "e9d70cc7d26da7bb53c09a90844647f75cd2ef081b6aa358290a8cf7184d889b",
    3_196_214,
    None,
)


def tiny_shakespeare(split: str = "train") -> str:
    r"""Return some of Shakespeare's plays, a million characters.

    Args:
        split: ``"train"`` (the first 9/10), ``"test"`` (the rest) or ``"all"``.

    Raises:
        DownloadError: It did not come.
        ThroughTimeError: No such split.
    """
    cuts = {"train": (0, 9), "test": (9, 10)}
    _check_split(split, (*cuts, "all"))
    return _part(_read(fetch(card("tiny_shakespeare"))), split, cuts)


def nietzsche(split: str = "train") -> str:
    r"""Return an English translation of Nietzsche's, 600,893 characters.

    Args:
        split: ``"train"`` (the first 9/10), ``"test"`` (the rest) or ``"all"``.

    Raises:
        DownloadError: It did not come, or is another text.
        ThroughTimeError: No such split.
    """
    cuts = {"train": (0, 9), "test": (9, 10)}
    _check_split(split, (*cuts, "all"))
    return _part(_checked("nietzsche", *_NIETZSCHE), split, cuts)


def war_and_peace(split: str = "train") -> str:
    r"""Return War and Peace, 3.2 million characters, in Karpathy's splits.

    Line ends and the byte order mark differ between copies; here a line ends in one
    newline, and there is no such mark.

    Args:
        split: ``"train"`` (8/10), ``"val"``, ``"test"`` (1/10 each, in this order) or
            ``"all"``.

    Raises:
        DownloadError: It did not come, or is another text.
        ThroughTimeError: No such split.
    """
    cuts = {"train": (0, 8), "val": (8, 9), "test": (9, 10)}
    _check_split(split, (*cuts, "all"))
    return _part(_checked("war_and_peace", *_WAR_AND_PEACE), split, cuts)


def names(split: str = "train") -> dict[str, tuple[str, ...]]:
    r"""Return surnames by language, 18 of them, each name once a language.

    A name's letters decide its split, so a name that two languages share is on one
    side only.

    Args:
        split: ``"train"`` (8 names of 10), ``"val"``, ``"test"`` or ``"all"``.

    Raises:
        DownloadError: They did not come.
        ThroughTimeError: No such split.
    """
    _check_split(split, ("train", "val", "test", "all"))
    sets = [name for name in names_of_sets() if name.startswith("names_")]
    return {
        name.removeprefix("names_"): _lines(fetch(card(name)), split) for name in sets
    }


def makemore_names(split: str = "train") -> tuple[str, ...]:
    r"""Return 29,494 first names in lower case, in the file's order.

    The file has 32,033 lines; here each name comes once.

    Args:
        split: As for ``names``.

    Raises:
        DownloadError: They did not come.
        ThroughTimeError: No such split.
    """
    _check_split(split, ("train", "val", "test", "all"))
    return _lines(fetch(card("makemore_names")), split)


def _read(path: Path) -> str:
    """Return a file's text without byte order mark, a newline at each line's end."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _checked(name: str, digest: str, length: int, symbols: int | None) -> str:
    """Return a text whose file has no known hash, if its content is the set's."""
    path = fetch(card(name))
    text = _read(path)
    if hashlib.sha256(text.encode()).hexdigest() == digest:
        return text
    kinds = len(set(text.lower()))
    if len(text) != length or symbols not in (None, kinds):
        came = f"{len(text)} characters and {kinds} symbols in lower case"
        wanted = f"{length}" + (f" and {symbols}" if symbols else "")
        refuse_content(card(name), path, came, wanted)
    return text


def _part(text: str, split: str, cuts: dict[str, tuple[int, int]]) -> str:
    begin, end = cuts.get(split, (0, 10))
    return text[len(text) * begin // 10 : len(text) * end // 10]


def _lines(path: Path, split: str) -> tuple[str, ...]:
    lines = (unicodedata.normalize("NFC", line) for line in _read(path).split("\n"))
    once = dict.fromkeys(line.strip() for line in lines if line.strip())
    return tuple(name for name in once if split in ("all", _split_of(name)))


def _split_of(name: str) -> str:
    tenth = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 10
    return {8: "val", 9: "test"}.get(tenth, "train")


def _check_split(split: str, known: tuple[str, ...]) -> None:
    if split not in known:
        raise ThroughTimeError(
            f"split is {split!r}; wanted one of {', '.join(known)}. Try split='train'."
        )
