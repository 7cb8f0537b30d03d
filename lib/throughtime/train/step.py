"""One step of the optimizer, and the refusal of what is not finite."""

import math
from collections.abc import Callable
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm
from torch.optim import Optimizer

from throughtime.errors import ThroughTimeError

Loss = Callable[[nn.Module, Any], Tensor]


class LastGood:
    r"""Remember the weights and buffers that gave the last finite loss and gradient.

    ``note`` copies what is there before a step; ``keep`` says that the step was good.
    """

    def __init__(self, model: nn.Module) -> None:
        self._live = [*model.parameters(), *model.buffers()]
        self._good = self._copy()
        self._noted = self._copy()

    def _copy(self) -> list[Tensor]:
        return [tensor.detach().clone() for tensor in self._live]

    @torch.no_grad()
    def note(self) -> None:
        """Copy what is there now."""
        for copy, tensor in zip(self._noted, self._live, strict=True):
            copy.copy_(tensor)

    def keep(self) -> None:
        """Take what was noted for good."""
        self._good, self._noted = self._noted, self._good

    @torch.no_grad()
    def restore(self) -> None:
        """Give the model what was good last."""
        for tensor, copy in zip(self._live, self._good, strict=True):
            tensor.copy_(copy)


def take_step(
    number: int,
    model: nn.Module,
    batch: Any,
    loss: Loss,
    optimizer: Optimizer,
    clip: float | None,
    good: LastGood,
) -> tuple[float, float]:
    r"""Take one step of the optimizer.

    Args:
        number: The step's, from 1; for messages.
        model: Any module, in training mode.
        batch: What ``loss`` takes.
        loss: ``loss(model, batch)``, a scalar tensor.
        optimizer: Its parameters are those that are clipped.
        clip: The largest joint norm of the gradients, or None.
        good: Where the weights are noted.

    Returns:
        The loss before the step, and the joint norm before clipping.

    Raises:
        ThroughTimeError: The loss is no scalar that depends on the parameters; or it,
            or the gradient's norm, is not finite: then the model gets the weights of
            the last good step again.

    Source:
        Joint clipping: Pascanu et al. (2013), algorithm 1; torch's ``clip_grad_norm_``
        divides by the norm + 1e-6.
    """
    good.note()
    optimizer.zero_grad(set_to_none=True)
    value = loss(model, batch)
    _check_loss(value)
    amount = value.item()
    if not math.isfinite(amount):
        _refuse("loss", amount, number, clip, good)
    value.backward()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    norm = get_total_norm([p.grad for p in parameters if p.grad is not None])
    size = float(norm)
    if not math.isfinite(size):
        _refuse("norm of the gradient", size, number, clip, good)
    if clip is not None:
        clip_grads_with_norm_(parameters, clip, norm)
    optimizer.step()
    good.keep()
    return amount, size


def _check_loss(value: Any) -> None:
    if not isinstance(value, Tensor) or value.numel() != 1:
        shape = f" of shape {tuple(value.shape)}" if isinstance(value, Tensor) else ""
        raise ThroughTimeError(
            f"loss(model, batch) returned a {type(value).__name__}{shape}; wanted a "
            "scalar tensor. Try the mean over the tokens that the mask keeps."
        )
    if not value.requires_grad:
        raise ThroughTimeError(
            "loss(model, batch) does not depend on the parameters; wanted a tensor to "
            "differentiate. Try it without .item(), .detach() and no_grad."
        )


def _refuse(
    what: str, amount: float, number: int, clip: float | None, good: LastGood
) -> NoReturn:
    good.restore()
    first = "the data for NaN and " if number == 1 else ""
    limit = "clip=1.0" if clip is None else f"a clip below {clip:g}"
    raise ThroughTimeError(
        f"the {what} is {amount} at step {number}; wanted a finite number. The model "
        f"has the weights again that gave the last finite loss. Try to look at {first}"
        f"the norms before, a smaller learning rate, or {limit}."
    )
