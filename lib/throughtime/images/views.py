r"""Look at a picture in another way: at a window of it, or in the mirror.

What is done to pictures can be done to their scenes and captions too, so that one can
judge which captions are still true. Lengths are in pixels.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.images.world import Scene
from throughtime.shapes import check_kind, check_shape

_MIRRORED = {"left": "right", "right": "left"}


def window(
    pictures: Tensor, left: Tensor | float, top: Tensor | float, size: Tensor | float
) -> Tensor:
    r"""Cut a square window out of each picture and enlarge it to the whole side.

    Args:
        pictures: Shape ``(B, C, S, S)``.
        left: The window's left edge, a number for all or ``(B,)``.
        top: Its upper edge, as ``left``.
        size: Its side, as ``left``.

    Returns:
        Shape ``(B, C, S, S)``, between pixels by straight lines.

    Raises:
        ShapeError: The shapes do not agree.
        KindError: The pictures are not floating-point.
        ThroughTimeError: A window reaches beyond its picture.

    >>> window(torch.arange(4.0).reshape(1, 1, 2, 2), 0, 0, 2).flatten().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    B, _, S, _ = check_shape("pictures", pictures, "B C S S")
    check_kind(pictures=pictures)
    edges = [torch.as_tensor(v, dtype=pictures.dtype) for v in (left, top, size)]
    if any(edge.shape not in ((), (B,)) for edge in edges):
        shapes = [tuple(edge.shape) for edge in edges]
        raise ShapeError(
            f"left, top and size have shapes {shapes}; wanted numbers or ({B},). Try "
            "one number for all pictures."
        )
    left, top, size = (edge.to(pictures.device).expand(B) for edge in edges)
    _check_inside(left, top, size, S)
    theta = pictures.new_zeros(B, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = size / S
    theta[:, 0, 2], theta[:, 1, 2] = (2 * left + size) / S - 1, (2 * top + size) / S - 1
    grid = affine_grid(theta, list(pictures.shape), align_corners=False)
    return grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def window_scene(scene: Scene, left: float, top: float, size: float) -> Scene:
    r"""Return what a window shows of a scene, at the scene's own side.

    A thing whose centre lies outside is left out; the word for a thing's size stays.
    """
    # Not NumPy's numbers: two of its bools add up to one, and a judge adds bools.
    left, top, size = float(left), float(top), float(size)
    by = scene.side / size
    seen = (
        replace(t, x=(t.x - left) * by, y=(t.y - top) * by, r=t.r * by)
        for t in scene.things
        if 0 <= t.x - left <= size and 0 <= t.y - top <= size
    )
    return Scene(tuple(seen), scene.side)


def mirror(pictures: Tensor) -> Tensor:
    r"""Return pictures with left and right exchanged, ``(..., S)``."""
    return pictures.flip(-1)


def mirror_scene(scene: Scene) -> Scene:
    r"""Return a scene with left and right exchanged."""
    things = (replace(t, x=scene.side - t.x) for t in scene.things)
    return Scene(tuple(things), scene.side)


def mirror_words(words: Sequence[str]) -> tuple[str, ...]:
    r"""Return a caption for the mirror image.

    >>> mirror_words(["in", "the", "top", "left"])
    ('in', 'the', 'top', 'right')
    """
    return tuple(_MIRRORED.get(word, word) for word in words)


def _check_inside(left: Tensor, top: Tensor, size: Tensor, S: int) -> None:
    beyond = 1e-4 * S  # rounding
    low = min(left.min(), top.min())
    far = max((left + size).max(), (top + size).max())
    if low < -beyond or far > S + beyond or size.min() <= 0:
        raise ThroughTimeError(
            f"windows reach from {low:g} to {far:g}, sides from {size.min():g}; wanted "
            f"0 to {S}. Try left and top from 0 to {S} - size."
        )
