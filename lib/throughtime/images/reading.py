r"""Read a picture as a sequence: row by row, pixel by pixel, or glimpse by glimpse.

For pictures of any square size with one channel; nothing is moved to another device.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.shapes import check_kind, check_shape

Policy = Callable[[Tensor], Tensor]


def as_rows(images: Tensor) -> Tensor:
    r"""Return each picture's rows, from the top: ``(side, n, side)``.

    Args:
        images: Shape ``(n, side, side)``.

    Raises:
        ShapeError: Another shape.
    """
    _check_images(images)
    return images.transpose(0, 1)


def as_pixels(images: Tensor, seed: int | None = None) -> Tensor:
    r"""Return each picture's pixels, one at a time: ``(side * side, n, 1)``.

    Args:
        images: Shape ``(n, side, side)``.
        seed: With it, in a random order, the same for all pictures and calls; without
            it, in reading order.

    Raises:
        ShapeError: Another shape.
    """
    _check_images(images)
    pixels = images.flatten(1).T[..., None]
    if seed is None:
        return pixels
    order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(seed))
    return pixels[order.to(pixels.device)]


def glimpse(images: Tensor, size: int, centres: Tensor) -> Tensor:
    r"""Cut a window out of each picture; beyond the edge it is dark.

    Args:
        images: Shape ``(n, side, side)``.
        size: Side of the window, pixels.
        centres: Row and column of each window's centre, shape ``(n, 2)``, pixels:
            with 0, 0 the top left pixel's. Rounded; no gradient passes through.

    Returns:
        Shape ``(n, size * size)``.

    Raises:
        ShapeError: Shapes that disagree.
        ThroughTimeError: ``size`` is less than 1, or a centre lies off the picture.
    """
    n, side = _check_images(images)
    check_shape("centres", centres, "B two", B=n, two=2)
    if size < 1:
        raise ThroughTimeError(
            f"size is {size}; wanted 1 pixel or more. Try a quarter of the side."
        )
    if not ((centres >= 0) & (centres <= side - 1)).all():
        raise ThroughTimeError(
            f"centres run from {centres.min():g} to {centres.max():g}; wanted 0 to "
            f"{side - 1}, pixels of the picture. Try centres.clamp(0, {side - 1})."
        )
    # An even window has its centre between pixels: it begins at centre - size/2 + 1/2.
    first = torch.floor(centres - (size - 1) / 2 + 0.5).long() + size
    window = torch.arange(size, device=images.device)
    rows, columns = first[:, :1] + window, first[:, 1:] + window
    which = torch.arange(n, device=images.device)[:, None, None]
    padded = pad(images, (size, size, size, size))
    return padded[which, rows[:, :, None], columns[:, None, :]].flatten(1)


def glimpses(
    images: Tensor, size: int, centres: Tensor | Policy, steps: int | None = None
) -> Tensor:
    r"""Return a sequence of glimpses of each picture, ``(T, n, size * size)``.

    Args:
        images: Shape ``(n, side, side)``.
        size: Side of the window, pixels.
        centres: As for :func:`glimpse`, shape ``(T, n, 2)``, or ``(T, 2)`` for the
            same ones in all pictures, as from :func:`raster`. Or a policy: a function
            that is given the glimpses so far, ``(t, n, size * size)``, first with
            t = 0, and returns the next centres, ``(n, 2)``.
        steps: T, for a policy only.

    Raises:
        ShapeError: Shapes that disagree.
        ThroughTimeError: As for :func:`glimpse`; or a policy without ``steps``, or
            ``steps`` without a policy.
    """
    n, _ = _check_images(images)
    if callable(centres) != (steps is not None and steps >= 1):
        raise ThroughTimeError(
            f"steps is {steps} and centres a {type(centres).__name__}; wanted steps "
            "from 1 with a policy, none with a tensor. Try steps=6 or steps=None."
        )
    if not callable(centres):
        if centres.ndim == 2:
            centres = centres[:, None].expand(-1, n, -1)
        check_shape("centres", centres, "T B two", B=n, two=2)
        return torch.stack([glimpse(images, size, each) for each in centres])
    seen = images.new_empty((0, n, size * size))
    for _ in range(steps):
        seen = torch.cat([seen, glimpse(images, size, centres(seen))[None]])
    return seen


def raster(side: int, size: int) -> Tensor:
    r"""Return the centres of windows that tile a picture, in reading order.

    Args:
        side: Side of the picture, pixels; a multiple of ``size``.
        size: Side of a window, pixels.

    Returns:
        Row and column, shape ``(T, 2)`` with T = ``(side / size) ** 2``.

    Raises:
        ShapeError: ``size`` does not divide ``side``.

    >>> raster(4, 2)[:2]
    tensor([[0.5000, 0.5000],
            [0.5000, 2.5000]])
    """
    if size < 1 or side < 1 or side % size:
        raise ShapeError(
            f"size is {size}; wanted a divisor of the side, {side}. Try size=1."
        )
    middles = torch.arange(0, side, size) + (size - 1) / 2
    return torch.cartesian_prod(middles, middles)


def _check_images(images: Tensor) -> tuple[int, int]:
    n, side, _ = check_shape("images", images, "n side side")
    check_kind(images=images)
    return n, side
