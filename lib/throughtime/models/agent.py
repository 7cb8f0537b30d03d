r"""Be told the way, see, and move."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from throughtime.gated import lstm_step
from throughtime.layers import LSTM
from throughtime.models.attention import Attention
from throughtime.models.generator import check_ids, select_rows
from throughtime.shapes import check_shape


class AgentState(NamedTuple):
    """Hold what an agent knows before a step; rows come first."""

    hidden: tuple[Tensor, Tensor]
    """h and c, ``(B, H)``."""
    features: Tensor
    """What the encoder says of each word, ``(B, W, 2H)``."""
    keys: Tensor
    """What the attention compares, ``(B, W, A)``."""
    real: Tensor
    """True for a real word, ``(B, W)``."""
    told: Tensor
    """The words that the last look gave, ``(B, 2H)``."""
    map: Tensor
    """Where it looked in the words, ``(B, W)``, of sum 1."""


class Agent(nn.Module):
    r"""Be an encoder of words, and a decoder that sees, moves and sees again.

    Each step compares what is seen with the words last looked at, then looks at the
    words anew:

    .. math::
        s_t &= \tanh(W_s v_t + b_s), \quad
        m_t = s_t \odot \tanh(W_m z_{t-1} + b_m) \\
        h_t &= \mathrm{LSTM}([a_{t-1}, s_t, m_t, z_{t-1}], h_{t-1}), \quad
        z_t = \mathrm{attention}(h_t, f) \\
        o_t &= W_{hy} h_t + W_{zy} z_t + b_y

    Args:
        V: Number of words.
        view_size: Size of a view v_t.
        H: Number of hidden units of the decoder, and of each encoder direction.
        actions: Number of actions A; ids of the action before are 0 to A, the last
            for "none yet".
        embedding_size: Size D of the words' vectors.

    Source:
        After Anderson et al. (2018), with a product of view and words;
        book/13_dialog.
    """

    def __init__(
        self,
        V: int,
        view_size: int,
        H: int = 64,
        *,
        actions: int = 4,
        embedding_size: int = 24,
    ) -> None:
        super().__init__()
        self.V, self.view_size, self.actions = V, view_size, actions
        self.embed = nn.Embedding(V, embedding_size)
        self.embed_action = nn.Embedding(actions + 1, 8)
        self.encoder = LSTM(embedding_size, H, bidirectional=True)
        self.attention = Attention(H, 2 * H, H)
        self.begin = nn.Linear(2 * H, H)
        self.see = nn.Linear(view_size, H)
        self.match = nn.Linear(2 * H, H)
        # The layer only holds the weights: attention needs h between two steps.
        self.layer = LSTM(8 + 4 * H, H)
        self.output = nn.Linear(3 * H, actions)

    def forward(
        self, views: Tensor, before: Tensor, words: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Return logits and maps along a way that is given.

        Args:
            views: What is seen before each action, ``(T, B, view_size)``.
            before: The action before each, int64, ``(T, B)``.
            words: What is told, int64, ``(W, B)``.
            mask: True for a real word, bool, ``(W, B)``.

        Returns:
            Logits, ``(T, B, actions)``, and maps over the words, ``(T, B, W)``.

        Raises:
            ShapeError: The sizes do not agree, or W, T or B is 0.
            KindError: Ids that are not int64, or a mask that is not boolean.
            VocabularyError: An id out of range.
        """
        state = self.start(words, mask)
        B = words.shape[1]
        T, _, _ = check_shape("views", views, "T B D", B=B, D=self.view_size)
        check_shape("before", before, "T B", T=T, B=B)
        logits, maps = [], []
        for seen, action in zip(views, before, strict=True):
            said, state = self.step(seen, action, state)
            logits.append(said)
            maps.append(state.map)
        return torch.stack(logits), torch.stack(maps)

    def start(self, words: Tensor, mask: Tensor | None = None) -> AgentState:
        r"""Read what is told; return the state before the first step."""
        check_ids("words", words, "W B", self.V)
        hs, (ends, _) = self.encoder(self.embed(words), mask=mask)
        features = hs.transpose(0, 1)
        real = torch.ones_like(words, dtype=torch.bool) if mask is None else mask
        h_0 = torch.tanh(self.begin(ends.transpose(0, 1).flatten(1)))
        keys = self.attention.keys(features)
        told, looked = self.attention(h_0, features, keys, real.T)
        hidden = (h_0, torch.zeros_like(h_0))
        return AgentState(hidden, features, keys, real.T, told, looked)

    def step(
        self, seen: Tensor, before: Tensor, state: AgentState
    ) -> tuple[Tensor, AgentState]:
        r"""See ``(B, view_size)``, after an action ``(B,)``; return logits, state."""
        check_ids("before", before, "B", self.actions + 1)
        s = torch.tanh(self.see(seen))
        m = s * torch.tanh(self.match(state.told))
        x_t = torch.cat([self.embed_action(before), s, m, state.told], dim=-1)
        hidden = lstm_step(x_t, state.hidden, *self.layer.weights("_l0").values())
        told, looked = self.attention(hidden[0], state.features, state.keys, state.real)
        after = state._replace(hidden=hidden, told=told, map=looked)
        return self.output(torch.cat([hidden[0], told], dim=-1)), after

    def select(self, state: AgentState, rows: Tensor) -> AgentState:
        r"""Return the state of some rows."""
        return select_rows(state, rows)
