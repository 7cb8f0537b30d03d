"""Answers to question 2."""

import numpy as np
import torch

from examiner.answers import right, wrong


def absolute(Ws):
    """Return the spectral radius of each matrix."""
    return np.abs(np.linalg.eigvals(Ws)).max(axis=1)


def tell(r, limit=10):
    """Return which gradients grew, stayed, shrank, were lost."""
    grew, lost, shrank = r > limit, r == 0, (r > 0) & (r < 1 / limit)
    return grew, ~(grew | lost | shrank), shrank, lost


def count(above, fates):
    """Return the counts of both sides."""
    return {
        "above": tuple(int((f & above).sum()) for f in fates),
        "below": tuple(int((f & ~above).sum()) for f in fates),
    }


def judge(sizes, r, limit=10):
    """Return counts and share, given what is taken for the radius."""
    above, fates = sizes > 1, tell(r, limit)
    grew, _, shrank, lost = fates
    return count(above, fates), 1 - np.where(above, grew, shrank | lost).mean()


@wrong("judge_rule", "copied_from_chapter")
def judge_rule_copied(Ws, starts, ends):
    """This is the chapter's count, where every ratio above 1 has grown.

    Here a gradient grew if the ratio is above 10, and shrank if it is below 1/10.
    """
    return judge(absolute(Ws), starts / ends, limit=1)


@wrong("judge_rule")
def real_parts(Ws, starts, ends):
    """You compare real parts of eigenvalues.

    An eigenvalue of -2, or of 2i, stretches as much as one of 2: take the absolute
    value.
    """
    return judge(np.linalg.eigvals(Ws).real.max(axis=1), starts / ends)


@wrong("judge_rule")
def absolute_real_parts(Ws, starts, ends):
    """The imaginary parts of the eigenvalues are dropped.

    An eigenvalue of 2i stretches as much as one of 2: np.abs of a complex number has
    both parts.
    """
    sizes = np.abs(np.linalg.eigvals(Ws).real).max(axis=1)
    return judge(sizes, starts / ends)


@wrong("judge_rule")
def singular_values(Ws, starts, ends):
    """You compare the largest singular value.

    The rule is about eigenvalues, and the singular value is larger as a rule.
    """
    return judge(np.linalg.norm(Ws, ord=2, axis=(1, 2)), starts / ends)


@wrong("judge_rule")
def symmetric_eigenvalues(Ws, starts, ends):
    """np.linalg.eigvalsh is for symmetric matrices; it reads only half of W.

    Use np.linalg.eigvals.
    """
    return judge(np.abs(np.linalg.eigvalsh(Ws)).max(axis=1), starts / ends)


@wrong("judge_rule")
def smallest_eigenvalue(Ws, starts, ends):
    """You compare the smallest eigenvalue; the radius is the largest."""
    return judge(np.abs(np.linalg.eigvals(Ws)).min(axis=1), starts / ends)


@wrong("judge_rule")
def end_by_start(Ws, starts, ends):
    """The ratio is turned round.

    r is start by end: the gradient goes from the end to the start.
    """
    with np.errstate(divide="ignore"):
        return judge(absolute(Ws), ends / starts)


@wrong("judge_rule")
def lost_taken_for_shrunk(Ws, starts, ends):
    """Gradients that are exactly 0 are counted with those that shrank.

    They have a count of their own, the last.
    """
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return {key: (g, k, s + z, 0) for key, (g, k, s, z) in counts.items()}, share


@wrong("judge_rule")
def lost_counted_twice(Ws, starts, ends):
    """Gradients that are exactly 0 are counted as shrunk and as lost.

    Each network has one fate: shrank means 0 < r.
    """
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return {key: (g, k, s + z, z) for key, (g, k, s, z) in counts.items()}, share


@wrong("judge_rule")
def stayed_is_not_wrong(Ws, starts, ends):
    """The counts are right, but gradients that stayed do not count against the rule.

    It said that they would explode, or vanish.
    """
    counts, _ = judge_rule_numpy(Ws, starts, ends)
    wrong_ones = sum(counts["above"][2:]) + counts["below"][0]
    return counts, wrong_ones / len(Ws)


@wrong("judge_rule")
def lost_taken_for_exploded(Ws, starts, ends):
    """The counts are right; above 1, lost gradients do not count against the rule.

    It said that they would explode.
    """
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return counts, share - counts["above"][3] / len(Ws)


@wrong("judge_rule")
def share_that_is_right(Ws, starts, ends):
    """The counts are right; the share is that of the networks where the rule holds.

    The share where it is wrong is asked for.
    """
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return counts, 1 - share


@wrong("judge_rule")
def number_for_share(Ws, starts, ends):
    """The counts are right; divide the number of wrong cases by all networks."""
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return counts, share * len(Ws)


@right("judge_rule", "numpy")
def judge_rule_numpy(Ws, starts, ends):
    """Judge all networks at once."""
    return judge(absolute(Ws), starts / ends)


@right("judge_rule", "loop")
def judge_rule_loop(Ws, starts, ends):
    """Judge one network after the other."""
    counts, wrong_ones = {"above": [0] * 4, "below": [0] * 4}, 0
    for W, start, end in zip(Ws, starts, ends, strict=True):
        side = "above" if max(abs(x) for x in np.linalg.eigvals(W)) > 1 else "below"
        if start == 0:
            fate = 3
        elif start > 10 * end:
            fate = 0
        else:
            fate = 2 if 10 * start < end else 1
        counts[side][fate] += 1
        wrong_ones += fate != 0 if side == "above" else fate < 2
    return {side: tuple(row) for side, row in counts.items()}, wrong_ones / len(Ws)


@right("judge_rule", "torch")
def judge_rule_torch(Ws, starts, ends):
    """Compute with torch."""
    above = torch.linalg.eigvals(torch.tensor(Ws)).abs().amax(dim=1) > 1
    r = torch.tensor(starts) / torch.tensor(ends)
    fates = torch.where(r > 10, 0, torch.where(r == 0, 3, torch.where(r < 0.1, 2, 1)))
    counts = {
        side: tuple(torch.bincount(fates[mask], minlength=4).tolist())
        for side, mask in (("above", above), ("below", ~above))
    }
    holds = torch.where(above, fates == 0, fates > 1)
    return counts, 1 - holds.double().mean().item()


@wrong("judge_rule")
def lost_counts_against_vanishing(Ws, starts, ends):
    """The counts are right; below 1, lost gradients count against the rule.

    A gradient that is 0 has vanished, as the rule said.
    """
    counts, share = judge_rule_numpy(Ws, starts, ends)
    return counts, share + counts["below"][3] / len(Ws)


@wrong("judge_rule")
def end_by_start_with_care(Ws, starts, ends):
    """The ratio is turned round, but where a gradient was lost.

    r is start by end for all: the gradient goes from the end to the start.
    """
    found = starts > 0
    return judge(absolute(Ws), np.where(found, ends / np.where(found, starts, 1), 0))
