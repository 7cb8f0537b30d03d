r"""A picture in, a sentence out."""

from typing import Any

import torch
from torch import Tensor, nn

from throughtime.errors import ThroughTimeError
from throughtime.models.cnn import SmallCNN
from throughtime.models.parts import check_ids, make_cell, select

WAYS = ("state", "first", "every")


class Captioner(nn.Module):
    r"""Write a sentence about a picture, which is seen as one vector.

    Args:
        V: Size of the vocabulary.
        D: Size of the word vectors.
        H: Size of the state.
        cell: ``"RNN"``, ``"LSTM"``, ``"GRU"`` or ``"MUT3"``.
        way: How the picture comes in: ``"state"``, it makes h_0; ``"first"``, it is an
            input before ``<START>``; ``"every"``, it is a part of every input.
        cnn: Pictures to features ``(B, cells, C)``, with the attribute ``size`` for C;
            a :class:`SmallCNN` without it.

    Raises:
        ThroughTimeError: No such way.

    Source:
        Vinyals et al. (2015), "first"; Karpathy and Fei-Fei (2015); Mao et al. (2015)
        and Donahue et al. (2015), "every"; book/12_captions.
    """

    def __init__(
        self,
        V: int,
        D: int = 48,
        H: int = 128,
        cell: str = "GRU",
        *,
        way: str = "state",
        cnn: nn.Module | None = None,
    ) -> None:
        super().__init__()
        if way not in WAYS:
            raise ThroughTimeError(
                f"way is {way!r}; wanted one of {', '.join(WAYS)}. Try way='state'."
            )
        self.way, self.cnn = way, cnn or SmallCNN()
        C = self.cnn.size
        self.embedding = nn.Embedding(V, D)
        self.cell = make_cell(cell, D + C * (way == "every"), H)
        self.picture = (
            nn.Linear(C, H if way == "state" else D) if way != "every" else None
        )
        self.readout = nn.Linear(H, V)

    def forward(self, images: Tensor, captions: Tensor) -> Tensor:
        r"""Return the logits after each word, which is fed in: teacher forcing.

        Args:
            images: From 0 to 1, shape ``(B, 3, side, side)``.
            captions: Ids that begin with ``<START>``, shape ``(T, B)``.

        Returns:
            Shape ``(T, B, V)``; row t predicts ``captions[t + 1]``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Pictures not floating-point, or captions not integers.
        """
        check_ids("captions", captions, "T B", B=len(images))
        state = self.start(images)
        hs, _ = self.cell(self._inputs(captions, state), state["cell"])
        return self.readout(hs)

    def start(self, images: Tensor) -> dict[str, Any]:
        """Look at pictures; return the state before ``<START>``."""
        seen = self.cnn(images).mean(1)
        if self.way == "every":
            return {"cell": None, "seen": seen[None]}
        vector = self.picture(seen)[None]
        if self.way == "first":
            return {"cell": self.cell(vector)[1], "seen": None}
        h_0 = torch.tanh(vector)
        pair = (h_0, torch.zeros_like(h_0))
        return {"cell": pair if self.cell.has_cell else h_0, "seen": None}

    def step(self, ids: Tensor, state: dict[str, Any]) -> tuple[Tensor, Any]:
        """Read one word a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        hs, now = self.cell(self._inputs(ids[None], state), state["cell"])
        return self.readout(hs[0]), {"cell": now, "seen": state["seen"]}

    def select(self, state: Any, rows: Tensor) -> Any:
        """Return the state of some rows of the batch."""
        return select(state, rows)

    def _inputs(self, ids: Tensor, state: dict[str, Any]) -> Tensor:
        xs = self.embedding(ids)
        if self.way != "every":
            return xs
        seen = state["seen"].expand(len(ids), -1, -1)
        return torch.cat([xs, seen], dim=-1)
