"""The page's generator in Python: shared/matrices.js draws the same from a seed."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

WORD = 2**32


def uniforms(seed: int) -> Iterator[float]:
    """Yield numbers strictly between 0 and 1 (mulberry32)."""
    state = seed % WORD
    while True:
        state = (state + 0x6D2B79F5) % WORD
        z = (state ^ state >> 15) * (state | 1) % WORD
        z ^= (z + (z ^ z >> 7) * (z | 61)) % WORD
        yield ((z ^ z >> 14) + 0.5) / WORD


def normals(seed: int) -> Callable[..., Tensor]:
    """Return ``draw(*shape)``, which gives the next standard normal numbers."""
    source = uniforms(seed)

    def one() -> float:
        radius = math.sqrt(-2 * math.log(next(source)))
        return radius * math.cos(2 * math.pi * next(source))

    def draw(*shape: int) -> Tensor:
        numbers = [one() for _ in range(math.prod(shape))]
        return torch.tensor(numbers, dtype=torch.float64).reshape(shape)

    return draw


def orthogonal(n: int, draw: Callable[..., Tensor]) -> Tensor:
    """Return the Q of a Gaussian matrix whose R has a positive diagonal."""
    Q, R = torch.linalg.qr(draw(n, n))
    return Q * R.diagonal().sign()
