"""Say what isolation this machine can give, and how to get more."""

import os
import platform
import shutil

from examiner.sandbox import Limits, seccomp
from examiner.sandbox.levels import Level, best_level


def examine_machine() -> tuple[Level, list[str]]:
    """Try the sandbox, and describe what was found in sentences."""
    level = best_level()
    limits = Limits()
    lines = [
        f"Isolation: {level.name}.",
        level.lacks or "Strangers' work can be graded here.",
        "",
        f"System: {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}, as {'root' if _is_root() else 'a user'}.",
        f"bubblewrap: {shutil.which('bwrap') or 'not found'}.",
        f"Filter of system calls: {'there' if seccomp.available() else 'not there'}.",
        f"Landlock: {_landlock()}.",
        f"A student's code may use {limits.memory / 2**30:g} GiB of memory, "
        f"{limits.scratch / 2**20:g} MiB of files, {limits.processes} processes, and "
        f"{limits.cell:g} seconds a cell.",
    ]
    return level, lines


def _landlock() -> str:
    from examiner.sandbox import landlock

    found = landlock.version()
    return f"version {found}" if found else "not there"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
