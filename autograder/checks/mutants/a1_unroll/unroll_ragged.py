"""Answers to question 2."""

import numpy as np
import torch

from checks.mutants.a1_unroll.given import delay_step  # noqa: F401 (called by name)
from examiner.answers import right, wrong


@wrong("unroll_ragged", "copied_from_chapter")
def unroll_ragged_copied(step, xs, lengths, h_0):
    """This is the chapter's loop, which reads the padding too.

    Let a sequence keep its state from step lengths[b] on, and put zeros in hs there.
    """
    state, hs = h_0, []
    for t in range(len(xs)):
        state = step(xs[t], state)
        hs.append(state)
    return np.stack(hs), state


@wrong("unroll_ragged")
def states_kept(step, xs, lengths, h_0):
    """Your hs repeats the last state after a sequence's end.

    Here hs must hold zeros there; h_last is right.
    """
    state, hs = h_0, []
    for t in range(len(xs)):
        state = np.where((t < lengths)[:, None], step(xs[t], state), state)
        hs.append(state)
    return np.stack(hs), state


@wrong("unroll_ragged")
def last_row(step, xs, lengths, h_0):
    """Your h_last is hs[-1], which is zero for a sequence that has ended.

    Take each sequence's own last real state.
    """
    hs, _ = unroll_ragged_where(step, xs, lengths, h_0)
    return hs, hs[-1]


@wrong("unroll_ragged")
def last_state_of_the_padding(step, xs, lengths, h_0):
    """Your hs is right, but h_last has read the padding.

    Keep a sequence's state, too, once it has ended.
    """
    hs, _ = unroll_ragged_where(step, xs, lengths, h_0)
    return hs, unroll_ragged_copied(step, xs, lengths, h_0)[1]


@wrong("unroll_ragged")
def one_step_too_many(step, xs, lengths, h_0):
    """Each sequence runs one step too far, into the padding.

    Counted from 0, the real steps are t = 0 to lengths[b] - 1, so t < lengths and not t
    <= lengths.
    """
    return unroll_ragged_where(step, xs, lengths + 1, h_0)


@wrong("unroll_ragged")
def one_step_too_few(step, xs, lengths, h_0):
    """Each sequence stops one step early.

    Counted from 0, step t = lengths[b] - 1 is still a real one: the test is t <
    lengths.
    """
    return unroll_ragged_where(step, xs, lengths - 1, h_0)


@wrong("unroll_ragged")
def state_not_carried(step, xs, lengths, h_0):
    """Every step starts from h_0 again, so nothing is remembered.

    Pass the state that the step before returned.
    """
    hs, h_last = np.zeros((len(xs), *h_0.shape)), h_0
    for t in range(len(xs)):
        real = (t < lengths)[:, None]
        h_last = np.where(real, step(xs[t], h_0), h_last)
        hs[t] = np.where(real, h_last, 0)
    return hs, h_last


@wrong("unroll_ragged")
def start_included(step, xs, lengths, h_0):
    """Your hs begins with h_0, so it has T + 1 states.

    hs[0] is h_1, the state after the first step; h_0 is not in it.
    """
    hs, h_last = unroll_ragged_where(step, xs, lengths, h_0)
    return np.concatenate([h_0[None], hs]), h_last


@wrong("unroll_ragged")
def one_step_late(step, xs, lengths, h_0):
    """Your hs holds the state before each step instead of the state after it.

    Store the state after you have called step.
    """
    T = len(xs)
    hs, h_last = unroll_ragged_where(step, xs, lengths, h_0)
    late = np.concatenate([h_0[None], hs])[:T]
    late[np.arange(T)[:, None] >= lengths] = 0
    return late, h_last


@wrong("unroll_ragged")
def starts_from_zeros(step, xs, lengths, h_0):
    """The sequences start from zeros instead of from h_0."""
    return unroll_ragged_where(step, xs, lengths, np.zeros_like(h_0))


@wrong("unroll_ragged")
def stops_with_the_shortest(step, xs, lengths, h_0):
    """All sequences stop when the shortest one ends.

    Test t < lengths for each sequence apart; that gives one True or False for each b.
    """
    shortest = np.full_like(lengths, min(lengths))
    return unroll_ragged_where(step, xs, shortest, h_0)


@wrong("unroll_ragged")
def empty_sequence_wraps(step, xs, lengths, h_0):
    """For an empty sequence lengths[b] - 1 is -1, and Python takes the last row.

    No step was made there, so its h_last is its row of h_0.
    """
    hs, _ = unroll_ragged_where(step, xs, lengths, h_0)
    return hs, hs[lengths - 1, np.arange(len(lengths))]


@wrong("unroll_ragged")
def start_edited_in_place(step, xs, lengths, h_0):
    """The numbers are right, but h_0 was overwritten.

    Begin with h_t = h_0.copy(), as h_t = h_0 alone is a second name for the same array.
    """
    hs, h_t = np.zeros((len(xs), *h_0.shape)), h_0
    for t in range(len(xs)):
        real = t < lengths
        h_t[real] = step(xs[t], h_t)[real]
        hs[t, real] = h_t[real]
    return hs, h_t


@right("unroll_ragged", "where")
def unroll_ragged_where(step, xs, lengths, h_0):
    """Choose between new and old state."""
    hs, h_t = np.zeros((len(xs), *h_0.shape)), h_0
    for t in range(len(xs)):
        real = (t < lengths)[:, None]
        h_t = np.where(real, step(xs[t], h_t), h_t)
        hs[t] = np.where(real, h_t, 0)
    return hs, h_t


@right("unroll_ragged", "one_by_one")
def unroll_ragged_one_by_one(step, xs, lengths, h_0):
    """Run each sequence alone."""
    hs, h_last = np.zeros((len(xs), *h_0.shape)), h_0.copy()
    for b in range(len(lengths)):
        h = h_0[b : b + 1]
        for t in range(lengths[b]):
            h = step(xs[t, b : b + 1], h)
            hs[t, b] = h
        h_last[b] = h
    return hs, h_last


@right("unroll_ragged", "gathered")
def unroll_ragged_gathered(step, xs, lengths, h_0):
    """Read the padding too, then pick what is real."""
    states = [h_0]
    for x_t in xs:
        states.append(step(x_t, states[-1]))
    states = np.array(states)
    h_last = states[lengths, range(len(lengths))]
    real = np.arange(len(xs))[:, None] < lengths
    return states[1:] * real[:, :, None], h_last


@right("unroll_ragged", "torch")
def unroll_ragged_torch(step, xs, lengths, h_0):
    """Compute with torch."""
    lengths, h_t, hs = torch.tensor(lengths), torch.tensor(h_0), []
    for t, x_t in enumerate(xs):
        real = (t < lengths)[:, None]
        h_t = torch.where(real, torch.tensor(step(x_t, h_t.numpy())), h_t)
        hs.append(h_t * real)
    return torch.stack(hs), h_t


@right("unroll_ragged", "lists")
def unroll_ragged_lists(step, xs, lengths, h_0):
    """Return lists of numbers."""
    hs, h_last = unroll_ragged_where(step, xs, lengths, h_0)
    return hs.tolist(), h_last.tolist()
