r"""Where attention looks when a word names a thing."""

from collections.abc import Sequence

import torch
from torch import Tensor

from throughtime.errors import ShapeError
from throughtime.shapes import check_kind, check_shape


def attention_mass(maps: Tensor, masks: Tensor, refers: Sequence[int]) -> Tensor:
    r"""Return the share of attention on the thing that each word names.

    A model that looks everywhere alike gets the share of the grid that the things
    cover; compare with that.

    Args:
        maps: Where the model looked for each word, shape ``(T, G, G)``, each of sum 1.
        masks: Cells that each thing covers, bool or shares from 0 to 1, shape
            ``(n, G, G)``.
        refers: For each word the index of its thing, -1 where it names none.

    Returns:
        From 0 to 1, one number for each word that names a thing, in their order; join
        those of several captions before taking the mean.

    Raises:
        ShapeError: The sizes do not agree, or a word names a thing beyond the masks.
        KindError: The maps are not floating-point.
    """
    looked, covered = _that_name(maps, masks, refers)
    return (looked * covered).sum((1, 2))


def pointing(maps: Tensor, masks: Tensor, refers: Sequence[int]) -> Tensor:
    r"""Tell whether the cell looked at most lies on the thing that each word names.

    Arguments, order and errors are those of :func:`attention_mass`; a cell counts if
    any of it is covered. Of equal cells, the first is taken.

    Returns:
        bool, one for each word that names a thing.
    """
    looked, covered = _that_name(maps, masks, refers)
    peak = looked.flatten(1).argmax(1, keepdim=True)
    return covered.flatten(1).gather(1, peak)[:, 0] > 0


def _that_name(
    maps: Tensor, masks: Tensor, refers: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Return the maps of the words that name a thing, and the masks of the things."""
    T, G, _ = check_shape("maps", maps, "T G G", T=len(refers))
    n, _, _ = check_shape("masks", masks, "n G G", G=G)
    check_kind(maps=maps)
    if not all(-1 <= thing < n for thing in refers):
        raise ShapeError(
            f"refers runs from {min(refers)} to {max(refers)}; wanted -1 to {n - 1}, "
            "as there are so many masks. Try the masks of the same scene."
        )
    words = [t for t in range(T) if refers[t] >= 0]
    things = [refers[t] for t in words]
    at = torch.tensor(words, dtype=torch.int64, device=maps.device)
    of = torch.tensor(things, dtype=torch.int64, device=masks.device)
    return maps[at], masks[of].to(maps.dtype)
