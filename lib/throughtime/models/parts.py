r"""What the models share: cells by name, states of some rows, checks of ids."""

from typing import Any

import torch
from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError
from throughtime.layers import GRU, LSTM, MUT3, RNN, Recurrent
from throughtime.shapes import check_shape

CELLS: dict[str, type[Recurrent]] = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU, "MUT3": MUT3}


def make_cell(cell: str, D: int, H: int, num_layers: int = 1, **more: Any) -> Recurrent:
    r"""Return a layer by its name.

    Raises:
        ThroughTimeError: No such cell.
    """
    if cell not in CELLS:
        raise ThroughTimeError(
            f"cell is {cell!r}; wanted one of {', '.join(CELLS)}. Try cell='LSTM'."
        )
    return CELLS[cell](D, H, num_layers, **more)


def select(state: Any, rows: Tensor) -> Any:
    r"""Return the state of some rows of the batch.

    Args:
        state: A tensor whose second axis is the batch, ``(L, B, ...)``, or a tuple or
            dict of states; None stays None.
        rows: Which rows, in which order, shape ``(n,)``.
    """
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.index_select(1, rows)
    if isinstance(state, dict):
        return {name: select(part, rows) for name, part in state.items()}
    return tuple(select(part, rows) for part in state)


def check_ids(name: str, ids: Tensor, axes: str, **sizes: int) -> tuple[int, ...]:
    r"""Check that ids are integers of a shape, and return its sizes.

    Raises:
        ShapeError: Another shape.
        KindError: Not integers.
    """
    shape = check_shape(name, ids, axes, **sizes)
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise KindError(f"{name} holds {ids.dtype}; wanted ids. Try {name}.long().")
    return shape
