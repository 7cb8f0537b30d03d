"""Close the modules that an assignment asks students to write themselves.

This is a fence, not a wall: it stops the ready answer from being one import away. A
copied answer is caught by the questions, which differ from the library's code.
"""

import importlib.abc
import pkgutil
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import throughtime
from throughtime.errors import ThroughTimeError, WriteItYourself


class _Fence(importlib.abc.MetaPathFinder):
    """Refuse to find the closed modules."""

    def __init__(self) -> None:
        self.closed: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname not in self.closed:
            return None
        raise WriteItYourself(
            f"{fullname} is closed here: this assignment asks you to write what is "
            "in it yourself.",
            name=fullname,
        )


_FENCE = _Fence()


def write_yourself(*modules: str) -> None:
    r"""Close modules of the library in this process, for good.

    From now on each way to import them ends in one sentence, also when they were
    imported before, and also through a module of the library that uses them.

    Args:
        *modules: Names as in ``"cells"``.

    Raises:
        ThroughTimeError: A name is not a module of the library.
    """
    known = sorted(module.name for module in pkgutil.iter_modules(throughtime.__path__))
    for name in modules:
        if name not in known:
            raise ThroughTimeError(
                f"{name!r} is no module of throughtime; wanted some of "
                f"{', '.join(known)}. Try write_yourself('cells')."
            )
    _FENCE.closed |= {f"throughtime.{name}" for name in modules}
    if _FENCE not in sys.meta_path:
        sys.meta_path.insert(0, _FENCE)
    _forget()


def _forget() -> None:
    """Unload the closed modules, and what took something from them."""
    gone = set(_FENCE.closed)
    while True:
        loaded = {n: m for n, m in sys.modules.items() if n.startswith("throughtime.")}
        users = {_home(n) for n, m in loaded.items() if _uses(m, gone)} - gone
        if not users:
            break
        gone |= users
    for name in [name for name in loaded if _home(name) in gone]:
        del sys.modules[name]
    for name in gone:
        vars(throughtime).pop(name.removeprefix("throughtime."), None)


def _uses(module: ModuleType, gone: set[str]) -> bool:
    """Return whether a module holds one of the modules, or something made in one."""
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else None
        if _home(name or getattr(value, "__module__", None)) in gone:
            return True
    return False


def _home(name: Any) -> str:
    """Return the module right below the library that something belongs to."""
    return ".".join(str(name).split(".")[:2])
