"""Images and their captions, in Karpathy's JSON and in Flickr8k's token files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from throughtime.download.cache import unpack
from throughtime.download.cards import card
from throughtime.errors import DownloadError, ThroughTimeError

_SETS = ("flickr8k", "flickr30k", "coco")
_SPLITS = ("train", "val", "test")
_LISTS = dict(zip(_SPLITS, ("trainImages", "devImages", "testImages"), strict=True))


class Captioned(NamedTuple):
    """Hold one image's name and its captions."""

    file: str
    """Path of the image below the folder of images."""
    captions: tuple[tuple[str, ...], ...]
    """Words of each; none at all where a copy's test captions were blanked."""
    split: str
    """"train", "val" or "test"."""


def karpathy(
    source: str | Path = "flickr8k",
    split: str = "train",
    *,
    longest: int | None = None,
    restval: bool = True,
) -> list[Captioned]:
    r"""Read a JSON file in Karpathy's form.

    Args:
        source: ``"flickr8k"``, ``"flickr30k"`` or ``"coco"``, which are fetched; or
            the path of a file that you have.
        split: ``"train"``, ``"val"`` or ``"test"``.
        longest: Words of a caption that are kept; all without it.
        restval: Count COCO's ``restval`` images as training images, as its readers
            do; without it they are left out.

    Raises:
        DownloadError: The set did not come, or the file is not of this form.
        ThroughTimeError: No such split.
    """
    _check_split(split)
    if source in _SETS:
        member = f"dataset_{source}.json"
        (source,) = unpack(card("karpathy"), (member,))
    path = Path(source)
    try:
        images = json.loads(path.read_text(encoding="utf-8"))["images"]
        read = [_image(image, longest, restval) for image in images]
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ThroughTimeError):
            raise
        raise DownloadError(
            f"{path} cannot be read ({type(error).__name__}: {error}); wanted "
            'Karpathy\'s JSON, {"images": [{"split", "filename", "sentences"}, ...]}. '
            "Try images.scenes as a stand-in."
        ) from error
    return [image for image in read if image.split == split]


def flickr8k_tokens(
    split: str = "train", folder: str | Path | None = None
) -> list[Captioned]:
    r"""Read Flickr8k's token file and the list of a split's images.

    Words are in lower case, without punctuation. Images come in the list's order; the
    92 captioned images that no list names are left out.

    Args:
        split: ``"train"``, ``"val"`` or ``"test"``.
        folder: Where the files ``*.token.txt`` and ``*.trainImages.txt`` (``dev``,
            ``test``) lie; fetched without it.

    Raises:
        DownloadError: The set did not come, or a file lacks or is of another form.
        ThroughTimeError: No such split.
    """
    _check_split(split)
    ends = ("8k.token.txt", f"{_LISTS[split]}.txt")
    if folder is None:
        tokens, listed = unpack(card("flickr8k_text"), ends)
    else:
        ends = (".token.txt", ends[1])
        tokens, listed = (_only(Path(folder), end) for end in ends)
    captions: dict[str, list[tuple[str, ...]]] = {}
    for number, line in enumerate(_lines(tokens), 1):
        name, tab, caption = line.partition("\t")
        if not tab or "#" not in name:
            raise DownloadError(
                f"line {number} of {tokens} is {line!r}; wanted name.jpg#0, a tab and "
                "a caption. Try fetching it again."
            )
        captions.setdefault(name.split("#")[0], []).append(_words(caption))
    chosen = list(_lines(listed))
    lost = [name for name in chosen if name not in captions]
    if lost:
        raise DownloadError(
            f"{listed} names {lost[0]}; wanted images that {tokens} describes. Try "
            "files of one release."
        )
    return [Captioned(name, tuple(captions[name]), split) for name in chosen]


def _image(image: dict, longest: int | None, restval: bool) -> Captioned:
    split = image["split"]
    if split == "restval":
        split = "train" if restval else split
    elif split not in _SPLITS:
        raise DownloadError(
            f"image {image['filename']} is of split {split!r}; wanted train, val, "
            "test or restval. Try images.scenes as a stand-in."
        )
    said = (tuple(each["tokens"])[:longest] for each in image["sentences"])
    file = "/".join(filter(None, (image.get("filepath"), image["filename"])))
    return Captioned(file, tuple(words for words in said if words), split)


def _words(caption: str) -> tuple[str, ...]:
    kept = (c if c.isalnum() or c in "'" else " " for c in caption.lower())
    return tuple(word for word in "".join(kept).split() if word.strip("'"))


def _lines(path: Path) -> Iterable[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line.strip() for line in lines if line.strip())


def _only(folder: Path, end: str) -> Path:
    found = sorted(folder.glob(f"*{end}"))
    if len(found) != 1:
        raise DownloadError(
            f"{folder} holds {len(found)} files *{end}; wanted one. Try the folder "
            "that Flickr8k_text.zip unpacks to."
        )
    return found[0]


def _check_split(split: str) -> None:
    if split not in _SPLITS:
        raise ThroughTimeError(
            f"split is {split!r}; wanted train, val or test. Try split='train'."
        )
