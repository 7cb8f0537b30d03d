"""The tester's view of a student's process: requests, deadlines, and what comes back.

Whatever the process does, the tester gets plain data, a handle, an exception that the
student's code raised, or :class:`Gone`.
"""

import array
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from examiner.ask import Callback
from examiner.errors import Gone, GraderFault, Raised, WireFault
from examiner.record import Outcome
from examiner.remote import RemoteFunction, RemoteObject
from examiner.sandbox import Limits
from examiner.wire import Channel, decode, encode

START = 20.0  # seconds that a new process may take to be confined


class Student:
    """Talk to a student's process, and start it again when it is gone.

    Args:
        nursery: The connection to the fork server.
        limits: What the process may use.
        files: What lies in its home folder.
    """

    def __init__(
        self, nursery: Channel, limits: Limits, files: Mapping[str, bytes]
    ) -> None:
        self.nursery, self.limits, self.files = nursery, limits, files
        self.channel: Channel | None = None
        self.deadline = 0.0
        self._number = 0
        self.given: Mapping[str, Any] = {}  # what locked cells defined, on both sides

    @property
    def alive(self) -> bool:
        """Whether there is a process to talk to."""
        return self.channel is not None

    def start(self) -> None:
        """Start a new process, without variables."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.nursery.send({"order": "start"})
            handles = array.array("i", [theirs.fileno()])
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)]
            self.nursery.sock.sendmsg([b"h"], rights)
            self.nursery.receive(time.monotonic() + START)
        self.channel = Channel(ours)
        # Not through the fork server, whose memory the next student's process inherits.
        soon = time.monotonic() + START
        self.channel.send({"files": list(self.files)}, [*self.files.values()], soon)
        answer, _ = self.channel.receive(soon)
        if answer.get("confined") is not True:
            raise GraderFault(f"no student's code was run: {answer.get('why')}")

    def end(self, patience: float = 0.0) -> dict[str, Any]:
        """End the process, after some seconds of patience, and say how it ended."""
        if self.channel:
            self.channel.close()
        self.channel = None
        return self._order("end", patience=patience)

    def allow(self, seconds: float) -> None:
        """Give the process so much time for its next answers, all together."""
        self.deadline = time.monotonic() + seconds

    def cell(self, source: str) -> dict[str, Any]:
        """Run a cell; return what it raised, its outputs, and its number."""
        answer, _ = self._request({"verb": "cell", "source": source})
        raised = answer.get("raised")
        return {
            "raised": Raised(*map(_short, raised)) if _is_pair(raised) else None,
            "outputs": answer.get("outputs"),
            "count": answer.get("count"),
        }

    def seed(self, seed: int) -> None:
        """Set the process's random generators."""
        self._request({"verb": "seed", "seed": seed})

    def name(self, name: str) -> Any:
        """Return the value of a name of the student's.

        Raises:
            KeyError: There is no such name.
        """
        answer, buffers = self._request({"verb": "name", "name": name})
        if answer.get("missing"):
            raise KeyError(name)
        return self._value(answer, buffers)

    def touch(self, touch: str, handle: int, args: Any, kwargs: Any) -> Any:
        """Do something with an object that lives in the process."""
        out: list[bytes] = []
        request = {
            "verb": "touch",
            "touch": touch,
            "handle": handle,
            "args": encode(args, out, self._refer),
            "kwargs": encode(kwargs, out, self._refer),
        }
        return self._value(*self._request(request, out))

    def ask(self, verb: str, handle: int, args: Any) -> Any:
        """Ask a verb of :mod:`examiner.ask`."""
        out: list[bytes] = []
        coded = encode(args, out, self._refer)
        request = {"verb": "ask", "ask": verb, "handle": handle, "args": coded}
        answer, buffers = self._request(request, out)
        return self._value(answer, buffers, plain_only=True)

    def _request(
        self, request: dict[str, Any], buffers: list[bytes] | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a request and return its answer.

        Raises:
            Gone: None came in time, or none at all.
        """
        if self.channel is None:
            raise Gone(Outcome.DIED, "The process with your code had ended before.")
        self._number += 1
        try:
            self.channel.send({**request, "id": self._number}, buffers, self.deadline)
            return self._answer(self.deadline)
        except TimeoutError:
            self._stop()
        except (EOFError, OSError, WireFault) as fault:
            raise self._story(fault) from None
        raise Gone(
            Outcome.TIMEOUT,
            f"Your code was stopped after {self.limits.cell:g} seconds: does a loop "
            "never end?",
        )

    def _answer(self, deadline: float) -> tuple[dict[str, Any], list[bytes]]:
        answer, buffers = self.channel.receive(deadline)
        if answer.get("id") != self._number:
            raise WireFault("an answer to another question")
        return answer, buffers

    def _stop(self) -> None:
        """Interrupt what runs too long; end the process if it does not stop."""
        self._order("interrupt")
        try:
            self._answer(time.monotonic() + self.limits.grace)
        except (TimeoutError, EOFError, OSError, WireFault):
            self.end()

    def _story(self, fault: Exception) -> Gone:
        """Say how the process ended."""
        story = self.end(patience=0.5)
        if story.get("reason") == "memory":
            size = self.limits.memory / 2**30
            return Gone(Outcome.MEMORY, f"Your code took more than {size:.3g} GiB.")
        if story.get("reason") == "processes":
            most = self.limits.processes
            return Gone(
                Outcome.DIED, f"Your code had more than {most} processes or threads."
            )
        if isinstance(fault, WireFault):
            return Gone(
                Outcome.DIED, f"What came from your code was no answer ({fault})."
            )
        code = story.get("code") or 0
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        return Gone(Outcome.DIED, f"The process with your code ended {how}.")

    def _order(self, what: str, **more: Any) -> dict[str, Any]:
        soon = time.monotonic() + START
        self.nursery.send({"order": what, **more}, deadline=soon)
        return self.nursery.receive(soon)[0]

    def _value(
        self, answer: dict[str, Any], buffers: list[bytes], plain_only: bool = False
    ) -> Any:
        if _is_pair(raised := answer.get("raised")):
            raise Raised(*map(_short, raised))
        try:
            made = None if plain_only else self._object
            return decode(answer.get("value"), buffers, made)
        except WireFault as fault:
            raise self._story(fault) from None

    def _refer(self, value: Any) -> dict[str, Any]:
        """Return how what is no plain data goes to the student's code.

        Raises:
            TypeError: It cannot go there.
        """
        if isinstance(value, RemoteObject):
            return {"handle": value._handle}
        if isinstance(value, Callback):
            return {"handle": -1, "callback": value.name}
        for name, own in self.given.items():
            if own is value:
                return {"handle": -1, "callback": name}
        raise TypeError(
            f"a {type(value).__name__} cannot go to a student's code; wanted plain "
            "data, or what a locked cell defines"
        )

    def _object(self, coded: dict[str, Any]) -> RemoteObject:
        number, kind = coded.get("handle"), coded.get("type")
        if type(number) is not int or type(kind) is not str:
            raise WireFault("a handle of the wrong form")
        made = RemoteFunction if coded.get("callable") is True else RemoteObject
        return made(self, number, kind[:100])


def _is_pair(raised: Any) -> bool:
    return isinstance(raised, list) and [type(r) for r in raised] == [str, str]


def _short(text: str) -> str:
    return text[:2000]
