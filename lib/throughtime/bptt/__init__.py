r"""Backpropagation through time: the derivation, to be read, and its fast twin.

- ``elman``: the Elman network, its loss and its gradients, in NumPy, line by line.

What is here without a submodule's name is the Elman network's.
"""

from throughtime.bptt.elman import (
    Gradients,
    Trace,
    Weights,
    backward,
    forward,
    softmax,
)

__all__ = ["Gradients", "Trace", "Weights", "backward", "forward", "softmax"]
