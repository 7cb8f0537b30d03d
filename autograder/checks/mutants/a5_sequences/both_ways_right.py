"""Right answers to question 3, and the two walks that the wrong ones share."""

import numpy as np
import torch

from checks.mutants.a5_sequences.given import flipping, halving  # noqa: F401 (by name)
from examiner.answers import right


def walk(step, xs, real, h_t):
    """Return the states of one direction, kept through padding, and the last."""
    hs = []
    for x_t, now in zip(xs, real, strict=True):
        h_t = np.where(now[:, None], step(x_t, h_t), h_t)
        hs.append(h_t)
    return np.array(hs), h_t


def is_real(xs, lengths):
    """Return the mask (T, B)."""
    return np.arange(len(xs))[:, None] < lengths


def halves(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Return both directions' states, in page order, and both ends."""
    real = is_real(xs, lengths)
    ahead, end = walk(forward, xs, real, h_0_forward)
    back, other_end = walk(backward, xs[::-1], real[::-1], h_0_backward)
    return ahead, back[::-1], end, other_end


def join(xs, lengths, ahead, back, end, other_end):
    """Put both halves side by side, with zeros at the padding."""
    hs = np.concatenate([ahead, back], axis=2) * is_real(xs, lengths)[:, :, None]
    return hs, np.hstack([end, other_end])


@right("both_ways", "two_walks")
def both_ways_two_walks(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Walk there, and walk back through the padding."""
    args = forward, backward, xs, lengths, h_0_forward, h_0_backward
    return join(xs, lengths, *halves(*args))


@right("both_ways", "one_by_one")
def both_ways_one_by_one(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Cut each sequence to its length, and run it alone."""
    (T, B, _), H = xs.shape, h_0_forward.shape[1]
    hs, ends = np.zeros((T, B, 2 * H)), np.zeros((B, 2 * H))
    for b, n in enumerate(lengths):
        h = h_0_forward[b : b + 1]
        for t in range(n):
            h = forward(xs[t, b : b + 1], h)
            hs[t, b, :H] = h[0]
        ends[b, :H] = h[0]
        h = h_0_backward[b : b + 1]
        for t in range(n - 1, -1, -1):
            h = backward(xs[t, b : b + 1], h)
            hs[t, b, H:] = h[0]
        ends[b, H:] = h[0]
    return hs, ends


@right("both_ways", "turned_by_length")
def both_ways_turned_by_length(
    forward, backward, xs, lengths, h_0_forward, h_0_backward
):
    """Turn each sequence round within its length, so that padding stays at the end."""
    T, B, _ = xs.shape
    places = np.arange(T)[:, None]
    turned = np.where(places < lengths, lengths - 1 - places, places)
    real, columns = places < lengths, np.arange(B)
    ahead, end = walk(forward, xs, real, h_0_forward)
    back, other_end = walk(backward, xs[turned, columns], real, h_0_backward)
    return join(xs, lengths, ahead, back[turned, columns], end, other_end)


@right("both_ways", "torch")
def both_ways_torch(forward, backward, xs, lengths, h_0_forward, h_0_backward):
    """Compute with torch, and return lists."""
    real = (torch.arange(len(xs))[:, None] < torch.tensor(lengths))[:, :, None]
    inputs, results, ends = torch.tensor(xs), [], []
    for step, start, turn in (
        (forward, h_0_forward, False),
        (backward, h_0_backward, True),
    ):
        h, states = torch.tensor(start), []
        for t in sorted(range(len(xs)), reverse=turn):
            h = torch.where(real[t], step(inputs[t], h), h)
            states.append(h)
        states = torch.stack(states[::-1] if turn else states)
        results.append(torch.where(real, states, torch.zeros_like(states)))
        ends.append(h)
    return torch.cat(results, dim=2).tolist(), torch.cat(ends, dim=1).tolist()
