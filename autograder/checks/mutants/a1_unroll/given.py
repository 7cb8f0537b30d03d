"""The functions that locked cells of a1 give to students, for the answers to use."""

import numpy as np


def delay_step(x_t, h_prev):
    """Put x_t in front of the state, and drop what no longer fits."""
    return np.hstack([x_t, h_prev])[:, : h_prev.shape[1]]


def tiny_network(letter, h_prev):
    """Read a letter; return the logits of the next one, and the new state."""
    h_t = h_prev / 2
    h_t[letter] += 1
    return 3 * np.roll(h_t, 1) - 2 * h_t, h_t
