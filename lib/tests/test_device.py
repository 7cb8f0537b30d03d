"""A device is chosen once, and chance is seeded once."""

import random

import numpy as np
import pytest
import torch

from throughtime.device import pick_device, seed_all
from throughtime.errors import DeviceError, ThroughTimeError


def _draws(seed):
    generator = seed_all(seed)
    return (
        random.random(),
        np.random.rand(),  # noqa: NPY002 (the legacy stream is what is tested)
        torch.rand(1).item(),
        torch.rand(1, generator=generator).item(),
    )


def test_one_seed_gives_the_same_draws_from_every_source():
    assert _draws(3) == _draws(3)


def test_another_seed_changes_every_source():
    assert all(a != b for a, b in zip(_draws(3), _draws(4), strict=True))


def test_the_generator_does_not_repeat_what_torch_itself_draws():
    generator = seed_all(0)
    assert not torch.equal(torch.rand(5), torch.rand(5, generator=generator))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ThroughTimeError, match=f"seed is {seed}; wanted"):
        seed_all(seed)


def test_without_a_wish_cuda_is_taken_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch, "empty", lambda size, device: None)
    for there, device in ((False, "cpu"), (True, "cuda")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert pick_device() == torch.device(device)


def test_a_wish_is_kept():
    assert pick_device("meta") == torch.device("meta")


@pytest.mark.parametrize("wanted", ["cuda:99", "nonsense"])
def test_a_device_that_is_not_there_is_refused_with_a_remedy(wanted):
    with pytest.raises(DeviceError, match=rf"{wanted}.*pick_device\(\"cpu\"\)"):
        pick_device(wanted)
