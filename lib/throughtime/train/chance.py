"""The state of every source of chance: to store it, and to set it again."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from throughtime.errors import ThroughTimeError

Source = torch.Generator | np.random.Generator | random.Random


def get_chance(generators: Sequence[Source] = ()) -> dict[str, Any]:
    """Return the state of Python's, NumPy's and torch's own chance, and of others."""
    cuda = torch.cuda.is_available() and torch.cuda.is_initialized()
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 (the global one)
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if cuda else [],
        "generators": [_get(source) for source in generators],
    }


def set_chance(state: dict[str, Any], generators: Sequence[Source] = ()) -> None:
    r"""Set every source of chance to a state that :func:`get_chance` returned.

    Raises:
        ThroughTimeError: Another number of generators.
    """
    if len(generators) != len(state["generators"]):
        raise ThroughTimeError(
            f"{len(generators)} generators came; wanted the "
            f"{len(state['generators'])} of the run that was stored. Try the same "
            "generators=[...] as then."
        )
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])  # noqa: NPY002 (the global one)
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"][: torch.cuda.device_count()])
    for source, stored in zip(generators, state["generators"], strict=True):
        _set(source, stored)


def check_generators(generators: Sequence[Source]) -> None:
    r"""Refuse what is no source of chance.

    Raises:
        ThroughTimeError: One of them is something else.
    """
    for source in generators:
        if not isinstance(source, Source):
            raise ThroughTimeError(
                f"generators holds a {type(source).__name__}; wanted torch, NumPy or "
                "random generators. Try generators=[torch.Generator()]."
            )


def _get(source: Source) -> Any:
    if isinstance(source, torch.Generator):
        return source.get_state()
    if isinstance(source, random.Random):
        return source.getstate()
    return source.bit_generator.state


def _set(source: Source, state: Any) -> None:
    if isinstance(source, torch.Generator):
        source.set_state(state)
    elif isinstance(source, random.Random):
        source.setstate(state)
    else:
        source.bit_generator.state = state
