"""Two corpora that every Python brings along: its source, and its help in English."""

import hashlib
import importlib
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from throughtime.errors import ThroughTimeError

# Every character that stdlib_source can return, whatever the version of Python.
SOURCE_CHARACTERS = "\n" + "".join(map(chr, range(ord(" "), ord("~") + 1)))

# Tests, tools, tables and other people's packages: not the library's own manner.
_SKIPPED = {
    *("test", "tests", "idle_test", "idlelib", "lib2to3", "encodings", "pydoc_data"),
    *("turtledemo", "msilib", "tkinter", "distutils", "ensurepip", "lib-dynload"),
    *("site-packages", "dist-packages", "__pycache__"),
}


def stdlib_source(max_chars: int | None = None, split: str = "train") -> str:
    r"""Return source text of the running Python's own standard library.

    About 7.5 million characters in all, none outside ``SOURCE_CHARACTERS``. Files come
    in the order of their paths. Versions of Python differ in it, so a result on it is
    another number, of about the same size, in each.

    Args:
        max_chars: Stop after so many characters, at least 1; all of it without this.
        split: ``"train"`` (about nine files in ten), ``"test"`` (the others) or
            ``"all"``. The path decides, so the two never share a file.

    Raises:
        ThroughTimeError: No such split, ``max_chars`` less than 1, or this Python
            came without its source.
    """
    _check_wish(max_chars, split)
    root = Path(sysconfig.get_paths()["stdlib"])
    parts, length = [], 0
    for path in _source_files(root):
        if _belongs(path.relative_to(root).as_posix(), split):
            parts.append(_clean(path))
            length += len(parts[-1])
        if max_chars is not None and length >= max_chars:
            break
    if not parts:
        raise ThroughTimeError(
            f"no source files in {root}; wanted the standard library as .py files, "
            "which zipped and embeddable Pythons lack. Try a Python from python.org, "
            "conda or your system."
        )
    return "".join(parts)[:max_chars]


def pydoc_topics(max_chars: int | None = None, split: str = "train") -> str:
    r"""Return Python's help topics, English text of about 0.45 million characters.

    Topics come in the order of their names, an empty line between two. What is not
    printable ASCII or a newline is left out, so that ``SOURCE_CHARACTERS`` holds all.

    Args:
        max_chars: Stop after so many characters, at least 1; all of it without this.
        split: ``"train"`` (about nine topics in ten), ``"test"`` (the others) or
            ``"all"``. The topic's name decides.

    Raises:
        ThroughTimeError: No such split, ``max_chars`` less than 1, or this Python
            came without its help topics.
    """
    _check_wish(max_chars, split)
    try:
        topics = importlib.import_module("pydoc_data.topics").topics
    except ModuleNotFoundError as error:
        raise ThroughTimeError(
            "this Python has no pydoc_data.topics; wanted its help topics, which some "
            "small builds lack. Try text.stdlib_source, or a full Python."
        ) from error
    chosen = [topics[name] for name in sorted(topics) if _belongs(name, split)]
    known = set(SOURCE_CHARACTERS)
    text = "".join(character for character in "\n\n".join(chosen) if character in known)
    return text[:max_chars]


def _check_wish(max_chars: int | None, split: str) -> None:
    if split not in ("train", "test", "all"):
        raise ThroughTimeError(
            f"split is {split!r}; wanted train, test or all. Try split='train'."
        )
    if max_chars is not None and max_chars < 1:
        raise ThroughTimeError(
            f"max_chars is {max_chars}; wanted 1 or more. Try max_chars=1000."
        )


def _source_files(folder: Path) -> Iterator[Path]:
    """Yield the library's own modules below a folder, in sorted order."""
    for path in sorted(folder.glob("*"), key=lambda path: path.name):
        if path.is_dir():
            # config-* and _sysconfigdata* record how this very Python was built.
            if path.name not in _SKIPPED and not path.name.startswith("config-"):
                yield from _source_files(path)
        elif path.suffix == ".py" and not path.name.startswith("_sysconfigdata"):
            yield path


def _belongs(name: str, split: str) -> bool:
    return split in ("all", _split_of(name))


def _split_of(path: str) -> str:
    """Return "train" or "test" by a hash that no version or machine changes."""
    first_byte = hashlib.sha256(path.encode()).digest()[0]
    return "test" if first_byte < 26 else "train"


def _clean(path: Path) -> str:
    """Return a file's text, or "" if it holds characters beyond the alphabet."""
    text = path.read_bytes().decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\f", "")
    return text if set(text) <= set(SOURCE_CHARACTERS) else ""
