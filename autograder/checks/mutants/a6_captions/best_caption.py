"""Wrong answers to question 3."""

import numpy as np

from checks.mutants.a6_captions.best_caption_right import (
    END,
    START,
    beginnings,
    best,
    norm,
    whole,
)
from examiner.answers import wrong


def unfinished(log_p, steps):
    """Return what is still open after so many words."""
    return [one for one in beginnings(log_p, steps) if len(one[0]) == steps]


@wrong("best_caption", "copied_from_chapter")
def best_caption_copied(log_p, steps, alpha):
    """This is the chapter's search, which divides by n to the power alpha.

    And it ranks what has not ended. Here it is ((5 + n) / 6), and a caption ends.
    """
    captions = whole(log_p, steps) + unfinished(log_p, steps)
    return best(captions, alpha, norm=lambda n, alpha: n**alpha)


@wrong("best_caption")
def open_ones_ranked(log_p, steps, alpha):
    """What has not ended after `steps` symbols is counted, too; no END, no caption."""
    return best(whole(log_p, steps) + unfinished(log_p, steps), alpha)


@wrong("best_caption")
def length_alone(log_p, steps, alpha):
    """You divide by n to the power alpha; here it is ((5 + n) / 6)."""
    return best(whole(log_p, steps), alpha, norm=lambda n, alpha: n**alpha)


@wrong("best_caption")
def length_without_end(log_p, steps, alpha):
    """END is not counted in n: it is a symbol of the caption."""
    return best(whole(log_p, steps), alpha, norm=lambda n, a: norm(n - 1, a))


@wrong("best_caption")
def length_with_start(log_p, steps, alpha):
    """START is counted in n: it is read, and no symbol of the caption."""
    return best(whole(log_p, steps), alpha, norm=lambda n, a: norm(n + 1, a))


@wrong("best_caption")
def multiplied(log_p, steps, alpha):
    """You multiply log p by the power of the length; divide by it.

    A log p is negative, so dividing by more raises what is long.
    """
    return best(whole(log_p, steps), alpha, norm=lambda n, a: norm(n, -a))


@wrong("best_caption")
def not_normalised(log_p, steps, alpha):
    """The rank is log p itself: divide by ((5 + n) / 6) to the power alpha."""
    return best(whole(log_p, steps), 0.0)


@wrong("best_caption")
def probability_divided(log_p, steps, alpha):
    """You divide the probability; it is its logarithm that is divided."""
    captions = whole(log_p, steps)
    ids, score = max(captions, key=lambda c: np.exp(c[1]) / norm(len(c[0]), alpha))
    _, _, share = best(captions, alpha)
    return list(ids), np.exp(score) / norm(len(ids), alpha), share


@wrong("best_caption")
def chosen_by_probability(log_p, steps, alpha):
    """The most probable caption is returned, with its rank: choose by the rank."""
    captions = whole(log_p, steps)
    ids, _, share = best(captions, 0.0)
    return ids, dict(captions)[tuple(ids)] / norm(len(ids), alpha), share


@wrong("best_caption")
def greedy(log_p, steps, alpha):
    """You take the most probable word at each step, and so miss better captions.

    Look at all of them.
    """
    ids, score, last = [], 0.0, START
    while last != END and len(ids) < steps:
        score += log_p[last].max()
        last = int(log_p[last].argmax())
        ids.append(last)
    return ids, score / norm(len(ids), alpha), best(whole(log_p, steps), alpha)[2]


@wrong("best_caption")
def end_on_top(log_p, steps, alpha):
    """Your captions have up to `steps` words, and END on top: END counts among them."""
    return best(whole(log_p, steps + 1), alpha)


@wrong("best_caption")
def one_too_short(log_p, steps, alpha):
    """Your captions have less than `steps` symbols: the longest have so many."""
    return best(whole(log_p, steps - 1), alpha)


@wrong("best_caption")
def only_the_longest(log_p, steps, alpha):
    """You look at captions of exactly `steps` symbols only; shorter ones count, too."""
    return best([c for c in whole(log_p, steps) if len(c[0]) == steps], alpha)


@wrong("best_caption")
def nothing_said(log_p, steps, alpha):
    """The caption that says END at once is left out: it is one, of one symbol."""
    return best([c for c in whole(log_p, steps) if len(c[0]) > 1], alpha)


@wrong("best_caption")
def unknown_left_out(log_p, steps, alpha):
    """UNK is left out; it may be said like any word."""
    return best([c for c in whole(log_p, steps) if 3 not in c[0]], alpha)


@wrong("best_caption")
def end_missing(log_p, steps, alpha):
    """The rank is right, but END is missing at the end of your ids."""
    ids, rank, share = best(whole(log_p, steps), alpha)
    return ids[:-1], rank, share


@wrong("best_caption")
def start_in_front(log_p, steps, alpha):
    """The rank is right, but START stands in your ids: it is read and never said."""
    ids, rank, share = best(whole(log_p, steps), alpha)
    return [START, *ids], rank, share


@wrong("best_caption")
def end_for_nothing(log_p, steps, alpha):
    """The log-probability of END is missing in the sum."""
    captions = [((*ids, END), score) for ids, score in beginnings(log_p, steps - 1)]
    return best(captions, alpha)


@wrong("best_caption")
def begins_anywhere(log_p, steps, alpha):
    """The first symbol costs nothing: it follows START, log_p[1]."""
    free = log_p.copy()
    free[START, END:] = 0
    return best(whole(free, steps), alpha)


@wrong("best_caption")
def table_turned(log_p, steps, alpha):
    """You read the table by columns: log p(v | u) is log_p[u, v], u comes first."""
    return best(whole(log_p.T, steps), alpha)


@wrong("best_caption")
def share_of_the_best(log_p, steps, alpha):
    """The caption is right, but `share` is its own probability: add up all of them."""
    captions = whole(log_p, steps)
    ids, rank, _ = best(captions, alpha)
    return ids, rank, np.exp(dict(captions)[tuple(ids)])


@wrong("best_caption")
def share_of_ranks(log_p, steps, alpha):
    """The caption is right, but `share` adds up e^rank: add up probabilities."""
    captions = whole(log_p, steps)
    ids, rank, _ = best(captions, alpha)
    return ids, rank, sum(np.exp(s / norm(len(ids), alpha)) for ids, s in captions)


@wrong("best_caption")
def share_in_logarithms(log_p, steps, alpha):
    """The caption is right, but `share` is a logarithm: a share is from 0 to 1."""
    ids, rank, share = best(whole(log_p, steps), alpha)
    return ids, rank, np.log(share)


@wrong("best_caption")
def one_length_for_all(log_p, steps, alpha):
    """In the rank n is the same for all captions; each has its own."""
    return best(whole(log_p, steps), alpha, norm=lambda n, a: norm(steps, a))
