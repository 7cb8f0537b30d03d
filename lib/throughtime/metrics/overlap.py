r"""BLEU: how many runs of words a text shares with references."""

from collections.abc import Sequence

from sacrebleu.metrics import BLEU

from throughtime.errors import KindError, ShapeError, ThroughTimeError

Words = Sequence[str]


def bleu(
    hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]
) -> tuple[float, float, float, float]:
    r"""Return BLEU-1, -2, -3 and -4 of a whole corpus, each from 0 to 1.

    BLEU-n is the geometric mean of the clipped precisions of runs of 1 to n words, over
    the corpus, times the brevity penalty; the reference length is that of the nearest
    reference (of two as near, the shorter). Nothing is smoothed: with no run of n words
    right it is 0. Words are taken as they are, capitals too.

    A high BLEU does not say that a caption is true: see :func:`truth_rate`.

    Args:
        hypotheses: One text each, as words.
        references: For each hypothesis its references, as words; one or more, and not
            as many for each.

    Raises:
        ShapeError: Not as many lists of references as hypotheses, or none at all.
        KindError: A string in the place of words, or a word with white space in it.
        ThroughTimeError: A hypothesis without reference.

    Source:
        Papineni et al. (2002), computed by sacrebleu (Post, 2018) without tokenizing.

    >>> round(bleu([["a", "red", "ring"]], [[["a", "red", "cube"]]])[0], 9)
    0.666666667
    """
    _check(hypotheses, references)
    texts = [" ".join(words) for words in hypotheses]
    most = max(len(several) for several in references)
    streams = [
        [" ".join(several[k]) if k < len(several) else None for several in references]
        for k in range(most)
    ]
    counted = BLEU(tokenize="none", smooth_method="none", force=True).corpus_score(
        texts, streams
    )
    scores = []
    for order in range(1, 5):
        score = BLEU.compute_bleu(
            counted.counts,
            counted.totals,
            counted.sys_len,
            counted.ref_len,
            smooth_method="none",
            max_ngram_order=order,
        )
        scores.append(score.score / 100)
    return tuple(scores)


def _check(hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]) -> None:
    if len(hypotheses) != len(references) or not hypotheses:
        raise ShapeError(
            f"there are {len(hypotheses)} hypotheses and {len(references)} lists of "
            "references; wanted as many of each, one at least. Try one list of "
            "references for each hypothesis."
        )
    for place, (words, several) in enumerate(zip(hypotheses, references, strict=True)):
        if isinstance(several, str) or not several:
            raise ThroughTimeError(
                f"hypothesis {place} has {several!r} as references; wanted one at "
                "least. Try [[words], ...] even where there is one."
            )
        for one in (words, *several):
            if isinstance(one, str) or any(word.split() != [word] for word in one):
                raise KindError(
                    f"text {place} has {one!r}; wanted a list of words without white "
                    "space. Try text.split()."
                )
