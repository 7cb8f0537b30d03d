r"""How good are captions: by likeness to references, and by truth."""

from collections.abc import Callable, Sequence
from typing import Any

from sacrebleu.metrics import BLEU

from throughtime.errors import KindError, ShapeError, ThroughTimeError

Words = Sequence[str]


def bleu(
    captions: Sequence[Words], references: Sequence[Sequence[Words]], n: int = 4
) -> float:
    r"""Return corpus BLEU-n from 0 to 1, by sacrebleu, without smoothing.

    It measures likeness. On the shapes world the commonest caption of all scores 0.28
    and is true of one scene in a hundred: see :func:`truth_rate`.

    Args:
        captions: One for each picture, as words.
        references: The references of each picture, as words; numbers may differ.
        n: The longest n-gram that counts, from 1 to 4.

    Raises:
        ShapeError: Not one list of references for each caption, or an empty one.
        KindError: A caption or reference is a string, not words.
        ThroughTimeError: ``n`` is not from 1 to 4.

    Source:
        Papineni et al. (2002); Post (2018).
    """
    if n not in (1, 2, 3, 4):
        raise ThroughTimeError(f"n is {n}; wanted 1 to 4. Try n=4.")
    if len(captions) != len(references) or not captions or not all(references):
        raise ShapeError(
            f"{len(captions)} captions and {len(references)} lists of references; "
            "wanted one list for each caption, none empty. Try zip to see which fit."
        )
    _check_words([*captions, *(r for many in references for r in many)])
    streams = [
        [" ".join(many[k]) if k < len(many) else None for many in references]
        for k in range(max(map(len, references)))
    ]
    metric = BLEU(max_ngram_order=n, tokenize="none", smooth_method="none", force=True)
    return metric.corpus_score([" ".join(c) for c in captions], streams).score / 100


def truth_rate(
    captions: Sequence[Words],
    pictures: Sequence[Any],
    judge: Callable[[Words, Any], bool],
) -> float:
    r"""Return the share of captions that are true of their pictures.

    Args:
        captions: One for each picture, as words.
        pictures: What the judge looks at, as scenes.
        judge: ``judge(words, picture) -> bool``, as ``images.is_true``.

    Raises:
        ShapeError: Not one caption for each picture, or none.
        KindError: A caption is a string, not words.
    """
    if len(captions) != len(pictures) or not captions:
        raise ShapeError(
            f"{len(captions)} captions and {len(pictures)} pictures; wanted one "
            "caption for each, and one at least. Try zip to see which fit."
        )
    _check_words(captions)
    pairs = zip(captions, pictures, strict=True)
    return sum(bool(judge(words, picture)) for words, picture in pairs) / len(captions)


def _check_words(captions: Sequence[Words]) -> None:
    for caption in captions:
        if isinstance(caption, str):
            raise KindError(
                f"a caption is the string {caption[:40]!r}; wanted a list of words. "
                "Try caption.split()."
            )
