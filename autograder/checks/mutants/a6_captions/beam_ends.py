"""Wrong answers to question 4, about the first step and the end of a search."""

from checks.mutants.a6_captions.beam_right import END, START, extend, ranked, search
from examiner.answers import wrong


@wrong("beam")
def stops_when_width_have_ended(log_p, steps, width, alpha):
    """You stop when `width` captions are set aside: go on while something is open."""
    for n in range(1, steps + 1):
        done, _ = search(log_p, n, width)
        if len(done) >= width:
            break
    return ranked(done, alpha)


@wrong("beam")
def ended_by_force(log_p, steps, width, alpha):
    """What is open after `steps` symbols gets an END from you: it is dropped."""
    done, still = search(log_p, steps, width)
    for score, ids in still:
        done.append((score + log_p[ids[-1] if ids else START, END], [*ids, END]))
    return ranked(done, alpha)


@wrong("beam")
def first_step_takes_all(log_p, steps, width, alpha):
    """In the first step you take everything: `width` are taken there, too."""

    def take(beginnings):
        grown = extend(log_p, beginnings)
        return grown if beginnings == [(0.0, [])] else grown[:width]

    return ranked(search(log_p, steps, width, take)[0], alpha)
