r"""Where does attention lie, compared with where it should."""

import torch
from torch import Tensor

from throughtime.errors import ShapeError
from throughtime.shapes import check_shape


def attention_mass(maps: Tensor, regions: Tensor) -> Tensor:
    r"""Return how much attention lies within the region of each word.

    Args:
        maps: Attention of T words, each adding up to 1, shape ``(T, G, G)``.
        regions: True in the cells of what the word names, shape ``(T, G, G)``, as
            ``images.object_cells`` gives them, chosen by ``Caption.refers``.

    Returns:
        From 0 to 1 a word, shape ``(T,)``. A map that is alike everywhere gives the
        region's share of the cells.

    Raises:
        ShapeError: The shapes differ, or a region is empty.

    Source:
        Liu et al. (2017), attention correctness.
    """
    _check(maps, regions)
    return (maps * regions).flatten(1).sum(1)


def pointing(maps: Tensor, regions: Tensor) -> Tensor:
    r"""Return whether the cell with the most attention lies in the region.

    Args:
        maps: As for :func:`attention_mass`.
        regions: Likewise.

    Returns:
        Booleans, shape ``(T,)``.

    Raises:
        ShapeError: The shapes differ, or a region is empty.

    Source:
        Zhang et al. (2016), the pointing game.
    """
    _check(maps, regions)
    best = maps.flatten(1).argmax(1, keepdim=True)
    return regions.flatten(1).gather(1, best)[:, 0].bool()


def _check(maps: Tensor, regions: Tensor) -> None:
    T, height, width = check_shape("maps", maps, "T rows columns")
    check_shape("regions", regions, "T rows columns", T=T, rows=height, columns=width)
    if not torch.all(regions.flatten(1).any(1)):
        raise ShapeError(
            "a region has no cell; wanted one at least for each word. Try to leave "
            "out the words that name nothing (refers is -1)."
        )
