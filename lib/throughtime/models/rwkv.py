r"""Predict the next symbol with RWKV: all steps at once, or one after the other."""

from typing import NamedTuple

from torch import Tensor, nn

from throughtime.layers.rwkv import ChannelMixing, TimeMixing, TimeState
from throughtime.models.generator import check_ids, select_rows


class BlockState(NamedTuple):
    """Hold what one block carries on; rows come first."""

    time: TimeState
    """The last input of the time mixing, and its memory, each ``(B, H)``."""
    channel: Tensor
    """The last input of the channel mixing, ``(B, H)``."""


class RWKVBlock(nn.Module):
    """Be a block: time mixing and channel mixing, each beside a skip."""

    def __init__(self, H: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(H), nn.LayerNorm(H)])
        self.time, self.channel = TimeMixing(H), ChannelMixing(H, 2 * H)

    def forward(
        self, xs: Tensor, state: BlockState | None, parallel: bool
    ) -> tuple[Tensor, BlockState]:
        """Read on, from a state or from none."""
        memory, before = (None, None) if state is None else state
        read, memory = self.time(self.norms[0](xs), memory, parallel)
        xs = xs + read
        computed, before = self.channel(self.norms[1](xs), before)
        return xs + computed, BlockState(memory, before)


class RWKV(nn.Module):
    r"""Be a small RWKV language model: symbols in, logits of the next symbol out.

    It is called like :class:`throughtime.models.CharLM`. The inner layer of its
    channel mixing is 2 H wide, where the paper's is 4 H.

    Args:
        V: Number of symbols.
        H: Number of channels.
        num_layers: How many blocks lie on each other.

    Source:
        Peng et al. (2023); book/14_next.
    """

    def __init__(self, V: int, H: int, num_layers: int = 1) -> None:
        super().__init__()
        self.V = V
        self.embed = nn.Sequential(nn.Embedding(V, H), nn.LayerNorm(H))
        self.blocks = nn.ModuleList(RWKVBlock(H) for _ in range(num_layers))
        self.output = nn.Sequential(nn.LayerNorm(H), nn.Linear(H, V))

    def forward(
        self,
        ids: Tensor,
        state: tuple[BlockState, ...] | None = None,
        parallel: bool = True,
    ) -> tuple[Tensor, tuple[BlockState, ...]]:
        r"""Read texts, and say after each symbol what comes next.

        Args:
            ids: Symbols, int64 of shape ``(T, B)``.
            state: From an earlier call, where the text goes on; empty without it.
            parallel: All steps at once, or one after the other: the result is one.

        Returns:
            Logits, shape ``(T, B, V)``, and the state after the last symbol.

        Raises:
            ShapeError: The sizes do not agree, or T or B is 0.
            KindError: The ids are not int64.
            VocabularyError: An id is not from 0 to V - 1.
        """
        check_ids("ids", ids, "T B", self.V)
        xs, after = self.embed(ids), []
        for n, block in enumerate(self.blocks):
            xs, end = block(xs, None if state is None else state[n], parallel)
            after.append(end)
        return self.output(xs), tuple(after)

    def start(self, ids: Tensor) -> tuple[BlockState, ...]:
        r"""Read a prompt ``(T, B)``; return the state after it."""
        return self(ids)[1]

    def step(
        self, ids: Tensor, state: tuple[BlockState, ...] | None
    ) -> tuple[Tensor, tuple[BlockState, ...]]:
        r"""Read one symbol a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        check_ids("ids", ids, "B", self.V)
        logits, state = self(ids[None], state, parallel=False)
        return logits[0], state

    def select(
        self, state: tuple[BlockState, ...] | None, rows: Tensor
    ) -> tuple[BlockState, ...] | None:
        r"""Return the state of some rows."""
        return select_rows(state, rows)
