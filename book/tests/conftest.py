"""What the tests of the book share: the built site and a browser.

BOOK_HTML names the folder of the site, else it is _build/html. CHROMIUM names the
browser's program, else it is looked for on PATH.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(Path(__file__).parent)]

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-sync", "--disable-background-networking"),
    "--disable-component-update",
]


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site."""
    folder = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html")).resolve()
    if not (folder / "index.html").is_file():
        pytest.fail(f"There is no book in {folder}. Build it first: make book")
    return folder


def find_chromium():
    """Return the path of a Chromium, or skip and say which package to install.

    Where REQUIRE_SYSTEM_PACKAGES is set, as in the gate, its absence is a failure.
    """
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    for name in names:
        if path := shutil.which(name):
            return path
    missing = (
        f"no browser ({', '.join(names)}). Install one: sudo apt-get install chromium; "
        "or name its program in CHROMIUM"
    )
    if os.environ.get("REQUIRE_SYSTEM_PACKAGES"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser():
    """Yield a headless Chromium."""
    pytest.importorskip("playwright", reason="pip install -r .ci/requirements.txt")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=FLAGS
        )
        yield chromium
        chromium.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the requests out of the tests' report."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Yield the address at which the site is served."""
    handler = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
