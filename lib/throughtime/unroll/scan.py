r"""A recurrence without a nonlinearity, step by step and in a tree.

.. math:: h_t = a_t \odot h_{t-1} + b_t

The loop needs T steps, one after the other; the scan, about log2 T rounds, in each of
which all steps are worked on at once.
"""

import torch
from torch import Tensor

from throughtime.shapes import check_kind, check_shape


def linear_loop(a: Tensor, b: Tensor, h_0: Tensor) -> Tensor:
    r"""Return h_1 to h_T of a linear recurrence, step by step.

    Args:
        a: What is kept, shape ``(T, B, H)``.
        b: What is added, shape ``(T, B, H)``.
        h_0: State before the first step, shape ``(B, H)``.

    Returns:
        The states, shape ``(T, B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    >>> linear_loop(torch.full((3, 1, 1), 0.5), torch.ones(3, 1, 1), torch.zeros(1, 1))
    tensor([[[1.0000]],
    <BLANKLINE>
            [[1.5000]],
    <BLANKLINE>
            [[1.7500]]])
    """
    _check(a, b, h_0)
    h, hs = h_0, []
    for a_t, b_t in zip(a.unbind(0), b.unbind(0), strict=True):
        h = a_t * h + b_t
        hs.append(h)
    return torch.stack(hs)


def linear_scan(a: Tensor, b: Tensor, h_0: Tensor) -> Tensor:
    r"""Return what :func:`linear_loop` returns, in about log2 T rounds.

    A step is the pair (a, b). First (a, b) and then (a', b') is one step again,
    (a' a, a' b + b'); which two neighbours are joined first does not matter. In the
    round with ``reach`` 1, 2, 4, ... each pair is joined with the one that ends where
    it begins, so that it then spans twice as many steps.

    This is the scan of Hillis and Steele: T log2 T products in all, where the loop has
    T. Nothing is divided by, so a may be 0.

    Args:
        a: What is kept, shape ``(T, B, H)``.
        b: What is added, shape ``(T, B, H)``.
        h_0: State before the first step, shape ``(B, H)``.

    Returns:
        The states, shape ``(T, B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.

    Source:
        Hillis and Steele (1986); Martin and Cundy (2018); book/14_next.
    """
    T = _check(a, b, h_0)
    reach = 1
    while reach < T:
        later, earlier = slice(reach, None), slice(None, T - reach)
        b = torch.cat([b[:reach], a[later] * b[earlier] + b[later]])
        a = torch.cat([a[:reach], a[later] * a[earlier]])
        reach *= 2
    return a * h_0 + b


def _check(a: Tensor, b: Tensor, h_0: Tensor) -> int:
    check_kind(a=a, b=b, h_0=h_0)
    B, H = check_shape("h_0", h_0, "B H")
    T, _, _ = check_shape("a", a, "T B H", B=B, H=H)
    check_shape("b", b, "T B H", T=T, B=B, H=H)
    return T
