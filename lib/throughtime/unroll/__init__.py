"""Any step, repeated through time: the forward loops of the torch code.

- ``loop``: ``unroll``, the one loop, and ``unroll_from``, which feeds itself.
- ``ragged``: masks from lengths, and the last real state of each row.
- ``bidirectional``: a second network that reads backwards.
- ``stack``: networks on top of each other, of one direction or of two.
- ``windows``: the state carried, the gradient cut.
- ``scan``: a recurrence without a nonlinearity, as a loop and as a tree.
- ``mixing``: RWKV's memory, as a loop, as a matrix and as a tree.

Everything else calls ``unroll``. It is made to be read; ``bptt`` has a faster twin of
each cell. There are no weights here, no dropout and no packed sequences: ragged batches
are padded, with a mask.
"""

from throughtime.unroll.bidirectional import unroll_backward, unroll_bidirectional
from throughtime.unroll.loop import State, Step, unroll, unroll_from
from throughtime.unroll.mixing import wkv_loop, wkv_matrix, wkv_scan
from throughtime.unroll.ragged import last_real, lengths_to_mask
from throughtime.unroll.scan import linear_loop, linear_scan
from throughtime.unroll.stack import unroll_bidirectional_stack, unroll_stack
from throughtime.unroll.windows import detach, unroll_windows

__all__ = [
    "State",
    "Step",
    "detach",
    "last_real",
    "lengths_to_mask",
    "linear_loop",
    "linear_scan",
    "unroll",
    "unroll_backward",
    "unroll_bidirectional",
    "unroll_bidirectional_stack",
    "unroll_from",
    "unroll_stack",
    "unroll_windows",
    "wkv_loop",
    "wkv_matrix",
    "wkv_scan",
]
