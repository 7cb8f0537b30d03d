"""The functions that locked cells of a2 give to students, for the answers to use."""

import numpy as np

inputs = np.array([[1.0], [0.0], [-1.0], [0.5]])
wanted_outputs = np.array([[0.5], [0.0], [1.0], [-0.5]])


def run(weights):
    """Return h_0 to h_T, and how far each output is from the wanted one."""
    hs, gaps = [np.zeros(len(weights["b_h"]))], []
    for x_t, y_t in zip(inputs, wanted_outputs, strict=True):
        a_t = weights["W_xh"] @ x_t + weights["W_hh"] @ hs[-1] + weights["b_h"]
        hs.append(np.tanh(a_t))
        gaps.append(weights["W_hy"] @ hs[-1] - y_t)
    return hs, gaps


def squared_loss(weights):
    """Return the loss: half the sum of the squared gaps."""
    return float(np.square(run(weights)[1]).sum()) / 2


def cubes(weights):
    """Return the sum of the cubes of all numbers, of any arrays."""
    return float(sum(np.sum(W**3) for W in weights.values()))
