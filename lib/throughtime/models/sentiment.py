r"""A judgement of a whole sentence: many to one."""

from typing import Any

import torch
from torch import Tensor, nn

from throughtime.errors import ThroughTimeError
from throughtime.models.parts import check_ids, make_cell
from throughtime.unroll import last_real


class SentimentLSTM(nn.Module):
    r"""Read words, and say how a sentence is meant.

    Args:
        V: Size of the vocabulary.
        D: Size of the word vectors.
        H: Size of the state.
        classes: How many judgements there are.
        cell: ``"RNN"``, ``"LSTM"``, ``"GRU"`` or ``"MUT3"``.
        pool: ``"last"``: the state at each row's last real token (of the backward
            direction: at its first); ``"mean"``: the mean of its real states.
        dropout: On what the readout sees.
        **options: Of the layer, as ``bidirectional``, ``recurrent_dropout``.

    Source:
        book/09_words.
    """

    def __init__(
        self,
        V: int,
        D: int = 32,
        H: int = 32,
        classes: int = 2,
        cell: str = "LSTM",
        *,
        pool: str = "last",
        dropout: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__()
        if pool not in ("last", "mean"):
            raise ThroughTimeError(
                f"pool is {pool!r}; wanted 'last' or 'mean'. Try pool='last'."
            )
        self.pool = pool
        self.embedding = nn.Embedding(V, D)
        self.cell = make_cell(cell, D, H, **options)
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(H * self.cell.directions, classes)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        r"""Return logits of the judgements, shape ``(B, classes)``.

        Args:
            ids: Words, shape ``(T, B)``.
            mask: True for a real word, shape ``(T, B)``; padding comes after them.

        Raises:
            ShapeError: The sizes do not agree, or a row has no real word.
            KindError: ``ids`` does not hold integers, or ``mask`` not booleans.
        """
        T, B = check_ids("ids", ids, "T B")
        if mask is None:
            mask = torch.ones(T, B, dtype=torch.bool, device=ids.device)
        hs, _ = self.cell(self.embedding(ids), mask=mask)
        return self.readout(self.dropout(self._pool(hs, mask)))

    def _pool(self, hs: Tensor, mask: Tensor) -> Tensor:
        if self.pool == "mean":
            real = mask[..., None]
            return (hs * real).sum(0) / real.sum(0)
        H = self.cell.hidden_size
        ends = [last_real(hs[..., :H].contiguous(), mask)]
        if self.cell.bidirectional:
            ends.append(hs[0, :, H:])
        return torch.cat(ends, dim=-1)
