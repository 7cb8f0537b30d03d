"""Ctrl-C, and a crash, keep what was learnt."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from throughtime.device import seed_all
from throughtime.train import fit, loop, store

STOPPED = """
    import signal, sys, time
    from test_train_stop import noisy
    from throughtime.train import fit

    signal.signal(signal.SIGINT, signal.default_int_handler)
    model, batches, loss = noisy()
    calls = []

    def slow(model, x):
        calls.append(1)
        if len(calls) == 3:
            print("now", flush=True)
            time.sleep(0.6)
        return loss(model, x)

    history = fit(model, batches, slow, steps=20, checkpoint=sys.argv[1])
    print(history.stopped, len(history))
"""


def noisy():
    """Return a model, batches, and a loss with dropout, from one seed."""
    seed_all(0)
    model = nn.Linear(5, 1, dtype=torch.float64)
    batches = [torch.randn(3, 5, dtype=torch.float64) for _ in range(4)]

    def loss(model, x):
        return (model(nn.functional.dropout(x)) - 1).square().mean()

    return model, batches, loss


def _stopped_by_ctrl_c(times, path):
    """Press Ctrl-C in the midst of step 3, and return what the program wrote."""
    command = [sys.executable, "-c", textwrap.dedent(STOPPED), path]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    here = Path(__file__).parent
    with subprocess.Popen(command, text=True, cwd=here, **pipes) as program:
        assert program.stdout.readline() == "now\n"
        for _ in range(times):
            time.sleep(0.1)
            program.send_signal(signal.SIGINT)
        return program.communicate()


def test_ctrl_c_ends_the_step_stores_it_and_the_run_goes_on_bit_for_bit(tmp_path):
    assert _stopped_by_ctrl_c(1, tmp_path / "run") == ("interrupted 3\n", "")
    model, *given = noisy()
    whole = fit(model, *given, steps=20)
    twin, *given = noisy()
    found = fit(twin, *given, steps=20, checkpoint=tmp_path / "run")
    assert found.losses == whole.losses
    assert found.seconds[2] > 0.6, "the first three steps are those of the program"
    assert torch.equal(twin.weight, model.weight)


def test_a_second_ctrl_c_goes_through_and_the_checkpoint_stays_readable(tmp_path):
    model, *given = noisy()
    fit(model, *given, steps=5, checkpoint=tmp_path / "run")
    out, err = _stopped_by_ctrl_c(2, tmp_path / "run")
    assert out == ""
    assert err.rstrip().endswith("KeyboardInterrupt")
    found = store.read(tmp_path / "run", "checkpoint")
    assert len(found["history"]["steps"]) == 5


def _loss(model, x):
    return model(x).square().mean()


def _press(place, batches=4):
    """Return batches, a loss and a validation, one of which presses Ctrl-C once."""
    pressed = []

    def press(where):
        if where == place and not pressed:
            pressed.append(where)
            signal.raise_signal(signal.SIGINT)

    class Batches(list):
        def __iter__(self):
            for batch in list.__iter__(self):
                press("batches")
                yield batch

    def loss(model, x):
        press("loss")
        return _loss(model, x)

    def validate(model):
        press("validation")
        return _loss(model, torch.ones(1, 5)).item()

    return Batches([torch.full((3, 5), i / 4) for i in range(batches)]), loss, validate


def _linear():
    torch.manual_seed(0)
    return nn.Linear(5, 1)


@pytest.fixture
def _listening():
    """Listen to Ctrl-C, which a program in the background does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_listening")
@pytest.mark.parametrize("place", ["batches", "loss", "validation"])
def test_wherever_ctrl_c_falls_the_run_ends_whole_and_goes_on(place, tmp_path):
    given = {"steps": 10, "every": 2, "clip": 1.0}
    model, twin = _linear(), _linear()
    batches, loss, validate = _press("nowhere")
    want = fit(model, batches, loss, validate=validate, **given)
    before = signal.getsignal(signal.SIGINT)
    batches, loss, validate = _press(place)
    given |= {"validate": validate, "checkpoint": tmp_path / "run"}
    history = fit(twin, batches, loss, **given)
    assert signal.getsignal(signal.SIGINT) is before
    assert history.stopped == "interrupted"
    assert len(history) == {"batches": 1, "loss": 1, "validation": 2}[place]
    assert history.validation == []
    assert twin.training is False
    found = fit(twin, batches, loss, **given)
    assert found.losses == want.losses
    assert found.validation == want.validation
    assert torch.equal(twin.weight, model.weight)


@pytest.mark.usefixtures("_listening")
def test_ctrl_c_ends_a_validation_at_once():
    went_on = []

    def validate(model):
        signal.raise_signal(signal.SIGINT)
        went_on.append(True)

    given = {"steps": 9, "every": 2, "validate": validate}
    history = fit(_linear(), [torch.ones(3, 5)], _loss, **given)
    assert (history.stopped, went_on) == ("interrupted", [])


@pytest.mark.parametrize(("seconds", "kept"), [(300, 4), (0, 6)])
def test_a_run_that_dies_leaves_its_last_checkpoint(
    seconds, kept, tmp_path, monkeypatch
):
    monkeypatch.setattr(loop, "STORE_EVERY", seconds)
    calls = []

    def dies(model, x):
        calls.append(model.training)
        if len(calls) == 7:
            raise RuntimeError("the power is gone")
        return _loss(model, x)

    given = {"checkpoint": tmp_path / "run", "every": 4, "steps": 20}
    with pytest.raises(RuntimeError, match="power"):
        fit(_linear().eval(), [torch.ones(3, 5)], dies, **given)
    assert all(calls), "the model was put into training mode"
    found = store.read(tmp_path / "run", "checkpoint")
    assert len(found["history"]["steps"]) == kept


def test_where_ctrl_c_is_ignored_it_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    batches, loss, _ = _press("loss")
    history = fit(_linear(), batches, loss, steps=3)
    assert signal.signal(signal.SIGINT, before) == signal.SIG_IGN
    assert history.stopped == "steps"


def test_a_keyboard_interrupt_that_nobody_pressed_is_not_swallowed():
    def validate(model):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(_linear(), [torch.ones(3, 5)], _loss, steps=1, every=1, validate=validate)


def test_it_runs_in_another_thread():
    found = []
    given = {"steps": 2, "progress": False}
    thread = threading.Thread(
        target=lambda: found.append(fit(_linear(), [torch.ones(3, 5)], _loss, **given))
    )
    thread.start()
    thread.join()
    assert found[0].stopped == "steps"
