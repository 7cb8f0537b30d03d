r"""Render digits from the fonts that come with matplotlib: no download.

A face is a font file. Train, val and test share none, so a test digit is always of a
face that training never showed.
"""

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.ft2font import FT2Font
from torch import Tensor

from throughtime.errors import ThroughTimeError

SIDE = 28

# All faces of matplotlib's whose digits are digits.
FACES = {
    "train": (
        *("DejaVuSans", "DejaVuSans-Bold"),
        *("DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
        *("DejaVuSerif", "DejaVuSerif-Bold"),
        *("DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
        *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
        *("cmr10", "cmti10", "cmmi10"),
    ),
    "val": ("cmb10", "cmtt10"),
    "test": (
        *("DejaVuSansMono", "DejaVuSansMono-Bold"),
        *("DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique"),
        "cmss10",
    ),
}


def digits(n: int, seed: int = 0, fonts: str = "train") -> tuple[Tensor, Tensor]:
    r"""Return pictures of digits of random face, size, slope and place.

    Digit k depends on ``seed``, ``fonts`` and k alone. Another version of matplotlib
    may bring other faces, so the pictures are no fixed data set.

    Args:
        n: How many.
        seed: A whole number from 0.
        fonts: ``"train"`` (15 faces), ``"val"`` (2) or ``"test"`` (5).

    Returns:
        Images, float32 in 0..1 of shape ``(n, 28, 28)``, bright on dark; and labels,
        int64 of shape ``(n,)``.

    Raises:
        ThroughTimeError: No such set of fonts, a negative number, or this matplotlib
            came without a face.
    """
    if fonts not in FACES:
        raise ThroughTimeError(
            f"fonts is {fonts!r}; wanted one of {', '.join(FACES)}. Try 'train'."
        )
    if n < 0 or seed < 0:
        raise ThroughTimeError(
            f"n is {n} and seed {seed}; wanted whole numbers from 0. Try n=100, seed=0."
        )
    faces = [_face(name) for name in FACES[fonts]]
    rng = np.random.default_rng([seed, list(FACES).index(fonts)])
    chances = rng.random((n, 6))
    images = np.zeros((n, SIDE, SIDE), np.uint8)
    labels = (chances[:, 0] * 10).astype(np.int64)
    for image, label, u in zip(images, labels, chances[:, 1:], strict=True):
        ink = _ink(faces[int(u[0] * len(faces))], label, 20 + 9 * u[1], 24 * u[2] - 12)
        height, width = ink.shape
        top = int(u[3] * (SIDE - height + 1))
        left = int(u[4] * (SIDE - width + 1))
        image[top : top + height, left : left + width] = ink
    return torch.from_numpy(images / np.float32(255)), torch.from_numpy(labels)


@cache
def _face(name: str) -> FT2Font:
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
    if not path.is_file():
        raise ThroughTimeError(
            f"no font file {path.name} in {path.parent}; wanted the faces that come "
            "with matplotlib. Try to install matplotlib from PyPI or conda."
        )
    return FT2Font(str(path))


def _ink(face: FT2Font, label: int, size: float, angle: float) -> np.ndarray:
    """Return a digit's pixels, cut close: size in pixels, angle in degrees."""
    face.set_size(size, 72)  # at 72 dots an inch a point is a pixel
    face.set_text(str(label), angle)
    face.draw_glyphs_to_bitmap(antialiased=True)
    ink = np.asarray(face.get_image())
    rows, columns = ink.any(axis=1).nonzero()[0], ink.any(axis=0).nonzero()[0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
