r"""The LSTM, forward and backward, in NumPy, as the derivation reads.

- ``network``: the weights, the equations and the forward pass.
- ``gradient``: each gate's gradient, and backpropagation through time.

Variants of the cell (without a forget gate, coupled, with peepholes) are in ``gated``;
autograd differentiates those.
"""

from throughtime.bptt.lstm.gradient import (
    Gradients,
    backward,
    backward_step,
    cell_jacobian,
)
from throughtime.bptt.lstm.network import Trace, Weights, forward

__all__ = [
    "Gradients",
    "Trace",
    "Weights",
    "backward",
    "backward_step",
    "cell_jacobian",
    "forward",
]
