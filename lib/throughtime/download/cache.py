r"""Get one file into the cache, whole and checked, or say what failed."""

import logging
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import pooch
import requests
from tqdm import tqdm

from throughtime.download.cards import Card
from throughtime.errors import DownloadError

_SCHEMES = ("https",)
_SECONDS = (10, 60)  # to connect, and between two pieces
_PIECE = 1 << 16


def cache_folder() -> Path:
    """Return the folder of downloads: ``THROUGHTIME_CACHE``, or the system's own."""
    return Path(os.environ.get("THROUGHTIME_CACHE") or pooch.os_cache("throughtime"))


def fetch(card: Card) -> Path:
    r"""Return a set's file, from the cache if it is there and whole.

    The file is written under another name and renamed at the end, so that a broken
    download leaves nothing. With a known hash, the cached file is checked each time.
    A bar shows on stderr if that is a terminal; nothing else is written.

    Where ``THROUGHTIME_OFFLINE`` is set, nothing is fetched and nothing is taken from
    the cache, so that a build of the book gives the same everywhere.

    Raises:
        DownloadError: ``THROUGHTIME_OFFLINE``, no network, no https, fewer or more
            bytes than wanted, or another hash. The text names what to use offline.
    """
    advice = _advice(card)
    if os.environ.get("THROUGHTIME_OFFLINE"):
        raise DownloadError(
            f"{card.name} is not fetched, as THROUGHTIME_OFFLINE is set; wanted a "
            f"variable that is not. {advice}"
        )
    try:
        with _silent():
            path = pooch.retrieve(
                card.url,
                known_hash=card.hash,
                fname=card.file,
                path=cache_folder(),
                downloader=_Stream(card),
            )
    except requests.RequestException as error:
        raise DownloadError(
            f"{card.name} did not come from {card.url} ({type(error).__name__}); "
            f"wanted a network or the file in {cache_folder()}. "
            f"{advice}"
        ) from error
    except DownloadError:
        raise
    except ValueError as error:
        raise DownloadError(
            f"{card.name} came with another hash than wanted, {card.hash}; it was not "
            f"kept. The file at {card.url} has changed or was tampered with. "
            f"{advice}"
        ) from error
    except OSError as error:
        raise DownloadError(
            f"{card.name} could not be stored: {error}; wanted a folder to write in. "
            "Try another THROUGHTIME_CACHE."
        ) from error
    return Path(path)


def unpack(card: Card, wanted: tuple[str, ...]) -> list[Path]:
    r"""Fetch a zip and return the wanted members, found by the ends of their paths.

    Members land in a folder beside the zip, under their own file names.

    Raises:
        DownloadError: As ``fetch``; no zip; a member that is missing, or larger
            unpacked than ten times the limit.
    """
    archive = fetch(card)
    folder = archive.with_suffix("")
    folder.mkdir(exist_ok=True)
    advice = _advice(card)
    try:
        with zipfile.ZipFile(archive) as packed:
            return [_extract(packed, end, folder, card) for end in wanted]
    except zipfile.BadZipFile as error:
        archive.unlink(missing_ok=True)
        raise DownloadError(
            f"{card.name} came as something else than a zip; wanted one from "
            f"{card.url}. {advice}"
        ) from error


def refuse_content(card: Card, path: Path, came: str, wanted: str) -> None:
    """Remove a cached file whose content is not the set's, and say so."""
    with suppress(OSError):
        path.unlink()
    advice = _advice(card)
    raise DownloadError(
        f"{card.name} came with {came}; wanted {wanted}. The file at {card.url} has "
        f"changed; it was not kept. {advice}"
    )


class _Stream:
    """Download for pooch: bounded, counted, over https all the way."""

    def __init__(self, card: Card) -> None:
        self.card = card

    def __call__(self, url: str, output_file: str | BinaryIO, _pooch: Any) -> None:
        self.check_scheme(url)
        # Bytes as they lie on the server, so that their number can be compared.
        plain = {"Accept-Encoding": "identity"}
        with requests.get(url, stream=True, timeout=_SECONDS, headers=plain) as answer:
            for step in (*answer.history, answer):
                self.check_scheme(step.url)
            answer.raise_for_status()
            length = answer.headers.get("Content-Length", "")
            wanted = int(length) if length.isdigit() else None
            self.check_size(wanted or 0)
            with Path(output_file).open("wb") as file:
                self.copy(answer, file, wanted)

    def copy(
        self, answer: requests.Response, file: BinaryIO, wanted: int | None
    ) -> None:
        came, hidden = 0, not sys.stderr.isatty()
        bar = tqdm(total=wanted, unit="B", unit_scale=True, disable=hidden)
        # A connection that breaks off midway counts as a short file.
        with bar, suppress(requests.RequestException):
            for piece in answer.iter_content(_PIECE):
                came += len(piece)
                self.check_size(came)
                file.write(piece)
                bar.update(len(piece))
            wanted = came if wanted is None else wanted
        if came != wanted:
            of = "the end" if wanted is None else f"{wanted} bytes"
            raise DownloadError(
                f"{self.card.name} broke off after {answer.raw.tell()} bytes; wanted "
                f"{of}. Try again, or offline {self.card.stand_in}."
            )

    def check_scheme(self, url: str) -> None:
        if url.split(":")[0] not in _SCHEMES:
            advice = _advice(self.card)
            raise DownloadError(
                f"{self.card.name} would come from {url}; wanted https all the way. "
                f"{advice}"
            )

    def check_size(self, size: int) -> None:
        if size > self.card.max_bytes:
            advice = _advice(self.card)
            raise DownloadError(
                f"{self.card.name} has {size} bytes or more; wanted at most "
                f"{self.card.max_bytes}. {advice}"
            )


def _extract(packed: zipfile.ZipFile, end: str, folder: Path, card: Card) -> Path:
    found = [each for each in packed.infolist() if each.filename.endswith(end)]
    # Mac archives hold a shadow of each file.
    found = [each for each in found if not each.filename.startswith("__MACOSX")]
    if not found or found[0].file_size > 10 * card.max_bytes:
        came = f"{found[0].file_size} bytes" if found else "no member"
        advice = _advice(card)
        raise DownloadError(
            f"{card.name} holds {came} for {end}; wanted one of at most "
            f"{10 * card.max_bytes} bytes. {advice}"
        )
    path = folder / Path(found[0].filename).name
    if not path.exists() or path.stat().st_size != found[0].file_size:
        part = path.with_name(path.name + ".part")
        with packed.open(found[0]) as source, part.open("wb") as target:
            while piece := source.read(_PIECE):
                target.write(piece)
        part.replace(path)
    return path


def _advice(card: Card) -> str:
    return (
        f"Try {card.stand_in} as a stand-in, or put the file in the cache folder as "
        f"{card.file}."
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Keep pooch from logging to stderr, where a line may cost a student points."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
