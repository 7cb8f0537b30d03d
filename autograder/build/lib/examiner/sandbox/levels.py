"""How far this machine can keep students' code apart.

- ``full``: bubblewrap, namespaces, limits and a filter of system calls.
- ``namespaces``: the same without the filter.
- ``process``: a process of its own with limits; it reads files and uses the network
  as you do, and on a Linux with Landlock changes nothing outside its own folder.
- ``none``: nbgrader's kernels, where students' code runs with the tests.
"""

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from examiner.sandbox import bubblewrap, seccomp

LEVELS = ["none", "process", "namespaces", "full"]
_PROBE = """
import os, signal, sys
from examiner.sandbox import Limits, confine, kernel
kernel.unshare(kernel.NEWPID)
pid = os.fork()
if pid == 0:
    try:
        confine.confine(Limits(), {}, sys.argv[1])
        os._exit(0)
    except BaseException as fault:
        sys.stderr.write(f"{type(fault).__name__}: {fault}")
        os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@dataclass(frozen=True)
class Level:
    """Say how far students' code can be kept apart here, and what would help.

    Args:
        name: One of :data:`LEVELS`.
        lacks: What is missing for the level above, and how to get it.
    """

    name: str
    lacks: str = ""

    @property
    def is_full(self) -> bool:
        """Whether untrusted work may be graded."""
        return self.name == "full"


@cache
def best_level() -> Level:
    """Try what this machine can do, from the best on."""
    if sys.platform != "linux":
        return Level(
            "process",
            "Namespaces are Linux's: grade strangers' work on Linux, or in a virtual "
            "machine with it.",
        )
    if bubblewrap.command([], []) is None:
        return Level(
            "process", "There is no bubblewrap: sudo apt-get install bubblewrap"
        )
    if why := _fails("namespaces"):
        return Level(
            "process",
            f"bubblewrap cannot make namespaces here ({why}). In a container, allow "
            "user namespaces; on Ubuntu 24.04 and later give bubblewrap an AppArmor "
            "profile, or set kernel.apparmor_restrict_unprivileged_userns=0.",
        )
    why = _fails("full") if seccomp.available() else "no pyseccomp, or no libseccomp"
    if why:
        return Level(
            "namespaces",
            f"System calls cannot be filtered ({why}): pip install pyseccomp, and "
            "sudo apt-get install libseccomp2",
        )
    return Level("full")


def _fails(level: str) -> str:
    """Try a level for real; return in a few words why it does not work, or ""."""
    inner = [sys.executable, "-s", "-P", "-c", _PROBE, level]
    command = bubblewrap.command(inner, [Path(__file__).parents[1]])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    words = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
    return "" if done.returncode == 0 else words[0][:200]
