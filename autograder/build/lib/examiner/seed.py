"""The hidden seed: what makes a check's inputs unknown to those who read its code.

The course's repository is public, so the inputs of its checks must not be. The
instructor's course folder keeps one number in a file that git ignores; the
configuration names that file in ``EXAMINER_SEED_FILE``.
"""

import os
import secrets
import zlib
from pathlib import Path

import numpy as np

from examiner.errors import GraderFault

VARIABLE = "EXAMINER_SEED_FILE"


def ensure_seed_file(path: Path) -> Path:
    """Write a new secret seed to ``path`` if the file is missing; return ``path``."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "w") as file:
        file.write(f"{secrets.randbits(63)}\n")
    return path


def hidden_seed() -> int:
    """Read the course's seed.

    Raises:
        GraderFault: The file is not named, not there, or holds no number.
    """
    path = os.environ.get(VARIABLE, "")
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):
        raise GraderFault(
            f"{VARIABLE} is {path!r}, wanted the path of a file with one whole number: "
            "run where the course's nbgrader_config.py is read"
        ) from None


def generator(name: str, seed: int | None = None) -> np.random.Generator:
    """Return the random generator of a check.

    Args:
        name: Name of the check; checks draw independent numbers.
        seed: The seed; by default the hidden one.
    """
    seed = hidden_seed() if seed is None else seed
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
