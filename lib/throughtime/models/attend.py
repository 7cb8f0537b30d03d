r"""Describe a picture, and look at it anew before every word."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from throughtime.gated import gru_step, lstm_step
from throughtime.models.attention import Attention
from throughtime.models.generator import (
    check_choice,
    check_ids,
    make_layer,
    select_rows,
)
from throughtime.models.picture import SmallCNN

STEPS = {"GRU": gru_step, "LSTM": lstm_step}


class AttentiveState(NamedTuple):
    """Hold what an attentive captioner knows before a word; rows come first."""

    hidden: Tensor | tuple[Tensor, Tensor]
    """h ``(B, H)``, or the pair (h, c)."""
    features: Tensor
    """Of the grid's cells, ``(B, G * G, C)``."""
    keys: Tensor
    """What the attention compares, ``(B, G * G, A)``."""
    seen: Tensor
    """What the last look gave, ``(B, C)``."""
    map: Tensor
    """Where the last step looked, ``(B, G, G)``, of sum 1; even before the first."""


class AttentiveCaptioner(nn.Module):
    r"""Be a captioner with soft attention over the grid of features.

    Each step first reads a word, then looks; what is seen, z_t, goes into the output
    beside the state, and into the next step:

    .. math::
        h_t &= \mathrm{cell}([x_t, z_{t-1}], h_{t-1}), \quad
        z_t = \mathrm{attention}(h_t, f) \\
        y_t &= W_{hy} h_t + W_{zy} z_t + b_y

    Xu et al. look before they read, with h_{t-1}; then the look cannot depend on the
    word that was just read.

    Args:
        V: Number of words.
        H: Number of hidden units.
        cell: ``"GRU"`` or ``"LSTM"``.
        cnn: Makes the features; a :class:`SmallCNN` without it.
        embedding_size: Size D of the words' vectors.
        attention_size: Size A of the network that scores cells.
        dropout: On h_t where it goes into the output.

    Raises:
        ThroughTimeError: No such cell.

    Source:
        Xu et al. (2015); book/13_attention.
    """

    def __init__(
        self,
        V: int,
        H: int = 128,
        cell: str = "GRU",
        *,
        cnn: SmallCNN | None = None,
        embedding_size: int = 48,
        attention_size: int = 64,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_choice("cell", cell, tuple(STEPS))
        self.V = V
        self.cnn = cnn if cnn is not None else SmallCNN()
        C = self.cnn.C
        self.embed = nn.Embedding(V, embedding_size)
        self.attention = Attention(H, C, attention_size)
        # The layer only holds the weights: attention needs h between two steps.
        self.layer = make_layer(cell, embedding_size + C, H)
        self.cell_step = STEPS[cell]
        self.begin = nn.Linear(C, H)
        self.drop = nn.Dropout(dropout)
        self.output = nn.Linear(H + C, V)

    def forward(self, images: Tensor, captions: Tensor) -> tuple[Tensor, Tensor]:
        r"""Return logits and maps with the right words fed back.

        Args:
            images: Shape ``(B, 3, side, side)``.
            captions: ``<START>`` and the words, int64, ``(T, B)``.

        Returns:
            Logits, shape ``(T, B, V)``: at t those of the word after ``captions[t]``;
            and where the model looked for it, shape ``(T, B, G, G)``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: The ids are not int64, or the images not floating-point.
            VocabularyError: An id is not from 0 to V - 1.
        """
        state = self.start(images)
        check_ids("captions", captions, "T B", self.V, B=len(images))
        seen, maps = [], []
        for words in self.embed(captions).unbind(0):
            h_and_z, state = self._advance(words, state)
            seen.append(h_and_z)
            maps.append(state.map)
        return self.output(torch.stack(seen)), torch.stack(maps)

    def start(self, images: Tensor) -> AttentiveState:
        r"""Look at pictures; return the state before ``<START>``."""
        grid = self.cnn(images)
        features = grid.flatten(1, 2)
        most = features.amax(1)  # a thing counts alike, however small it is
        h_0 = torch.tanh(self.begin(most))
        hidden = (h_0, torch.zeros_like(h_0)) if self.layer.has_cell else h_0
        even = torch.full_like(grid[..., 0], self.cnn.G**-2)
        return AttentiveState(
            hidden, features, self.attention.keys(features), most, even
        )

    def step(self, ids: Tensor, state: AttentiveState) -> tuple[Tensor, AttentiveState]:
        r"""Read one word a row, ``(B,)``.

        Returns:
            Logits ``(B, V)``, and the state, whose ``map`` says where the model looked
            for them.
        """
        check_ids("ids", ids, "B", self.V)
        h_and_z, state = self._advance(self.embed(ids), state)
        return self.output(h_and_z), state

    def select(self, state: AttentiveState, rows: Tensor) -> AttentiveState:
        r"""Return the state of some rows."""
        return select_rows(state, rows)

    def _advance(
        self, words: Tensor, state: AttentiveState
    ) -> tuple[Tensor, AttentiveState]:
        """Take one step; return h_t and z_t side by side, and the state."""
        x_t = torch.cat([words, state.seen], dim=-1)
        hidden = self.cell_step(x_t, state.hidden, *self.layer.weights("_l0").values())
        h = hidden[0] if self.layer.has_cell else hidden
        z, weights = self.attention(h, state.features, state.keys)
        looked = weights.unflatten(1, (self.cnn.G, self.cnn.G))
        after = state._replace(hidden=hidden, seen=z, map=looked)
        return torch.cat([self.drop(h), z], dim=-1), after
