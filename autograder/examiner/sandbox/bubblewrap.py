"""The world around the fork server, by bubblewrap.

It is the user's own: no root is needed. The fork server keeps one capability in it,
which it needs to give each student's process namespaces and folders of its own, and
which none of these processes keeps (see :mod:`examiner.sandbox.confine`).
"""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

HOME = "/home/student"
# Read-only, where they are there; nothing else of the machine is seen.
_SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]
_SETTINGS = [
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
]
_FLAGS = [
    "--unshare-all",
    "--unshare-user",
    "--die-with-parent",
    "--new-session",
    "--clearenv",
    *("--uid", "0", "--gid", "0"),  # of the new world alone; else no /proc of its own
    *("--hostname", "student"),
    *("--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"),
]


def environment(seen: Iterable[Path], gpu: str = "") -> dict[str, str]:
    """Return the environment of a student's process: nothing of the grader's.

    Args:
        seen: The packages that it may import, beside those of this Python.
        gpu: The GPU that it may use, as CUDA_VISIBLE_DEVICES names it.
    """
    packages = dict.fromkeys(str(Path(place).parent) for place in seen)
    threads = dict.fromkeys(["OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "XDG_CACHE_HOME": "/tmp/cache",
        "IPYTHONDIR": "/tmp/ipython",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(packages),
        "CUDA_VISIBLE_DEVICES": gpu,
        **threads,
    }


def command(inner: list[str], seen: Iterable[Path], gpu: str = "") -> list[str] | None:
    """Return the command that runs another in a world of its own.

    Args:
        inner: The command to run.
        seen: Packages that it may read, beside the system's programs.
        gpu: The GPU that it may use, as CUDA_VISIBLE_DEVICES names it.

    Returns:
        None where there is no bubblewrap.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return None
    found, seen = [bwrap, *_FLAGS], list(seen)
    for key, value in environment(seen, gpu).items():
        found += ["--setenv", key, value]
    found += ["--tmpfs", "/tmp"]  # the fork server's; students' processes get their own
    found += [part for path in _SYSTEM for part in _like_outside(path)]
    for path in (*_SETTINGS, *_python(), *_outermost(seen)):
        found += ["--ro-bind-try", str(path), str(path)]
    found += ["--proc", "/proc", "--dev", "/dev", "--dir", HOME, "--chdir", "/"]
    for path in _devices(gpu):
        found += ["--dev-bind-try", path, path]
    # All students' processes see these folders: none may write there.
    found += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*found, *inner]


def _devices(gpu: str) -> list[str]:
    """Return the files by which CUDA speaks to a GPU."""
    if not gpu:
        return []
    own = [f"/dev/nvidia{number}" for number in gpu.split(",")]
    return [*own, "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"]


def _like_outside(path: str) -> list[str]:
    """Show a system folder as it is: a link as a link."""
    if Path(path).is_symlink():
        return ["--symlink", str(Path(path).readlink()), path]
    return ["--ro-bind-try", path, path]


def _python() -> list[Path]:
    """Return the folders of this Python and of its virtual environment."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    prefixes |= {str(Path(sys.executable).resolve().parents[1])}
    return _outermost(Path(p) for p in prefixes if p not in ("/usr", "/"))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Leave out what lies inside another one."""
    found = sorted({p.absolute() for p in paths})
    return [p for p in found if not any(q in p.parents for q in found)]
