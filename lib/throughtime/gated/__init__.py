r"""One step in time of the gated cells: pure functions on tensors, as in ``cells``.

- ``gates``: sigma and the cell functions, blocks that are stacked in one matrix, and
  the checks that all steps share.
- ``lstm``: the LSTM with each gate optional, coupled gates and peepholes; the residual
  cell, which is what remains without gates.
- ``gru``: the GRU in its four conventions.
- ``mutants``: MUT1, MUT2 and MUT3.
- ``linear``: the minimal GRU, whose gate does not see the state.
- ``wkv``: RWKV's memory, in its stable form.

A gate's rows lie in one block of W_x, W_h and b, so that each is used in one product.
``lstm_blocks``, ``GRU_BLOCKS`` and ``MUT1_BLOCKS`` to ``MUT3_BLOCKS`` say which blocks
there are, and in which order. Not here: loops (``unroll``, and fast ones in ``bptt``),
blocks of several cells, and gates that see the gates of the step before.
"""

from throughtime.gated.gates import CELL_FUNCTIONS, SIGMAS, Blocks
from throughtime.gated.gru import GRU_BLOCKS, gru_step
from throughtime.gated.linear import MIN_GRU_BLOCKS, min_gru_step
from throughtime.gated.lstm import (
    lstm_blocks,
    lstm_peepholes,
    lstm_step,
    residual_step,
)
from throughtime.gated.mutants import (
    MUT1_BLOCKS,
    MUT2_BLOCKS,
    MUT3_BLOCKS,
    mut1_step,
    mut2_step,
    mut3_step,
)
from throughtime.gated.wkv import WKVState, wkv_join, wkv_read, wkv_start, wkv_step

__all__ = [
    "CELL_FUNCTIONS",
    "GRU_BLOCKS",
    "MIN_GRU_BLOCKS",
    "MUT1_BLOCKS",
    "MUT2_BLOCKS",
    "MUT3_BLOCKS",
    "SIGMAS",
    "Blocks",
    "WKVState",
    "gru_step",
    "lstm_blocks",
    "lstm_peepholes",
    "lstm_step",
    "min_gru_step",
    "mut1_step",
    "mut2_step",
    "mut3_step",
    "residual_step",
    "wkv_join",
    "wkv_read",
    "wkv_start",
    "wkv_step",
]
