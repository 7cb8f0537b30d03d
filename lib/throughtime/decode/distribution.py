r"""Temperature, top-k and nucleus, as probabilities."""

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind


def distribution(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Tensor:
    r"""Return the probabilities to draw the next symbol from.

    .. math:: p_v \propto \exp((y_v - \max_u y_u) / T)

    The maximum is taken off first, so that no temperature overflows. As T goes to 0,
    all goes to the largest logit (where several are largest, to each alike); as T
    grows, p becomes even. What ``top_k`` and then ``top_p`` drop gets 0, and the rest
    is scaled to sum 1. Of equal ones, the first are kept.

    Args:
        logits: Any shape ``(..., V)``; -inf stands for probability 0.
        temperature: T, from 0 (the limit) on.
        top_k: Keep the k most probable.
        top_p: Keep the fewest, most probable first, whose probabilities sum to
            ``top_p`` at least; from above 0 to 1.

    Returns:
        Shape of ``logits``.

    Raises:
        KindError: The logits are not floating-point.
        ThroughTimeError: An option out of range, or logits from which nothing can be
            drawn: NaN, +inf, or all -inf.

    Source:
        Nucleus: Holtzman et al. (2020); book/11_decoding.

    >>> distribution(torch.tensor([0.0, 2.0, 1.0]), top_k=1)
    tensor([0., 1., 0.])
    """
    _check(logits, temperature, top_k, top_p)
    top = logits.amax(-1, keepdim=True)
    if not top.isfinite().all():
        raise ThroughTimeError(
            f"logits have a largest value of {top[~top.isfinite()][0].item()}; wanted "
            "finite ones, -inf aside. Try to look at the loss while training."
        )
    shifted = (logits - top).double()  # a small T would be 0 in float32
    if temperature == 0:
        p = (shifted == 0).double()
    else:
        p = torch.exp(shifted / temperature)
    p = p / p.sum(-1, keepdim=True)
    if top_k is not None or top_p is not None:
        p = _cut(p, top_k, top_p)
    return p.to(logits.dtype)


def _cut(p: Tensor, top_k: int | None, top_p: float | None) -> Tensor:
    """Drop what is not among the k first, nor needed to reach the mass."""
    ordered, places = p.sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        ordered[..., top_k:] = 0
        ordered /= ordered.sum(-1, keepdim=True)
    if top_p is not None:
        before = ordered.cumsum(-1) - ordered
        # Sums of doubles are off by about 1e-16: mass reached to 1e-12 is reached.
        ordered[before >= top_p - 1e-12] = 0
        ordered /= ordered.sum(-1, keepdim=True)
    return torch.zeros_like(p).scatter(-1, places, ordered)


def _check(
    logits: Tensor, temperature: float, top_k: int | None, top_p: float | None
) -> None:
    check_kind(logits=logits)
    if not temperature >= 0:
        raise ThroughTimeError(
            f"temperature is {temperature}; wanted 0 or more. Try temperature=1.0."
        )
    if top_k is not None and top_k < 1:
        raise ThroughTimeError(f"top_k is {top_k}; wanted 1 or more. Try top_k=5.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ThroughTimeError(
            f"top_p is {top_p}; wanted above 0, to 1. Try top_p=0.9."
        )
