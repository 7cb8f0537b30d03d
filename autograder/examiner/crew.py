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
from dataclasses import asdict, replace
from typing import Any, Protocol

from examiner.errors import CannotRun
from examiner.job import START, Job, Setup
from examiner.wire import Channel

Answer = dict[str, Any]
TRIES = 3  # of a notebook whose worker is lost


class AnyCrew(Protocol):
    """Whoever grades notebooks."""

    def grade(self, jobs: Iterable[tuple[Any, Job]]) -> Iterator[tuple[Any, Answer]]:
        """Grade notebooks; yield what came with each, and its answer."""

    def __enter__(self) -> "AnyCrew": ...

    def __exit__(self, *details: Any) -> None: ...


class Hand:
    """One worker, started when it is first needed, and again when it is lost.

    Args:
        setup: How it works.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.process: subprocess.Popen | None = None
        self.channel: Channel | None = None
        self.ready = self.closed = self.worked = False

    def start(self) -> None:
        """Start it, if it does not run.

        Raises:
            CannotRun: It does not start.
        """
        self.launch()
        if self.ready:
            return
        try:
            answer, _ = self.channel.receive(time.monotonic() + 2 * START)
        except (EOFError, OSError):
            if self.worked:
                raise  # it was lost while it started again
            answer = {"fault": "A worker does not start; its own words are above."}
        if "fault" in answer:
            self.end()
            raise CannotRun(answer["fault"])
        self.ready = self.worked = True

    def launch(self) -> None:
        """Begin to start it, if it does not run."""
        if self.closed:
            raise EOFError
        if self.process and self.process.poll() is None:
            return
        self.end()
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "examiner.worker"),
                    *(str(theirs.fileno()), json.dumps(asdict(self.setup))),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=2,  # what it says is for the instructor
                start_new_session=True,  # Ctrl-C is for the one who asked
            )
        self.channel = Channel(ours)

    def grade(self, job: Job) -> Answer:
        """Have a notebook graded; a worker that is lost is replaced.

        Returns:
            What the worker answers, and the ``seconds`` that it took.
        """
        for _ in range(TRIES):
            try:
                self.start()
                return self._ask(job)
            except (EOFError, OSError):
                if self.closed:
                    raise
                self.end()
        fault = f"the worker was lost {TRIES} times while it graded this notebook"
        return {"cells": [], "notebook": "", "fault": fault, "seconds": 0.0}

    def _ask(self, job: Job) -> Answer:
        start = time.perf_counter()
        self.channel.send(*job.to_frame())
        answer, (notebook,) = self.channel.receive()
        seconds = time.perf_counter() - start
        return {**answer, "notebook": notebook.decode(), "seconds": seconds}

    def close(self) -> None:
        """End it, for good."""
        self.closed = True
        self.end(patience=0.5)

    def end(self, patience: float = 5) -> None:
        """End it, after some seconds of patience; it starts again when needed."""
        if self.channel:
            # It sees that, and ends what it started; so does whoever waits for it.
            with contextlib.suppress(OSError):
                self.channel.sock.shutdown(socket.SHUT_RDWR)
            self.channel.close()
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
            self.process.kill()
            self.process.wait()
        self.process, self.channel, self.ready = None, None, False


class Crew:
    """Several workers on this machine.

    Args:
        setup: How each works.
        jobs: How many there are.
        gpus: How many GPUs they share.
    """

    def __init__(self, setup: Setup, jobs: int, gpus: int = 0) -> None:
        numbers = [str(k % gpus) if gpus else "" for k in range(jobs)]
        self.hands = [Hand(with_gpu(setup, number)) for number in numbers]
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

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
        stop = self._stop
        threads = [
            threading.Thread(
                target=_work, args=(hand, todo, lock, done, stop), daemon=True
            )
            for hand in self.hands
        ]
        self._threads += threads
        for thread in threads:
            thread.start()
        left = len(threads)
        while left:
            found = done.get()
            if found is None:
                left -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found

    def close(self) -> None:
        """End the workers, also in the middle of a notebook."""
        self._stop.set()
        for hand in self.hands:
            hand.close()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> "Crew":
        """Have the workers load their libraries; they end with the block."""
        for hand in self.hands:
            hand.launch()
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers."""
        self.close()


def with_gpu(setup: Setup, gpu: str) -> Setup:
    """Return how a worker works whose students may use a GPU."""
    return replace(setup, limits=replace(setup.limits, gpu=gpu))


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
            _put(done, (item[0], hand.grade(item[1])), stop)
    except BaseException as fault:
        _put(done, fault, stop)
    finally:
        _put(done, None, stop)


def _put(done: queue.Queue, item: object, stop: threading.Event) -> None:
    """Hand over, unless nobody takes any more."""
    while not stop.is_set():
        with contextlib.suppress(queue.Full):
            done.put(item, timeout=0.2)
            return
