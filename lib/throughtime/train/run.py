"""Everything that changes in a run, and how it is stored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from throughtime.errors import ThroughTimeError
from throughtime.train import store
from throughtime.train.batches import END, Walk
from throughtime.train.chance import Source, get_chance, set_chance
from throughtime.train.history import History
from throughtime.train.interrupt import Interrupt
from throughtime.train.step import LastGood, Loss, take_step

Schedule = LRScheduler | Callable[[int], float]
Validate = Callable[[nn.Module], float] | Iterable


class Run:
    """Hold a model in training with all that its next step depends on."""

    def __init__(
        self,
        model: nn.Module,
        batches: Iterable,
        loss: Loss,
        optimizer: Optimizer | None,
        schedule: Schedule | None,
        validate: Validate | None,
        every: int | None,
        clip: float | None,
        generators: Sequence[Source],
    ) -> None:
        self.model, self.loss, self.validate = model, loss, validate
        self.every, self.clip = every, clip
        self.optimizer = optimizer or torch.optim.Adam(model.parameters())
        self.schedule = _schedule(schedule, self.optimizer)
        self.walk, self.generators = Walk(batches, generators), generators
        self.history, self.elapsed = History(), 0.0
        self.due = False  # a place to validate and to store was reached
        self.waited = 0  # validations since the best one
        self.best: dict[str, Tensor] | None = None
        self._good = LastGood(model)

    def step(self) -> bool:
        """Take one step, or return False where the epoch has no batch left."""
        if self.walk.at_start():
            _reset(self.loss)
        batch = self.walk.next()
        if batch is END:
            self.due = self.every is None
            return False
        history, number = self.history, len(self.history) + 1
        lr = float(self.optimizer.param_groups[0]["lr"])
        amount, norm = take_step(
            number, self.model, batch, self.loss, self.optimizer, self.clip, self._good
        )
        if self.schedule and not isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step()
        history.steps.append(number)
        history.losses.append(amount)
        history.norms.append(norm)
        history.lr.append(lr)
        ended = self.walk.ended()
        self.due = number % self.every == 0 if self.every else ended
        return True

    def note(self, value: float | None) -> None:
        """Note a validation, if one was made; keep the weights if it is the best."""
        self.due = False
        if value is None:
            return
        history = self.history
        history.validation_steps.append(len(history))
        history.validation.append(value)
        if history.best and history.best[0] == len(history):
            self.best, self.waited = _copy(self.model.state_dict()), 0
        else:
            self.waited += 1
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(value)

    @torch.no_grad()
    def validation(self, interrupt: Interrupt) -> float | None:
        """Return what is to be noted, or None; leave chance and states alone."""
        if self.validate is None:
            return None
        modes = [(module, module.training) for module in self.model.modules()]
        chance = get_chance(self.generators)
        states = [(part, _state(part)) for part in (self.loss, self.validate)]
        self.model.eval()
        try:
            with interrupt.at_once():
                return self._value()
        finally:
            for module, mode in modes:
                module.training = mode
            set_chance(chance, self.generators)
            for part, state in states:
                if state is not None:
                    part.load_state_dict(state)

    def _value(self) -> float:
        """Return the number that the validation gives."""
        if callable(self.validate):
            return float(self.validate(self.model))
        _reset(self.loss)
        values = [float(self.loss(self.model, batch)) for batch in self.validate]
        if values:
            return sum(values) / len(values)
        raise ThroughTimeError(
            "validate holds no batch; wanted one at least. Try list(validate), twice, "
            "to see what comes."
        )

    def save(self, path: Path) -> None:
        """Write everything to a file."""
        parts = {name: _state(part) for name, part in self._parts().items()}
        own = {"due": self.due, "waited": self.waited, "elapsed": self.elapsed}
        content = {
            "parts": parts,
            "own": own,
            "best": self.best,
            "history": asdict(self.history),
            "walk": self.walk.state_dict(),
            "chance": get_chance(self.generators),
        }
        store.write(path, content, "checkpoint")

    def load(self, path: Path) -> None:
        r"""Read everything from a file.

        Raises:
            ThroughTimeError: The file is damaged, or of a run of other parts.
        """
        device = next((p.device for p in self.model.parameters()), "cpu")
        found = store.read(path, "checkpoint", device)
        for name, part in self._parts().items():
            stored = found["parts"].get(name)
            if (stored is None) != (_state(part) is None):
                _refuse(path, f"{'no' if stored is None else 'a'} state of {name}")
            if stored is not None:
                _restore(path, name, part, stored)
        self.best = found["best"]
        self.due, self.waited = found["own"]["due"], found["own"]["waited"]
        self.elapsed = found["own"]["elapsed"]
        self.history = History(**found["history"])
        self.history.stopped = None
        self.walk.load_state_dict(found["walk"])
        set_chance(found["chance"], self.generators)
        self._good = LastGood(self.model)

    def _parts(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
            "loss": self.loss,
            "validate": self.validate,
        }


def _schedule(wanted: Schedule | None, optimizer: Optimizer) -> LRScheduler | None:
    if wanted is None or not isinstance(wanted, LRScheduler):
        return wanted and LambdaLR(optimizer, wanted)
    if wanted.optimizer is not optimizer:
        raise ThroughTimeError(
            "schedule belongs to another optimizer; wanted one of the optimizer that "
            "trains. Try optimizer=schedule.optimizer."
        )
    return wanted


def _state(part: Any) -> dict[str, Any] | None:
    """Return a part's state, or None if it has none to store."""
    if not (hasattr(part, "state_dict") and hasattr(part, "load_state_dict")):
        return None
    return part.state_dict()


def _copy(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in weights.items()}


def _reset(loss: Loss) -> None:
    """Tell a loss that a new text begins, if it wants to know."""
    getattr(loss, "reset", lambda: None)()


def _restore(path: Path, name: str, part: Any, stored: dict[str, Any]) -> None:
    try:
        part.load_state_dict(stored)
    except (RuntimeError, ValueError, KeyError) as error:
        _refuse(path, f"another {name} ({' '.join(str(error).split())})")


def _refuse(path: Path, found: str) -> NoReturn:
    raise ThroughTimeError(
        f"{path} has {found}; wanted the run that is to go on. Try the same arguments "
        "as then, another path, or resume=False to begin anew."
    )
