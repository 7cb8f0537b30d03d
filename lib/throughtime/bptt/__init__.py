r"""Backpropagation through time: the derivation, to be read, and its fast twin.

- ``elman``: the Elman network, its loss and its gradients, in NumPy, line by line.
- ``lstm``: the same for the LSTM, with the Jacobian of its cell state.
- ``gru``: the same for the GRU, reset before or after, z keeps or writes.
- ``loss``: what the three share: softmax with cross-entropy, and the checks.
- ``functions``: the derivation as ``torch.autograd.Function``, for speed.

What is here without a submodule's name is the Elman network's. Other cells have no
derivation here: autograd differentiates them.
"""

from throughtime.bptt import elman, gru, lstm
from throughtime.bptt.elman import Gradients, Trace, Weights, backward, forward
from throughtime.bptt.loss import softmax

__all__ = [
    "Gradients",
    "Trace",
    "Weights",
    "backward",
    "elman",
    "forward",
    "gru",
    "lstm",
    "softmax",
]
