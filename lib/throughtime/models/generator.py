r"""What decoding asks of a model, and the checks that the models share."""

from typing import Any, Protocol

import torch
from torch import Tensor

from throughtime import layers
from throughtime.errors import KindError, ThroughTimeError, VocabularyError
from throughtime.layers import Recurrent
from throughtime.shapes import check_shape

CELLS = ("RNN", "LSTM", "GRU", "Residual", "MUT1", "MUT2", "MUT3")


class Generator(Protocol):
    r"""Be a model that says, symbol by symbol, what comes next.

    Each such model also has ``start(...) -> state``, with arguments of its own: a
    prompt, a source sentence, pictures.
    """

    def step(self, ids: Tensor, state: Any) -> tuple[Tensor, Any]:
        r"""Read one symbol a row, ``(B,)``; return logits ``(B, V)`` and the state."""

    def select(self, state: Any, rows: Tensor) -> Any:
        r"""Return the state of the given rows, which may repeat, in their order."""


def make_layer(cell: str, input_size: int, hidden_size: int, **stack: Any) -> Recurrent:
    r"""Return a recurrent layer by its name.

    Raises:
        ThroughTimeError: No such cell, or the layer refuses its arguments.
    """
    if cell not in CELLS:
        raise ThroughTimeError(
            f"cell is {cell!r}; wanted one of {', '.join(CELLS)}. Try cell='LSTM'."
        )
    return getattr(layers, cell)(input_size, hidden_size, **stack)


def select_rows(state: Any, rows: Tensor, axis: int = 0) -> Any:
    r"""Return the wanted rows of every tensor in a state.

    Args:
        state: A tensor, None, or tuples (named ones too) of such.
        rows: Integers, shape ``(n,)``.
        axis: The batch axis; 1 for the state of a layer, ``(layers, B, H)``.

    >>> select_rows((torch.tensor([5.0, 6.0]), None), torch.tensor([1, 1]))
    (tensor([6., 6.]), None)
    """
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.index_select(axis, rows)
    parts = [select_rows(part, rows, axis) for part in state]
    return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)


def check_ids(name: str, ids: Tensor, axes: str, V: int, **sizes: int) -> None:
    r"""Check that a tensor holds ids from 0 to V - 1, with the wanted axes.

    Raises:
        ShapeError: Another shape.
        KindError: Not integers of 64 bits.
        VocabularyError: An id out of range.
    """
    check_shape(name, ids, axes, **sizes)
    if not isinstance(ids, Tensor) or ids.dtype != torch.int64:
        raise KindError(
            f"{name} holds {ids.dtype}; wanted a tensor of int64. "
            f"Try torch.as_tensor({name}).long()."
        )
    low, high = (int(end) for end in torch.aminmax(ids))
    if low < 0 or high >= V:
        raise VocabularyError(
            f"{name} run from {low} to {high}; wanted 0 to {V - 1}. Try the "
            "vocabulary that the model was made for."
        )


def check_choice(name: str, value: Any, known: tuple[str, ...]) -> None:
    r"""Check that an option is one of those there are.

    Raises:
        ThroughTimeError: It is not.
    """
    if value not in known:
        raise ThroughTimeError(
            f"{name} is {value!r}; wanted one of {', '.join(known)}. "
            f"Try {name}={known[0]!r}."
        )
