"""Answers to question 2."""

import numpy as np
import torch

from examiner.answers import right, wrong


def four(hs, us, p, **changed):
    """Do everything right but what is changed."""
    stays = changed.get("stays", us >= p)
    results = {
        "plain_train": hs * stays,
        "plain_test": (1 - p) * hs,
        "inverted_train": hs * stays / (1 - p),
        "inverted_test": hs,
    }
    results |= {key: value for key, value in changed.items() if key in results}
    return tuple(results.values())


@wrong("dropouts", "copied_from_chapter")
def dropouts_copied(hs, us, p):
    """This is the chapter's dropout, the inverted one, in both places.

    The plain one scales nothing in training, and by 1 - p at test time.
    """
    inverted = hs * (us >= p) / (1 - p)
    return four(hs, us, p, plain_train=inverted, plain_test=hs)


@wrong("dropouts")
def scaled_by_p(hs, us, p):
    """At test time the plain one is multiplied by p, the share that was dropped.

    What the next layer heard in training was the share that stayed, 1 - p.
    """
    return four(hs, us, p, plain_test=p * hs)


@wrong("dropouts")
def kept_and_dropped_swapped(hs, us, p):
    """The numbers with u < p stay, and the others are dropped.

    p is the probability of being dropped.
    """
    return four(hs, us, p, stays=us < p)


@wrong("dropouts")
def p_is_the_share_that_stays(hs, us, p):
    """You read p as the probability that a number stays, also in the scale.

    Here it is the probability that it is dropped.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = np.where(us < p, hs / p, 0.0)
    plain = hs * (us < p)
    return four(hs, us, p, plain_train=plain, plain_test=p * hs, inverted_train=kept)


@wrong("dropouts")
def divided_by_p(hs, us, p):
    """The inverted one is divided by p in training; divide by 1 - p."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = hs * (us >= p) / np.float64(p)
    return four(hs, us, p, inverted_train=scaled)


@wrong("dropouts")
def multiplied_in_training(hs, us, p):
    """The inverted one is multiplied by 1 - p in training, which makes it worse.

    Divide, so that the mean is what it would be without dropout.
    """
    return four(hs, us, p, inverted_train=hs * (us >= p) * (1 - p))


@wrong("dropouts")
def plain_at_test_unscaled(hs, us, p):
    """The plain one is not scaled at test time: multiply by 1 - p."""
    return four(hs, us, p, plain_test=hs)


@wrong("dropouts")
def scaled_twice(hs, us, p):
    """The inverted one is scaled in training and again at test time; once is enough."""
    return four(hs, us, p, inverted_test=(1 - p) * hs)


@wrong("dropouts")
def dropped_at_test(hs, us, p):
    """Units are dropped at test time, too; then everything is there."""
    stays = us >= p
    tests = {"plain_test": (1 - p) * hs * stays, "inverted_test": hs * stays}
    return four(hs, us, p, **tests)


@wrong("dropouts")
def inverted_dropped_at_test(hs, us, p):
    """In the inverted way units are dropped at test time, too.

    Then everything is there: return the states as they are.
    """
    return four(hs, us, p, inverted_test=hs * (us >= p))


@wrong("dropouts")
def one_mask_for_all_sequences(hs, us, p):
    """All sequences of the batch drop the same units: us has a row for each."""
    return four(hs, us, p, stays=us[:1] >= p)


@wrong("dropouts")
def the_border_is_dropped(hs, us, p):
    """A number with u = p exactly is dropped; it stays where u >= p.

    With p = 0 and u = 0 that matters: nothing may be dropped.
    """
    return four(hs, us, p, stays=us > p)


@wrong("dropouts")
def first_step_only(hs, us, p):
    """Units are dropped at the first step only.

    The same units stay away for the whole sequence.
    """
    stays = np.ones(hs.shape, dtype=bool)
    stays[0] = us >= p
    return four(hs, us, p, stays=stays)


@wrong("dropouts")
def edited_in_place(hs, us, p):
    """The numbers are right, but hs was overwritten: hs * stays makes a new array."""
    whole = hs.copy()
    hs *= us >= p
    return hs, (1 - p) * whole, hs / (1 - p), whole


@right("dropouts", "numpy")
def dropouts_numpy(hs, us, p):
    """Follow the table."""
    return four(hs, us, p)


@right("dropouts", "loop")
def dropouts_loop(hs, us, p):
    """Go through time, sequences and units, and return one array of all four."""
    results = np.zeros((4, *hs.shape))
    for (t, b, j), h in np.ndenumerate(hs):
        stays = 0 if us[b, j] < p else 1
        results[:, t, b, j] = stays * h, h * (1 - p), stays * h / (1 - p), h
    return results


@right("dropouts", "einsum")
def dropouts_einsum(hs, us, p):
    """Multiply with einsum."""
    mask = np.where(us < p, 0.0, 1.0)
    train = np.einsum("tbj,bj->tbj", hs, mask)
    return train, hs - p * hs, np.einsum("tbj,bj->tbj", hs, mask / (1 - p)), hs.copy()


@right("dropouts", "torch")
def dropouts_torch(hs, us, p):
    """Compute with torch."""
    h = torch.tensor(hs)
    train = h.masked_fill(torch.tensor(us) < p, 0.0)
    return [train, h * (1 - p), train / (1 - p), h]
