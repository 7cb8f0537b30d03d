"""Objects of a student's, seen from the tester."""

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from examiner.ask import Remote
from examiner.errors import Raised

if TYPE_CHECKING:
    from examiner.student import Student

_SHOWN = {"__name__", "__qualname__", "__doc__"}


class RemoteObject(Remote):
    """Stand for an object of a student's: what is done to it is done over there."""

    __slots__ = ("_handle", "_kind", "_student")

    def __init__(self, student: "Student", handle: int, kind: str) -> None:
        self._student, self._handle, self._kind = student, handle, kind

    def ask(self, verb: str, *args: Any) -> Any:
        """Send a verb of :mod:`examiner.ask`."""
        return self._student.ask(verb, self._handle, list(args))

    def _touch(self, touch: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._student.touch(touch, self._handle, list(args), kwargs)
        except Raised as raised:
            raise _as_builtin(raised) from None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name not in _SHOWN:
            raise AttributeError(name)
        return self._touch("getattr", name)

    def __getitem__(self, key: Any) -> Any:
        return self._touch("getitem", key)

    def __contains__(self, item: Any) -> bool:
        # Compared here: over there an object could claim to hold everything.
        return any(item == mine for mine in self)

    def __len__(self) -> int:
        return self._touch("len")

    def __iter__(self) -> Iterator[Any]:
        return iter(self._touch("iter"))

    def __eq__(self, other: object) -> bool:
        # Never asked over there, where an object could claim to equal everything.
        return isinstance(other, RemoteObject) and self._place == other._place

    def __hash__(self) -> int:
        return hash(self._place)

    @property
    def _place(self) -> tuple[int, int]:
        return id(self._student), self._handle

    def __bool__(self) -> bool:
        return self._touch("bool") is True

    def __float__(self) -> float:
        return self._touch("float")

    def __int__(self) -> int:
        return self._touch("int")

    def __str__(self) -> str:
        return str(self._touch("str"))

    def __repr__(self) -> str:
        return f"<the student's {self._kind}>"


class RemoteFunction(RemoteObject):
    """Stand for an object of a student's that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        return self._touch("call", *args, **kwargs)


def _as_builtin(raised: Raised) -> Exception:
    """Return the exception of Python's own that was raised, as a test may expect it."""
    kind = getattr(builtins, raised.kind, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(raised.message)
        except TypeError:  # some want more than a text
            pass
    return raised
