r"""Predict the next symbol of a text."""

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import one_hot

from throughtime.models.generator import check_ids, make_layer, select_rows

State = Tensor | tuple[Tensor, ...]


class CharLM(nn.Module):
    r"""Be a language model: symbols in, logits of the next symbol out.

    Args:
        V: Number of symbols.
        H: Number of hidden units.
        cell: Name of a layer: ``"LSTM"``, ``"GRU"``, ``"RNN"``, ...
        num_layers: How many layers lie on each other.
        dropout: Between layers and before the output, in training.
        recurrent_dropout: As the layer takes it.
        embedding_size: Size D of learnt input vectors; without it the input is
            one-hot, D = V.
        **stack: What else the layer takes.

    Raises:
        ThroughTimeError: The layer refuses its arguments.

    Source:
        Karpathy (2015); book/03_characters.

    >>> sum(p.numel() for p in CharLM(V=11, H=4).parameters())  # 4H(V+H+1) + V(H+1)
    311
    """

    def __init__(
        self,
        V: int,
        H: int,
        cell: str = "LSTM",
        num_layers: int = 1,
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        embedding_size: int | None = None,
        **stack: Any,
    ) -> None:
        super().__init__()
        self.V = V
        self.embed = nn.Embedding(V, embedding_size) if embedding_size else None
        self.layer = make_layer(
            cell,
            embedding_size or V,
            H,
            num_layers=num_layers,
            dropout=dropout if num_layers > 1 else 0.0,
            recurrent_dropout=recurrent_dropout,
            **stack,
        )
        self.drop = nn.Dropout(dropout)
        self.output = nn.Linear(H, V)

    def forward(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        r"""Read texts, and say after each symbol what comes next.

        Args:
            ids: Symbols, int64 of shape ``(T, B)``.
            state: From an earlier call, where the text goes on; zeros without it.

        Returns:
            Logits, shape ``(T, B, V)``, and the state after the last symbol.

        Raises:
            ShapeError: The sizes do not agree, or T or B is 0.
            KindError: The ids are not int64.
            VocabularyError: An id is not from 0 to V - 1.
        """
        check_ids("ids", ids, "T B", self.V)
        hs, state = self.layer(self._inputs(ids), state)
        return self.output(self.drop(hs)), state

    def start(self, prompt: Tensor) -> State:
        r"""Return the state after a prompt, ``(T, B)``.

        Give decoding the prompt's last symbol as ``first``, and all before it here.
        """
        return self(prompt)[1]

    def step(self, ids: Tensor, state: State | None) -> tuple[Tensor, State]:
        r"""Read one symbol a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        logits, state = self(ids[None], state)
        return logits[0], state

    def select(self, state: State | None, rows: Tensor) -> State | None:
        r"""Return the state of some rows."""
        return select_rows(state, rows, axis=1)

    def _inputs(self, ids: Tensor) -> Tensor:
        if self.embed is not None:
            return self.embed(ids)
        return one_hot(ids, self.V).to(self.output.weight.dtype)
