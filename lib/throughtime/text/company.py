r"""Words by number and by company: bags, TF-IDF, co-occurrence, word vectors.

A bag forgets the order of a text and keeps how often each word is in it. A word's
company is what stands near it; word2vec's skip-gram turns it into vectors. Here that
loss is summed over the table of all pairs, instead of drawing pairs one by one: the
same expectation, without its noise, for some thousand words at most.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, normalize

from throughtime.errors import ThroughTimeError, VocabularyError
from throughtime.shapes import check_shape


def bags(rows: Sequence[Tensor], V: int) -> Tensor:
    r"""Count the words of each text.

    Args:
        rows: Ids of each text, of shape ``(T,)``, from 0 to V - 1.
        V: Number of words.

    Returns:
        How often each word is in each text, torch's default float, ``(N, V)``.

    Raises:
        VocabularyError: An id is not from 0 to V - 1.
        ThroughTimeError: There is no text.

    >>> bags([torch.tensor([2, 0, 2])], V=4).tolist()
    [[1.0, 0.0, 2.0, 0.0]]
    """
    _check_rows(rows, V)
    return torch.stack([row.bincount(minlength=V) for row in rows]).to(
        torch.get_default_dtype()
    )


def rarity(counts: Tensor) -> Tensor:
    r"""Return how rare each word is among some texts, its inverse document frequency.

    .. math:: r_s = 1 + \log \frac{1 + N}{1 + N_s}

    N_s of the N texts have word s. The ones in the fraction stand for one more text
    that has every word, so that nothing divides by 0.

    Args:
        counts: From :func:`bags`, of the texts to train on, shape ``(N, V)``.

    Returns:
        Shape ``(V,)``, 1 for a word that every text has, more for rarer ones.
    """
    N, _ = check_shape("counts", counts, "N V")
    return 1 + torch.log((1 + N) / (1 + (counts > 0).sum(0)))


def tf_idf(counts: Tensor, rarities: Tensor) -> Tensor:
    r"""Weigh the counts by the words' rarity, each text scaled to length 1.

    Args:
        counts: From :func:`bags`, shape ``(N, V)``.
        rarities: From :func:`rarity` of the training texts, also for other ones.

    Returns:
        Shape ``(N, V)``; an empty text stays 0.
    """
    _, V = check_shape("counts", counts, "N V")
    check_shape("rarities", rarities, "V", V=V)
    return normalize(counts * rarities)


def cooccurrences(rows: Sequence[Tensor], V: int, window: int) -> Tensor:
    r"""Count which words stand near which.

    Args:
        rows: Ids of each text, of shape ``(T,)``, from 0 to V - 1; pairs do not
            cross from one text to the next.
        V: Number of words; some thousand at most, as the table is full.
        window: A pair is at most so many places apart, at least 1.

    Returns:
        Symmetric, ``(V, V)``: how often a word and another were a pair.

    Raises:
        VocabularyError: An id is not from 0 to V - 1.
        ThroughTimeError: There is no text, or a window below 1.

    >>> cooccurrences([torch.tensor([0, 1, 0])], V=2, window=1).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    _check_rows(rows, V)
    if window < 1:
        raise ThroughTimeError(
            f"window is {window}; wanted 1 or more. Try window=5, five words a side."
        )
    pairs = [
        row[:-apart] * V + row[apart:]
        for row in rows
        for apart in range(1, min(window, len(row) - 1) + 1)
    ]
    found = torch.cat([*pairs, torch.empty(0, dtype=torch.int64)])
    counts = found.bincount(minlength=V * V).view(V, V).to(torch.get_default_dtype())
    return counts + counts.T


def skip_gram_loss(
    vectors: Tensor, others: Tensor, counts: Tensor, q: Tensor, k: float = 5
) -> Tensor:
    r"""Return word2vec's skip-gram loss with negative sampling, in expectation.

    .. math::
        L = -\frac1N \sum_{w, c} \Big( N_{wc} \log \sigma(v_w \cdot u_c)
            + k N_w q_c \log \sigma(-v_w \cdot u_c) \Big)

    Args:
        vectors: v_w, one a row, shape ``(V, D)``.
        others: u_c, the vectors of the same words as company, shape ``(V, D)``.
        counts: N_wc, from :func:`cooccurrences`, shape ``(V, V)``.
        q: What the k words a pair are drawn from, shape ``(V,)``, sum 1.
        k: Words drawn a pair.

    Returns:
        A scalar, in nats a pair.

    Source:
        Mikolov et al. (2013); Levy and Goldberg (2014); book/09_words.
    """
    V, D = check_shape("vectors", vectors, "V D")
    check_shape("others", others, "V D", V=V, D=D)
    check_shape("counts", counts, "V V", V=V)
    check_shape("q", q, "V", V=V)
    scores = vectors @ others.T
    drawn = k * counts.sum(1)[:, None] * q
    terms = counts * logsigmoid(scores) + drawn * logsigmoid(-scores)
    return -terms.sum() / counts.sum()


def word_vectors(
    counts: Tensor,
    size: int,
    generator: torch.Generator,
    k: float = 5,
    steps: int = 300,
    lr: float = 0.05,
) -> Tensor:
    r"""Learn a vector for each word from its company.

    Args:
        counts: From :func:`cooccurrences`, shape ``(V, V)``.
        size: D, of a vector.
        generator: The start is drawn from it, N(0, 0.1²).
        k: Words drawn a pair, from the counts to the power of 3/4.
        steps: Of Adam, each on the whole loss.
        lr: Its rate, which falls to 0 in a line.

    Returns:
        The v_w of :func:`skip_gram_loss`, shape ``(V, size)``. A word without company
        keeps its start.
    """
    V, _ = check_shape("counts", counts, "V V")
    q = counts.sum(0) ** 0.75
    q /= q.sum()
    start = torch.randn(2, V, size, generator=generator, dtype=counts.dtype) / 10
    both = start.to(counts.device).requires_grad_()
    optimizer = torch.optim.Adam([both], lr=lr)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * (1 - step / steps)
        optimizer.zero_grad()
        skip_gram_loss(both[0], both[1], counts, q, k).backward()
        optimizer.step()
    return both[0].detach()


def _check_rows(rows: Sequence[Tensor], V: int) -> None:
    if not rows:
        raise ThroughTimeError("no rows came; wanted one text or more. Try rows=[ids].")
    for place, row in enumerate(rows):
        check_shape(f"rows[{place}]", row, "T")
        low, high = int(row.min()), int(row.max())
        if not 0 <= low <= high < V:
            raise VocabularyError(
                f"rows[{place}] has ids from {low} to {high}; wanted 0 to {V - 1}. "
                "Try V=len(vocabulary)."
            )
