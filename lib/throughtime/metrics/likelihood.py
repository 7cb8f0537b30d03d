r"""How probable the right symbols are to a model, and how often it is right."""

import math
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional

from throughtime.errors import KindError, ShapeError, ThroughTimeError, VocabularyError
from throughtime.shapes import check_kind

Number = TypeVar("Number", float, Tensor)


def cross_entropy(
    logits: Tensor, targets: Tensor, mask: Tensor | None = None
) -> Tensor:
    r"""Return the mean negative log-probability of the targets, in nats a token.

    .. math:: -\frac{1}{N} \sum_{t, b} m_{tb} \log p_{tb}(\mathrm{target}_{tb}),
        \quad N = \sum_{t, b} m_{tb}

    Every real token counts the same, whatever the length of its row. It can be
    differentiated; what the mask leaves out gets gradient 0, even where it is NaN.

    Args:
        logits: Shape ``(T, B, V)``, or any ``(..., V)``.
        targets: int64, shape ``(T, B)``; where the mask is False, any number.
        mask: True for a token that counts, bool, shape ``(T, B)``; all without it.

    Returns:
        A scalar.

    Raises:
        ShapeError: The shapes do not agree.
        KindError: A wrong dtype.
        VocabularyError: A target that counts is not from 0 to V - 1.
        ThroughTimeError: No token counts.

    >>> cross_entropy(torch.zeros(7, 3, 4), torch.ones(7, 3).long())  # log 4
    tensor(1.3863)
    """
    logits, targets = _that_count(logits, targets, mask)
    return functional.cross_entropy(logits, targets)


def perplexity(nats: Number) -> Number:
    r"""Return exp(nats): the number of equally probable symbols as hard to guess.

    It is the reciprocal of the geometric mean of the probabilities given to the
    symbols that came.

    >>> round(perplexity(math.log(8)), 6)
    8.0
    """
    return nats.exp() if isinstance(nats, Tensor) else math.exp(nats)


def bits(nats: Number) -> Number:
    r"""Return the same amount in bits: nats / log 2; perplexity is 2 ** bits.

    >>> round(bits(math.log(8)), 6)
    3.0
    """
    return nats / math.log(2)


def accuracy(logits: Tensor, targets: Tensor, mask: Tensor | None = None) -> float:
    r"""Return how often the largest logit is that of the target, from 0 to 1.

    Args:
        logits: Shape ``(..., V)``; of equal ones, the first is taken.
        targets: int64, shape ``(...)``.
        mask: True for what counts, bool, of the same shape; all without it.

    Raises:
        ShapeError: The shapes do not agree.
        KindError: A wrong dtype.
        VocabularyError: A target that counts is not from 0 to V - 1.
        ThroughTimeError: Nothing counts.
    """
    logits, targets = _that_count(logits, targets, mask)
    return (logits.argmax(-1) == targets).double().mean().item()


def _that_count(
    logits: Tensor, targets: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Check the arguments; return logits ``(N, V)`` and targets ``(N,)``."""
    check_kind(logits=logits)
    _check_alike("targets", targets, logits, torch.int64)
    if mask is None:
        mask = torch.ones_like(targets, dtype=torch.bool)
    _check_alike("mask", mask, logits, torch.bool)
    if not mask.any():
        raise ThroughTimeError(
            f"no token counts of {mask.numel()}; wanted one at least. Try to print the "
            "mask's sum where it is made."
        )
    logits, targets = logits[mask], targets[mask]
    low, high = (int(end) for end in torch.aminmax(targets))
    if low < 0 or high >= logits.shape[-1]:
        raise VocabularyError(
            f"targets run from {low} to {high}; wanted 0 to {logits.shape[-1] - 1}. "
            "Try the mask, which leaves padding out."
        )
    return logits, targets


def _check_alike(name: str, array: Tensor, logits: Tensor, dtype: torch.dtype) -> None:
    if not isinstance(array, Tensor) or array.dtype != dtype:
        raise KindError(
            f"{name} holds {getattr(array, 'dtype', type(array).__name__)}; wanted a "
            f"tensor of {dtype}. Try torch.as_tensor({name}).to({dtype})."
        )
    if array.shape != logits.shape[:-1]:
        raise ShapeError(
            f"{name} has shape {tuple(array.shape)} and the logits "
            f"{tuple(logits.shape)}; wanted {tuple(logits.shape[:-1])}. Try to look "
            "at which axis is time."
        )
