r"""Losses a token, in nats unless a name says bits."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from throughtime.errors import KindError, ShapeError, VocabularyError
from throughtime.shapes import check_kind, check_shape


def cross_entropy(
    logits: Tensor, targets: Tensor, mask: Tensor | None = None
) -> Tensor:
    r"""Return the mean cross-entropy of the real tokens, in nats a token.

    .. math:: L = -\frac{1}{\sum_{t,b} m_{t,b}} \sum_{t,b} m_{t,b} \log p_{t,b}(y_{t,b})

    Every real token counts alike, whether its row is long or short.

    Args:
        logits: Shape ``(T, B, V)``.
        targets: Ids from 0 to V - 1, shape ``(T, B)``.
        mask: True for a real token, shape ``(T, B)``; all are real without it.

    Returns:
        A scalar with a graph.

    Raises:
        ShapeError: The sizes do not agree, or the mask has no real token.
        KindError: Logits not floating-point, targets not integers, mask not boolean.
        VocabularyError: A real target is not from 0 to V - 1.
    """
    T, B, V = check_shape("logits", logits, "T B V")
    check_kind(logits=logits)
    check_shape("targets", targets, "T B", T=T, B=B)
    if targets.is_floating_point() or targets.dtype == torch.bool:
        raise KindError(
            f"targets hold {targets.dtype}; wanted integers. Try targets.long()."
        )
    logits, targets = logits.flatten(0, 1), targets.flatten()
    if mask is not None:
        _check_mask(mask, T, B)
        logits, targets = logits[mask.flatten()], targets[mask.flatten()]
    if not 0 <= int(targets.min()) <= int(targets.max()) < V:
        raise VocabularyError(
            f"targets run from {int(targets.min())} to {int(targets.max())}; wanted 0 "
            f"to {V - 1}, as there are {V} logits. Try the vocabulary's own encode."
        )
    return functional.cross_entropy(logits, targets.long())


def perplexity(nats: float) -> float:
    r"""Return e to the cross-entropy: the number of equally likely choices.

    Args:
        nats: Cross-entropy in nats a token.

    Returns:
        Inf where the result is too large for a float.

    >>> perplexity(0.0)
    1.0
    """
    try:
        return math.exp(nats)
    except OverflowError:
        return math.inf


def bits(nats: float) -> float:
    r"""Return a cross-entropy in bits a token, nats / log 2.

    >>> bits(math.log(8))
    3.0
    """
    return nats / math.log(2)


def accuracy(logits: Tensor, targets: Tensor, mask: Tensor | None = None) -> float:
    r"""Return the share of targets that have the largest logit.

    Args:
        logits: Shape ``(..., V)``.
        targets: Ids, shape ``(...)``.
        mask: Which of them count, shape ``(...)``.

    Raises:
        ShapeError: The sizes do not agree, or nothing counts.
    """
    hit = logits.argmax(-1)
    if hit.shape != targets.shape or (mask is not None and mask.shape != hit.shape):
        raise ShapeError(
            f"logits have shape {tuple(logits.shape)} and targets "
            f"{tuple(targets.shape)}; wanted (..., V), (...), and a mask like the "
            "targets. Try to print the shapes where they are made."
        )
    hit = hit == targets if mask is None else (hit == targets)[mask]
    if hit.numel() == 0:
        raise ShapeError(
            "nothing counts; wanted one target at least. Try a look at the mask."
        )
    return hit.double().mean().item()


def _check_mask(mask: Tensor, T: int, B: int) -> None:
    check_shape("mask", mask, "T B", T=T, B=B)
    if mask.dtype != torch.bool:
        raise KindError(
            f"mask holds {mask.dtype}; wanted booleans, True for a real token. Try "
            "mask.bool()."
        )
    if not mask.any():
        raise ShapeError(
            "mask has no real token; wanted one at least, as the loss is a mean. Try "
            "a look at how the batch was cut."
        )
