r"""Gradient norms along an unrolled network: what a loss says to each state."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.unroll import State


class Recorder:
    """Keep every state that a step returns, as the very tensors of the graph.

    Give ``Recorder(step)`` to ``unroll`` in the step's place. ``states`` then holds
    what the step returned, in order; ``hs`` holds the h of each. ``unroll``'s own hs
    is a stacked copy: a loss that reads it depends on the states, but no later state
    depends on it, so it receives only the direct part of a gradient.

    With a mask, what is kept is the state before the mask is applied; where a row is
    padding nothing depends on it.
    """

    def __init__(self, step: Callable[..., State]) -> None:
        self.step = step
        self.states: list[State] = []

    def __call__(self, *args: Any, **options: Any) -> State:
        """Apply the step, and keep what it returns."""
        state = self.step(*args, **options)
        self.states.append(state)
        return state

    @property
    def hs(self) -> list[Tensor]:
        """Return h_1 to h_T, shape ``(B, H)`` each."""
        return [s[0] if isinstance(s, tuple) else s for s in self.states]


def step_gradient_norms(loss: Tensor, hs: Sequence[Tensor]) -> Tensor:
    r"""Return the norm of the gradient of a loss with respect to each state.

    .. math:: \|\partial L / \partial h_t\|_F, \quad t = 1, \dots, T

    Args:
        loss: One number, with its graph, which stays in place.
        hs: The states of the graph, as ``Recorder(step).hs``; any shapes. A state on
            which the loss does not depend has norm 0.

    Returns:
        Shape ``(T,)``, in order of time.

    Raises:
        ShapeError: ``hs`` is empty, or the loss is not one number.
        ThroughTimeError: The loss depends on none of them, or they are slices of a
            stacked tensor.
    """
    if loss.numel() != 1:
        raise ShapeError(
            f"loss has shape {tuple(loss.shape)}; wanted one number. Try loss.sum()."
        )
    if len(hs) == 0:
        raise ShapeError("hs is empty; wanted 1 or more states. Try Recorder(step).hs.")
    fault, grads = _fault(loss, hs), []
    if not fault:
        grads = torch.autograd.grad(
            loss, list(hs), retain_graph=True, allow_unused=True
        )
    if all(grad is None for grad in grads):
        raise ThroughTimeError(
            f"{fault or 'the loss depends on none of the states in hs'}; wanted the "
            "states that the loss was computed from, with gradients on. Try "
            "unroll(Recorder(step), ...), and the recorder's hs."
        )
    zero = torch.zeros((), dtype=loss.dtype, device=loss.device)
    return torch.stack([zero if grad is None else grad.norm() for grad in grads])


def _fault(loss: Tensor, hs: Sequence[Tensor]) -> str | None:
    slices = ("UnbindBackward0", "SelectBackward0")
    if any(type(h_t.grad_fn).__name__ in slices for h_t in hs):
        return "hs holds slices of a stacked tensor"
    if not loss.requires_grad or not all(h_t.requires_grad for h_t in hs):
        return "the loss or a state has no graph"
    return None
