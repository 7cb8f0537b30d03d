"""Ctrl-C between two steps, so that no step is left half done."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any


class Interrupt:
    r"""Note the first Ctrl-C, and let the second one through.

    Works in the main thread, the only one that Ctrl-C reaches; does nothing elsewhere,
    nor where Ctrl-C is ignored. Used as ``with Interrupt() as interrupt``.
    """

    def __init__(self) -> None:
        self.asked = False
        self._at_once = False
        self._before: Any = None

    def __enter__(self) -> "Interrupt":
        main = threading.current_thread() is threading.main_thread()
        found = signal.getsignal(signal.SIGINT)
        if main and found not in (None, signal.SIG_IGN):
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within this, where nothing changes, let the first one through too."""
        self._at_once = True
        try:
            yield
        except KeyboardInterrupt:
            if not self.asked:
                raise
        finally:
            self._at_once = False

    def _note(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if again or self._at_once:
            raise KeyboardInterrupt
