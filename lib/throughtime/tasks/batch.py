"""The one form in which every task comes, and the checks that the tasks share."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError
from throughtime.text import Vocabulary, pad


class Batch(NamedTuple):
    r"""Hold B sequences of a task, time first."""

    inputs: Tensor
    """Numbers ``(T, B, D)``, or ids ``(T, B)``."""
    targets: Tensor
    """One answer a sequence ``(B,)``; or one a step ``(T, B)``; or, boolean
    ``(T, B, V)``, the set of symbols that may come next."""
    mask: Tensor
    """Boolean ``(T, B)``, True where there is a real input."""
    scored: Tensor | None
    """Boolean ``(T, B)``, True at the steps whose target counts; None where there is
    one answer a sequence."""
    vocabulary: Vocabulary | None
    """What the ids stand for; None for numbers."""
    baseline: float
    """The score without memory; each task's docstring says which reader has it."""
    measure: str
    """What the baseline counts, as "mean squared error" or "accuracy"."""


def next_symbols(
    texts: Sequence[str], vocabulary: Vocabulary, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Return inputs, next ids and mask of texts read from START to END."""
    rows = [vocabulary.encode(text, ends=True).to(device) for text in texts]
    ids, mask = pad(rows)
    return ids[:-1], ids[1:], mask[1:]


def numbers(low: int, high: int, count: int, generator: torch.Generator) -> list[int]:
    """Draw integers from ``low`` up to, and without, ``high``."""
    shape = (count,)
    drawn = torch.randint(
        low, high, shape, generator=generator, device=generator.device
    )
    return drawn.tolist()


def check_task(generator: torch.Generator, **least: tuple[int, int]) -> None:
    r"""Check a task's generator and sizes.

    Args:
        generator: Must be a ``torch.Generator``.
        **least: By name, the size that came and the least that is wanted.

    Raises:
        KindError: No generator.
        ThroughTimeError: A size too small.
    """
    if not isinstance(generator, torch.Generator):
        raise KindError(
            f"generator is a {type(generator).__name__}; wanted a torch.Generator. "
            "Try torch.Generator().manual_seed(0)."
        )
    for name, (size, wanted) in least.items():
        if size < wanted:
            raise ThroughTimeError(
                f"{name} is {size}; wanted {wanted} or more. Try {name}={wanted}."
            )
