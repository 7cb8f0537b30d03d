"""A loss that carries the recurrent state from one batch to the next."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn


class Carry:
    r"""Carry the state over contiguous batches, detached, so that time is truncated.

    ``fit`` starts each epoch with ``reset()``, validates with a state of its own, and
    keeps the carried one in its checkpoints.

    Args:
        function: ``function(model, batch, state) -> (loss, state)``; the first state of
            an epoch is None. A state is a tensor, or tuples, lists and dicts of such.

    >>> import torch
    >>> count = Carry(lambda model, batch, state: (batch, batch + (state or 0)))
    >>> [count(None, torch.tensor(2.0)).item() for _ in range(2)], count.state.item()
    ([2.0, 2.0], 4.0)
    """

    def __init__(
        self, function: Callable[[nn.Module, Any, Any], tuple[Tensor, Any]]
    ) -> None:
        self.function, self.state = function, None

    def __call__(self, model: nn.Module, batch: Any) -> Tensor:
        """Return the loss of a batch, and keep the state for the next one."""
        loss, state = self.function(model, batch, self.state)
        self.state = _detach(state)
        return loss

    def reset(self) -> None:
        """Begin a new text: forget the state."""
        self.state = None

    def state_dict(self) -> dict[str, Any]:
        """Return the carried state."""
        return {"state": self.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up a state that :meth:`state_dict` returned."""
        self.state = state["state"]


def _detach(state: Any) -> Any:
    if isinstance(state, Tensor):
        return state.detach()
    if isinstance(state, tuple):
        return tuple(_detach(part) for part in state)
    if isinstance(state, list):
        return [_detach(part) for part in state]
    if isinstance(state, dict):
        return {key: _detach(part) for key, part in state.items()}
    return state
