"""Sequences of different lengths in one batch: padded, with a mask."""

from collections.abc import Sequence

import torch
from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError
from throughtime.shapes import check_kind, check_shape
from throughtime.unroll.loop import check_mask


def lengths_to_mask(lengths: Tensor | Sequence[int], T: int | None = None) -> Tensor:
    r"""Return the mask of rows that are padded on the right.

    Args:
        lengths: Number of real tokens of each row, from 1 to T, shape ``(B,)``.
        T: Number of steps; None stands for the longest row.

    Returns:
        True for a real token, boolean, shape ``(T, B)``, on the device of ``lengths``.

    Raises:
        ShapeError: ``lengths`` does not have one axis, or is empty.
        KindError: ``lengths`` does not hold integers.
        ThroughTimeError: A length is less than 1 or more than T.

    >>> lengths_to_mask([2, 1]).tolist()
    [[True, True], [True, False]]
    """
    lengths = torch.as_tensor(lengths)
    check_shape("lengths", lengths, "B")
    if lengths.is_floating_point() or lengths.dtype == torch.bool:
        raise KindError(
            f"lengths holds {lengths.dtype}; wanted integers. Try lengths.long(), or "
            "mask.sum(0) if this is a mask."
        )
    shortest, longest = int(lengths.min()), int(lengths.max())
    if shortest < 1 or (T is not None and longest > T):
        raise ThroughTimeError(
            f"lengths go from {shortest} to {longest}; wanted 1 to T"
            f"{'' if T is None else f' = {T}'}. Try to leave empty rows out, and to "
            "pad to the longest."
        )
    places = torch.arange(T or longest, device=lengths.device)
    return places[:, None] < lengths


def last_real(hs: Tensor, mask: Tensor) -> Tensor:
    r"""Return the state at each row's last real token.

    Of a bidirectional ``hs`` this is the end of the forward half, but only the first
    step of the backward half; that half's end is in the states which
    ``unroll_bidirectional`` returns.

    Args:
        hs: States h_1 to h_T, shape ``(T, B, H)``.
        mask: Where True, a real token; boolean, shape ``(T, B)``.

    Returns:
        One state a row, shape ``(B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: ``hs`` is not floating-point, or ``mask`` not boolean.
        ThroughTimeError: A row has no real token.
    """
    T, B, _ = check_shape("hs", hs, "T B H")
    check_kind(hs=hs)
    check_mask(mask, T, B)
    empty = (~mask.any(0)).nonzero().flatten().tolist()
    if empty:
        raise ThroughTimeError(
            f"mask has no real token in row {empty[0]}; wanted at least one a row. "
            "Try to leave empty rows out of the batch."
        )
    places = torch.arange(T, device=mask.device)
    last = torch.where(mask, places[:, None], 0).amax(0)
    return hs[last, torch.arange(B, device=mask.device)]
