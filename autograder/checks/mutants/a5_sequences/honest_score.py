"""Wrong answers to question 6."""

import numpy as np

from checks.mutants.a5_sequences.honest_score_right import (
    balanced,
    by_validation,
    losses,
    score,
)
from examiner.answers import wrong


@wrong("honest_score", "copied_from_chapter")
def honest_score_copied(valid_logits, valid_labels, test_logits, test_labels):
    """This is the chapter's accuracy, the share of all that is right.

    Here the two labels count the same, however frequent they are.
    """

    def plain(z, labels):
        return ((z > 0) == (labels == 1)).mean()

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=plain)


@wrong("honest_score")
def chosen_by_the_test_loss(valid_logits, valid_labels, test_logits, test_labels):
    """The epoch is chosen by the loss on the test set.

    That uses the test set up: choose on the validation set.
    """
    epoch = losses(test_logits, test_labels).argmin()
    return score(epoch, test_logits, test_labels)


@wrong("honest_score")
def chosen_by_accuracy(valid_logits, valid_labels, test_logits, test_labels):
    """The epoch is chosen by its accuracy on the validation set; the loss decides."""
    right = (valid_logits > 0) == (valid_labels == 1)
    return score(right.mean(axis=1).argmax(), test_logits, test_labels)


@wrong("honest_score")
def last_epoch(valid_logits, valid_labels, test_logits, test_labels):
    """The last epoch is scored; choose the one with the lowest validation loss."""
    return score(len(test_logits) - 1, test_logits, test_labels)


@wrong("honest_score")
def highest_loss(valid_logits, valid_labels, test_logits, test_labels):
    """The epoch with the highest validation loss is chosen: take argmin."""
    epoch = losses(valid_logits, valid_labels).argmax()
    return score(epoch, test_logits, test_labels)


@wrong("honest_score")
def counted_from_one(valid_logits, valid_labels, test_logits, test_labels):
    """The scores are right, but the epoch is counted from 1; count from 0."""
    epoch = by_validation(valid_logits, valid_labels)
    return epoch + 1, *score(epoch, test_logits, test_labels)[1:]


@wrong("honest_score")
def scored_on_validation(valid_logits, valid_labels, test_logits, test_labels):
    """The epoch is right, but it is scored on the set by which it was chosen.

    Report the test set.
    """
    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, valid_logits, valid_labels)


@wrong("honest_score")
def score_and_accuracy_swapped(valid_logits, valid_labels, test_logits, test_labels):
    """The last two are swapped: the loss comes first, then the accuracy."""
    epoch = by_validation(valid_logits, valid_labels)
    epoch, loss, accuracy = score(epoch, test_logits, test_labels)
    return epoch, accuracy, loss


@wrong("honest_score")
def logit_for_probability(valid_logits, valid_labels, test_logits, test_labels):
    """The logits are compared with 1/2.

    That is the border of a probability. The logistic function is 1/2 where z is 0.
    """

    def accuracy(z, labels):
        return balanced(z, labels, 0.5)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=accuracy)


@wrong("honest_score")
def loss_summed(valid_logits, valid_labels, test_logits, test_labels):
    """The losses are summed; take their mean."""

    def total(z, labels):
        return losses(z, labels) * len(z)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, loss=total)


@wrong("honest_score")
def loss_in_bits(valid_logits, valid_labels, test_logits, test_labels):
    """The loss is in bits; with the natural logarithm it is in nats."""

    def bits(z, labels):
        return losses(z, labels) / np.log(2)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, loss=bits)


@wrong("honest_score")
def log_of_zero(valid_logits, valid_labels, test_logits, test_labels):
    """For large logits the probability rounds to 0 or 1, and its logarithm is infinite.

    Take ln(1 + e^z) - y z instead, with np.logaddexp(0, z).
    """

    def by_probability(z, labels):
        with np.errstate(all="ignore"):
            p = 1 / (1 + np.exp(-z))
            return -np.mean(np.log(np.where(labels == 1, p, 1 - p)))

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, loss=by_probability)


@wrong("honest_score")
def zero_times_infinity(valid_logits, valid_labels, test_logits, test_labels):
    """For large logits your loss is nan: 0 times the logarithm of 0.

    Take ln(1 + e^z) - y z instead, with np.logaddexp(0, z).
    """

    def by_both(z, y):
        with np.errstate(all="ignore"):
            p = 1 / (1 + np.exp(-z))
            return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, loss=by_both)


@wrong("honest_score")
def probability_clipped(valid_logits, valid_labels, test_logits, test_labels):
    """The probability is clipped, so a sure mistake costs about 16 nats at most.

    It costs |z|: take ln(1 + e^z) - y z, with np.logaddexp(0, z).
    """

    def clipped(z, labels):
        with np.errstate(over="ignore"):
            p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
        return -np.mean(np.log(np.where(labels == 1, p, 1 - p)))

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, loss=clipped)


@wrong("honest_score")
def mistakes_counted(valid_logits, valid_labels, test_logits, test_labels):
    """The accuracy counts the mistakes: z > 0 says 1."""

    def mistakes(z, labels):
        return 1 - balanced(z, labels)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=mistakes)


@wrong("honest_score")
def zero_says_one(valid_logits, valid_labels, test_logits, test_labels):
    """A logit of exactly 0 is taken for a 1; z > 0 says 1, and 0 does not."""

    def accuracy(z, labels):
        return balanced(z, labels, -np.finfo(float).tiny)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=accuracy)


@wrong("honest_score")
def shares_of_what_was_said(valid_logits, valid_labels, test_logits, test_labels):
    """The shares are among the reviews that were said to be 1, and to be 0.

    That is precision; divide by how many have the label.
    """

    def precision(z, labels):
        said = z > 0
        return (labels[said].mean() + 1 - labels[~said].mean()) / 2

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=precision)


@wrong("honest_score")
def shares_added(valid_logits, valid_labels, test_logits, test_labels):
    """The two shares are added; halve the sum, so that the best is 1."""

    def total(z, labels):
        return 2 * balanced(z, labels)

    epoch = by_validation(valid_logits, valid_labels)
    return score(epoch, test_logits, test_labels, accuracy=total)


@wrong("honest_score")
def loss_on_validation(valid_logits, valid_labels, test_logits, test_labels):
    """The loss is that on the validation set; report both numbers on the test set."""
    epoch = by_validation(valid_logits, valid_labels)
    _, _, accuracy = score(epoch, test_logits, test_labels)
    return int(epoch), losses(valid_logits[epoch], valid_labels), accuracy
