r"""The GRU, forward and backward, in NumPy, as the derivation reads.

- ``network``: the weights, the equations and the forward pass.
- ``gradient``: each gate's gradient, and backpropagation through time.

Both places of the reset and both meanings of z are here; ``forward`` is told which, and
the trace tells ``backward``.
"""

from throughtime.bptt.gru.gradient import Gradients, backward, backward_step
from throughtime.bptt.gru.network import Trace, Weights, forward

__all__ = ["Gradients", "Trace", "Weights", "backward", "backward_step", "forward"]
