"""Number the symbols of a text in a fixed order, and put rows into one batch."""

from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from throughtime.errors import KindError, ShapeError, VocabularyError
from throughtime.shapes import check_shape

MARKS = ("<NULL>", "<START>", "<END>", "<UNK>")
NULL, START, END, UNK = range(4)


class Vocabulary:
    r"""Number the characters of a text, or its words, in sorted order.

    The order is the same in every process; ``list(set(text))`` has another one each
    time that Python starts.

    Args:
        symbols: What to number, each a character or a word; repeats count once.
        marks: Begin with the four special marks: 0 ``<NULL>``, 1 ``<START>``,
            2 ``<END>``, 3 ``<UNK>``. Then an unknown symbol is encoded as 3. Symbols
            of these names keep these ids.
        words: The symbols are words: ``encode`` cuts a string at white space, and
            ``decode`` sets blanks between words.

    >>> vocabulary = Vocabulary.from_text("hello")
    >>> vocabulary.symbols
    ('e', 'h', 'l', 'o')
    >>> vocabulary.encode("hole")
    tensor([1, 3, 2, 0])
    """

    def __init__(
        self, symbols: Iterable[str], marks: bool = False, *, words: bool = False
    ) -> None:
        first = MARKS if marks else ()
        self.marks, self.words = marks, words
        self.symbols = first + tuple(sorted(set(symbols) - set(first)))
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    @classmethod
    def from_text(cls, text: str, marks: bool = False) -> "Vocabulary":
        """Return the vocabulary of a text's characters."""
        return cls(text, marks)

    @classmethod
    def from_sentences(
        cls, sentences: Iterable[str | Sequence[str]], min_count: int = 1
    ) -> "Vocabulary":
        r"""Return the vocabulary of the words of some sentences, with marks.

        Args:
            sentences: Each a string, cut at white space, or a list of words.
            min_count: Leave out words that come less often; they become ``<UNK>``.

        >>> vocabulary = Vocabulary.from_sentences(["a red ring", "a ring"])
        >>> vocabulary.decode(vocabulary.encode("a red cube"))
        'a red <UNK>'
        """
        counts = Counter(word for sentence in sentences for word in _cut(sentence))
        often = [word for word, count in counts.items() if count >= min_count]
        return cls(often, marks=True, words=True)

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str | Sequence[str], *, ends: bool = False) -> Tensor:
        r"""Return the ids of a text's symbols, integers of shape ``(T,)``.

        Args:
            text: A string, or the symbols one by one.
            ends: Set ``<START>`` before and ``<END>`` after it.

        Raises:
            VocabularyError: A symbol is unknown and there is no ``<UNK>``, or
                ``ends`` without marks.
        """
        symbols = _cut(text) if self.words else text
        if not self.marks:
            self._refuse_unknown(symbols)
        if ends and not self.marks:
            raise VocabularyError(
                "ends=True came to a vocabulary without marks; wanted <START> and "
                "<END> in it. Try Vocabulary(..., marks=True)."
            )
        ids = [self._ids.get(symbol, UNK) for symbol in symbols]
        return torch.tensor([START, *ids, END] if ends else ids, dtype=torch.int64)

    def decode(self, ids: Tensor | Iterable[int]) -> str:
        r"""Return the text of some ids; marks appear by name.

        Raises:
            VocabularyError: An id is not from 0 to ``len(self) - 1``.
            ShapeError: A tensor of other shape than ``(T,)``.
        """
        if isinstance(ids, Tensor):
            if ids.shape != (0,):
                check_shape("ids", ids, "T")
            ids = ids.tolist()
        ids = list(ids)
        for place, i in enumerate(ids):
            if not 0 <= i < len(self):
                raise VocabularyError(
                    f"id {i} at place {place} is not in the vocabulary; wanted 0 to "
                    f"{len(self) - 1}. Try the vocabulary that encoded the text."
                )
        return (" " if self.words else "").join(self.symbols[i] for i in ids)

    def _refuse_unknown(self, symbols: Iterable[str]) -> None:
        kind = "word" if self.words else "character"
        for place, symbol in enumerate(symbols):
            if symbol not in self._ids:
                raise VocabularyError(
                    f"{kind} {symbol!r} at place {place} is unknown; wanted one "
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


def pad(rows: Sequence[Tensor | Sequence[int]]) -> tuple[Tensor, Tensor]:
    r"""Put B rows of ids into one batch, with ``<NULL>`` after the shorter ones.

    Args:
        rows: Ids of each row, at least one a row; T is the longest row's length.

    Returns:
        The ids ``(T, B)`` and a boolean mask ``(T, B)``, True for a real id; on the
        device of the rows.

    Raises:
        ShapeError: No row, or a row without ids.

    >>> ids, mask = pad([[5, 6, 7], [8]])
    >>> ids.T.tolist(), mask.sum(0).tolist()
    ([[5, 6, 7], [8, 0, 0]], [3, 1])
    """
    rows = [torch.as_tensor(row) for row in rows]
    empty = [b for b, row in enumerate(rows) if row.ndim != 1 or len(row) == 0]
    if empty or not rows:
        which = f"row {empty[0]} has shape {tuple(rows[empty[0]].shape)}" if rows else 0
        raise ShapeError(
            f"{which or 'no rows came'}; wanted rows of shape (T,), T at least 1. "
            "Try leaving the empty ones out."
        )
    ids = torch.nn.utils.rnn.pad_sequence(rows, padding_value=NULL).long()
    lengths = torch.tensor([len(row) for row in rows], device=ids.device)
    steps = torch.arange(len(ids), device=ids.device)
    return ids, steps[:, None] < lengths


def _cut(text: str | Sequence[str]) -> Sequence[str]:
    return text.split() if isinstance(text, str) else text
