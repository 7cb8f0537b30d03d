"""Functions that many of the known answers share."""

import numpy as np


def logistic(a):
    """Return 1 / (1 + e^-a), without an overflow."""
    return (1 + np.tanh(a / 2)) / 2
