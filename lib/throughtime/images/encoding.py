r"""Turn captions, questions and answers into ids.

Ids 0 to 3 are the marks of :mod:`throughtime.text`; then come the words, sorted. No
vocabulary is learnt from data: the grammar has all its words from the start.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from throughtime.errors import KindError, VocabularyError
from throughtime.images.captions import Caption, caption_words
from throughtime.images.questions import Question, answer_words, question_words
from throughtime.text import MARKS, Vocabulary, pad


def caption_vocabulary() -> Vocabulary:
    r"""Return the vocabulary of captions: the four marks, then 26 words, sorted.

    >>> caption_vocabulary().encode("a red cross")
    tensor([ 4, 21, 12])
    """
    return Vocabulary(caption_words(), marks=True, words=True)


def question_vocabulary() -> Vocabulary:
    r"""Return the vocabulary of questions: the four marks, then the words, sorted."""
    return Vocabulary(question_words(), marks=True, words=True)


def encode_captions(
    captions: Iterable[Caption | Sequence[str]],
) -> tuple[Tensor, Tensor]:
    r"""Return captions as columns ``<START> ... <END> <NULL> ...``.

    Args:
        captions: n captions, or only their words.

    Returns:
        ids, int64 of shape ``(T, n)``, T two more than the longest caption has words;
        and a mask of the same shape, bool, False where ``<NULL>`` is.

    Raises:
        VocabularyError: A word that no caption has.
        KindError: A string in place of words.
        ShapeError: No caption.

    >>> ids, mask = encode_captions([("a", "red", "cross")])
    >>> ids[:, 0].tolist()
    [1, 4, 21, 12, 2]
    """
    rows = [c.words if isinstance(c, Caption) else c for c in captions]
    return _columns(rows, caption_vocabulary())


def encode_questions(questions: Iterable[Question]) -> tuple[Tensor, Tensor]:
    r"""Return questions as columns, as :func:`encode_captions` does captions.

    The ids are those of :func:`question_vocabulary`.

    Returns:
        ids ``(T, n)``, int64, and mask ``(T, n)``, bool.

    Raises:
        ShapeError: No question.
    """
    return _columns([q.words for q in questions], question_vocabulary())


def encode_answers(questions: Iterable[Question]) -> tuple[Tensor, Tensor]:
    r"""Return answers as indices of :func:`answer_words`, and what was offered.

    Returns:
        targets, int64 of shape ``(n,)``; and ``(n, V)``, bool: True where the word is
        one of the question's choices.
    """
    index = {word: i for i, word in enumerate(answer_words())}
    asked = list(questions)
    offered = torch.zeros((len(asked), len(index)), dtype=torch.bool)
    for row, question in zip(offered, asked, strict=True):
        row[[index[word] for word in question.choices]] = True
    targets = torch.tensor([index[q.answer] for q in asked], dtype=torch.int64)
    return targets, offered


def _columns(
    rows: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> tuple[Tensor, Tensor]:
    known = set(vocabulary.symbols[len(MARKS) :])
    for place, row in enumerate(rows):
        if isinstance(row, str):
            raise KindError(
                f"caption {place} is the string {row!r}; wanted a sequence of words. "
                "Try its split()."
            )
        unknown = [word for word in row if word not in known]
        if unknown:
            raise VocabularyError(
                f"word {unknown[0]!r} of number {place} is unknown; wanted words of "
                "the grammar. Try caption_words() or question_words() for a list."
            )
    return pad([vocabulary.encode(row, ends=True) for row in rows])
