"""What a student's process may use."""

from dataclasses import dataclass

GIBIBYTE = 2**30


@dataclass(frozen=True)
class Limits:
    """Bound what one student's code may take.

    Args:
        memory: Bytes beyond what the libraries took, of all its processes together.
        scratch: Bytes in its home folder; /tmp and /dev/shm have a quarter each.
        processes: Processes and threads that it may have at once.
        files: Files that it may have open.
        cell: Seconds a cell may take, or the answers to one test cell.
        grace: Seconds in which an interrupted cell must stop.
        total: Seconds that all cells of a notebook may take, restarts included.
        output: Bytes of output that are kept of a cell.
        gpu: The GPU that it may use, as CUDA_VISIBLE_DEVICES names it; "": none.
    """

    memory: int = 2 * GIBIBYTE
    scratch: int = GIBIBYTE // 4
    processes: int = 128
    files: int = 512
    cell: float = 60.0
    grace: float = 2.0
    total: float = 600.0
    output: int = 2**21
    gpu: str = ""
