"""What fit refuses, and what it keeps when a loss is not finite."""

import math

import pytest
import torch
from torch import nn

from throughtime.errors import ThroughTimeError
from throughtime.train import Carry, fit


class Line(nn.Module):
    """y = w x, so that every step can be worked out by hand."""

    def __init__(self, w=0.0):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([w], dtype=torch.float64))

    def forward(self, x):
        return self.w * x


def square(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).mean()


def pair(x, y):
    return torch.tensor([x], dtype=torch.float64), torch.tensor([y], dtype=float)


def sgd(model, lr):
    return torch.optim.SGD(model.parameters(), lr=lr)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_it_with_the_last_good_weights(bad):
    model = Line()
    batches = [pair(1.0, 1.0), pair(2.0, 1.0), pair(1.0, bad)]
    with pytest.raises(ThroughTimeError) as caught:
        fit(model, batches, square, optimizer=sgd(model, 1 / 8), epochs=1)
    text = str(caught.value)
    assert f"loss is {bad} at step 3; wanted a finite number" in text
    assert "clip=1.0" in text
    assert caught.value.history.losses == [1.0, 0.25]
    assert model.w.item() == 0.25  # gave the loss of step 2
    assert not model.training


def test_a_gradient_that_is_not_finite_stops_it_too():
    model = Line()

    def loss(model, batch):
        return torch.sqrt(model.w).sum()  # 0, with an infinite slope

    with pytest.raises(ThroughTimeError, match=r"gradient is inf at step 1.*a clip be"):
        fit(model, [0], loss, clip=2.0, steps=1)
    assert model.w.item() == 0.0


def test_buffers_spoilt_by_a_bad_batch_are_mended():
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 1))
    good, bad = torch.randn(5, 2), torch.full((5, 2), math.nan)
    with pytest.raises(ThroughTimeError, match="at step 2"):
        fit(model, [good, bad], lambda m, x: m(x).square().mean(), epochs=1)
    assert all(tensor.isfinite().all() for tensor in model.state_dict().values())


def test_a_frozen_parameter_stays_and_one_that_is_unused_does_no_harm():
    model = nn.ModuleDict({"used": Line(1.0), "frozen": Line(2.0), "unused": Line(3.0)})
    model.frozen.w.requires_grad_(False)

    def loss(model, batch):
        return (model.used.w * model.frozen.w).sum()

    history = fit(model, [0], loss, clip=1.0, steps=2)
    assert history.norms == [2.0, 2.0]
    assert (model.frozen.w.item(), model.unused.w.item()) == (2.0, 3.0)


def _loss(model, batch):
    return model.w.sum()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "nothing says when to stop; wanted epochs"),
        ({"steps": 0}, "steps is 0; wanted more than 0"),
        ({"steps": 1, "clip": -1.0}, "clip is -1.0; wanted"),
        ({"steps": 1, "every": 0}, "every is 0; wanted"),
        ({"patience": 2}, "patience is 2 without validate"),
        ({"steps": 1, "batches": []}, "batches hold no batch"),
        ({"steps": 1, "batches": iter([1])}, "ends after one time through; wanted"),
        ({"steps": 1, "batches": 3}, "batches is a int; wanted"),
        ({"steps": 1, "loss": lambda m, b: m.w.sum().item()}, "returned a float; want"),
        (
            {"steps": 1, "loss": lambda m, b: m.w.expand(3)},
            r"shape \(3,\); wanted a sc",
        ),
        ({"steps": 1, "loss": lambda m, b: m.w.detach()}, "does not depend on the par"),
        ({"epochs": 1, "validate": []}, "validate holds no batch"),
        ({"steps": 1, "generators": [3]}, "generators holds a int; wanted"),
        (
            {
                "steps": 1,
                "schedule": torch.optim.lr_scheduler.StepLR(sgd(Line(), 1.0), 1),
            },
            "schedule belongs to another optimizer",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(given, message):
    given = {"batches": [0], "loss": _loss} | given
    with pytest.raises(ThroughTimeError, match=message) as caught:
        fit(Line(), given.pop("batches"), given.pop("loss"), **given)
    assert "Try " in str(caught.value)


def test_what_cannot_be_stored_is_said_before_the_first_step(tmp_path):
    class Opaque(Carry):
        def state_dict(self):
            return {"file": object()}

    model, calls = Line(), []
    loss = Opaque(lambda *given: calls.append(given))
    with pytest.raises(
        ThroughTimeError, match=r"parts\.loss\.file is a object; wanted"
    ):
        fit(model, [0], loss, steps=1, checkpoint=tmp_path / "run")
    (tmp_path / "file").touch()
    with pytest.raises(ThroughTimeError, match="cannot be written"):
        fit(model, [0], loss.function, steps=1, checkpoint=tmp_path / "file" / "run")
    assert not calls
