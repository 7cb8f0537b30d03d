r"""Read one sequence, and look back at it before every symbol that is written."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from throughtime.gated import gru_step
from throughtime.layers import GRU
from throughtime.models.attention import Attention
from throughtime.models.generator import check_ids, select_rows


class AlignedState(NamedTuple):
    """Hold what the decoder knows before a symbol; rows come first."""

    hidden: Tensor
    """The decoder's state h, ``(B, H)``."""
    features: Tensor
    """What the encoder says of each source symbol, ``(B, S, 2H)``."""
    keys: Tensor
    """What the attention compares, ``(B, S, A)``."""
    real: Tensor
    """True for a real source symbol, ``(B, S)``."""
    map: Tensor
    """Where the last step looked, ``(B, S)``, of sum 1; 0 before the first."""


class AttentiveSeq2Seq(nn.Module):
    r"""Be an encoder in both directions, and a decoder that looks at all its states.

    .. math::
        h_t = \mathrm{GRU}([y_{t-1}, z_t], h_{t-1}), \quad
        z_t = \mathrm{attention}(h_{t-1}, f), \quad
        o_t = W_{hy} h_t + W_{zy} z_t + b_y

    Args:
        V_source: Number of symbols that it reads.
        V_target: Number of symbols that it writes.
        H: Number of hidden units of the decoder, and of each encoder direction.
        embedding_size: Size D of the symbols' vectors; H without it.

    Source:
        Bahdanau, Cho and Bengio (2015); book/13_attention.
    """

    def __init__(
        self, V_source: int, V_target: int, H: int, embedding_size: int | None = None
    ) -> None:
        super().__init__()
        self.V_source, self.V_target = V_source, V_target
        D = embedding_size or H
        self.embed_source = nn.Embedding(V_source, D)
        self.embed_target = nn.Embedding(V_target, D)
        self.encoder = GRU(D, H, bidirectional=True)
        self.attention = Attention(H, 2 * H, H)
        self.begin = nn.Linear(2 * H, H)
        # The layer only holds the weights: attention needs h between two steps.
        self.decoder = GRU(D + 2 * H, H)
        self.output = nn.Linear(3 * H, V_target)

    def forward(
        self, source: Tensor, target: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Return logits and maps with the right symbols fed back.

        Args:
            source: What to read, int64, ``(S, B)``.
            target: What to feed: ``<START>`` and the answer without its end, int64,
                ``(T, B)``. The logits at t are those of the symbol after it.
            mask: True for a real symbol of the source, bool, ``(S, B)``.

        Returns:
            Logits, ``(T, B, V_target)``, and where it looked, ``(T, B, S)``.

        Raises:
            ShapeError: The sizes do not agree, or S, T or B is 0.
            KindError: Ids that are not int64, or a mask that is not boolean.
            VocabularyError: An id out of range.
        """
        state = self.start(source, mask)
        check_ids("target", target, "T B", self.V_target, B=source.shape[1])
        logits, maps = [], []
        for ids in target:
            said, state = self.step(ids, state)
            logits.append(said)
            maps.append(state.map)
        return torch.stack(logits), torch.stack(maps)

    def start(self, source: Tensor, mask: Tensor | None = None) -> AlignedState:
        r"""Read the source; return the state that the decoder begins with."""
        check_ids("source", source, "S B", self.V_source)
        hs, ends = self.encoder(self.embed_source(source), mask=mask)
        features = hs.transpose(0, 1)
        real = torch.ones_like(source, dtype=torch.bool) if mask is None else mask
        h_0 = torch.tanh(self.begin(ends.transpose(0, 1).flatten(1)))
        keys = self.attention.keys(features)
        unseen = features.new_zeros(features.shape[:2])
        return AlignedState(h_0, features, keys, real.T, unseen)

    def step(self, ids: Tensor, state: AlignedState) -> tuple[Tensor, AlignedState]:
        r"""Read one written symbol a row, ``(B,)``; return logits and the state."""
        check_ids("ids", ids, "B", self.V_target)
        z, alpha = self.attention(state.hidden, state.features, state.keys, state.real)
        x_t = torch.cat([self.embed_target(ids), z], dim=-1)
        hidden = gru_step(x_t, state.hidden, *self.decoder.weights("_l0").values())
        after = state._replace(hidden=hidden, map=alpha)
        return self.output(torch.cat([hidden, z], dim=-1)), after

    def select(self, state: AlignedState, rows: Tensor) -> AlignedState:
        r"""Return the state of some rows."""
        return select_rows(state, rows)
