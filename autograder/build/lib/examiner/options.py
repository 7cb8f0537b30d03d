"""How to grade."""

from dataclasses import dataclass, field

from examiner.sandbox import Limits

MODES = ["split", "kernel", "stock"]


@dataclass(frozen=True)
class Options:
    """Say how to grade.

    Args:
        isolation: ``split``: students' code and tests apart; ``kernel``: together in a
            Jupyter kernel, for widgets and other languages; ``stock``: by nbgrader.
        jobs: How many workers; 0 for one a processor.
        scheduler: Address of a dask scheduler, or ``local`` for a cluster on this
            machine; by default workers are started without dask.
        gpus: How many of the machine's GPUs to share out, one a worker; 0: none. In a
            cluster, what each dask worker's CUDA_VISIBLE_DEVICES names.
        force: Whether to grade again what has not changed.
        accept_weak: Whether to go on where students' code cannot be kept apart.
        limits: What a student's code may use.
    """

    isolation: str = "split"
    jobs: int = 0
    scheduler: str = ""
    gpus: int = 0
    force: bool = False
    accept_weak: bool = False
    limits: Limits = field(default_factory=Limits)
