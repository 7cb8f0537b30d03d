"""Answers to question 4."""

import numpy as np
import torch

from examiner.answers import right, wrong


def last_of(hs, mask):
    """Return the state at the last True of each column, whatever the column."""
    places = len(mask) - 1 - mask[::-1].argmax(axis=0)
    return hs[places, np.arange(mask.shape[1])]


def three(hs, mask, **changed):
    """Do everything right but what is changed."""
    real, some = mask[:, :, None], mask.any(axis=0)[:, None]
    count = np.maximum(real.sum(axis=0), 1)
    results = {
        "last": np.where(some, last_of(hs, mask), 0),
        "mean": np.where(real, hs, 0).sum(axis=0) / count,
        "largest": np.where(some, np.where(real, hs, -np.inf).max(axis=0), 0),
    }
    return tuple((results | changed).values())


@wrong("read_out", "copied_from_chapter")
def read_out_copied(hs, mask):
    """This is the chapter's way, for states that stay as they are in the padding.

    There hs[-1] is the last real state. Here the padding holds anything.
    """
    real = mask[:, :, None]
    mean = np.where(real, hs, 0).sum(axis=0) / np.maximum(real.sum(axis=0), 1)
    return hs[-1], mean, hs.max(axis=0)


@wrong("read_out")
def last_row(hs, mask):
    """The last row of hs is taken, which is padding for a short sentence."""
    return three(hs, mask, last=np.where(mask.any(axis=0)[:, None], hs[-1], 0))


@wrong("read_out")
def tokens_counted(hs, mask):
    """You count the tokens to find the last one, which fails where padding is in front.

    Look for the last True in the mask.
    """
    lengths = mask.sum(axis=0)
    last = hs[np.maximum(lengths - 1, 0), np.arange(len(lengths))]
    return three(hs, mask, last=np.where(lengths[:, None] > 0, last, 0))


@wrong("read_out")
def first_padding_sought(hs, mask):
    """You take the state before the first False, which may stand in front.

    Look for the last True in the mask.
    """
    ends = np.where(mask.all(axis=0), len(mask), (~mask).argmax(axis=0))
    last = hs[ends - 1, np.arange(len(ends))]
    return three(hs, mask, last=np.where(mask.any(axis=0)[:, None], last, 0))


@wrong("read_out")
def mean_of_everything(hs, mask):
    """The mean is over all T steps, padding too."""
    some = mask.any(axis=0)[:, None]
    return three(hs, mask, mean=np.where(some, hs.mean(axis=0), 0))


@wrong("read_out")
def divided_by_all_steps(hs, mask):
    """The sum is over the real states, but it is divided by T.

    Divide by the number of real tokens of each sentence.
    """
    mean = np.where(mask[:, :, None], hs, 0).mean(axis=0)
    return three(hs, mask, mean=mean)


@wrong("read_out")
def divided_by_the_longest(hs, mask):
    """All sums are divided by one number; each sentence has a length of its own."""
    total = np.where(mask[:, :, None], hs, 0).sum(axis=0)
    return three(hs, mask, mean=total / mask.sum(axis=0).max())


@wrong("read_out")
def largest_of_everything(hs, mask):
    """The largest number is sought in the padding, too."""
    some = mask.any(axis=0)[:, None]
    return three(hs, mask, largest=np.where(some, hs.max(axis=0), 0))


@wrong("read_out")
def largest_with_zeros(hs, mask):
    """The padding counts as 0 where you seek the largest number.

    If all real numbers are negative, 0 is larger: put minus infinity there.
    """
    return three(hs, mask, largest=np.where(mask[:, :, None], hs, 0).max(axis=0))


@wrong("read_out")
def largest_in_size(hs, mask):
    """You take the number with the largest absolute value; -3 is less than -1."""
    sizes = np.where(mask[:, :, None], np.abs(hs), -1.0)
    found = np.take_along_axis(hs, sizes.argmax(axis=0)[None], axis=0)[0]
    return three(hs, mask, largest=np.where(mask.any(axis=0)[:, None], found, 0))


@wrong("read_out")
def multiplied_by_the_mask(hs, mask):
    """You multiply by the mask, and nan times 0 is nan.

    Choose with np.where instead.
    """
    real = mask[:, :, None]
    mean = (hs * real).sum(axis=0) / np.maximum(real.sum(axis=0), 1)
    return three(hs, mask, mean=mean)


@wrong("read_out")
def everything_multiplied(hs, mask):
    """You multiply by the mask: nan times 0 is nan, and to `largest` padding is 0.

    Choose with np.where: 0 for the mean, minus infinity for the largest.
    """
    real = mask[:, :, None]
    mean = (hs * real).sum(axis=0) / np.maximum(real.sum(axis=0), 1)
    return three(hs, mask, mean=mean, largest=(hs * real).max(axis=0))


@wrong("read_out")
def filled_with_minus_a_hundred(hs, mask):
    """You put -100 in the padding before you seek the largest; states may be smaller.

    Nothing is smaller than minus infinity.
    """
    largest = np.where(mask[:, :, None], hs, -100.0).max(axis=0)
    some = mask.any(axis=0)[:, None]
    return three(hs, mask, largest=np.where(some, largest, 0))


@wrong("read_out")
def divided_by_zero(hs, mask):
    """For a sentence without a real token you divide by 0: zeros are wanted."""
    real = mask[:, :, None]
    with np.errstate(invalid="ignore"):
        mean = np.where(real, hs, 0).sum(axis=0) / real.sum(axis=0)
    return three(hs, mask, mean=mean)


@wrong("read_out")
def minus_infinity_left(hs, mask):
    """For a sentence without a real token the largest is minus infinity.

    Zeros are wanted.
    """
    largest = np.where(mask[:, :, None], hs, -np.inf).max(axis=0)
    return three(hs, mask, largest=largest)


@wrong("read_out")
def last_of_an_empty_sentence(hs, mask):
    """For a sentence without a real token `last` is a row of the padding.

    argmax of only False is 0. Zeros are wanted.
    """
    return three(hs, mask, last=last_of(hs, mask))


@wrong("read_out")
def mask_turned_round(hs, mask):
    """The mask is read the wrong way round: True is a real token."""
    return three(hs, ~mask)


@right("read_out", "numpy")
def read_out_numpy(hs, mask):
    """Choose with where."""
    return three(hs, mask)


@right("read_out", "loop")
def read_out_loop(hs, mask):
    """Take the sentences one by one, and return one array of all three."""
    _, B, H = hs.shape
    results = np.zeros((3, B, H))
    for b in range(B):
        real = hs[mask[:, b], b]
        if len(real):
            results[:, b] = real[-1], real.mean(axis=0), real.max(axis=0)
    return results


@right("read_out", "einsum")
def read_out_einsum(hs, mask):
    """Sum with einsum, after the padding was cleaned; order by time for the last."""
    clean, weights = np.where(mask[:, :, None], hs, 0), mask.astype(float)
    when = (mask * np.arange(1, len(mask) + 1)[:, None]).max(axis=0)
    pick = (np.arange(1, len(mask) + 1)[:, None] == when).astype(float)
    mean = np.einsum("tb,tbh->bh", weights / np.maximum(weights.sum(0), 1), clean)
    low = clean.min(initial=0) - 1
    largest = np.where(mask[:, :, None], hs, low).max(axis=0)
    return (
        np.einsum("tb,tbh->bh", pick, clean),
        mean,
        np.where(mask.any(axis=0)[:, None], largest, 0.0),
    )


@right("read_out", "torch")
def read_out_torch(hs, mask):
    """Compute with torch."""
    h, real = torch.tensor(hs), torch.tensor(mask)[:, :, None]
    T, B, H = h.shape
    some, clean = real.any(0), h.masked_fill(~real, 0.0)
    place = torch.where(real[:, :, 0], torch.arange(T)[:, None], -1).amax(0)
    last = clean.gather(0, place.clamp_min(0)[None, :, None].expand(1, B, H))[0]
    largest = h.masked_fill(~real, -torch.inf).amax(0)
    mean = clean.sum(0) / real.sum(0).clamp_min(1)
    return last, mean, largest.masked_fill(~some, 0.0)
