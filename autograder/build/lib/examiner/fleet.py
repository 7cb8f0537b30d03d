"""Workers beyond this machine, by dask.distributed.

Each dask worker keeps one worker of ours, started when its first notebook comes. A
notebook that a lost worker had is given to another; to grade it twice does no harm,
for its record is written by the side that asked, once.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from typing import Any

from examiner.crew import Answer, Hand, with_gpu
from examiner.errors import CannotRun
from examiner.job import Job, Setup

AT_ONCE = 4  # notebooks on their way, for each dask worker
_HANDS: dict[Setup, Hand] = {}


class Fleet:
    """The workers of a dask cluster.

    Args:
        setup: How each works.
        address: Of the scheduler, as ``tcp://host:8786``; or ``local`` for a cluster
            of this machine's own.
        jobs: Workers of a local cluster.
        gpu: Whether each uses the GPUs that its CUDA_VISIBLE_DEVICES names.

    Raises:
        CannotRun: There is no scheduler, or it has no workers.
    """

    def __init__(
        self, setup: Setup, address: str, jobs: int, gpu: bool = False
    ) -> None:
        from distributed import Client, LocalCluster

        self.setup, self.gpu = setup, gpu
        self._stack = contextlib.ExitStack()
        try:
            if address == "local":
                cluster = LocalCluster(
                    n_workers=jobs, threads_per_worker=1, dashboard_address=None
                )
                address = self._stack.enter_context(cluster).scheduler_address
            self.client = self._stack.enter_context(Client(address, timeout=20))
            self.client.wait_for_workers(1, timeout=60)
        except (OSError, TimeoutError) as fault:
            self._stack.close()
            raise CannotRun(
                f"There is no dask scheduler with workers at {address} ({fault}). "
                "Start one: dask scheduler; and on each host: dask worker ADDRESS "
                "--nthreads 1"
            ) from fault

    def grade(self, jobs: Iterable[tuple[Any, Job]]) -> Iterator[tuple[Any, Answer]]:
        """Grade notebooks side by side, as :meth:`examiner.crew.Crew.grade` does."""
        from distributed import as_completed

        todo = iter(jobs)
        most = AT_ONCE * max(1, len(self.client.scheduler_info()["workers"]))
        known: dict[str, Any] = {}
        running = as_completed([], with_results=True, raise_errors=False)
        for item in todo:
            running.add(self._submit(item, known))
            if len(known) >= most:
                break
        for future, answer in running:
            key = known.pop(future.key)
            if future.status == "error":
                fault = f"the cluster could not grade it: {future.exception()}"
                answer = {"cells": [], "notebook": "", "fault": fault, "seconds": 0.0}
            yield key, answer
            if item := next(todo, None):
                running.add(self._submit(item, known))

    def _submit(self, item: tuple[Any, Job], known: dict[str, Any]) -> Any:
        future = self.client.submit(
            _grade, self.setup, item[1], self.gpu, pure=False, retries=2
        )
        known[future.key] = item[0]
        return future

    def close(self) -> None:
        """Leave the cluster; a local one ends."""
        self._stack.close()

    def __enter__(self) -> "Fleet":
        """Return the fleet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster."""
        self.close()


def _grade(setup: Setup, job: Job, gpu: bool) -> Answer:
    """Grade a notebook in a dask worker."""
    if gpu:
        setup = with_gpu(setup, os.environ.get("CUDA_VISIBLE_DEVICES", "0"))
    return _HANDS.setdefault(setup, Hand(setup)).grade(job)
