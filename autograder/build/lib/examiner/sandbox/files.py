"""The files that lie beside a student's code."""

from collections.abc import Mapping
from pathlib import Path


def hand_out(files: Mapping[str, bytes], home: Path) -> None:
    """Write files into a folder.

    Raises:
        OSError: One of them would lie outside of it.
    """
    for name, data in files.items():
        path = home / name
        if not path.resolve().is_relative_to(home.resolve()):
            raise OSError(f"{name!r} lies outside the home folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
