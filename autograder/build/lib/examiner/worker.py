"""A worker: one fork server for students' processes, and a fork for each tester.

It runs in a process of its own, with one thread, so that its forks are safe. It takes
jobs one after the other on its standard input, as frames of the wire, and answers on
its standard output; the tester of each job is a fork, so that a test leaves nothing
behind.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat

from examiner.errors import CannotRun
from examiner.job import START, Job, Setup
from examiner.nursery import warm
from examiner.sandbox import bubblewrap, kernel
from examiner.sandbox.files import hand_out
from examiner.shell import make_shell
from examiner.student import Student
from examiner.tester import Tester
from examiner.wire import Channel

TESTER_MEMORY = 8 * 2**30  # bytes of addresses beyond those of the libraries


class Nursery:
    """A fork server in its sandbox, seen from the worker."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        options = {
            "handle": theirs.fileno(),
            "level": setup.level,
            "limits": asdict(setup.limits),
            "warm": setup.warm,
        }
        inner = [sys.executable, "-s", "-P", "-m", "examiner.nursery"]
        command = [*inner, json.dumps(options)]
        seen = [_package("examiner"), *map(Path, setup.seen)]
        if setup.level != "process":
            command = bubblewrap.command(command, seen, setup.limits.gpu)
        if command is None:
            raise CannotRun("There is no bubblewrap here: see examiner doctor.")
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=2,
            env=bubblewrap.environment(seen, setup.limits.gpu),
        )
        theirs.close()
        self.channel = Channel(ours)

    def wait(self) -> None:
        """Wait until the libraries are loaded.

        Raises:
            CannotRun: It did not start.
        """
        try:
            self.channel.receive(time.monotonic() + START)
        except (EOFError, OSError) as fault:
            raise CannotRun(
                "The sandbox does not start (its own words are above): see examiner "
                "doctor."
            ) from fault

    def close(self) -> None:
        """End it, and all that it started."""
        self.channel.close()  # it sees that, and clears up
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()


def _package(name: str) -> Path:
    return Path(find_spec(name).origin).parent


class Worker:
    """Grade notebooks, one after the other.

    Args:
        setup: How.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.nursery = Nursery(setup)  # both load their libraries at the same time
        self.shell = make_shell(setup.limits.output)
        warm(list(setup.warm))
        self.nursery.wait()

    def grade(self, job: Job) -> dict[str, Any]:
        """Grade a notebook in a fork of this process.

        Returns:
            ``cells``, ``notebook``, ``fault``, as JSON can hold them.
        """
        with tempfile.TemporaryDirectory(prefix="examiner-") as home:
            hand_out(job.given, Path(home))
            return self._grade(job, home)

    def _grade(self, job: Job, home: str) -> dict[str, Any]:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            os.chdir(home)
            sys.path.append(home)
            self._test(job, Channel(theirs))
        theirs.close()
        channel = Channel(ours)
        try:
            # The tester watches its own time; this is for a tester that hangs.
            answer, (text,) = channel.receive(
                time.monotonic() + 2 * self.setup.limits.total + 60
            )
            answer["notebook"] = text.decode()
        except (EOFError, OSError, ValueError) as fault:
            answer = {"cells": [], "notebook": "", "fault": _lost(fault)}
            self._begin_anew()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            channel.close()
        return answer

    def _test(self, job: Job, channel: Channel) -> None:
        """Be the tester: this never returns."""
        code = 1
        try:
            if sys.platform == "linux":
                kernel.die_with(signal.SIGKILL)
            _limit_addresses()
            limits = self.setup.limits
            files = {**job.files, **job.given}
            student = Student(self.nursery.channel, limits, files)
            notebook = nbformat.reads(job.notebook, as_version=4)
            tester = Tester(
                self.shell,
                student,
                limits,
                set(job.missing),
                set(job.asked),
                job.hidden,
            )
            tested = tester.grade(notebook)
            answer = {
                "cells": [asdict(cell) for cell in tested.cells],
                "fault": tested.fault,
            }
            channel.send(answer, [nbformat.writes(tested.notebook).encode()])
            code = 0
        except BaseException:
            traceback.print_exc()  # the grader's own fault: its maintainers must see it
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _begin_anew(self) -> None:
        """Start another fork server: nobody knows how this one was left."""
        self.nursery.close()
        self.nursery = Nursery(self.setup)
        self.nursery.wait()

    def close(self) -> None:
        """End the fork server."""
        self.nursery.close()


def _limit_addresses() -> None:
    held = Path("/proc/self/statm")
    if held.exists():
        size = int(held.read_text().split()[0]) * resource.getpagesize()
        limit = size + TESTER_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _lost(fault: Exception) -> str:
    return f"the tester ended without an answer ({type(fault).__name__})"


def main() -> None:
    """Serve jobs on a socket that is passed as the first argument."""
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    try:
        worker = Worker(Setup.from_json(sys.argv[2]))
    except CannotRun as fault:
        channel.send({"fault": str(fault)})
        return
    channel.send({"ready": True})
    with contextlib.closing(worker):
        while True:
            select.select([channel.sock], [], [])
            try:
                job, buffers = channel.receive()
            except (EOFError, OSError):
                return
            answer = worker.grade(Job.from_frame(job, buffers))
            notebook = answer.pop("notebook").encode("utf-8", "surrogatepass")
            channel.send(answer, [notebook])


if __name__ == "__main__":
    main()
