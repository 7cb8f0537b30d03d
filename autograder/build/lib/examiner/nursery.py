"""The fork server: loads the libraries once, and forks each student's process.

Started inside the sandbox (:mod:`examiner.sandbox`), it does as the worker tells it,
and watches what the student's processes take together. It runs no student's code
itself, and has one thread, or its forks would not be safe.
"""

import array
import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from examiner.candidate import Candidate
from examiner.sandbox import Limits, confine, kernel
from examiner.sandbox.bubblewrap import HOME
from examiner.shell import NotebookShell, make_shell
from examiner.wire import Channel

LOOK = 0.05  # seconds between two looks at what a student's processes take


def warm(names: list[str]) -> None:
    """Load libraries, and have them do what they put off until they are first used."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)  # threads do not survive a fork
        layer = torch.nn.Linear(2, 2)
        optimizer = torch.optim.Adam(layer.parameters())
        layer(torch.zeros(1, 2)).sum().backward()
        optimizer.step()
    gc.collect()
    gc.freeze()


class Child:
    """One student's process, and all that it starts.

    Args:
        pid: Of its first process.
        limits: What it may use.
        held: Bytes that its first process had before any cell ran.
        home: A folder to remove when it has ended, if that is not the sandbox's.
    """

    def __init__(
        self, pid: int, limits: Limits, held: int, home: str | None = None
    ) -> None:
        self.pid, self.limits, self.held, self.home = pid, limits, held, home
        self.alone = home is not None  # on a machine with others
        self.reason = ""
        self.status: int | None = None

    def look(self) -> None:
        """End it when it takes too much; notice when it has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        if self.status is not None:
            return
        count, taken = 0, 0
        for name in self._processes():
            threads, memory = _usage(name)
            count, taken = count + threads, taken + max(0, memory - self.held)
        if taken > self.limits.memory:
            self.end("memory")
        elif count > self.limits.processes:
            self.end("processes")

    def _processes(self) -> list[str]:
        """Name its processes; those before it are bubblewrap and the nursery."""
        if self.alone:
            return [str(self.pid)]
        found = [p.name for p in Path("/proc").iterdir() if p.name.isdigit()]
        return [name for name in found if int(name) not in (1, os.getpid())]

    def interrupt(self) -> None:
        """Stop what it does now, as a notebook's stop button does."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)

    def end(self, reason: str = "") -> None:
        """Kill it, and with it all that it started."""
        if self.status is None:
            self.reason = self.reason or reason
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if self.alone else os.kill)(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)

    def forget(self) -> None:
        """Remove what it left."""
        if self.home:
            shutil.rmtree(self.home, ignore_errors=True)

    def wait(self, seconds: float) -> None:
        """Let it end by itself, so that its own last code is known."""
        until = time.monotonic() + seconds
        while self.status is None and time.monotonic() < until:
            self.look()
            time.sleep(0.005)

    def story(self) -> dict[str, Any]:
        """Say how it ended."""
        ended = self.status is not None
        code = os.waitstatus_to_exitcode(self.status) if ended else None
        return {"ended": ended, "code": code, "reason": self.reason}


def _usage(pid: str) -> tuple[int, int]:
    """Return a process's threads, and the bytes that are its own or shared memory."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just ended
        return 0, 0
    found = dict(line.split(":", 1) for line in text.splitlines())
    kilobytes = (found.get(name, "0 kB").split()[0] for name in ("RssAnon", "RssShmem"))
    return int(found.get("Threads", "1")), 1024 * sum(map(int, kilobytes))


class Nursery:
    """Serve one worker.

    Args:
        sock: The connection to the worker.
        level: How far students' processes are confined.
        limits: What each may use.
    """

    def __init__(self, sock: socket.socket, level: str, limits: Limits) -> None:
        self.sock, self.channel = sock, Channel(sock)
        self.level, self.limits = level, limits
        self.child: Child | None = None

    def serve(self) -> None:
        """Do as the worker says until it hangs up."""
        while True:
            waits = LOOK if self.child and self.child.status is None else None
            if not select.select([self.sock], [], [], waits)[0]:
                self.child.look()
                continue
            try:
                order, _ = self.channel.receive()
            except EOFError:
                self.close()
                return
            self._obey(order)

    def _obey(self, order: dict[str, Any]) -> None:
        what = order["order"]
        if what == "start":
            self.child = self._start(_receive_handle(self.sock))
        elif what == "interrupt" and self.child:
            self.child.interrupt()
        elif what == "end" and self.child:
            self.child.wait(order["patience"])
            self.child.end()
            self.child.forget()
        self.channel.send(self.child.story() if self.child else {})

    def _start(self, handle: int) -> Child:
        self.close()
        held = _usage("self")[1]
        alone = self.level == "process"
        home = tempfile.mkdtemp(prefix="examiner-") if alone else None
        pid = os.fork() if alone else _fork_first()
        if pid == 0:
            _become_candidate(handle, self.level, self.limits, home)
        os.close(handle)
        return Child(pid, self.limits, held, home)

    def close(self) -> None:
        """End what it started."""
        if self.child:
            self.child.end()
            self.child.forget()


def _fork_first() -> int:
    """Fork a child that is the first process of its own process namespace.

    When it ends, the kernel ends all that it started.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    kernel.unshare(kernel.NEWPID)
    pid = os.fork()
    if pid:
        kernel.setns(own, kernel.NEWPID)
        os.close(own)
    return pid


def _receive_handle(sock: socket.socket) -> int:
    _, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(4))
    (_, _, data), *_ = ancillary
    return array.array("i", data)[0]


def _become_candidate(
    handle: int, level: str, limits: Limits, home: str | None
) -> None:
    """Give up everything, and serve the tester; this never returns."""
    code = 1
    try:
        os.setsid()  # a signal to its own group must reach nobody else
        if sys.platform == "linux":
            kernel.die_with(signal.SIGKILL)
        if home:
            _live_in(home)
        confine.forget_signals()
        confine.close_all_but([handle])
        channel = Channel(socket.socket(fileno=handle))
        try:
            header, data = channel.receive()
            files = dict(zip(header["files"], data, strict=True))
            confine.confine(limits, files, level, Path(home or HOME))
        except Exception as fault:  # whatever it is, nothing may run now
            why = f"{type(fault).__name__}: {fault}"
            channel.send({"confined": False, "why": why})
            return
        channel.send({"confined": True})
        sys.path.append(str(Path.cwd()))  # last: no file of a student's hides a module
        Candidate(channel, NotebookShell.instance()).serve()
        code = 0
    finally:
        os._exit(code)


def _live_in(home: str) -> None:
    """Have programs write into a folder, and nowhere else."""
    names = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR")
    os.environ.update(dict.fromkeys(names, home))
    tempfile.tempdir = None  # was asked for before


def main(options: dict[str, Any]) -> None:
    """Load what the options name, say so, and serve."""
    sock = socket.socket(fileno=options["handle"])
    make_shell(options["limits"]["output"])
    warm(options["warm"])
    nursery = Nursery(sock, options["level"], Limits(**options["limits"]))
    nursery.channel.send({"ready": True})
    nursery.serve()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
