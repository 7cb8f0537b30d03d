"""Run notebook cells in this process, and keep what JupyterLab would show of them.

Both sides of the split use it: the tester for tests and locked cells, the candidate
for the student's.
"""

import base64
import io
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType, TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets.config import Config

MOST_OUTPUTS = 500  # of one cell
END_FRAMES = 10  # shown of each end of a long traceback


@dataclass
class Ran:
    """Say what a cell did.

    Args:
        error: What it raised, or None.
        value: The value of its last line, or None.
        outputs: As a notebook holds them.
    """

    error: BaseException | None = None
    value: Any = None
    outputs: list[dict[str, Any]] = field(default_factory=list)


class Outputs:
    """Collect a cell's outputs, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left = limit
        self.found: list[dict[str, Any]] = []

    def clear(self) -> None:
        """Begin a new cell."""
        self.left, self.found = self.limit, []

    def text(self, name: str, text: str) -> None:
        """Add a text on ``stdout`` or ``stderr``."""
        last = self.found[-1] if self.found else {}
        if len(text) > self.left > 0:
            self.text(name, text[: self.left])
        if not self._fits(len(text), new=last.get("name") != name):
            return
        if last.get("name") == name:
            last["text"].append(text)
        else:
            self.found.append({"output_type": "stream", "name": name, "text": [text]})

    def data(self, kind: str, data: dict[str, Any], **more: Any) -> None:
        """Add a rich output, as JSON can hold it."""
        plain = {
            str(mime): base64.b64encode(v).decode() if type(v) is bytes else v
            for mime, v in data.items()
        }
        size = sum(len(v) if type(v) is str else 1000 for v in plain.values())
        if self._fits(size):
            self.found.append(
                {"output_type": kind, "data": plain, "metadata": {}, **more}
            )

    def error(self, kind: str, message: str, traceback: list[str]) -> None:
        """Add what was raised."""
        parts = {"ename": kind, "evalue": message, "traceback": traceback}
        if self._fits(len(message) + sum(map(len, traceback))):
            self.found.append({"output_type": "error", **parts})

    def take(self) -> list[dict[str, Any]]:
        """Return the outputs as a notebook holds them."""
        for output in self.found:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        return self.found

    def _fits(self, size: int, new: bool = True) -> bool:
        if self.left < 0 or (new and len(self.found) >= MOST_OUTPUTS):
            fits = False
        else:
            self.left -= size
            fits = self.left >= 0
        if not fits and self.left != -1:
            self.left = -1
            note = "(The rest of this cell's output is left out: it is too long.)\n"
            self.found.append(
                {"output_type": "stream", "name": "stdout", "text": ["\n", note]}
            )
        return fits


class _Stream(io.TextIOBase):
    """Stand for ``stdout`` or ``stderr``."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self._outputs = f"<{name}>", outputs
        self._kind = name

    def write(self, text: str) -> int:
        self._outputs.text(self._kind, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    outputs = AnyTrait()

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
        self.outputs.data("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


class _Hook(DisplayHook):
    outputs = AnyTrait()

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        count = {"execution_count": self.shell.execution_count}
        self.outputs.data("execute_result", format_dict, **count)

    def finish_displayhook(self) -> None: ...


class NotebookShell(InteractiveShell):
    """An IPython that runs in this process and keeps its outputs.

    Its variables may be a mapping of another kind than dict.
    """

    kernel = None  # what shows data asks for it, and finds outputs that are kept

    def use(self, names: MutableMapping[str, Any]) -> None:
        """Have the cells' variables in another mapping."""
        self.user_ns = names

    @property
    def user_global_ns(self) -> Any:
        """The variables that the functions of cells see."""
        return self.user_ns

    def showtraceback(self, exc_tuple: Any = None, **more: Any) -> None:
        """Show where an error came from, without the middle of an endless recursion."""
        _shorten(self._get_exc_info(exc_tuple)[2])
        super().showtraceback(exc_tuple, **more)

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no window."""


def _shorten(traceback: TracebackType | None) -> None:
    """Leave out the middle of a long traceback, which takes long to show."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    if len(frames) > 2 * END_FRAMES:
        frames[END_FRAMES - 1].tb_next = frames[-END_FRAMES]


def make_shell(limit: int = 2**21) -> NotebookShell:
    """Make the shell of this process, once, before its processes are forked.

    Args:
        limit: Bytes of output to keep of a cell.
    """
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.cache_size = 0  # no Out[...], which would keep all values
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    shell = NotebookShell.instance(config=config, user_module=module)
    shell.display_pub.__class__ = _Publisher
    shell.displayhook.__class__ = _Hook
    shell.outputs = Outputs(limit)
    shell.display_pub.outputs = shell.displayhook.outputs = shell.outputs
    return shell


def run(shell: NotebookShell, source: str) -> Ran:
    """Run a cell.

    What ends the process's work, as KeyboardInterrupt, comes back as its error.
    """
    shell.outputs.clear()
    with _captured(shell):
        result = shell.run_cell(source, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    return Ran(error, result.result, shell.outputs.take())


@contextmanager
def _captured(shell: NotebookShell) -> Iterator[None]:
    kept = sys.stdout, sys.stderr, shell._showtraceback
    sys.stdout, sys.stderr = (_Stream(n, shell.outputs) for n in ("stdout", "stderr"))

    def show(etype: Any, evalue: Any, stb: Any) -> None:
        shell.outputs.error(getattr(etype, "__name__", "?"), text_of(evalue), stb)

    shell._showtraceback = show
    try:
        yield
    finally:
        sys.stdout, sys.stderr, shell._showtraceback = kept


def text_of(fault: BaseException, limit: int = 2000) -> str:
    """Return an exception's text, which may itself fail."""
    try:
        return str(fault)[:limit]
    except BaseException:
        return ""
