"""One loop for any module: it learns, validates, stops, and says what went wrong."""

import math

import pytest
import torch
from torch import nn

from throughtime.train import Carry, fit, loop


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


def test_steps_are_those_worked_out_by_hand():
    # The loss is (w x - 1)^2 and its slope 2 x (w x - 1); the rate is 1/8. With x of
    # 1, 2 and 1 the weight goes from 0 to 1/4, 1/2 and 5/8.
    model = Line()
    batches = [pair(1.0, 1.0), pair(2.0, 1.0)]
    history = fit(model, batches, square, optimizer=sgd(model, 1 / 8), steps=3)
    assert history.steps == [1, 2, 3]
    assert history.losses == [1.0, 0.25, 0.25]
    assert history.norms == [2.0, 2.0, 1.0]
    assert history.lr == [0.125] * 3
    assert model.w.item() == 0.625
    assert history.stopped == "steps"


def test_the_norm_is_reported_before_it_is_clipped_jointly():
    model = nn.Linear(1, 1, dtype=torch.float64)
    nn.init.zeros_(model.weight), nn.init.zeros_(model.bias)

    def loss(model, batch):  # gradients 3 and 4: norm 5
        return (3 * model.weight + 4 * model.bias).sum()

    history = fit(model, [0], loss, optimizer=sgd(model, 1.0), clip=0.5, steps=1)
    assert history.norms == [5.0]
    moved = [-model.weight.item(), -model.bias.item()]
    assert moved == pytest.approx([0.3, 0.4], rel=1e-5)


def test_a_norm_below_the_bound_is_left_alone():
    plain, clipped = Line(), Line()
    fit(plain, [pair(1.0, 1.0)], square, optimizer=sgd(plain, 0.1), steps=1)
    given = {"optimizer": sgd(clipped, 0.1), "clip": 2.5}
    fit(clipped, [pair(1.0, 1.0)], square, steps=1, **given)
    assert torch.equal(plain.w, clipped.w)


def test_without_an_optimizer_adam_takes_its_first_step_of_a_thousandth():
    model = Line()
    fit(model, [pair(1.0, 1.0)], square, steps=1)
    assert model.w.item() == pytest.approx(1e-3, rel=1e-6)


def test_the_best_weights_are_kept_and_patience_ends_it():
    # w = 1, 2, 3, ...: the target of the validation, 2, is met after two steps.
    model = Line()

    def climb(model, batch):
        return -model.w.sum()

    given = {"optimizer": sgd(model, 1.0), "every": 1, "patience": 3}
    history = fit(model, [0], climb, validate=lambda m: abs(m.w.item() - 2), **given)
    assert history.validation == [1.0, 0.0, 1.0, 2.0, 3.0]
    assert history.validation_steps == [1, 2, 3, 4, 5]
    assert history.best == (2, 0.0)
    assert history.stopped == "patience"
    assert model.w.item() == 2.0


def test_a_validation_that_is_no_number_is_never_the_best():
    model = Line()
    values = iter([math.nan, 3.0, math.nan])
    given = {"optimizer": sgd(model, 1.0), "every": 1, "steps": 3}
    history = fit(
        model, [0], lambda m, b: -m.w.sum(), validate=lambda m: next(values), **given
    )
    assert history.best == (2, 3.0)
    assert model.w.item() == 2.0


@pytest.mark.parametrize("length", [True, False])
def test_without_every_an_epochs_end_is_validated(length):
    class Batches(list):
        __len__ = list.__len__ if length else None

    model = Line()
    batches = Batches([pair(1.0, 1.0)] * 4)
    held_out = [pair(1.0, 0.5), pair(1.0, 1.5)]
    history = fit(model, batches, square, epochs=3, validate=held_out)
    assert history.validation_steps == [4, 8, 12]
    assert history.stopped == "epochs"
    want = sum(square(model, batch).item() for batch in held_out) / 2
    assert history.validation[-1] == pytest.approx(want)


def test_validation_is_in_evaluation_mode_without_gradients_and_draws_apart():
    class Noisy(Line):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            return self.drop(self.w * x + 1)

    seen = []

    def validate(model):
        seen.append((model.training, torch.is_grad_enabled()))
        return torch.rand(1).item()

    weights = []
    for check in (None, validate):
        torch.manual_seed(1)
        model = Noisy()
        given = {"optimizer": sgd(model, 0.1), "every": 1, "steps": 6}
        xs = (torch.ones(50, dtype=torch.float64),) * 2
        history = fit(model, [xs], square, validate=check, patience=None, **given)
        weights.append(history.losses)
        assert not model.training
        assert not model.drop.training
    assert weights[0] == weights[1]
    assert seen == [(False, False)] * 6


def test_the_carried_state_is_detached_reset_and_left_alone_by_a_validation():
    states = []

    def loss(model, batch, state):
        if model.training:
            states.append(None if state is None else state.item())
            assert state is None or not state.requires_grad
        state = model.w.sum() * 0 + batch + (0 if state is None else state)
        return state, state

    given = {"epochs": 2, "every": 2, "validate": [torch.tensor(100.0)]}
    history = fit(Line(), [torch.tensor(1.0)] * 3, Carry(loss), **given)
    assert states == [None, 1.0, 2.0, None, 1.0, 2.0]
    assert history.validation == [100.0] * 3


def test_a_plateau_lowers_the_rate_by_the_validation():
    model = Line()
    optimizer = sgd(model, 1.0)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    given = {"optimizer": optimizer, "schedule": plateau, "every": 1, "steps": 4}
    history = fit(model, [pair(0.0, 1.0)], square, validate=lambda m: 1.0, **given)
    assert history.lr == pytest.approx([1.0, 1.0, 0.1, 0.01])


def test_minutes_are_those_of_the_clock(monkeypatch):
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr(loop.time, "perf_counter", lambda: next(clock))
    history = fit(Line(), [pair(1.0, 1.0)] * 99, square, minutes=1.5)
    assert history.stopped == "minutes"
    assert history.seconds == [10.0 * n for n in range(1, 10)]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_trains_as_the_cpu_does_and_moves_nothing():
    torch.manual_seed(2)
    start = nn.LSTM(5, 4, dtype=torch.float64).state_dict()
    xs = torch.randn(7, 3, 5, dtype=torch.float64)
    losses = []
    for device in ("cpu", "cuda"):
        model = nn.LSTM(5, 4, dtype=torch.float64).to(device)
        model.load_state_dict(start)
        batches = [xs.to(device)]
        run = fit(model, batches, lambda m, x: m(x)[0].square().mean(), steps=20)
        losses.append(run.losses)
        assert {p.device.type for p in model.parameters()} == {device}
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
