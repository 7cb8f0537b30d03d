r"""Read one sequence, and write another."""

from typing import Any

from torch import Tensor, nn

from throughtime.models.generator import check_ids, make_layer, select_rows

State = Tensor | tuple[Tensor, ...]


class Seq2Seq(nn.Module):
    r"""Be an encoder whose last state is the first state of a decoder.

    Args:
        V_source: Number of symbols that it reads.
        V_target: Number of symbols that it writes.
        H: Number of hidden units of both.
        cell: Name of a layer.
        embedding_size: Size D of the symbols' vectors; H without it.
        num_layers: Of both.
        dropout: Between layers and before the output.
        reverse: Read the source from its end, so that its beginning is nearest to the
            first symbol written.

    Raises:
        ThroughTimeError: The layer refuses its arguments.

    Source:
        Sutskever, Vinyals and Le (2014); Cho et al. (2014); book/11_decoding.
    """

    def __init__(
        self,
        V_source: int,
        V_target: int,
        H: int,
        cell: str = "LSTM",
        *,
        embedding_size: int | None = None,
        num_layers: int = 1,
        dropout: float = 0.0,
        reverse: bool = False,
    ) -> None:
        super().__init__()
        self.V_source, self.V_target = V_source, V_target
        self.reverse = reverse
        D = embedding_size or H
        stack: dict[str, Any] = {"num_layers": num_layers}
        stack["dropout"] = dropout if num_layers > 1 else 0.0
        self.embed_source = nn.Embedding(V_source, D)
        self.embed_target = nn.Embedding(V_target, D)
        self.encoder = make_layer(cell, D, H, **stack)
        self.decoder = make_layer(cell, D, H, **stack)
        self.drop = nn.Dropout(dropout)
        self.output = nn.Linear(H, V_target)

    def forward(
        self, source: Tensor, target: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        r"""Return logits ``(T, B, V_target)`` with the right symbols fed back.

        Args:
            source: What to read, int64, its own T, ``(T, B)``.
            target: What to feed: ``<START>`` and the answer without its end, int64,
                ``(T, B)``. The logits at t are those of the symbol after it.
            mask: True for a real symbol of the source.

        Raises:
            ShapeError: The sizes do not agree, or T or B is 0.
            KindError: Ids that are not int64, or a mask that is not boolean.
            VocabularyError: An id out of range.
        """
        state = self.start(source, mask)
        check_ids("target", target, "T B", self.V_target, B=source.shape[1])
        hs, _ = self.decoder(self.embed_target(target), state)
        return self.output(self.drop(hs))

    def start(self, source: Tensor, mask: Tensor | None = None) -> State:
        r"""Read the source; return the state that the decoder begins with."""
        check_ids("source", source, "T B", self.V_source)
        if self.reverse:
            # A masked step changes nothing, so the padding may come first.
            source, mask = source.flip(0), None if mask is None else mask.flip(0)
        return self.encoder(self.embed_source(source), mask=mask)[1]

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        r"""Read one written symbol a row, ``(B,)``; return logits and the state."""
        check_ids("ids", ids, "B", self.V_target)
        hs, state = self.decoder(self.embed_target(ids)[None], state)
        return self.output(self.drop(hs[0])), state

    def select(self, state: State, rows: Tensor) -> State:
        r"""Return the state of some rows."""
        return select_rows(state, rows, axis=1)
