"""Equations of book/05_gradients on clipping, against torch."""

import pytest
import torch

from throughtime import spectrum
from throughtime.testing import assert_close


def _parameters(seed, scale):
    chance = torch.Generator().manual_seed(seed)
    made = []
    for shape in ((3, 4), (5,), (2, 2, 2)):
        made.append(torch.zeros(shape, dtype=torch.float64, requires_grad=True))
        grad = torch.randn(shape, generator=chance, dtype=torch.float64)
        made[-1].grad = scale * grad
    return made


def _flat(parameters):
    return torch.cat([p.grad.flatten() for p in parameters])


@pytest.mark.equation("eq-05-clip")
@pytest.mark.parametrize("scale", [0.0, 0.01, 1.0, 1e4])
def test_clipping_by_norm_has_one_factor_for_all_parameters(scale):
    torchs, ours = _parameters(0, scale), _parameters(0, scale)
    g = _flat(ours)
    factor = min(1.0, 2.0 / g.norm().item()) if scale else 1.0
    torch.nn.utils.clip_grad_norm_(torchs, 2.0)
    spectrum.clip_norm_(ours, 2.0)
    assert_close(factor * g, _flat(ours))
    assert_close(factor * g, _flat(torchs), rtol=2e-6)


@pytest.mark.equation("eq-05-value")
@pytest.mark.parametrize("scale", [0.1, 1.0, 100.0])
def test_clipping_by_value_cuts_each_entry(scale):
    torchs = _parameters(1, scale)
    g = _flat(torchs)
    torch.nn.utils.clip_grad_value_(torchs, 0.8)
    formula = [max(-0.8, min(0.8, entry)) for entry in g.tolist()]
    assert_close(formula, _flat(torchs))
