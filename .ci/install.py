"""Make the virtual environment of the course: ``make`` calls this, you need not.

Says in one sentence what is missing on this machine and how to get it, then installs
torch first and the requirements after it, so that a laptop without a GPU does not
download gigabytes of CUDA libraries. Uses nothing but the standard library.
"""

import argparse
import ctypes.util
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)
SPACE_GB = 3.0  # the environment takes 1.7 GB, pip's own copies the rest
# PyTorch's own index of CPU builds; the environment variable TORCH_INDEX replaces it.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fail(sentence: str) -> NoReturn:
    """End with one sentence and exit code 2."""
    print(f"\n{sentence}", file=sys.stderr)
    raise SystemExit(2)


def check_machine() -> None:
    """Look for what pip cannot install: a fitting Python, venv, room on the disk."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        fail(
            f"This is Python {version[0]}.{version[1]}; the course needs 3.11, 3.12 or "
            "3.13. Install one of them and name it: make PYTHON=python3.12 course"
        )
    try:
        import ensurepip  # noqa: F401 -- Debian ships it in a package of its own
    except ImportError:
        package = f"python{version[0]}.{version[1]}-venv"
        fail(
            "Python's venv module is incomplete here. Install it with\n"
            f"    sudo apt-get install {package}\nand run make again."
        )
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < SPACE_GB and not PYTHON.exists():
        fail(
            f"{ROOT} has {free:.1f} GB free; the course needs {SPACE_GB:g} GB. "
            "Free some space, or clone the repository to a larger disk."
        )


def make_venv() -> None:
    """Make ``.venv``, or make it anew when its Python is gone or another one."""
    if PYTHON.exists() and not _same_python():
        shutil.rmtree(VENV)
    if not PYTHON.exists():
        print(f"Making {VENV} with Python {platform.python_version()}")
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt", clear=True)


def _same_python() -> bool:
    ask = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    found = subprocess.run(ask, capture_output=True, text=True, check=False)
    return found.stdout.split() == [str(part) for part in sys.version_info[:2]]


def pip(*args: str, quiet: bool = False) -> str:
    """Run pip in the environment; return what it printed when ``quiet``."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *args]
    done = subprocess.run(command, capture_output=quiet, text=True, check=False)
    if done.returncode and not quiet:
        fail(
            f"pip stopped with exit code {done.returncode}; its last lines say why. "
            "Without a network, try again later: what is installed stays."
        )
    return done.stdout or ""


def torch_pin() -> str:
    """Read the pinned version of torch from requirements.txt."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return re.search(r"^torch==(\S+)", text, flags=re.MULTILINE)[1]


def install_torch() -> None:
    """Install torch: the CPU build, unless there is a GPU to use."""
    pin = torch_pin()
    if re.search(
        rf"^Version: {re.escape(pin)}\b", pip("show", "torch", quiet=True), re.M
    ):
        return
    offered = pip("index", "versions", "torch", quiet=True)
    note, args = torch_source(pin, offered, os.environ.get("TORCH_INDEX", ""))
    print(f"Installing torch {pin}{note}")
    pip("install", f"torch=={pin}", *args)


def torch_source(pin: str, offered: str, index: str) -> tuple[str, list[str]]:
    """Choose where torch comes from.

    Args:
        pin: The wanted version.
        offered: What pip prints of the versions that it finds by itself.
        index: The index that the user named, or "".

    Returns:
        What to tell the user, the size of the download included, and pip's options.
    """
    if not index:
        if platform.system() == "Darwin" or f"{pin}+cpu" in offered:
            return ", CPU build: a download of about 200 MB", []
        if cuda_driver():
            return " for CUDA: a download of about 3 GB", []
    index = index or CPU_INDEX
    return (
        f", CPU build: a download of about 200 MB from {index}\n"
        "(another place: make TORCH_INDEX=... course)",
        ["--index-url", index],
    )


def cuda_driver() -> bool:
    """Tell whether NVIDIA's driver is on this machine."""
    return (
        bool(ctypes.util.find_library("cuda")) or Path("/proc/driver/nvidia").exists()
    )


def main() -> None:
    """Install the course, and with ``--dev`` what only its development needs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="development tools as well")
    options = parser.parse_args()
    check_machine()
    make_venv()
    install_torch()
    files = ["requirements.txt", *([".ci/requirements.txt"] if options.dev else [])]
    print(f"Installing {' and '.join(files)}: a download of about 150 MB, once")
    os.chdir(ROOT)  # requirements.txt names lib and autograder by relative paths
    pip("install", *(part for file in files for part in ("-r", file)))


if __name__ == "__main__":
    main()
