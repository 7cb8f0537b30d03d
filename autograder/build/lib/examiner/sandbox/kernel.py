"""The calls of the Linux kernel that Python does not have, by ctypes."""

import ctypes
import os

NEWNS, NEWIPC, NEWPID = 0x00020000, 0x08000000, 0x20000000
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
BIND, REC, PRIVATE = 0x1000, 0x4000, 0x40000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPSET, _CAPABILITY_VERSION = {"x86_64": 126, "aarch64": 91}, 0x20080522

_C = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """Raise what the kernel said, if it refused.

    Raises:
        OSError: The result is negative.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def call(number: int, *arguments: object) -> int:
    """Make a system call that the C library has no name for."""
    return _C.syscall(number, *arguments)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    check(_C.unshare(flags), "unshare")


def setns(handle: int, kind: int) -> None:
    """Enter a namespace; children of this process will be in it."""
    check(_C.setns(handle, kind), "setns")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system."""
    texts = [text.encode() for text in (source, target, kind)]
    options = data.encode() or None
    check(_C.mount(*texts, ctypes.c_ulong(flags), options), f"mount {target}")


def die_with(number: int) -> None:
    """Have this process get a signal when its parent ends."""
    check(_C.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0), "PR_SET_PDEATHSIG")


def no_new_privileges() -> None:
    """Make sure that no program that is run can gain any."""
    check(_C.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")


def drop_capabilities() -> None:
    """Give up all capabilities, for good."""
    check(
        _C.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "PR_CAP_AMBIENT"
    )
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    number = _CAPSET[os.uname().machine]
    check(_C.syscall(number, ctypes.byref(header), ctypes.byref(nothing)), "capset")
