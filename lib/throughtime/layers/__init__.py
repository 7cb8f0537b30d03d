r"""Recurrent layers, called like those of ``torch.nn``, with time first.

- ``checks``: what a layer may be made with.
- ``recurrent``: what all layers share: stacks, two directions, masks, dropout.
- ``cells``: ``RNN``, ``LSTM``, ``GRU``.
- ``relatives``: ``Residual``, ``MUT1``, ``MUT2``, ``MUT3``.
- ``linear``: ``MinGRU``, which is trained without a loop.
- ``attention``: ``SelfAttention``, whose state grows.
- ``rwkv``: ``TimeMixing`` and ``ChannelMixing``, the parts of an RWKV block.
- ``convert``: weights from ``torch.nn`` and back.
- ``initialise``: orthogonal, identity, a wanted spectral radius, the forget bias.

Those of ``cells`` and ``relatives`` train through :mod:`throughtime.bptt.functions`.
There is no ``batch_first``, no projection (``proj_size``) and no packed sequence:
ragged batches are padded, with a mask.
"""

from throughtime.layers.attention import SelfAttention, causal_attention
from throughtime.layers.cells import GRU, LSTM, RNN
from throughtime.layers.initialise import (
    init_forget_bias,
    init_identity,
    init_orthogonal,
    init_radius,
)
from throughtime.layers.linear import MinGRU
from throughtime.layers.recurrent import Recurrent
from throughtime.layers.relatives import MUT1, MUT2, MUT3, Residual
from throughtime.layers.rwkv import ChannelMixing, TimeMixing

__all__ = [
    "GRU",
    "LSTM",
    "MUT1",
    "MUT2",
    "MUT3",
    "RNN",
    "ChannelMixing",
    "MinGRU",
    "Recurrent",
    "Residual",
    "SelfAttention",
    "TimeMixing",
    "causal_attention",
    "init_forget_bias",
    "init_identity",
    "init_orthogonal",
    "init_radius",
]
