"""Wrong answers to question 1, about words that are not known."""

import numpy as np

from checks.mutants.a6_captions.caption_loss_right import NULL, UNK, both, counts
from examiner.answers import wrong


@wrong("caption_loss")
def unknown_banned(logits, ids):
    """You take UNK out of the softmax; it keeps its probability.

    It is read as any word, and only never asked for.
    """
    logits = logits.copy()
    logits[..., UNK] = -np.inf
    return both(logits, ids)


@wrong("caption_loss")
def unknown_counted(logits, ids):
    """You divide by a number in which UNK is counted; it is not asked for."""
    shares = counts(ids[1:]) / (ids[1:] != NULL).sum()
    return both(logits, ids, shares=shares)


@wrong("caption_loss")
def nothing_after_unknown(logits, ids):
    """Where UNK was read you ask for nothing; the word that follows is asked for."""
    return both(logits, ids, real=counts(ids[1:]) & (ids[:-1] != UNK))


@wrong("caption_loss")
def gradient_at_unknown(logits, ids):
    """The loss is right, but where UNK follows there is a gradient: zeros belong there.

    Nobody asks for it.
    """
    loss, _ = both(logits, ids)
    shares = (ids[1:] != NULL) / counts(ids[1:]).sum()
    return loss, both(logits, ids, shares=shares, real=ids[1:] != NULL)[1]
