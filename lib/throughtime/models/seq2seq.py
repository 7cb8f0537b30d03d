r"""A sequence in, another sequence out: an encoder, many to one, and a decoder."""

from typing import Any

from torch import Tensor, nn

from throughtime.models.parts import check_ids, make_cell, select


class Seq2Seq(nn.Module):
    r"""Read a source into a state, and write a target that begins with that state.

    Args:
        source_size: Size of the source's vocabulary.
        target_size: Size of the target's vocabulary.
        D: Size of the word vectors.
        H: Size of the state.
        cell: ``"RNN"``, ``"LSTM"``, ``"GRU"`` or ``"MUT3"``.
        num_layers: Of the encoder, and of the decoder.

    Source:
        Sutskever, Vinyals and Le (2014); Cho et al. (2014); book/11_decoding.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        D: int = 32,
        H: int = 64,
        cell: str = "GRU",
        num_layers: int = 1,
    ) -> None:
        super().__init__()
        self.source = nn.Embedding(source_size, D)
        self.target = nn.Embedding(target_size, D)
        self.encoder = make_cell(cell, D, H, num_layers)
        self.decoder = make_cell(cell, D, H, num_layers)
        self.readout = nn.Linear(H, target_size)

    def forward(
        self, source: Tensor, target: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        r"""Return the logits after each target token, which is fed in: teacher forcing.

        Args:
            source: Ids, shape ``(S, B)``.
            target: Ids that begin with ``<START>``, shape ``(T, B)``.
            mask: True for a real source token, shape ``(S, B)``.

        Returns:
            Shape ``(T, B, target_size)``; row t predicts ``target[t + 1]``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Ids that are not integers, or a mask that is not boolean.
        """
        check_ids("target", target, "T B", B=source.shape[1])
        hs, _ = self.decoder(self.target(target), self.start(source, mask))
        return self.readout(hs)

    def start(self, source: Tensor, mask: Tensor | None = None) -> Any:
        """Return the state that the encoder ends with, and the decoder begins with."""
        check_ids("source", source, "S B")
        return self.encoder(self.source(source), mask=mask)[1]

    def step(self, ids: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read one token a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        hs, state = self.decoder(self.target(ids)[None], state)
        return self.readout(hs[0]), state

    def select(self, state: Any, rows: Tensor) -> Any:
        """Return the state of some rows of the batch."""
        return select(state, rows)
