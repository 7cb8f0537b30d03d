"""What a process may change of the file system, by Linux's Landlock.

Namespaces and read-only mounts say the same already: this is a second lock, and on a
machine without bubblewrap the only one. It needs no privilege. What it refuses is
refused to all children, for good. It does not restrict reading.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from examiner.sandbox import kernel

# The numbers are the same on all processors; see the kernel's landlock.rst.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_WRITE_FILE, _MAKE_CHAR, _MAKE_BLOCK = 1 << 1, 1 << 6, 1 << 11
_REMOVE_AND_MAKE = 0b1_1111_1111 << 4  # folders, files, devices, sockets, links
_SINCE = {2: 1 << 13, 3: 1 << 14}  # version: to link or rename across; to truncate
_TCP = 0b11  # to bind and to connect, since version 4
_SCOPES = 0b11  # abstract sockets and signals to the outside, since version 6


def version() -> int:
    """Return the version of Landlock that the kernel has; 0 if none."""
    if sys.platform != "linux":
        return 0
    return max(0, kernel.call(_CREATE, None, 0, _ASK_VERSION))


def restrict(writable: Iterable[Path]) -> None:
    """Let this process change nothing but what lies in some folders, and not use TCP.

    Does nothing where the kernel has no Landlock.

    Raises:
        OSError: The kernel refused.
    """
    known = version()
    if not known:
        return
    rights = _WRITE_FILE | _REMOVE_AND_MAKE
    rights |= sum(bit for since, bit in _SINCE.items() if known >= since)
    wanted = [rights, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0]
    sizes = 8 * (1 + (known >= 4) + (known >= 6))
    attributes = (ctypes.c_uint64 * 3)(*wanted)
    rules = kernel.call(_CREATE, ctypes.byref(attributes), sizes, 0)
    kernel.check(rules, "landlock_create_ruleset")
    try:
        for folder in writable:
            _allow(rules, folder, rights & ~(_MAKE_CHAR | _MAKE_BLOCK))
        kernel.no_new_privileges()
        kernel.check(kernel.call(_RESTRICT, rules, 0), "landlock_restrict_self")
    finally:
        os.close(rules)


def _allow(rules: int, folder: Path, rights: int) -> None:
    handle = os.open(folder, os.O_PATH)
    try:
        beneath = rights.to_bytes(8, sys.byteorder) + handle.to_bytes(4, sys.byteorder)
        done = kernel.call(_ADD, rules, _PATH_BENEATH, beneath, 0)
        kernel.check(done, f"landlock_add_rule {folder}")
    finally:
        os.close(handle)
