r"""A picture in, a sentence out, with a look at the picture for each word."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from throughtime.gated import gru_step
from throughtime.layers import GRU
from throughtime.models.cnn import SmallCNN
from throughtime.models.parts import check_ids
from throughtime.shapes import check_shape


class Looking(NamedTuple):
    """Hold the state of a caption that is being written, rows first."""

    h: Tensor  # (B, H)
    seen: Tensor  # (B, C), what the last look gave
    features: Tensor  # (B, cells, C)
    keys: Tensor  # (B, cells, A)
    map: Tensor  # (B, cells), where it looked


class AttentiveCaptioner(nn.Module):
    r"""Write a sentence about a picture, and look at it again before each word.

    .. math::
        h_t &= \mathrm{GRU}([x_t; v_{t-1}], h_{t-1}) \\
        e_{t,j} &= w^\top \tanh(W_q h_t + W_k f_j), \quad
        \alpha_t = \mathrm{softmax}(e_t), \quad v_t = \sum_j \alpha_{t,j} f_j \\
        o_t &= W_{hy} [h_t; v_t] + b_y

    The look comes after the word is read, so that it can depend on it; f_j is the
    feature of cell j plus a learnt vector for its place.

    Args:
        V: Size of the vocabulary.
        D: Size of the word vectors.
        H: Size of the state.
        A: Size of the vectors that are compared.
        grid: G, cells on a side.
        cnn: Pictures to features ``(B, G * G, C)``, with the attribute ``size`` for C;
            a :class:`SmallCNN` without it.

    Source:
        Bahdanau, Cho and Bengio (2015), the score; Xu et al. (2015), who look before
        they read; book/13_attention.
    """

    def __init__(
        self,
        V: int,
        D: int = 48,
        H: int = 128,
        A: int = 64,
        *,
        grid: int = 6,
        cnn: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.cnn, self.grid = cnn or SmallCNN(), grid
        C = self.cnn.size
        self.place = nn.Parameter(0.1 * torch.randn(grid * grid, C))
        self.embedding = nn.Embedding(V, D)
        self.begin = nn.Linear(C, H)
        self.cell = GRU(D + C, H)
        self.query, self.key = nn.Linear(H, A), nn.Linear(C, A, bias=False)
        self.score = nn.Linear(A, 1, bias=False)
        self.readout = nn.Linear(H + C, V)

    def forward(self, images: Tensor, captions: Tensor) -> tuple[Tensor, Tensor]:
        r"""Return the logits after each word, and where the model looked for them.

        Args:
            images: From 0 to 1, shape ``(B, 3, side, side)``.
            captions: Ids that begin with ``<START>``, shape ``(T, B)``.

        Returns:
            Logits ``(T, B, V)``, row t for ``captions[t + 1]``, and the maps ``(T, B,
            G, G)``, each adding up to 1.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Pictures not floating-point, or captions not integers.
        """
        T, B = check_ids("captions", captions, "T B", B=len(images))
        state, logits, maps = self.start(images), [], []
        for ids in captions:
            o_t, state = self.step(ids, state)
            logits.append(o_t)
            maps.append(state.map)
        grids = torch.stack(maps).view(T, B, self.grid, self.grid)
        return torch.stack(logits), grids

    def start(self, images: Tensor) -> Looking:
        """Look at pictures; return the state before ``<START>``."""
        features = self.cnn(images)
        check_shape("features", features, "B cells C", cells=self.grid**2)
        features = features + self.place
        most = features.amax(1)
        h_0 = torch.tanh(self.begin(most))
        even = features.new_full(features.shape[:2], 1 / self.grid**2)
        return Looking(h_0, most, features, self.key(features), even)

    def step(self, ids: Tensor, state: Looking) -> tuple[Tensor, Looking]:
        """Read one word a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        x_t = torch.cat([self.embedding(ids), state.seen], dim=1)
        h_t = gru_step(x_t, state.h, *self.cell.weights("_l0").values())
        alike = torch.tanh(self.query(h_t)[:, None] + state.keys)
        alpha = torch.softmax(self.score(alike)[..., 0], dim=1)
        seen = (alpha[:, :, None] * state.features).sum(1)
        logits = self.readout(torch.cat([h_t, seen], dim=1))
        return logits, Looking(h_t, seen, state.features, state.keys, alpha)

    def select(self, state: Looking, rows: Tensor) -> Looking:
        """Return the state of some rows of the batch."""
        return Looking(*(part.index_select(0, rows) for part in state))
