"""The student's process: runs cells, and answers what the tester asks.

It trusts the tester, and the tester does not trust it. After the first cell, anything
in this process may be the student's doing; so all that matters is checked on the other
side of the wire.
"""

import os
import random
import sys
from collections.abc import Callable
from typing import Any

from examiner import ask
from examiner.errors import NotPlain, Raised
from examiner.plain import plain
from examiner.shell import NotebookShell, run, text_of
from examiner.wire import Channel, decode, encode

MOST_HANDLES = 100_000


class Candidate:
    """Serve one connection to a tester.

    Args:
        channel: The connection.
        shell: Where the cells run.
    """

    def __init__(self, channel: Channel, shell: NotebookShell) -> None:
        self.pid = os.getpid()
        self.channel = channel
        self.shell = shell
        self.handles: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # of the handles, by id

    def serve(self) -> None:
        """Answer until the tester hangs up."""
        while True:
            try:
                request, buffers = self.channel.receive()
            except (EOFError, OSError):
                return
            answer, out = self._answer(request, buffers)
            if os.getpid() != self.pid:  # the student's code forked, and came back
                os._exit(0)
            self.channel.send({**answer, "id": request["id"]}, out)

    def _answer(
        self, request: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        out: list[bytes] = []
        try:
            # An interrupt that comes late is not this request's.
            return VERBS[request["verb"]](self, request, buffers, out), out
        except Raised as raised:
            return {"raised": [raised.kind, raised.message]}, []
        except NotPlain as fault:
            return {"raised": ["NotPlain", str(fault)]}, []
        except BaseException as fault:  # a student's own code may raise anything
            return {"raised": [type(fault).__name__, text_of(fault)]}, []

    def cell(self, request: dict[str, Any], *_: Any) -> dict[str, Any]:
        """Run a cell."""
        ran = run(self.shell, request["source"])
        raised = ran.error and [type(ran.error).__name__, text_of(ran.error)]
        count = self.shell.execution_count - 1
        return {"raised": raised, "outputs": ran.outputs, "count": count}

    def name(
        self, request: dict[str, Any], _: list[bytes], out: list[bytes]
    ) -> dict[str, Any]:
        """Look a name up."""
        names = self.shell.user_ns
        if request["name"] not in names:
            return {"missing": True}
        return {"value": self._encode(names[request["name"]], out)}

    def touch(
        self, request: dict[str, Any], buffers: list[bytes], out: list[bytes]
    ) -> dict[str, Any]:
        """Do something with an object that the tester has a handle of."""
        target = self.handles[request["handle"]]
        args = decode(request["args"], buffers, self._object)
        kwargs = decode(request["kwargs"], buffers, self._object)
        value = TOUCHES[request["touch"]](target, *args, **kwargs)
        return {"value": self._encode(value, out)}

    def ask(
        self, request: dict[str, Any], buffers: list[bytes], out: list[bytes]
    ) -> dict[str, Any]:
        """Answer a verb of :mod:`examiner.ask`, with plain data alone."""
        target = self.handles[request["handle"]]
        args = decode(request["args"], buffers, self._callback)
        verb: Callable[..., Any] = getattr(ask, request["ask"])
        return {"value": encode(plain(verb(target, *args)), out)}

    def seed(self, request: dict[str, Any], *_: Any) -> dict[str, Any]:
        """Set the usual random generators."""
        set_seeds(request["seed"])
        return {}

    def _encode(self, value: Any, out: list[bytes]) -> dict[str, Any]:
        return encode(value, out, self._handle)

    def _handle(self, value: Any) -> dict[str, Any]:
        number = self.numbers.setdefault(id(value), len(self.numbers))
        if number >= MOST_HANDLES:
            raise NotPlain(f"more than {MOST_HANDLES} objects")
        self.handles[number] = value  # kept, so that no other object gets its id
        kind = type(value).__name__
        return {"handle": number, "type": kind[:100], "callable": callable(value)}

    def _object(self, coded: dict[str, Any]) -> Any:
        if "callback" in coded:
            return self.shell.user_ns[coded["callback"]]
        return self.handles[coded["handle"]]

    def _callback(self, coded: dict[str, Any]) -> Any:
        if "callback" in coded:
            return ask.Callback(coded["callback"])
        return self.handles[coded["handle"]]


def set_seeds(seed: int) -> None:
    """Set the random generators of Python, NumPy and torch, where they are loaded."""
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)


def _call(target: Any, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


TOUCHES: dict[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "getitem": lambda target, key: target[key],
    "len": len,
    "iter": lambda target: _first_items(target),
    "str": str,
    "repr": repr,
    "bool": bool,
    "float": float,
    "int": int,
}
VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    "cell": Candidate.cell,
    "name": Candidate.name,
    "touch": Candidate.touch,
    "ask": Candidate.ask,
    "seed": Candidate.seed,
}
MOST_ITEMS = 100_000


def _first_items(target: Any) -> list[Any]:
    """List what an object gives, which may have no end."""
    items = []
    for item in target:
        items.append(item)
        if len(items) > MOST_ITEMS:
            raise ValueError(f"more than {MOST_ITEMS} items")
    return items
