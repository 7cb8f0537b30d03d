"""Workers on this machine, each in a process of its own, and what they are given."""

import contextlib
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from examiner.errors import CannotRun
from examiner.job import Job, Setup
from examiner.wire import Channel
from examiner.worker import START

Answer = dict[str, Any]


class Hand:
    """One worker, started when it is first needed, and again when it is lost.

    Args:
        setup: How it works.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.process: subprocess.Popen | None = None
        self.channel: Channel | None = None

    def start(self) -> None:
        """Start it, if it does not run.

        Raises:
            CannotRun: It does not start.
        """
        if self.process and self.process.poll() is None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "examiner.worker"),
                    *(str(theirs.fileno()), json.dumps(asdict(self.setup))),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
            )
        self.channel = Channel(ours)
        try:
            ready, _ = self.channel.receive(time.monotonic() + 2 * START)
        except (EOFError, OSError):
            ready = {"fault": "A worker does not start; its own words are above."}
        if "fault" in ready:
            self.close()
            raise CannotRun(ready["fault"])

    def grade(self, job: Job) -> Answer:
        """Have a notebook graded; a worker that is lost is replaced once."""
        for _ in range(2):
            self.start()
            try:
                return self._ask(job)
            except (EOFError, OSError):
                self.close()
        fault = "the worker was lost twice while it graded this notebook"
        return {"cells": [], "notebook": "", "fault": fault}

    def _ask(self, job: Job) -> Answer:
        self.channel.send(*job.to_frame())
        answer, (notebook,) = self.channel.receive()
        return {**answer, "notebook": notebook.decode()}

    def close(self) -> None:
        """End it."""
        if self.channel:
            self.channel.close()  # it sees that, and ends what it started
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            self.process.kill()
            self.process.wait()
        self.process = self.channel = None


class Crew:
    """Several workers on this machine.

    Args:
        setup: How each works.
        jobs: How many there are.
    """

    def __init__(self, setup: Setup, jobs: int) -> None:
        self.hands = [Hand(setup) for _ in range(jobs)]

    def grade(self, jobs: Iterable[tuple[Any, Job]]) -> Iterator[tuple[Any, Answer]]:
        """Grade notebooks side by side.

        Args:
            jobs: Pairs of anything and a job; read as workers get free.

        Yields:
            The same things, each with its answer and its ``seconds``, as they come.

        Raises:
            CannotRun: A worker does not start.
        """
        todo, lock = iter(jobs), threading.Lock()
        done: queue.Queue = queue.Queue(maxsize=2 * len(self.hands))
        stop = threading.Event()
        threads = [
            threading.Thread(
                target=_work, args=(hand, todo, lock, done, stop), daemon=True
            )
            for hand in self.hands
        ]
        for thread in threads:
            thread.start()
        left = len(threads)
        try:
            while left:
                found = done.get()
                if found is None:
                    left -= 1
                elif isinstance(found, BaseException):
                    raise found
                else:
                    yield found
        finally:
            stop.set()

    def close(self) -> None:
        """End the workers."""
        for hand in self.hands:
            hand.close()

    def __enter__(self) -> "Crew":
        """Return the crew, whose workers end with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers."""
        self.close()


def _work(
    hand: Hand,
    todo: Iterator[tuple[Any, Job]],
    lock: threading.Lock,
    done: queue.Queue,
    stop: threading.Event,
) -> None:
    """Take jobs until there are none; put what came of them."""
    try:
        while not stop.is_set():
            with lock:
                item = next(todo, None)
            if item is None:
                break
            start = time.perf_counter()
            answer = hand.grade(item[1])
            answer["seconds"] = time.perf_counter() - start
            done.put((item[0], answer))
    except BaseException as fault:
        done.put(fault)
    finally:
        done.put(None)
