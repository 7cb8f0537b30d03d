"""Grade a notebook in a Jupyter kernel, tests and student's code together.

For widgets and for other languages than Python. Nothing is kept apart here: the
student's code runs as you, and could forge its marks.
"""

import contextlib
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from examiner.crew import Answer, AnyCrew
from examiner.errors import Gone, Mismatch, Raised
from examiner.job import Job
from examiner.outputs import said
from examiner.record import CellRecord, Outcome
from examiner.roles import Role, role_of
from examiner.sandbox import Limits
from examiner.sandbox.files import hand_out
from examiner.scoring import Test, score
from examiner.shell import Ran

STARTS = 3  # of a kernel that ends at once
STOPPED = "KeyboardInterrupt"


def grade_in_kernel(job: Job, limits: Limits) -> dict[str, Any]:
    """Grade a notebook in the kernel that its source names.

    Returns:
        The same as :meth:`examiner.worker.Worker.grade`.
    """
    notebook = nbformat.reads(job.notebook, as_version=4)
    with tempfile.TemporaryDirectory(prefix="examiner-") as home:
        hand_out({**job.files, **job.given}, Path(home))
        lost = _run(notebook, home, limits)
    cells = []
    for i, cell in enumerate(notebook.cells):
        data = cell.metadata.get("nbgrader", {})
        if role_of(cell) is Role.MANUAL:
            points = float(data["points"])
            cells.append(CellRecord(data["grade_id"], None, points, Outcome.MANUAL))
        elif role_of(cell) is Role.TEST:
            points = float(data["points"])
            test = Test(data["grade_id"], points, cell.source, job.hidden)
            cells.append(score(test, lost.get(i) or _ran(cell), ()))
    return {
        "cells": [asdict(cell) for cell in cells],
        "notebook": nbformat.writes(notebook),
        "fault": "",
    }


def _run(notebook: NotebookNode, home: str, limits: Limits) -> dict[int, Ran]:
    """Run all cells; return those that ended the kernel, which begins anew then."""
    lost: dict[int, Ran] = {}
    done = 0
    while done < len(notebook.cells):
        client = NotebookClient(
            notebook,
            timeout=int(limits.cell),
            interrupt_on_timeout=True,
            allow_errors=True,
            resources={"metadata": {"path": home}},
        )
        with _started(client):
            done = _run_until_it_dies(client, notebook, lost, done)
    return lost


@contextlib.contextmanager
def _started(client: NotebookClient) -> Iterator[None]:
    """Start a kernel, more than once if need be.

    Its ports are chosen before it binds them, so another program may be faster, and
    the kernel ends before its first reply.
    """
    for left in reversed(range(STARTS)):
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(client.setup_kernel())
            except RuntimeError:
                if not left:
                    raise
                continue
            yield
            return


def _run_until_it_dies(
    client: NotebookClient, notebook: NotebookNode, lost: dict[int, Ran], done: int
) -> int:
    """Run what a new kernel has not run yet; return how many cells are done."""
    for i, cell in enumerate(notebook.cells):
        again = i < done
        if cell.cell_type != "code" or i in lost:
            continue
        if again and role_of(cell) is Role.TEST:
            continue
        kept = cell.get("outputs"), cell.get("execution_count")
        try:
            client.execute_cell(cell, i)
        except DeadKernelError:
            gone = Gone(Outcome.DIED, "The kernel with your code ended.")
            lost[i] = Ran(gone)
            cell.outputs = said("DIED", gone.message)
            return max(done, i + 1)
        if again:
            cell.outputs, cell.execution_count = kept
    return len(notebook.cells)


def _ran(cell: NotebookNode) -> Ran:
    """Read off a cell's outputs what it did."""
    error, value = None, None
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename == STOPPED:
                error = Gone(Outcome.TIMEOUT, "The cell took too long.")
            elif output.ename == "Mismatch":
                error = Mismatch(output.evalue)
            else:
                error = Raised(output.ename, output.evalue)
        elif output.output_type == "execute_result":
            value = _number(output.data.get("text/plain", ""))
    return Ran(error, value, [dict(output) for output in cell.outputs])


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class KernelCrew:
    """Grade notebooks in kernels, some at once.

    Args:
        limits: How long a cell may take.
        jobs: How many at once.
    """

    def __init__(self, limits: Limits, jobs: int) -> None:
        self.limits = limits
        self.pool = ThreadPoolExecutor(jobs)

    def grade(self, jobs: Iterable[tuple[Any, Job]]) -> Iterator[tuple[Any, Answer]]:
        """Grade notebooks, as :meth:`examiner.crew.Crew.grade` does."""
        running = {self.pool.submit(self._grade, job): key for key, job in jobs}
        for done in as_completed(running):
            yield running[done], done.result()

    def _grade(self, job: Job) -> Answer:
        start = time.perf_counter()
        try:
            answer = grade_in_kernel(job, self.limits)
        except Exception as fault:  # a kernel that is not there, or does not answer
            why = f"no kernel could run it: {type(fault).__name__}: {fault}"
            answer = {"cells": [], "notebook": "", "fault": why[:500]}
        finally:
            ensure_event_loop().close()  # nbclient leaves one open in each thread
        return {**answer, "seconds": time.perf_counter() - start}

    def __enter__(self) -> "KernelCrew":
        """Return the crew."""
        return self

    def __exit__(self, *_: object) -> None:
        """Start no more kernels."""
        self.pool.shutdown(cancel_futures=True)


class MixedCrew:
    """Grade some test cells in a kernel, all others as another crew does.

    Args:
        crew: The other crew.
        limits: How long a cell may take.
        cells: The grade_ids of the cells for the kernel.
    """

    def __init__(self, crew: AnyCrew, limits: Limits, cells: Iterable[str]) -> None:
        self.crew, self.limits, self.cells = crew, limits, set(cells)

    def grade(self, jobs: Iterable[tuple[Any, Job]]) -> Iterator[tuple[Any, Answer]]:
        """Grade notebooks, as :meth:`examiner.crew.Crew.grade` does."""
        pairs = (((key, job), job) for key, job in jobs)
        for (key, job), answer in self.crew.grade(pairs):
            if not answer["fault"]:
                found = grade_in_kernel(job, self.limits)["cells"]
                theirs = {
                    c["grade_id"]: c for c in found if c["grade_id"] in self.cells
                }
                answer["cells"] = [
                    theirs.get(cell["grade_id"], cell) for cell in answer["cells"]
                ]
            yield key, answer

    def __enter__(self) -> "MixedCrew":
        """Open the other crew."""
        self.crew.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        """Close the other crew."""
        self.crew.__exit__(*details)
