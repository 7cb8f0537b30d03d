"""Wrong answers to question 1."""

import numpy as np
import torch
from torch.nn import functional

from checks.mutants.a6_captions.caption_loss_right import (
    END,
    NULL,
    UNK,
    both,
    counts,
    log_softmax,
)
from examiner.answers import wrong


@wrong("caption_loss", "copied_from_chapter")
def caption_loss_copied(logits, ids):
    """This is the chapter's loss, which asks for UNK as for any word.

    Here UNK is read, but nobody asks for it.
    """
    return both(logits, ids, real=ids[1:] != NULL)


@wrong("caption_loss")
def null_asked_for(logits, ids):
    """NULL is asked for, as if it were a word: leave it out, or padding is learnt."""
    return both(logits, ids, real=ids[1:] != UNK)


@wrong("caption_loss")
def everything_asked_for(logits, ids):
    """NULL and UNK are asked for: count the places where neither of them comes."""
    return both(logits, ids, real=np.ones(ids[1:].shape, dtype=bool))


@wrong("caption_loss")
def reads_its_target(logits, ids):
    """You ask logits[t] for ids[t], the symbol that was just read.

    It shall say the next one, ids[t + 1].
    """
    loss, dlogits = both(np.roll(logits, -1, axis=0), ids)
    return loss, np.roll(dlogits, 1, axis=0)


@wrong("caption_loss")
def start_comes_round(logits, ids):
    """In the last row you ask for START, which np.roll brings round.

    After the last row nothing is asked for.
    """
    one_more = np.concatenate([logits, logits[-1:]])
    loss, dlogits = both(one_more, np.concatenate([ids, ids[:1]]))
    return loss, dlogits[:-1]


@wrong("caption_loss")
def end_left_out(logits, ids):
    """END is not asked for; a caption must learn where it ends."""
    return both(logits, ids, real=counts(ids[1:]) & (ids[1:] != END))


@wrong("caption_loss")
def asked_by_what_is_read(logits, ids):
    """You look at what is *read* to tell what counts, at ids[t].

    Look at what is asked for, ids[t + 1]: after END comes NULL, after UNK a word.
    """
    return both(logits, ids, real=counts(ids[:-1]))


@wrong("caption_loss")
def all_places(logits, ids):
    """You divide by the number of all places, padding too.

    Divide by the number of symbols that are asked for.
    """
    real = counts(ids[1:])
    return both(logits, ids, shares=real / real.size)


@wrong("caption_loss")
def places_and_the_last_row(logits, ids):
    """You divide by T times B; divide by the number of symbols that are asked for."""
    return both(logits, ids, shares=counts(ids[1:]) / ids.size)


@wrong("caption_loss")
def mean_of_means(logits, ids):
    """You take the mean of each caption, and then the mean of these.

    Every symbol counts the same, in a long caption as in a short one.
    """
    real = counts(ids[1:])
    return both(logits, ids, shares=real / real.sum(axis=0) / ids.shape[1])


@wrong("caption_loss")
def by_captions(logits, ids):
    """You divide by the number of captions; divide by that of the symbols asked for."""
    return both(logits, ids, shares=counts(ids[1:]) / ids.shape[1])


@wrong("caption_loss")
def summed(logits, ids):
    """The losses are summed; divide by the number of symbols that are asked for."""
    return both(logits, ids, shares=1.0 * counts(ids[1:]))


@wrong("caption_loss")
def loss_in_bits(logits, ids):
    """The gradient is right, but the loss is in bits; in nats it is ln."""
    loss, dlogits = both(logits, ids)
    return loss / np.log(2), dlogits


@wrong("caption_loss")
def likelihood(logits, ids):
    """The gradient is right, but the loss has the wrong sign: it is minus log p."""
    loss, dlogits = both(logits, ids)
    return -loss, dlogits


@wrong("caption_loss")
def gradient_not_divided(logits, ids):
    """The loss is right, but its gradient is that of the sum.

    Divide it by the number of symbols that are asked for, too.
    """
    loss, _ = both(logits, ids)
    return loss, both(logits, ids, shares=1.0 * counts(ids[1:]))[1]


@wrong("caption_loss")
def gradient_without_the_target(logits, ids):
    """The loss is right, but the gradient lacks the 1 at the right symbol: p - y."""
    loss, dlogits = both(logits, ids)
    real = counts(ids[1:])
    dlogits[:-1] += np.eye(logits.shape[2])[ids[1:]] * (real / real.sum())[..., None]
    return loss, dlogits


@wrong("caption_loss")
def gradient_turned(logits, ids):
    """The loss is right, but the gradient has the wrong sign: p - y, not y - p."""
    loss, dlogits = both(logits, ids)
    return loss, -dlogits


@wrong("caption_loss")
def gradient_at_padding(logits, ids):
    """The loss is right, but padding and unknown words receive a gradient.

    What is not asked for gets zeros.
    """
    loss, _ = both(logits, ids)
    shares = np.full(ids[1:].shape, 1 / counts(ids[1:]).sum())
    real = np.ones_like(shares, dtype=bool)
    return loss, both(logits, ids, shares=shares, real=real)[1]


@wrong("caption_loss")
def last_row_missing(logits, ids):
    """The loss is right, but the gradient lacks the last row, which is zeros.

    It has the shape of the logits.
    """
    loss, dlogits = both(logits, ids)
    return loss, dlogits[:-1]


@wrong("caption_loss")
def exponential_overflows(logits, ids):
    """For large logits e^o overflows: subtract the largest one first."""

    def unsafe(o):
        with np.errstate(all="ignore"):
            p = np.exp(o)
            return np.log(p / p.sum(axis=-1, keepdims=True))

    return both(logits, ids, log_softmax=unsafe)


@wrong("caption_loss")
def log_of_zero(logits, ids):
    """The softmax is safe, but p rounds to 0, and its logarithm is infinite.

    Take the logarithm before: o - max - ln of the sum of e^(o - max).
    """

    def unsafe(o):
        with np.errstate(divide="ignore"):
            return np.log(np.exp(log_softmax(o)))

    return both(logits, ids, log_softmax=unsafe)


@wrong("caption_loss")
def log_of_nearly_zero(logits, ids):
    """A little is added to p before the logarithm, so no mistake costs over 28 nats.

    Take the logarithm before: o - max - ln of the sum of e^(o - max).
    """
    _, dlogits = both(logits, ids)
    p = np.exp(np.take_along_axis(log_softmax(logits[:-1]), ids[1:, :, None], axis=2))
    return -np.log(p[..., 0][counts(ids[1:])] + 1e-12).mean(), dlogits


@wrong("caption_loss")
def multiplied_by_the_mask(logits, ids):
    """You multiply by the mask, and nan times 0 is nan: choose instead."""
    real = counts(ids[1:])
    shares, everything = real / real.sum(), np.ones_like(real)
    return both(logits, ids, real=everything, shares=shares)


@wrong("caption_loss", "by_autograd")
def caption_loss_by_autograd(logits, ids):
    """The loss is right, but your function lets autograd find its gradient.

    Autograd is the judge, in the tests; write p - y yourself.
    """
    z, real = torch.tensor(logits, requires_grad=True), torch.tensor(counts(ids[1:]))
    loss = functional.cross_entropy(z[:-1][real], torch.tensor(ids[1:])[real])
    loss.backward()
    return loss, z.grad


@wrong("caption_loss")
def one_shift_for_all(logits, ids):
    """You subtract the largest logit of all; each place subtracts its own largest."""

    def shifted(o):
        with np.errstate(all="ignore"):
            return np.log(np.exp(o - o.max()) / np.exp(o - o.max()).sum(-1)[..., None])

    return both(logits, ids, log_softmax=shifted)
