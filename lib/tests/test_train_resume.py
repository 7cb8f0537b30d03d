"""A run that was stopped and gone on with equals one that never stopped."""

import random
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from throughtime.device import seed_all
from throughtime.errors import ThroughTimeError
from throughtime.text import RandomWindows, StatefulBatches
from throughtime.train import Carry, fit

T, B, H, V = 7, 3, 4, 11


class Reader(nn.Module):
    """A small language model of torch's own parts, with dropout."""

    def __init__(self, dtype=torch.float64):
        super().__init__()
        self.embed = nn.Embedding(V, 5, dtype=dtype)
        self.lstm = nn.LSTM(5, H, dtype=dtype)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(H, V, dtype=dtype)
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    def forward(self, ids, state=None):
        if self.training:
            self.seen += 1
        hs, state = self.lstm(self.embed(ids), state)
        return self.out(self.drop(hs)), state


class Shuffled:
    """Batches in an order drawn anew for each epoch, without a place or a length."""

    def __init__(self, ids, draw):
        self.batches, self.draw = list(StatefulBatches(ids, B, T)), draw

    def __iter__(self):
        return iter([self.batches[i] for i in self.draw(len(self.batches))])


def cross_entropy(model, batch, state):
    logits, state = model(batch[0], state)
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch[1].flatten()), state


def without_carry(model, batch):
    return cross_entropy(model, batch, None)[0]


def ids(device="cpu"):
    generator = torch.Generator().manual_seed(5)
    return torch.randint(V, (9 * T * B,), generator=generator).to(device)


def begin(kind, device="cpu"):
    """Return everything that fit takes, made from one seed."""
    generator = seed_all(3)
    model = Reader().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=0.01)
    order = lambda n: torch.randperm(n, generator=generator).tolist()  # noqa: E731
    at = ids(device)
    kinds = {
        "carried": (StatefulBatches(at, B, T), Carry(cross_entropy)),
        "a list": (list(StatefulBatches(at, B, T)), without_carry),
        "windows": (RandomWindows(at, B, T, generator), without_carry),
        "own generator": (Shuffled(at, order), without_carry),
        "torch": (Shuffled(at, torch.randperm), without_carry),
        "numpy": (
            Shuffled(at, np.random.permutation),
            without_carry,
        ),
        "python": (
            Shuffled(at, lambda n: random.sample(range(n), n)),
            without_carry,
        ),
    }
    batches, loss = kinds[kind]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=40)
    return SimpleNamespace(
        model=model,
        batches=batches,
        loss=loss,
        given={
            "optimizer": optimizer,
            "schedule": schedule,
            "clip": 0.5,
            "generators": [generator],
        },
    )


def go(run, **more):
    return fit(run.model, run.batches, run.loss, **run.given | more)


def same(history):
    """Return what must agree: all but the time on the clock."""
    return {**vars(history), "seconds": len(history.seconds)}


def assert_same(run, other):
    ours, theirs = run.model.state_dict(), other.model.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


KINDS = ["carried", "a list", "windows", "own generator", "torch", "numpy", "python"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [7, 8, 9])
def test_seven_steps_and_thirteen_more_equal_twenty(kind, cut, tmp_path):
    validate = StatefulBatches(ids()[:50], B, T)
    whole = begin(kind)
    want = go(whole, steps=20, validate=validate)
    half = go(begin(kind), steps=cut, validate=validate, checkpoint=tmp_path / "run")
    assert len(half) == cut
    rest = begin(kind)
    seed_all(99)
    found = go(rest, steps=20, validate=validate, checkpoint=tmp_path / "run")
    assert same(found) == same(want)
    assert found.steps == list(range(1, 21))
    assert_same(rest, whole)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_drawn_matters_so_the_comparison_is_not_empty(kind, tmp_path):
    whole = begin(kind)
    go(whole, steps=20)
    other = begin(kind)
    torch.manual_seed(4)
    go(other, steps=20)
    assert not torch.equal(whole.model.out.weight, other.model.out.weight)


def test_seconds_and_epochs_go_on_after_a_stop(tmp_path):
    first, second = begin("a list"), begin("a list")
    before = go(first, epochs=1, checkpoint=tmp_path / "run")
    after = go(second, epochs=2, checkpoint=tmp_path / "run")
    assert (len(before), len(after)) == (8, 16)
    assert before.stopped == after.stopped == "epochs"
    assert after.seconds[:8] == before.seconds
    assert all(a < b for a, b in pairwise(after.seconds))


def test_a_run_that_is_done_does_no_more(tmp_path):
    first, second = begin("carried"), begin("carried")
    before = go(first, steps=5, checkpoint=tmp_path / "run")
    after = go(second, steps=3, checkpoint=tmp_path / "run")
    assert after == before
    assert_same(first, second)


def test_resume_false_begins_anew(tmp_path):
    first, second = begin("carried"), begin("carried")
    go(first, steps=5, checkpoint=tmp_path / "run")
    history = go(second, steps=2, checkpoint=tmp_path / "run", resume=False)
    assert history.steps == [1, 2]


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    path = tmp_path / "run"
    go(begin("own generator"), steps=2, checkpoint=path)
    other = begin("own generator")
    other.model.out = nn.Linear(H, V + 1, dtype=torch.float64)
    with pytest.raises(ThroughTimeError, match=r"another model .*; wanted.*Try"):
        go(other, steps=4, checkpoint=path)
    with pytest.raises(ThroughTimeError, match="a state of schedule; wanted"):
        go(begin("own generator"), steps=4, checkpoint=path, schedule=None)
    with pytest.raises(ThroughTimeError, match=r"0 generators came; wanted the 1"):
        go(begin("own generator"), steps=4, checkpoint=path, generators=[])
    short = begin("own generator")
    short.batches.batches = short.batches.batches[:1]
    with pytest.raises(ThroughTimeError, match="batches end after 1; wanted the 2"):
        go(short, steps=4, checkpoint=path)


def test_the_rate_follows_the_schedule_through_a_stop(tmp_path):
    def halve(step):
        return 0.5**step

    for steps in (2, 5):
        run = begin("carried")
        optimizer = torch.optim.SGD(run.model.parameters(), lr=2.0, momentum=0.9)
        given = {"optimizer": optimizer, "schedule": halve}
        history = go(run, steps=steps, checkpoint=tmp_path / "run", **given)
    assert history.lr == [2.0, 1.0, 0.5, 0.25, 0.125]


def _climbing(path, steps, loss=lambda model, batch: -model.bias.sum(), **more):
    """Train one number up by 1 a step; its validation is best at 2."""
    model = nn.Linear(1, 1, dtype=torch.float64)
    nn.init.zeros_(model.bias)
    given = {"optimizer": torch.optim.SGD([model.bias], lr=1.0), "every": 1} | more
    given["validate"] = lambda model: abs(model.bias.item() - 2)
    return model, lambda: fit(model, [0], loss, steps=steps, checkpoint=path, **given)


def test_the_best_weights_and_the_patience_outlive_a_stop(tmp_path):
    _climbing(tmp_path / "run", 3)[1]()
    model, go_on = _climbing(tmp_path / "run", 20, patience=4)
    assert go_on().validation == [1.0, 0.0, 1.0, 2.0, 3.0, 4.0]
    assert model.bias.item() == 2.0


def test_a_loss_not_finite_right_after_a_stop_leaves_the_stored_weights(tmp_path):
    _climbing(tmp_path / "run", 3)[1]()
    bad = lambda model, batch: model.bias.sum() * np.nan  # noqa: E731
    model, go_on = _climbing(tmp_path / "run", 20, bad)
    with pytest.raises(ThroughTimeError, match="at step 4"):
        go_on()
    assert model.bias.item() == 3.0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_run_on_cuda_goes_on_bit_for_bit_too(tmp_path):
    whole = begin("carried", "cuda")
    want = go(whole, steps=20)
    go(begin("carried", "cuda"), steps=7, checkpoint=tmp_path / "run")
    rest = begin("carried", "cuda")
    seed_all(99)
    found = go(rest, steps=20, checkpoint=tmp_path / "run")
    assert same(found) == same(want)
    assert_same(rest, whole)
    assert rest.loss.state[0].is_cuda
