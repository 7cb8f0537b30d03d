"""Wrong answers to question 3."""

import numpy as np

from checks.mutants.a5_sequences.both_ways_right import halves, is_real, join, walk
from checks.mutants.a5_sequences.given import flipping, halving
from examiner.answers import wrong


@wrong("both_ways", "copied_from_chapter")
def both_ways_copied(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """This is the chapter's pass, which keeps the states through the padding.

    Here both halves of hs are zero there.
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, *ends = halves(*args)
    return np.concatenate([ahead, back], axis=2), np.hstack(ends)


@wrong("both_ways")
def padding_read_first(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The backward network begins with the padding.

    For each sequence it starts at its own last real token.
    """
    ahead, end = walk(forward, xs, is_real(xs, lengths), h_0_forward)
    everything = np.ones_like(is_real(xs, lengths))
    back, other_end = walk(backward, xs[::-1], everything, h_0_backward)
    return join(xs, lengths, ahead, back[::-1], end, other_end)


@wrong("both_ways")
def padding_read_and_left(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The backward network begins with the padding, and leaves its states there.

    For each sequence it starts at its own last real token; at the padding hs is zero.
    """
    real = is_real(xs, lengths)
    ahead, end = walk(forward, xs, real, h_0_forward)
    back, other_end = walk(backward, xs[::-1], np.ones_like(real), h_0_backward)
    hs = np.concatenate([ahead * real[:, :, None], back[::-1]], axis=2)
    return hs, np.hstack([end, other_end])


@wrong("both_ways")
def lengths_ignored(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Both networks read the padding: nothing looks at lengths.

    Each sequence ends at step lengths[b], and there the backward network starts.
    """
    everything = np.full_like(lengths, len(xs))
    args = forward, backward, xs, everything, h_0_forward, h_0_backward
    return join(xs, everything, *halves(*args))


@wrong("both_ways")
def forward_reads_and_leaves(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The forward network reads the padding, and leaves its states there.

    From step lengths[b] on hs is zero, and the end is the state before.
    """
    real = is_real(xs, lengths)
    ahead, end = walk(forward, xs, np.ones_like(real), h_0_forward)
    back, other_end = walk(backward, xs[::-1], real[::-1], h_0_backward)
    hs = np.concatenate([ahead, back[::-1] * real[:, :, None]], axis=2)
    return hs, np.hstack([end, other_end])


@wrong("both_ways")
def forward_reads_on(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The forward network reads the padding, so its end is wrong.

    Let a sequence keep its state from step lengths[b] on.
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, _, other_end = halves(*args)
    everything = np.ones_like(is_real(xs, lengths))
    _, end = walk(forward, xs, everything, h_0_forward)
    return join(xs, lengths, ahead, back, end, other_end)


@wrong("both_ways")
def not_turned_back(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The backward states stand in the order in which they were computed.

    Turn them round, so that hs[t] holds both states that have just read the same token.
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, *ends = halves(*args)
    places = np.arange(len(xs))[:, None]
    turned = np.where(places < lengths, lengths - 1 - places, places)
    return join(xs, lengths, ahead, back[turned, np.arange(len(lengths))], *ends)


@wrong("both_ways")
def backward_half_first(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The halves are swapped: the forward one comes first."""
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, end, other_end = halves(*args)
    return join(xs, lengths, back, ahead, other_end, end)


@wrong("both_ways")
def steps_swapped(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The two steps are swapped: `forward` reads from the first token on."""
    args = backward, forward, xs, lengths, h_0_forward, h_0_backward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def end_is_the_last_row(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The backward half of your ends is that at the last token: it has read one.

    It has read everything at t = 1.
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, end, _ = halves(*args)
    return join(
        xs, lengths, ahead, back, end, back[lengths - 1, np.arange(len(lengths))]
    )


@wrong("both_ways")
def ends_are_rows_of_hs(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Your ends are hs[-1] and hs[0], and hs[-1] is zero for a sequence that has ended.

    Take the forward half at each sequence's own last token.
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    hs, _ = join(xs, lengths, *halves(*args))
    H = h_0_forward.shape[1]
    return hs, np.hstack([hs[-1, :, :H], hs[0, :, H:]])


@wrong("both_ways")
def added_up(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The two halves are added: put them side by side, 2H numbers."""
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, end, other_end = halves(*args)
    return (ahead + back) * is_real(xs, lengths)[:, :, None], end + other_end


@wrong("both_ways")
def backward_reads_forward(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The backward network reads the forward states, as a second layer would.

    Both read the inputs; in a layer no information goes from one to the other.
    """
    real = is_real(xs, lengths)
    ahead, end = walk(forward, xs, real, h_0_forward)
    back, other_end = walk(backward, ahead[::-1], real[::-1], h_0_backward)
    return join(xs, lengths, ahead, back[::-1], end, other_end)


@wrong("both_ways")
def backward_starts_at_the_end(
    forward, backward, xs, lengths, h_0_forward, h_0_backward
):
    """The backward network starts from the forward network's end.

    It has a start state of its own, h_0_backward.
    """
    _, _, end, _ = halves(forward, backward, xs, lengths, h_0_forward, h_0_backward)
    args = forward, backward, xs, lengths, h_0_forward, end
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def starts_from_zeros(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Both networks start from zeros instead of from their start states."""
    args = forward, backward, xs, lengths, 0 * h_0_forward, 0 * h_0_backward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def forward_starts_from_zeros(
    forward, backward, xs, lengths, h_0_forward, h_0_backward
):
    """The forward network starts from zeros instead of from h_0_forward."""
    args = forward, backward, xs, lengths, 0 * h_0_forward, h_0_backward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def backward_starts_from_zeros(
    forward, backward, xs, lengths, h_0_forward, h_0_backward
):
    """The backward network starts from zeros instead of from h_0_backward."""
    args = forward, backward, xs, lengths, h_0_forward, 0 * h_0_backward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def one_start_for_both(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Both networks start from h_0_forward; the backward one has h_0_backward."""
    args = forward, backward, xs, lengths, h_0_forward, h_0_forward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def stops_with_the_shortest(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """All sequences stop where the shortest one ends.

    Test t < lengths for each sequence apart.
    """
    shortest = np.full_like(lengths, lengths.min())
    args = forward, backward, xs, shortest, h_0_forward, h_0_backward
    return join(xs, shortest, *halves(*args))


@wrong("both_ways")
def steps_by_name(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """You call `halving` and `flipping` by name.

    The steps are arguments: call `forward` and `backward`.
    """
    args = halving, flipping, xs, lengths, h_0_forward, h_0_backward
    return join(xs, lengths, *halves(*args))


@wrong("both_ways")
def size_of_the_inputs(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """You take H from the inputs; they have D numbers, which may be others than H.

    The start states have H numbers each.
    """
    (T, B, H), real = xs.shape, is_real(xs, lengths)
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, *ends = halves(*args)
    hs = np.zeros((T, B, 2 * H))
    for t in range(T):
        hs[t, :, :H] = ahead[t] * real[t][:, None]
        hs[t, :, H:] = back[t] * real[t][:, None]
    return hs, np.hstack(ends)


@wrong("both_ways")
def start_written_over(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """The numbers are right, but the start states were written over.

    `h_t = h_0_forward` is no copy: take h_0_forward.copy().
    """
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    ahead, back, end, other_end = halves(*args)
    h_0_forward[:], h_0_backward[:] = end, other_end
    return join(xs, lengths, ahead, back, end, other_end)
