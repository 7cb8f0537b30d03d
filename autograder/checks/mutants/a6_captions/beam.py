"""Wrong answers to question 4."""

import numpy as np

from checks.mutants.a6_captions.beam_right import (
    END,
    START,
    extend,
    norm,
    ranked,
    search,
)
from examiner.answers import wrong

MANY = 10**6


def is_open(one):
    """Tell whether a beginning may go on."""
    return one[1][-1] != END


@wrong("beam", "copied_from_chapter")
def beam_copied(log_p, steps, width, alpha):
    """This is the chapter's beam, which divides by n to the power alpha.

    And it ranks what is still open. Here it is ((5 + n) / 6), and a caption ends.
    """
    done, still = search(log_p, steps, width)
    return ranked(done + still, alpha, by=lambda n, alpha: n**alpha)


@wrong("beam")
def open_ones_ranked(log_p, steps, width, alpha):
    """What is open after `steps` symbols is ranked, too: it is no caption, drop it."""
    done, still = search(log_p, steps, width)
    return ranked(done + still, alpha)


@wrong("beam")
def open_ones_for_want(log_p, steps, width, alpha):
    """If nothing has ended, you return what is open: return two empty lists."""
    done, still = search(log_p, steps, width)
    return ranked(done or still, alpha)


@wrong("beam")
def best_of_nothing(log_p, steps, width, alpha):
    """If nothing has ended, you return one empty caption: return two empty lists."""
    done, _ = search(log_p, steps, width)
    return ranked(done, alpha) if done else ([[]], [-np.inf])


@wrong("beam")
def length_alone(log_p, steps, width, alpha):
    """You divide by n to the power alpha; here it is ((5 + n) / 6)."""
    done, _ = search(log_p, steps, width)
    return ranked(done, alpha, by=lambda n, alpha: n**alpha)


@wrong("beam")
def length_without_end(log_p, steps, width, alpha):
    """END is not counted in n: it is a symbol of the caption."""
    done, _ = search(log_p, steps, width)
    return ranked(done, alpha, by=lambda n, alpha: norm(n - 1, alpha))


@wrong("beam")
def multiplied(log_p, steps, width, alpha):
    """You multiply log p by the power of the length; divide by it."""
    done, _ = search(log_p, steps, width)
    return ranked(done, alpha, by=lambda n, alpha: norm(n, -alpha))


@wrong("beam")
def not_normalised(log_p, steps, width, alpha):
    """The ranks are log p itself: divide by ((5 + n) / 6) to the power alpha."""
    done, _ = search(log_p, steps, width)
    return ranked(done, 0.0)


@wrong("beam")
def sorted_by_probability(log_p, steps, width, alpha):
    """The captions are sorted by log p, and not by their ranks."""
    done, _ = search(log_p, steps, width)
    done.sort(reverse=True)
    ranks = [score / norm(len(ids), alpha) for score, ids in done]
    return [ids for _, ids in done], ranks


@wrong("beam")
def worst_first(log_p, steps, width, alpha):
    """The worst caption comes first: sort from the highest rank to the lowest."""
    done, _ = search(log_p, steps, width)
    captions, ranks = ranked(done, alpha)
    return captions[::-1], ranks[::-1]


@wrong("beam")
def only_the_best(log_p, steps, width, alpha):
    """Only the best caption is returned; return all that were set aside."""
    done, _ = search(log_p, steps, width)
    captions, ranks = ranked(done, alpha)
    return captions[:1], ranks[:1]


@wrong("beam")
def at_most_width_captions(log_p, steps, width, alpha):
    """At most `width` captions: what has ended takes no place, and all is returned."""
    done, _ = search(log_p, steps, width)
    captions, ranks = ranked(done, alpha)
    return captions[:width], ranks[:width]


@wrong("beam")
def ends_take_no_place(log_p, steps, width, alpha):
    """Every extension by END is set aside, and `width` others stay open.

    END competes with the words: only what is among the best is taken.
    """

    def take(beginnings):
        grown = extend(log_p, beginnings)
        still = [one for one in grown if is_open(one)]
        return still[:width] + [one for one in grown if not is_open(one)]

    return ranked(search(log_p, steps, width, take)[0], alpha)


@wrong("beam")
def width_for_each(log_p, steps, width, alpha):
    """You take `width` extensions of each beginning: take so many of all together."""

    def take(beginnings):
        return [w for one in beginnings for w in extend(log_p, [one])[:width]]

    return ranked(search(log_p, steps, width, take)[0], alpha)


@wrong("beam")
def one_for_each(log_p, steps, width, alpha):
    """After the first step each beginning gets its best symbol, and no other.

    All extensions of all beginnings compete.
    """

    def take(beginnings):
        if beginnings == [(0.0, [])]:
            return extend(log_p, beginnings)[:width]
        return [w for one in beginnings for w in extend(log_p, [one])[:1]]

    return ranked(search(log_p, steps, width, take)[0], alpha)


@wrong("beam")
def always_greedy(log_p, steps, width, alpha):
    """Whatever the width, you keep one beginning."""
    return ranked(search(log_p, steps, 1)[0], alpha)


@wrong("beam")
def always_everything(log_p, steps, width, alpha):
    """Whatever the width, you keep everything: take the best `width` at each step."""
    return ranked(search(log_p, steps, MANY)[0], alpha)


@wrong("beam")
def one_too_many(log_p, steps, width, alpha):
    """You keep one beginning too many: at each step `width` extensions are taken."""
    return ranked(search(log_p, steps, width + 1)[0], alpha)


@wrong("beam")
def stops_at_the_first_end(log_p, steps, width, alpha):
    """You stop when the first caption ends: go on while something is open."""
    for n in range(1, steps + 1):
        done, _ = search(log_p, n, width)
        if done:
            break
    return ranked(done, alpha)


@wrong("beam")
def goes_on_after_end(log_p, steps, width, alpha):
    """What has ended is set aside, but also extended: nothing comes after END."""
    beginnings, done = [(0.0, [])], []
    for _ in range(steps):
        beginnings = extend(log_p, beginnings)[:width]
        done += [one for one in beginnings if not is_open(one)]
    return ranked(done, alpha)


@wrong("beam")
def one_step_short(log_p, steps, width, alpha):
    """The search ends one step too early: captions have up to `steps` symbols."""
    return ranked(search(log_p, steps - 1, width)[0], alpha)


@wrong("beam")
def one_step_on_top(log_p, steps, width, alpha):
    """The search goes one step too far: END counts among the `steps` symbols."""
    return ranked(search(log_p, steps + 1, width)[0], alpha)


@wrong("beam")
def end_missing(log_p, steps, width, alpha):
    """The ranks are right, but END is missing at the end of the captions."""
    captions, ranks = ranked(search(log_p, steps, width)[0], alpha)
    return [ids[:-1] for ids in captions], ranks


@wrong("beam")
def start_in_front(log_p, steps, width, alpha):
    """The ranks are right, but START stands in the captions: it is never said."""
    captions, ranks = ranked(search(log_p, steps, width)[0], alpha)
    return [[START, *ids] for ids in captions], ranks


@wrong("beam")
def impossible_taken(log_p, steps, width, alpha):
    """What has the probability 0 is taken where the width allows: leave it out."""
    possible = np.maximum(log_p, -1e300)
    captions, ranks = ranked(search(possible, steps, width)[0], alpha)
    return captions, [-np.inf if rank < -1e299 else rank for rank in ranks]


@wrong("beam")
def unknown_left_out(log_p, steps, width, alpha):
    """UNK is left out; it may be said like any word."""
    table = log_p.copy()
    table[:, 3] = -np.inf
    return ranked(search(table, steps, width)[0], alpha)
