"""Characters to numbers and back, and a corpus that needs no download.

Characters only: words and their vocabularies come with their own chapter.
"""

import hashlib
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError, VocabularyError
from throughtime.shapes import check_shape

MARKS = ("<NULL>", "<START>", "<END>", "<UNK>")
NULL, START, END, UNK = range(4)

# Every character that stdlib_source can return, whatever the version of Python.
SOURCE_CHARACTERS = "\n" + "".join(map(chr, range(ord(" "), ord("~") + 1)))

# Tests, tools, tables and other people's packages: not the library's own manner.
_SKIPPED = {
    *("test", "tests", "idle_test", "idlelib", "lib2to3", "encodings", "pydoc_data"),
    *("turtledemo", "msilib", "tkinter", "distutils", "ensurepip", "lib-dynload"),
    *("site-packages", "dist-packages", "__pycache__"),
}


class Vocabulary:
    r"""Number the characters of a text, in sorted order.

    The order is the same in every process; ``list(set(text))`` has another one each
    time that Python starts.

    Args:
        characters: What to number; repeats count once.
        marks: Begin with the four special marks: 0 ``<NULL>``, 1 ``<START>``,
            2 ``<END>``, 3 ``<UNK>``. Then an unknown character is encoded as 3.

    >>> vocabulary = Vocabulary.from_text("hello")
    >>> vocabulary.symbols
    ('e', 'h', 'l', 'o')
    >>> vocabulary.encode("hole")
    tensor([1, 3, 2, 0])
    """

    def __init__(self, characters: Iterable[str], marks: bool = False) -> None:
        known = sorted(set(characters))
        self.marks = marks
        self.symbols = (MARKS if marks else ()) + tuple(known)
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    @classmethod
    def from_text(cls, text: str, marks: bool = False) -> "Vocabulary":
        """Return the vocabulary of a text's characters."""
        return cls(text, marks)

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> Tensor:
        r"""Return the ids of a text's characters, integers of shape ``(T,)``.

        Raises:
            VocabularyError: A character is unknown and there is no ``<UNK>``.
        """
        if not self.marks:
            self._refuse_unknown(text)
        ids = [self._ids.get(character, UNK) for character in text]
        return torch.tensor(ids, dtype=torch.int64)

    def decode(self, ids: Tensor | Iterable[int]) -> str:
        r"""Return the text of some ids; marks appear by name.

        Raises:
            VocabularyError: An id is not from 0 to ``len(self) - 1``.
            ShapeError: A tensor of other shape than ``(T,)``.
        """
        if isinstance(ids, Tensor):
            check_shape("ids", ids, "T")
            ids = ids.tolist()
        ids = list(ids)
        for place, i in enumerate(ids):
            if not 0 <= i < len(self):
                raise VocabularyError(
                    f"id {i} at place {place} is not in the vocabulary; wanted 0 to "
                    f"{len(self) - 1}. Try the vocabulary that encoded the text."
                )
        return "".join(self.symbols[i] for i in ids)

    def _refuse_unknown(self, text: str) -> None:
        for place, character in enumerate(text):
            if character not in self._ids:
                raise VocabularyError(
                    f"character {character!r} at place {place} is unknown; wanted one "
                    f"of the {len(self)} of this vocabulary. Try a vocabulary of the "
                    "whole text, or marks=True, which encodes it as <UNK>."
                )


def one_hot(
    ids: Tensor | Iterable[int], size: int, dtype: torch.dtype | None = None
) -> Tensor:
    r"""Turn ids into one-hot vectors, on the device of the ids.

    Args:
        ids: Integers from 0 to ``size - 1``, any shape, as ``(T,)`` or ``(T, B)``.
        size: Length V of each vector.
        dtype: Of the result; torch's default float without it.

    Returns:
        Shape of ``ids`` and one more axis, ``(..., V)``.

    Raises:
        KindError: The ids are not integers.
        VocabularyError: An id is not from 0 to ``size - 1``.

    >>> one_hot([2, 0], size=3)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    ids = torch.as_tensor(ids)
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise KindError(f"ids hold {ids.dtype}; wanted integers. Try ids.long().")
    if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < size:
        raise VocabularyError(
            f"ids run from {int(ids.min())} to {int(ids.max())}; wanted 0 to "
            f"{size - 1}. Try size=len(vocabulary)."
        )
    dtype = dtype or torch.get_default_dtype()
    vectors = torch.zeros((*ids.shape, size), dtype=dtype, device=ids.device)
    return vectors.scatter_(-1, ids.long()[..., None], 1)


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
    if split not in ("train", "test", "all"):
        raise ThroughTimeError(
            f"split is {split!r}; wanted train, test or all. Try split='train'."
        )
    if max_chars is not None and max_chars < 1:
        raise ThroughTimeError(
            f"max_chars is {max_chars}; wanted 1 or more. Try max_chars=1000."
        )
    root = Path(sysconfig.get_paths()["stdlib"])
    parts, length = [], 0
    for path in _source_files(root):
        if split in ("all", _split_of(path.relative_to(root).as_posix())):
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


def _source_files(folder: Path) -> Iterator[Path]:
    """Yield the library's own modules below a folder, in sorted order."""
    for path in sorted(folder.glob("*"), key=lambda path: path.name):
        if path.is_dir():
            # config-* and _sysconfigdata* record how this very Python was built.
            if path.name not in _SKIPPED and not path.name.startswith("config-"):
                yield from _source_files(path)
        elif path.suffix == ".py" and not path.name.startswith("_sysconfigdata"):
            yield path


def _split_of(path: str) -> str:
    """Return "train" or "test" by a hash that no version or machine changes."""
    first_byte = hashlib.sha256(path.encode()).digest()[0]
    return "test" if first_byte < 26 else "train"


def _clean(path: Path) -> str:
    """Return a file's text, or "" if it holds characters beyond the alphabet."""
    text = path.read_bytes().decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\f", "")
    return text if set(text) <= set(SOURCE_CHARACTERS) else ""
