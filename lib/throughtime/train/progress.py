r"""How far a run is, for the eyes only: never on stderr.

A bar on a terminal, one line that is written anew in a notebook, nothing elsewhere
(a log, a check, a test).
"""

import sys
import time
from typing import Any

from tqdm import tqdm

EVERY = 0.2  # seconds between two updates of a notebook's line


def progress_of(wanted: bool | None, total: int | None) -> "Quiet | Bar | Line":
    r"""Return what shows the progress here.

    Args:
        wanted: None: only on a terminal or in a notebook; True, False: always, never.
        total: The number of steps, if known.
    """
    if wanted is False:
        return Quiet()
    if _in_notebook():
        return Line(total)
    return Bar(total) if wanted or _on_terminal() else Quiet()


class Quiet:
    """Show nothing."""

    def show(self, step: int, text: str) -> None:
        """Show a step and what is known of it."""

    def close(self) -> None:
        """Show the last state for good."""


class Bar:
    """Draw a bar on stdout."""

    def __init__(self, total: int | None) -> None:
        self._bar = tqdm(total=total, file=sys.stdout, unit="step", dynamic_ncols=True)

    def show(self, step: int, text: str) -> None:
        """Show a step and what is known of it."""
        self._bar.set_postfix_str(text, refresh=False)
        if self._bar.n == 0:  # a resumed run is no faster for the steps made before
            self._bar.initial = step - 1
        self._bar.update(step - self._bar.n)

    def close(self) -> None:
        """Show the last state for good."""
        self._bar.close()


class Line:
    """Keep one line of a notebook's output up to date."""

    def __init__(self, total: int | None) -> None:
        self._of = f"/{total}" if total else ""
        self._handle: Any = None
        self._text, self._shown = "", 0.0

    def show(self, step: int, text: str) -> None:
        """Show a step and what is known of it."""
        self._text = f"step {step}{self._of}  {text}"
        if time.monotonic() - self._shown >= EVERY:
            self._draw()

    def close(self) -> None:
        """Show the last state for good."""
        if self._text:
            self._draw()

    def _draw(self) -> None:
        from IPython.display import display

        data = {"text/plain": self._text}
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
        self._shown = time.monotonic()


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def _on_terminal() -> bool:
    return bool(getattr(sys.stdout, "isatty", lambda: False)())
