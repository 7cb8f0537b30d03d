r"""Follow a dialog about a picture, and answer each of its questions."""

import torch
from torch import Tensor, nn

from throughtime.errors import KindError
from throughtime.layers import LSTM
from throughtime.models.attention import Attention
from throughtime.models.generator import check_ids
from throughtime.shapes import check_shape


class DialogReader(nn.Module):
    r"""Be an LSTM that reads on from question to question, and looks at each.

    The state after a question's mark asks the picture; nothing but this state carries
    what was said before.

    .. math::
        s_t &= \mathrm{LSTM}(x_t, s_{t-1}), \quad u_0 = h_t \text{ where asked} \\
        z_k &= \mathrm{attention}_k(u_{k-1}, f), \quad
        u_k = u_{k-1} + \tanh(W_k [u_{k-1}, z_k] + b_k)

    Args:
        V: Number of words.
        V_answer: Number of words in answers.
        C: Size of a feature of the picture.
        H: Number of hidden units.
        embedding_size: Size D of the words' vectors.
        hops: How often to look for one answer, 1 or more.

    Source:
        For dialogs as those of Das et al. (2017), whose encoders keep question and
        history apart; book/13_dialog.
    """

    def __init__(
        self,
        V: int,
        V_answer: int,
        C: int,
        H: int = 96,
        *,
        embedding_size: int = 32,
        hops: int = 2,
    ) -> None:
        super().__init__()
        self.V, self.V_answer, self.C = V, V_answer, C
        self.embed = nn.Embedding(V, embedding_size)
        self.layer = LSTM(embedding_size, H)
        self.looks = nn.ModuleList(Attention(H, C) for _ in range(hops))
        self.merge = nn.ModuleList(nn.Linear(H + C, H) for _ in range(hops))
        self.answer = nn.Sequential(nn.Linear(H, H), nn.ReLU(), nn.Linear(H, V_answer))

    def forward(
        self,
        features: Tensor,
        ids: Tensor,
        asked: Tensor,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        r"""Answer every question of B rows.

        Args:
            features: Of each row's picture, N cells, ``(B, N, C)``.
            ids: What is said, int64, ``(T, B)``.
            asked: True where an answer is due, bool, ``(T, B)``, n times in all.
            mask: True for a real word, ``(T, B)``.

        Returns:
            Logits, ``(n, V_answer)``, in the order of ``ids[asked]``; and where it
            looked, ``(hops, n, N)``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Ids that are not int64, or ``asked`` that is not boolean.
            VocabularyError: An id is not from 0 to V - 1.
        """
        B, _, _ = check_shape("features", features, "B N C", C=self.C)
        T, _ = check_shape("ids", ids, "T B", B=B)
        check_ids("ids", ids, "T B", self.V)
        check_shape("asked", asked, "T B", T=T, B=B)
        if asked.dtype != torch.bool:
            raise KindError(
                f"asked holds {asked.dtype}; wanted booleans. Try asked.bool()."
            )
        hs, _ = self.layer(self.embed(ids), mask=mask)
        query, rows, maps = hs[asked], asked.nonzero()[:, 1], []
        for look, merge in zip(self.looks, self.merge, strict=True):
            keys = look.keys(features)[rows]
            z, alpha = look(query, features[rows], keys)
            query = query + torch.tanh(merge(torch.cat([query, z], dim=-1)))
            maps.append(alpha)
        return self.answer(query), torch.stack(maps)
