"""What the library's tests share: one draw of everything, all sizes different."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

os.environ.setdefault("MPLBACKEND", "agg")
sys.path.append(str(Path(__file__).parent))  # for what some tests share

T, B, D, H, V = 7, 3, 5, 4, 11


@pytest.fixture
def net():
    """Weights, inputs and a start for torch code: rows, float64."""
    generator = torch.Generator().manual_seed(20)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    return SimpleNamespace(
        xs=draw(T, B, D),
        h_0=draw(B, H),
        W_xh=draw(H, D) / 2,
        W_hh=draw(H, H) / 2,
        b_h=draw(H),
    )


@pytest.fixture
def page():
    """Weights, inputs, targets and a start for bptt: one sequence."""
    from throughtime.bptt import Weights

    rng = np.random.default_rng(21)
    return SimpleNamespace(
        weights=Weights.random(D, H, V, rng),
        xs=rng.normal(size=(T, D)),
        targets=rng.integers(V, size=T),
        h_0=rng.normal(size=H),
    )


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")
