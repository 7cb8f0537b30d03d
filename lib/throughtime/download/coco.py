"""COCO with ready-made features, as Stanford's course CS231n stores it."""

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from throughtime.download.cache import unpack
from throughtime.download.cards import card
from throughtime.errors import DownloadError, ThroughTimeError
from throughtime.text import MARKS


class Cs231n(NamedTuple):
    """Hold one split: N captions of M images."""

    captions: Tensor
    """int64 ``(T, N)``: ``<START>``, words, ``<END>``, then ``<NULL>``; T = 17."""
    images: Tensor
    """int64 ``(N,)``: the image of each caption, a row of ``features``."""
    features: Tensor
    """float32 ``(M, D)``: D = 512 (PCA) or 4096, from VGG's layer fc7."""
    urls: tuple[str, ...]
    """The address of each image."""
    words: tuple[str, ...]
    """The word of each id, the four marks first; not sorted."""


def cs231n(
    split: str = "train", folder: str | Path | None = None, *, pca: bool = True
) -> Cs231n:
    r"""Read CS231n's ``coco_captioning``.

    Args:
        split: ``"train"`` or ``"val"``.
        folder: Where its files lie; without it, 1 GB is fetched.
        pca: The features of 512 numbers, not those of 4096.

    Raises:
        DownloadError: The set did not come, or its files do not fit together.
        ThroughTimeError: No such split, or h5py is not installed.
    """
    if split not in ("train", "val"):
        raise ThroughTimeError(
            f"split is {split!r}; wanted train or val. Try split='train'."
        )
    h5py = _h5py()
    names = (
        "coco2014_captions.h5",
        f"{split}2014_vgg16_fc7{'_pca' if pca else ''}.h5",
        f"{split}2014_urls.txt",
        "coco2014_vocab.json",
    )
    if folder is None:
        paths = unpack(card("cs231n"), names)
    else:
        paths = [Path(folder) / name for name in names]
    try:
        data = _read(h5py, paths, split)
    except (OSError, KeyError, ValueError) as error:
        raise DownloadError(
            f"{paths[0].parent} cannot be read ({error}); wanted CS231n's "
            f"{', '.join(names)}. Try images.scenes as a stand-in."
        ) from error
    _check(data, paths[0].parent)
    return data


def _h5py() -> ModuleType:
    try:
        return importlib.import_module("h5py")
    except ModuleNotFoundError as error:
        raise ThroughTimeError(
            "h5py is not installed; wanted it to read .h5 files. Try "
            'pip install "throughtime[coco]", or images.scenes as a stand-in.'
        ) from error


def _read(h5py: ModuleType, paths: list[Path], split: str) -> Cs231n:
    captions, features, urls, words = paths
    with h5py.File(captions, "r") as file:
        ids = _whole(file[f"{split}_captions"]).T
        images = _whole(file[f"{split}_image_idxs"])
    with h5py.File(features, "r") as file:
        rows = torch.from_numpy(np.asarray(file["features"], np.float32))
    lines = tuple(urls.read_text(encoding="utf-8").splitlines())
    listed = json.loads(words.read_text(encoding="utf-8"))["idx_to_word"]
    return Cs231n(ids, images, rows, lines, tuple(listed))


def _whole(data: Any) -> Tensor:
    return torch.from_numpy(np.asarray(data, np.int64))


def _check(data: Cs231n, folder: Path) -> None:
    """Refuse files that do not fit together, before an id points beyond a table."""
    ids, images, M, V = data.captions, data.images, len(data.features), len(data.words)
    faults = {
        f"{ids.shape[1]} captions for {len(images)} image numbers": (
            ids.shape[1] != len(images)
        ),
        f"image numbers beyond the {M} features": bool(
            ((images < 0) | (images >= M)).any()
        ),
        f"ids beyond the {V} words": bool(((ids < 0) | (ids >= V)).any()),
        f"the marks {data.words[:4]}": data.words[:4] != MARKS,
        f"{len(data.urls)} addresses for {M} images": len(data.urls) != M,
    }
    for fault, there in faults.items():
        if there:
            raise DownloadError(
                f"{folder} holds {fault}; wanted files of one release, marks "
                f"{MARKS} first. Try fetching it again, or images.scenes."
            )
