"""What a process gives up before a student's code runs in it.

The order matters: folders and namespaces need the capability that goes next, and the
filter of system calls, which comes last, would refuse all that is before it.
"""

import contextlib
import os
import resource
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

from examiner.sandbox import kernel, landlock, seccomp
from examiner.sandbox.bubblewrap import HOME
from examiner.sandbox.files import hand_out
from examiner.sandbox.limits import Limits

_OWN_FOLDERS = {HOME: 1, "/tmp": 4, "/dev/shm": 4}
_CARE = kernel.NOSUID | kernel.NODEV


def confine(
    limits: Limits, files: Mapping[str, bytes], level: str, home: Path = Path(HOME)
) -> None:
    """Confine this process, which is the first of its own process namespace.

    Args:
        limits: What it may use.
        files: What lies in its home folder, by relative name.
        level: ``full``: all of it; ``namespaces``: without the filter of system
            calls; ``process``: limits, and no writing outside its home folder where
            the kernel has Landlock.
        home: Its home folder; at the level ``process`` any that is its own.

    Raises:
        OSError: The kernel refused; nothing of a student's may run then.
    """
    if level == "process":
        hand_out(files, home)
        os.chdir(home)
        _limit(limits)
        landlock.restrict([home, Path("/dev")])
        return
    kernel.unshare(kernel.NEWNS | kernel.NEWIPC)
    kernel.mount("none", "/", "none", kernel.REC | kernel.PRIVATE)
    for folder, part in _OWN_FOLDERS.items():
        _mount_own(folder, limits.scratch // part)
    # Read-only: whoever runs the grader as root owns /proc/sys, capability or not.
    flags = _CARE | kernel.NOEXEC | kernel.RDONLY
    kernel.mount("proc", "/proc", "proc", flags)
    hand_out(files, home)
    os.chdir(home)
    _limit(limits)
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    landlock.restrict([*map(Path, _OWN_FOLDERS), Path("/dev")])
    if level == "full":
        seccomp.refuse_calls()


def _mount_own(folder: str, size: int) -> None:
    """Put an empty folder of limited size over another, but keep what is bound in it.

    A Python that lies in /tmp must still be seen.
    """
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    places = [line.split()[4].encode().decode("unicode_escape") for line in lines]
    bound = [place for place in places if place.startswith(f"{folder}/")]
    handles = {place: os.open(place, os.O_PATH) for place in bound}
    options = f"size={size},nr_inodes=20000,mode=700"
    kernel.mount("tmpfs", folder, "tmpfs", _CARE, options)
    for place, handle in handles.items():
        Path(place).mkdir(parents=True)
        kernel.mount(f"/proc/self/fd/{handle}", place, "none", kernel.BIND)
        os.close(handle)


def _limit(limits: Limits) -> None:
    """Set the kernel's own limits; what a group takes together, the nursery watches."""
    held = Path("/proc/self/statm")  # which only Linux has
    pages = int(held.read_text().split()[0]) if held.exists() else 2**21
    # Threads and mapped files take addresses, too.
    addresses = pages * resource.getpagesize() + limits.memory + 2**30
    bounds = {
        "RLIMIT_AS": addresses,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.total) + 60,
        "RLIMIT_FSIZE": limits.scratch,
        "RLIMIT_MEMLOCK": 2**16,
        "RLIMIT_MSGQUEUE": 2**16,
        "RLIMIT_NOFILE": limits.files,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_SIGPENDING": 256,
    }
    if limits.gpu:  # CUDA reserves addresses for all memory there is
        del bounds["RLIMIT_AS"]
    for name, value in bounds.items():
        which = getattr(resource, name, None)
        if which is not None:
            _, hard = resource.getrlimit(which)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (value, value))


def close_all_but(keep: Iterable[int]) -> None:
    """Close every file but some, and read nothing from the standard input."""
    kept = sorted({0, 1, 2, *keep})
    for low, high in zip(kept, [*kept[1:], 2**16], strict=True):
        os.closerange(low + 1, high)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


def forget_signals() -> None:
    """Give each signal its usual meaning back."""
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
