r"""Answer a question about a picture, with one of the words that are offered."""

import torch
from torch import Tensor, nn

from throughtime.errors import KindError, ThroughTimeError
from throughtime.layers import LSTM
from throughtime.models.attention import Attention
from throughtime.models.generator import check_ids
from throughtime.models.picture import SmallCNN
from throughtime.shapes import check_shape


class VQA(nn.Module):
    r"""Be a question read by an LSTM, a picture read by a CNN, and a choice.

    Args:
        V: Number of words in questions.
        V_answer: Number of words in answers.
        H: Number of hidden units.
        cnn: Makes the features; a :class:`SmallCNN` without it.
        embedding_size: Size D of the words' vectors.
        hops: How often to look: each look asks with the question and all that was seen
            before. With 0 there is no attention: the whole grid goes in as one vector.
        dropout: Before the answer.

    Raises:
        ThroughTimeError: ``hops`` is less than 0.

    Source:
        Antol et al. (2015); several looks: Yang et al. (2016); book/13_attention.
    """

    def __init__(
        self,
        V: int,
        V_answer: int,
        H: int = 128,
        *,
        cnn: SmallCNN | None = None,
        embedding_size: int = 48,
        hops: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if hops < 0:
            raise ThroughTimeError(f"hops is {hops}; wanted 0 or more. Try hops=2.")
        self.V, self.V_answer = V, V_answer
        self.cnn = cnn if cnn is not None else SmallCNN()
        C = self.cnn.C
        self.embed = nn.Embedding(V, embedding_size)
        self.layer = LSTM(embedding_size, H)
        self.looks = nn.ModuleList(Attention(H, C) for _ in range(hops))
        self.merge = nn.ModuleList(nn.Linear(H + C, H) for _ in range(hops))
        self.flat = nn.Linear(self.cnn.G**2 * C, H) if hops == 0 else None
        self.answer = nn.Sequential(
            nn.Linear(H + (0 if hops else H), H),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(H, V_answer),
        )

    def forward(
        self,
        images: Tensor,
        ids: Tensor,
        mask: Tensor | None = None,
        offered: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        r"""Answer one question a picture.

        Args:
            images: Shape ``(B, 3, side, side)``.
            ids: Questions, int64 of shape ``(T, B)``.
            mask: True for a real word, shape ``(T, B)``.
            offered: True for an answer that may be chosen, bool, ``(B, V_answer)``;
                the logits of the others are -inf. All without it.

        Returns:
            Logits, shape ``(B, V_answer)``, and where it looked, ``(hops, B, G, G)``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Ids that are not int64, or a mask that is not boolean.
            VocabularyError: An id is not from 0 to V - 1.
        """
        check_ids("ids", ids, "T B", self.V, B=len(images))
        grid = self.cnn(images)
        _, (h, _) = self.layer(self.embed(ids), mask=mask)
        logits, maps = self._look(h[-1], grid)
        if offered is not None:
            check_shape("offered", offered, "B V", B=len(images), V=self.V_answer)
            if offered.dtype != torch.bool:
                raise KindError(
                    f"offered holds {offered.dtype}; wanted booleans. "
                    "Try offered.bool()."
                )
            logits = logits.masked_fill(~offered, -torch.inf)
        return logits, maps

    def _look(self, query: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
        B, G, _, _ = grid.shape
        maps = grid.new_zeros(len(self.looks), B, G, G)
        if self.flat is not None:
            seen = torch.relu(self.flat(grid.flatten(1)))
            return self.answer(torch.cat([query, seen], dim=-1)), maps
        features, weights = grid.flatten(1, 2), []
        for look, merge in zip(self.looks, self.merge, strict=True):
            z, alpha = look(query, features, look.keys(features))
            query = query + torch.tanh(merge(torch.cat([query, z], dim=-1)))
            weights.append(alpha.unflatten(1, (G, G)))
        return self.answer(query), torch.stack(weights)
