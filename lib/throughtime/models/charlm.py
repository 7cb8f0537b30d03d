r"""A model of the next character (or word)."""

from typing import Any

import torch
from torch import Tensor, nn

from throughtime.models.parts import check_ids, make_cell, select
from throughtime.text import one_hot


class CharLM(nn.Module):
    r"""Predict the next token from all that came before.

    .. math::
        h_t = \mathrm{cell}(x_t, h_{t-1}), \quad o_t = W_{hy} h_t + b_y

    Args:
        V: Size of the vocabulary.
        H: Size of the state.
        cell: ``"RNN"``, ``"LSTM"``, ``"GRU"`` or ``"MUT3"``.
        num_layers: How many layers.
        embedding_size: D of learnt vectors for the tokens; None feeds one-hot vectors,
            which is the same as learning W_x's columns as embeddings.
        dropout: Between layers, and on the last layer's states.
        **options: Of the layer, as ``recurrent_dropout``.

    Source:
        Mikolov et al. (2010); Graves (2013); book/03_characters.
    """

    def __init__(
        self,
        V: int,
        H: int,
        cell: str = "LSTM",
        num_layers: int = 1,
        *,
        embedding_size: int | None = None,
        dropout: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__()
        self.V = V
        self.embedding = nn.Embedding(V, embedding_size) if embedding_size else None
        between = dropout if num_layers > 1 else 0.0
        D = embedding_size or V
        self.cell = make_cell(cell, D, H, num_layers, dropout=between, **options)
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(H, V)

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        r"""Read a batch of texts, and predict what follows each token.

        Args:
            ids: Shape ``(T, B)``.
            state: As of the layer; zeros without it.

        Returns:
            Logits of the next token, shape ``(T, B, V)``, and the state.

        Raises:
            ShapeError: ``ids`` is not of shape ``(T, B)``.
            KindError: ``ids`` does not hold integers.
            VocabularyError: An id is not from 0 to V - 1 (one-hot vectors only).
        """
        check_ids("ids", ids, "T B")
        dtype = self.readout.weight.dtype
        xs = self.embedding(ids) if self.embedding else one_hot(ids, self.V, dtype)
        hs, state = self.cell(xs, state)
        return self.readout(self.dropout(hs)), state

    def start(self, ids: Tensor) -> tuple[Tensor, Any]:
        r"""Read a beginning; return its last token, ``(B,)``, and the state before it.

        These two are what ``decode`` begins with.

        Args:
            ids: Shape ``(T, B)``.
        """
        check_ids("ids", ids, "T B")
        state = self(ids[:-1])[1] if len(ids) > 1 else self._zeros(ids.shape[1])
        return ids[-1], state

    def step(self, ids: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read one token a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        logits, state = self(ids[None], state)
        return logits[0], state

    def select(self, state: Any, rows: Tensor) -> Any:
        """Return the state of some rows of the batch."""
        return select(state, rows)

    def _zeros(self, B: int) -> Any:
        weight, cell = self.readout.weight, self.cell
        h = weight.new_zeros(cell.num_layers, B, cell.hidden_size)
        return (h, torch.zeros_like(h)) if cell.has_cell else h
