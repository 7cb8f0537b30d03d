r"""Draw scenes with soft edges and noise, and tell where each thing lies.

A shape is given by how deep a point lies inside it, in pixels; a pixel is covered by
that depth plus a half, cut to 0..1. All the things of many scenes are drawn at once.
"""

import zlib
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.images.world import SIDE, Scene, Thing

BACKGROUND = 0.08
RGB = {
    "red": (0.86, 0.16, 0.16),
    "green": (0.16, 0.67, 0.24),
    "blue": (0.20, 0.31, 0.86),
    "yellow": (0.90, 0.82, 0.20),
    "purple": (0.63, 0.22, 0.72),
    "cyan": (0.24, 0.78, 0.82),
}

_BLOCK = 32  # scenes at a time: their masks fit a processor's cache


def render(scene: Scene, seed: int = 0, noise: float = 0.03) -> Tensor:
    r"""Return the picture of a scene, ``(3, side, side)``, float32 in 0..1.

    Args:
        scene: What to draw.
        seed: Of the noise, with the scene itself: the same two give the same picture,
            alone or among others.
        noise: Standard deviation of the noise on each value.

    Raises:
        ThroughTimeError: ``seed`` or ``noise`` is less than 0.
    """
    return render_all([scene], seed, noise)[0]


def render_all(scenes: Sequence[Scene], seed: int = 0, noise: float = 0.03) -> Tensor:
    r"""Return the pictures of scenes, ``(n, 3, side, side)``, float32 in 0..1.

    Args:
        scenes: What to draw, all of one ``side``.
        seed: As for :func:`render`.
        noise: As for :func:`render`.

    Raises:
        ShapeError: Scenes of different sides.
        ThroughTimeError: ``seed`` or ``noise`` is less than 0.
    """
    if seed < 0 or not noise >= 0:
        raise ThroughTimeError(
            f"seed is {seed} and noise {noise}; wanted both 0 or more. "
            "Try seed=0, noise=0.03."
        )
    side = _one_side(scenes)
    pictures = torch.empty((len(scenes), 3, side, side), dtype=torch.float32)
    for first in range(0, len(scenes), _BLOCK):
        block = slice(first, first + _BLOCK)
        _paint(scenes[block], pictures[block].numpy())
    if noise > 0:
        generator, drawn = torch.Generator(), pictures.new_empty(pictures.shape[1:])
        for scene, picture in zip(scenes, pictures, strict=True):
            # Not hash(): that of a word differs from process to process.
            generator.manual_seed(zlib.crc32(repr((seed, scene)).encode()))
            picture.add_(drawn.normal_(generator=generator), alpha=noise)
    return pictures.clamp_(0, 1)


def object_masks(scene: Scene) -> Tensor:
    r"""Return how far each thing covers each pixel.

    Returns:
        Shape ``(n_things, side, side)``, float32 in 0..1, in the order of
        ``scene.things``. The things that :func:`scenes` places never overlap; where
        things do, each mask is of the whole thing, hidden parts too.
    """
    return torch.from_numpy(_cover(scene.things, scene.side))


def object_cells(scene: Scene, grid: int = 6, share: float = 0.1) -> Tensor:
    r"""Return which cells of a grid each thing covers, for scoring attention.

    Args:
        scene: Its ``side`` is a multiple of ``grid``.
        grid: Cells in a row and in a column, G.
        share: A cell counts if more than this share of it is covered.

    Returns:
        Shape ``(n_things, G, G)``, bool.

    Raises:
        ShapeError: ``grid`` does not divide the side.
    """
    if grid < 1 or scene.side % grid:
        raise ShapeError(
            f"grid is {grid}; wanted a divisor of the side, {scene.side}. Try grid=6."
        )
    cell = scene.side // grid
    masks = object_masks(scene).reshape(-1, grid, cell, grid, cell)
    return masks.mean((2, 4)) > share


def _paint(scenes: Sequence[Scene], pictures: np.ndarray) -> None:
    """Paint the things over the background: each scene's first, second, and so on."""
    pictures[:] = BACKGROUND
    for place in range(max((len(scene.things) for scene in scenes), default=0)):
        rows = [i for i, scene in enumerate(scenes) if len(scene.things) > place]
        things = [scenes[i].things[place] for i in rows]
        masks = _cover(things, pictures.shape[-1])[:, None]  # (n, 1, side, side)
        colours = np.array([RGB[t.colour] for t in things], np.float32)
        under = pictures[rows]
        pictures[rows] = under + masks * (colours[:, :, None, None] - under)


def _cover(things: Sequence[Thing], side: int) -> np.ndarray:
    """Return the covered share of each pixel, (n_things, side, side)."""
    masks = np.empty((len(things), side, side), np.float32)
    middles = np.arange(side, dtype=np.float32) + 0.5
    for shape, depth in _DEPTHS.items():
        rows = [i for i, thing in enumerate(things) if thing.shape == shape]
        if not rows:
            continue
        x, y, r = np.array(
            [(things[i].x, things[i].y, things[i].r) for i in rows], np.float32
        ).T[:, :, None, None]
        dx, dy = middles - x, middles[:, None] - y  # (n, 1, side), (n, side, 1)
        masks[rows] = np.clip(depth(dx, dy, r) + 0.5, 0, 1)
    return masks


def _circle(dx: np.ndarray, dy: np.ndarray, r: np.ndarray) -> np.ndarray:
    return r - np.sqrt(dx * dx + dy * dy)


def _square(dx: np.ndarray, dy: np.ndarray, r: np.ndarray) -> np.ndarray:
    return 0.8 * r - np.maximum(abs(dx), abs(dy))


def _triangle(dx: np.ndarray, dy: np.ndarray, r: np.ndarray) -> np.ndarray:
    # Equal sides, each 0.55 r from the centre; the tip points up, 1.1 r from it.
    slanted = dy / 2 - np.float32(np.sqrt(0.75)) * abs(dx)
    return 0.55 * r + np.minimum(slanted, -dy)


def _cross(dx: np.ndarray, dy: np.ndarray, r: np.ndarray) -> np.ndarray:
    across, along = abs(dx), abs(dy)
    upright = np.minimum(0.3 * r - across, 0.95 * r - along)
    lying = np.minimum(0.95 * r - across, 0.3 * r - along)
    return np.maximum(upright, lying)


_DEPTHS: dict[str, Callable[..., np.ndarray]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "cross": _cross,
}


def _one_side(scenes: Sequence[Scene]) -> int:
    sides = sorted({scene.side for scene in scenes}) or [SIDE]
    if len(sides) > 1:
        raise ShapeError(
            f"scenes have sides {sides}; wanted one side, as the pictures are one "
            "tensor. Try a call for each side."
        )
    return sides[0]
