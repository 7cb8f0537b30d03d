"""Kernel mode: a kernel that does not start is started again."""

import json
import sys

import nbformat
import pytest
from nbformat.v4 import new_notebook
from split import LIMITS, answer, quiz

from examiner.job import Job
from examiner.kernels import STARTS, KernelCrew

FLAKY = """
import sys
from pathlib import Path
tries = Path({tries!r})
left = int(tries.read_text()) - 1
tries.write_text(str(left))
if left >= 0:
    sys.exit("Address already in use")
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.slow,
]


@pytest.fixture
def flaky(tmp_path, monkeypatch):
    """Return a function that makes a kernel fail some times before it starts."""

    def make(failures):
        tries = tmp_path / "tries"
        tries.write_text(str(failures))
        spec = tmp_path / "kernels/flaky/kernel.json"
        spec.parent.mkdir(parents=True)
        code = FLAKY.format(tries=str(tries))
        argv = [sys.executable, "-c", code, "-f", "{connection_file}"]
        names = {"argv": argv, "display_name": "flaky", "language": "python"}
        spec.write_text(json.dumps(names))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        cells = [answer("x = 1"), quiz("assert x == 1")]
        book = new_notebook(cells=cells)
        book.metadata.kernelspec = {"name": "flaky", "display_name": "flaky"}
        with KernelCrew(LIMITS, 1) as crew:
            ((_, graded),) = crew.grade([(0, Job(nbformat.writes(book)))])
        return graded

    return make


def test_a_kernel_that_ends_before_its_first_reply_is_started_again(flaky):
    graded = flaky(STARTS - 1)
    assert not graded["fault"]
    assert [cell["points"] for cell in graded["cells"]] == [2]


def test_a_kernel_that_never_starts_is_a_fault_and_no_zero(flaky):
    graded = flaky(STARTS)
    assert "no kernel could run it" in graded["fault"]
    assert graded["cells"] == []
