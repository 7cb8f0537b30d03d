"""Workers are lost, and no submission is."""

import os
import signal
import time

import nbformat
import pytest
from nbformat.v4 import new_notebook
from split import LIMITS, answer, needs, quiz

from examiner.crew import Crew
from examiner.errors import CannotRun
from examiner.fleet import Fleet
from examiner.job import Job, Setup

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(bool(needs()), reason=needs()),
    pytest.mark.slow,
]
SETUP = Setup(limits=LIMITS)
CLASS = 24


def jobs():
    for k in range(CLASS):
        cells = [answer(f"import time\ntime.sleep(0.1)\nx = {k}"), quiz("assert x % 3")]
        yield k, Job(nbformat.writes(new_notebook(cells=cells)))


def right(found):
    """Whether each was graded once, and rightly."""
    want = [(k, 2.0 if k % 3 else 0.0) for k in range(CLASS)]
    return sorted((k, a["cells"][0]["points"]) for k, a in found) == want


def test_a_killed_worker_is_replaced_and_nothing_is_lost_or_graded_twice():
    found = []
    with Crew(SETUP, 2) as crew:
        for k, graded in crew.grade(jobs()):
            found.append((k, graded))
            if len(found) in (3, 9):
                os.kill(crew.hands[len(found) == 9].process.pid, signal.SIGKILL)
    assert right(found)


def test_a_killed_member_of_a_cluster_loses_nothing():
    found = []
    with Fleet(SETUP, "local", 2) as fleet:
        for k, graded in fleet.grade(jobs()):
            found.append((k, graded))
            if len(found) == 3:
                pid = next(iter(fleet.client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
    assert right(found)


def test_a_fork_server_that_is_killed_is_started_again():
    import subprocess

    found = []
    with Crew(SETUP, 1) as crew:
        for k, graded in crew.grade(jobs()):
            found.append((k, graded))
            if len(found) == 3:
                parent = str(crew.hands[0].process.pid)
                out = subprocess.check_output(["ps", "-o", "pid=", "--ppid", parent])
                for pid in map(int, out.split()):
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.2)
    refused = [k for k, graded in found if graded["fault"]]
    assert len(found) == CLASS
    assert len(refused) <= 1  # the one that was on its way, and says so
    rest = [(k, g) for k, g in found if not g["fault"]]
    assert all(g["cells"][0]["points"] == (2.0 if k % 3 else 0.0) for k, g in rest)


def test_a_scheduler_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(CannotRun, match="dask scheduler"):
        Fleet(SETUP, "tcp://127.0.0.1:9", 1)
