r"""Gradient clipping: by the joint norm, which keeps the direction, and by value.

Both change the gradients of parameters in place, as ``torch.nn.utils`` does. Clipping
bounds the step that is taken; it brings back no gradient that has vanished.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from throughtime.errors import DeviceError, KindError, ThroughTimeError


def clip_norm_(tensors: Tensor | Iterable[Tensor], threshold: float) -> float:
    r"""Scale the gradients of all parameters together, so that their norm is bounded.

    .. math:: g \leftarrow g \min(1, \lambda / \|g\|), \quad
        \|g\|^2 = \textstyle\sum_\theta \|g_\theta\|^2

    The norm is one, over all parameters: clipped each by its own, they would turn the
    step. At g = 0, and at any norm up to the threshold, the gradients are left as they
    are. A norm that float32's squares would overflow is still found.

    NaN or inf in a gradient makes the norm NaN or inf: then nothing is changed, and
    the caller sees it in the result.

    Args:
        tensors: Parameters, whose ``.grad`` is clipped in place; one without a
            gradient is skipped, one that comes twice counts once.
        threshold: The largest norm allowed, lambda, more than 0.

    Returns:
        The norm before clipping; 0 if there is no gradient.

    Raises:
        ThroughTimeError: The threshold is not more than 0.
        KindError: A gradient is sparse.
        DeviceError: Gradients on two devices.

    Source:
        Pascanu, Mikolov and Bengio (2013), algorithm 1.
    """
    grads = _gradients(tensors, threshold)
    if not grads:
        return 0.0
    peak = torch.stack([grad.abs().max() for grad in grads]).max().item()
    if peak == 0 or not math.isfinite(peak):
        return peak
    norms = torch.stack([torch.linalg.vector_norm(grad / peak) for grad in grads])
    norm = peak * torch.linalg.vector_norm(norms).item()
    if norm > threshold:
        for grad in grads:
            grad.mul_(threshold / norm)
    return norm


def clip_value_(tensors: Tensor | Iterable[Tensor], threshold: float) -> None:
    r"""Clip each entry of each gradient to [-threshold, threshold], in place.

    This turns the gradient as well as shortening it: (100, 1) clipped at 5 points
    10.7 degrees away. inf becomes the threshold; NaN stays NaN.

    Args:
        tensors: Parameters, whose ``.grad`` is clipped in place; one without a
            gradient is skipped.
        threshold: The largest absolute value allowed, more than 0.

    Raises:
        ThroughTimeError: The threshold is not more than 0.
        KindError: A gradient is sparse.
        DeviceError: Gradients on two devices.
    """
    for grad in _gradients(tensors, threshold):
        grad.clamp_(-threshold, threshold)


def _gradients(tensors: Tensor | Iterable[Tensor], threshold: float) -> list[Tensor]:
    if not threshold > 0:
        raise ThroughTimeError(
            f"threshold is {threshold}; wanted more than 0. Try threshold=5.0."
        )
    every = [tensors] if isinstance(tensors, Tensor) else tensors
    once = {id(tensor): tensor for tensor in every}.values()
    grads = [t.grad.detach() for t in once if t.grad is not None and t.grad.numel()]
    for grad in grads:
        if grad.layout != torch.strided:
            raise KindError(
                f"a gradient is {grad.layout}; wanted a dense one. Try an Embedding "
                "with sparse=False."
            )
        if grad.device != grads[0].device:
            raise DeviceError(
                f"gradients lie on {grads[0].device} and {grad.device}; wanted one "
                "device, as nothing is moved here. Try model.to(device)."
            )
    return grads
