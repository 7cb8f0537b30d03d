"""Wrong answers to question 5."""

import numpy as np
import torch

from checks.mutants.a6_captions.look_right import softmax, three
from examiner.answers import wrong


def scores_of(q, f, W):
    """Return the scores (B, N)."""
    return np.einsum("bc,bnc->bn", q @ W, f)


@wrong("look", "copied_from_chapter")
def look_copied(q, f, mask, W, dz):
    """This is a look of the chapter, which divides the scores by a root.

    Here nothing is divided, and closed places have no weight.
    """
    asks = q @ W / np.sqrt(f.shape[2])
    return three(q, f, np.ones_like(mask), W, dz, asks=asks)


@wrong("look")
def divided_by_a_root(q, f, mask, W, dz):
    """The scores are divided by a root; here they are q W f as they are."""
    return three(q, f, mask, W, dz, asks=q @ W / np.sqrt(f.shape[2]))


@wrong("look")
def mask_ignored(q, f, mask, W, dz):
    """Closed places are looked at, too: their weight is 0."""
    return three(q, f, np.ones_like(mask), W, dz)


@wrong("look")
def mask_turned_round(q, f, mask, W, dz):
    """The mask is read the wrong way round: True is an open place."""
    return three(q, f, ~mask, W, dz)


@wrong("look")
def mask_after_the_softmax(q, f, mask, W, dz):
    """The closed places get 0 after the softmax, so the weights sum to less than 1.

    Close them before, or divide by what is left.
    """
    alpha = softmax(scores_of(q, f, W), np.ones_like(mask)) * mask
    return three(q, f, mask, W, dz, alpha=alpha)


@wrong("look")
def scores_of_zero(q, f, mask, W, dz):
    """The scores of closed places are set to 0, and e^0 is 1: set minus infinity."""
    scores = scores_of(q, f, W) * mask
    return three(q, f, np.ones_like(mask), W, dz, scores=scores)


@wrong("look")
def features_of_zero(q, f, mask, W, dz):
    """The features of closed places are set to 0: their scores are then 0, not closed.

    Set the scores to minus infinity.
    """
    return three(q, f * mask[:, :, None], np.ones_like(mask), W, dz)


@wrong("look")
def over_the_batch(q, f, mask, W, dz):
    """The softmax runs over the batch: it is over the places, axis 1."""
    alpha = softmax(scores_of(q, f, W).T, mask.T).T
    return three(q, f, mask, W, dz, alpha=alpha)


@wrong("look")
def W_forgotten(q, f, mask, W, dz):  # noqa: N802 (it keeps the page's letter)
    """The query meets the features without W: the score is q W f."""
    return three(q, f, mask, W, dz, asks=q)


@wrong("look")
def W_turned(q, f, mask, W, dz):  # noqa: N802 (it keeps the page's letter)
    """You turn W round: its rows belong to q, its columns to f, so it is q @ W."""
    return three(q, f, mask, W, dz, asks=q @ W.T)


@wrong("look")
def hard(q, f, mask, W, dz):
    """You take the best place alone; a soft look takes the mean by the weights."""
    e = np.where(mask, scores_of(q, f, W), -np.inf)
    alpha = 1.0 * (np.arange(e.shape[1]) == e.argmax(axis=1)[:, None])
    return three(q, f, mask, W, dz, alpha=alpha * mask.any(axis=1)[:, None])


@wrong("look")
def even(q, f, mask, W, dz):
    """All open places have the same weight: the scores are not used."""
    return three(q, f, mask, W, dz, alpha=softmax(np.zeros(mask.shape), mask))


@wrong("look")
def exponential_overflows(q, f, mask, W, dz):
    """For large scores e^e overflows: subtract the largest one first."""
    with np.errstate(all="ignore"):
        weights = np.exp(scores_of(q, f, W)) * mask
        alpha = weights / np.maximum(weights.sum(axis=1), 1e-300)[:, None]
        return three(q, f, mask, W, dz, alpha=alpha)


@wrong("look")
def nothing_divided_by_nothing(q, f, mask, W, dz):
    """Where no place is open, you divide 0 by 0: z and alpha are zeros there."""
    with np.errstate(invalid="ignore"):
        e = np.where(mask, scores_of(q, f, W), -np.inf)
        weights = np.exp(e - e.max(axis=1, keepdims=True))
        return three(
            q, f, mask, W, dz, alpha=weights / weights.sum(axis=1, keepdims=True)
        )


@wrong("look")
def a_billion_for_infinity(q, f, mask, W, dz):
    """Closed places get a large negative score, and where all are closed all are alike.

    Then each has the weight 1/N: zeros are wanted.
    """
    e = np.where(mask, scores_of(q, f, W), -1e9)
    return three(q, f, np.ones_like(mask), W, dz, scores=e)


@wrong("look")
def z_is_a_sum(q, f, mask, W, dz):
    """The weights are right, but z is the sum of the open features, without them."""
    _, alpha, df = three(q, f, mask, W, dz)
    return (f * mask[:, :, None]).sum(axis=1), alpha, df


@wrong("look")
def z_divided_again(q, f, mask, W, dz):
    """The weights are right, but z is divided by the number of places.

    The weights sum to 1, so their sum is a mean already.
    """
    z, alpha, df = three(q, f, mask, W, dz)
    return z / mask.shape[1], alpha, df


@wrong("look")
def only_as_seen(q, f, mask, W, dz):
    """The look is right, but the gradient lacks a feature's way through its score."""
    return three(q, f, mask, W, dz, de=np.zeros(mask.shape))


@wrong("look")
def only_as_compared(q, f, mask, W, dz):
    """The look is right, but the gradient lacks the way of what is seen, alpha dz."""
    return three(q, f, mask, W, dz, as_seen=0)


@wrong("look")
def mean_not_subtracted(q, f, mask, W, dz):
    """The look is right, but in de you do not subtract the mean of dalpha.

    Weights sum to 1, so one can only grow if others shrink.
    """
    _, alpha, _ = three(q, f, mask, W, dz)
    dalpha = np.einsum("bc,bnc->bn", dz, f)
    return three(q, f, mask, W, dz, de=alpha * dalpha)


@wrong("look")
def plain_mean_subtracted(q, f, mask, W, dz):
    """The look is right, but in de you subtract the plain mean of dalpha.

    It is the mean by the weights, that of what the look has already.
    """
    _, alpha, _ = three(q, f, mask, W, dz)
    dalpha = np.einsum("bc,bnc->bn", dz, f)
    de = alpha * (dalpha - dalpha.mean(axis=1, keepdims=True))
    return three(q, f, mask, W, dz, de=de)


@wrong("look")
def weight_missing_in_de(q, f, mask, W, dz):
    """The look is right, but in de the factor alpha is missing."""
    z, _, _ = three(q, f, mask, W, dz)
    dalpha = np.einsum("bc,bnc->bn", dz, f)
    de = dalpha - np.sum(dz * z, axis=1, keepdims=True)
    return three(q, f, mask, W, dz, de=de)


@wrong("look")
def score_heard_without_W(q, f, mask, W, dz):  # noqa: N802 (the page's letter)
    """The look is right, but in df you multiply de with q, where it is q W."""
    return three(q, f, mask, W, dz, heard=q)


@wrong("look", "by_autograd")
def look_by_autograd(q, f, mask, W, dz):
    """The look is right, but your function lets autograd find df.

    Autograd is the judge, in the tests; write the gradient yourself.
    """
    q, f, mask, W, dz = map(torch.tensor, (q, f, mask, W, dz))
    f.requires_grad_()
    e = (f @ (q @ W)[:, :, None])[..., 0].masked_fill(~mask, -torch.inf)
    alpha = torch.where(mask.any(1, keepdim=True), e.softmax(1), 0.0)
    z = (alpha[:, None] @ f)[:, 0]
    z.backward(dz)
    return z, alpha, f.grad


@wrong("look")
def largest_of_all_places(q, f, mask, W, dz):
    """You subtract the largest score of all places: take that of the open ones.

    Where a closed one is far larger, e to the rest rounds to 0.
    """
    e = scores_of(q, f, W)
    weights = np.where(mask, np.exp(e - e.max(axis=1, keepdims=True)), 0)
    sums = np.where(mask.any(axis=1), weights.sum(axis=1), 1)
    with np.errstate(invalid="ignore"):
        return three(q, f, mask, W, dz, alpha=weights / sums[:, None])


@wrong("look")
def gradient_of_nothing(q, f, mask, W, dz):
    """The look is right, but with no open place df is nan: zeros belong there."""
    z, alpha, df = three(q, f, mask, W, dz)
    df[~mask.any(axis=1)] = np.nan
    return z, alpha, df


@wrong("look")
def mean_subtracted_outside(q, f, mask, W, dz):
    """The look is right, but in de the weight belongs to the whole difference.

    You take alpha times dalpha, and subtract the mean from that.
    """
    _, alpha, _ = three(q, f, mask, W, dz)
    seen = alpha * np.einsum("bc,bnc->bn", dz, f)
    return three(q, f, mask, W, dz, de=seen - seen.sum(axis=1, keepdims=True))
