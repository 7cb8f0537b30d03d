"""Choose a device once, and seed every source of chance once.

No function of the library moves a tensor: what you put on a device stays there.
"""

import random

import numpy as np
import torch

from throughtime.errors import DeviceError, ThroughTimeError


def pick_device(wanted: str | None = None) -> torch.device:
    r"""Return the device to work on.

    Args:
        wanted: A name that torch knows, such as ``"cpu"`` or ``"cuda:1"``. Without
            it: CUDA where there is one, else the CPU. Apple's ``"mps"`` is taken by
            name only, as it has no float64, which the course's checks need.

    Raises:
        DeviceError: The wanted device is not on this machine.

    >>> pick_device("cpu")
    device(type='cpu')
    """
    name = wanted or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch raises either
        raise DeviceError(
            f"device {name!r} cannot be used here ({str(error).splitlines()[0]}); "
            'wanted one that torch finds. Try pick_device("cpu").'
        ) from error
    return device


def seed_all(seed: int) -> torch.Generator:
    r"""Seed Python's, NumPy's and torch's own chance, and return a generator.

    Args:
        seed: A whole number from 0 to 2**32 - 1.

    Returns:
        A generator on the CPU, to hand to the functions that draw at random. Its
        stream is apart from torch's own: were it the same, weights drawn from one
        would equal inputs drawn from the other.

    Raises:
        ThroughTimeError: ``seed`` is out of range.
    """
    if not 0 <= seed < 2**32:
        raise ThroughTimeError(
            f"seed is {seed}; wanted a whole number from 0 to 2**32 - 1. Try 0."
        )
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the legacy stream is what others may use)
    torch.manual_seed(seed)
    (apart,) = np.random.SeedSequence(seed).generate_state(1)
    return torch.Generator().manual_seed(int(apart))
