r"""Turn dialogs into ids: whole, or each question on its own."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from throughtime.errors import ShapeError
from throughtime.images.dialogs import KINDS, MARK, Dialog, Turn, dialog_words
from throughtime.images.questions import answer_words
from throughtime.text import Vocabulary, pad


class DialogRows(NamedTuple):
    r"""Hold N rows of words, time first; a row is a dialog, or one of its questions.

    ``answers[asked]``, ``kinds[asked]`` and ``since[asked]`` are in one order.
    """

    ids: Tensor
    """Words, marks and answers, int64, ``(T, N)``."""
    mask: Tensor
    """True for a real word, bool, ``(T, N)``."""
    asked: Tensor
    """True at the mark after a question, where the answer is due, ``(T, N)``."""
    answers: Tensor
    """Index in ``answer_words()`` where asked, 0 elsewhere, int64, ``(T, N)``."""
    kinds: Tensor
    """Index in ``KINDS`` where asked, int64, ``(T, N)``."""
    since: Tensor
    """How many turns back the answer reaches where asked, int64, ``(T, N)``."""
    scene_index: Tensor
    """The scene of each row, int64, ``(N,)``."""


def dialog_vocabulary() -> Vocabulary:
    r"""Return the vocabulary of dialogs: the four marks, then the words, sorted."""
    return Vocabulary(dialog_words(), marks=True, words=True)


def encode_dialogs(dialogs: Sequence[Dialog], history: bool = True) -> DialogRows:
    r"""Return dialogs as columns of ids.

    Args:
        dialogs: One at least.
        history: A row is a whole dialog, the right answer after each question. Without
            it a row is one question with its mark: nothing was said before.

    Raises:
        ShapeError: No dialog.

    >>> from throughtime.images import dialog_scenes, dialogs
    >>> rows = encode_dialogs(dialogs(dialog_scenes("train", 1)), history=False)
    >>> bool((rows.asked.sum(0) == 1).all())
    True
    """
    if not dialogs:
        raise ShapeError("dialogs is empty; wanted one at least. Try more scenes.")
    told = [(d.turns, d.scene_index) for d in dialogs]
    if not history:
        told = [((turn,), index) for turns, index in told for turn in turns]
    vocabulary, answers = dialog_vocabulary(), answer_words()
    ids, mask = pad([vocabulary.encode(_words(turns)) for turns, _ in told])
    if not history:  # the answer is not read
        ends = mask & ~torch.cat([mask[1:], torch.zeros_like(mask[:1])])
        ids, mask = ids.masked_fill(ends, 0)[:-1], (mask & ~ends)[:-1]
    asked = ids == vocabulary.encode([MARK])[0]
    # A dialog's questions are in order along a column: go by columns, then turn.
    turns = [turn for row, _ in told for turn in row]
    numbers = torch.tensor(
        [(answers.index(t.answer), KINDS.index(t.kind), t.since) for t in turns]
    )
    placed = torch.zeros((3, *ids.T.shape), dtype=torch.int64)
    placed[:, asked.T] = numbers.T
    scene_index = torch.tensor([index for _, index in told])
    return DialogRows(ids, mask, asked, *placed.mT.contiguous(), scene_index)


def _words(turns: Sequence[Turn]) -> list[str]:
    return [word for turn in turns for word in (*turn.words, MARK, turn.answer)]
