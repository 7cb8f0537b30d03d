"""One cache of executed cells for each state of what the cells run.

myst-nb looks a page's outputs up by the page's code alone, so after a change in the
library it would go on showing the old outputs. Here the cache's folder is named after
the content of all that the code depends on, and folders of other states are removed:
the plain build command is always right.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# Relative to the repository's root. Folders that Python or pip make are left out.
SOURCES = (
    "lib/pyproject.toml",
    "lib/throughtime/**/*",
    "requirements.txt",
    ".ci/constraints.txt",
    "book/_widgets/*.json",
    "book/records/*.json",
    "lib/bench/*.md",
    "lib/train/*.py",
)


def fingerprint(root: Path, patterns: Iterable[str] = SOURCES) -> str:
    """Hash the names and contents of the files that the cells depend on.

    Args:
        root: The repository's root.
        patterns: Globs relative to ``root``.

    Returns:
        16 hexadecimal digits, which the Python version also enters.

    Raises:
        ExtensionError: The library is not there.
    """
    files = {path for pattern in patterns for path in root.glob(pattern)}
    files = {f for f in files if f.is_file() and "__pycache__" not in f.parts}
    if not any(f.suffix == ".py" for f in files):
        message = (
            f"{root} holds no lib/throughtime: the book must lie beside the library."
        )
        raise ExtensionError(message)
    digest = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def choose_cache(build: Path, key: str) -> Path:
    """Return the cache folder for ``key`` under ``build`` and remove the others."""
    caches = build / ".jupyter_cache"
    chosen = caches / key
    chosen.mkdir(parents=True, exist_ok=True)
    for other in caches.iterdir():
        if other.is_dir() and other != chosen:
            shutil.rmtree(other)
        elif other.is_file():
            other.unlink()
    return chosen


def _set_cache(app: Sphinx) -> None:
    key = fingerprint(Path(app.srcdir).parent)
    cache = choose_cache(Path(app.outdir).parent.resolve(), key)
    app.config.nb_execution_cache_path = str(cache)
    # The loaders of real corpora refuse, so that cells take the stand-in everywhere.
    os.environ["THROUGHTIME_OFFLINE"] = "1"
    # Small networks are no slower on one thread, much faster on a busy machine, and
    # give the same digits on any number of processors.
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"


def setup(app: Sphinx) -> None:
    """Set the cache's folder just before myst-nb reads it."""
    app.connect("builder-inited", _set_cache, priority=100)
