"""The training loop: when to step, validate, store and stop."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn
from torch.optim import Optimizer

from throughtime.errors import ThroughTimeError
from throughtime.train.chance import Source, check_generators
from throughtime.train.history import History
from throughtime.train.interrupt import Interrupt
from throughtime.train.progress import Bar, Line, Quiet, progress_of
from throughtime.train.run import Run, Schedule, Validate
from throughtime.train.step import Loss

STORE_EVERY = 300.0  # seconds, besides after each validation


@dataclass(frozen=True)
class Limits:
    """Say when a run ends."""

    epochs: int | None
    steps: int | None
    minutes: float | None
    patience: int | None

    def reached(self, run: Run) -> str | None:
        """Return the limit that a run has reached, or None."""
        now = {
            "epochs": run.walk.epochs,
            "steps": len(run.history),
            "minutes": run.elapsed / 60,
            "patience": run.waited,
        }
        for name, amount in now.items():
            limit = getattr(self, name)
            if limit is not None and amount >= limit:
                return name
        return None


def fit(
    model: nn.Module,
    batches: Iterable,
    loss: Loss,
    *,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
    clip: float | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    validate: Validate | None = None,
    every: int | None = None,
    patience: int | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = True,
    generators: Sequence[Source] = (),
    progress: bool | None = None,
) -> History:
    r"""Train a model until a limit is reached or Ctrl-C is pressed.

    Nothing is seeded: call ``device.seed_all`` before the model is made. A run that
    goes on from its checkpoint gives the same weights, bit for bit, as one that was
    never stopped. At the end the model is in evaluation mode, and with ``validate`` it
    has the weights of the best validation.

    Args:
        model: Any module; it stays on its device.
        batches: Can be iterated anew for each epoch, or has ``state_dict`` and
            ``load_state_dict``.
        loss: ``loss(model, batch)``, a scalar tensor: the mean over the tokens that
            the mask keeps. May have ``state_dict``, ``load_state_dict`` and
            ``reset``, which is called at each epoch's start (see :class:`Carry`).
        optimizer: One whose step needs no closure; Adam with torch's rates without it.
        schedule: A scheduler of torch for this optimizer, stepped after each step; or
            ``schedule(step)``, a factor of the learning rate, from ``schedule(0)``.
        clip: The largest joint norm of the gradients.
        epochs: Stop after so many, those of the checkpoint included; so are
        steps: so many steps, and
        minutes: so many minutes, validation included.
        validate: ``validate(model)``, a number, the less the better; or batches for
            ``loss``, each of which counts the same. Run in evaluation mode, without
            gradients; it leaves chance and the carried state as they were.
        every: Validate and store after so many steps; at each epoch's end without it.
            An epoch's end is known with its last batch if ``batches`` has a length.
        patience: Stop after so many validations without a better one.
        checkpoint: A file for everything that a run needs to go on.
        resume: Go on from the checkpoint, if it is there.
        generators: What model, batches or loss draw from, beside Python's, NumPy's
            and torch's own sources, which are always stored.
        progress: A bar on a terminal and a line in a notebook, nothing elsewhere;
            True and False force it. Nothing goes to stderr.

    Returns:
        The history; ``stopped`` says which limit was reached, or ``"interrupted"``.

    Raises:
        ThroughTimeError: The arguments do not fit, the checkpoint is damaged or of
            another run; or loss or gradient are not finite: then the model has the
            weights that gave the last finite loss, and the error the ``history``.

    Source:
        book/03_characters.
    """
    limits = Limits(epochs, steps, minutes, patience)
    _check(limits, validate, every, clip)
    check_generators(generators)
    run = Run(
        model, batches, loss, optimizer, schedule, validate, every, clip, generators
    )
    path = None if checkpoint is None else Path(checkpoint)
    model.train()
    if path:
        _open(run, path, resume)
    shown = progress_of(progress, steps)
    try:
        with Interrupt() as interrupt:
            run.history.stopped = _go(run, limits, path, interrupt, shown)
            if path:
                run.save(path)
    except ThroughTimeError as error:
        error.history = run.history
        raise
    finally:
        shown.close()
        model.eval()
    if run.best is not None:
        model.load_state_dict(run.best)
    return run.history


def _open(run: Run, path: Path, resume: bool) -> None:
    """Go on from a checkpoint, or write the first one."""
    if resume and path.exists():
        run.load(path)
    else:
        run.save(path)  # what cannot be stored is better said now than at the end


def _go(
    run: Run,
    limits: Limits,
    path: Path | None,
    interrupt: Interrupt,
    shown: Bar | Line | Quiet,
) -> str:
    """Step, validate and store until something ends it; return what."""
    begun = time.perf_counter() - run.elapsed
    stored = run.elapsed
    while not interrupt.asked:
        store = run.due or run.elapsed - stored > STORE_EVERY
        value = run.validation(interrupt) if run.due else None
        if interrupt.asked:
            break  # the validation stays due, and is made when the run goes on
        if run.due:
            run.note(value)
            run.elapsed = time.perf_counter() - begun
        reached = limits.reached(run)
        if reached:
            return reached
        if path and store:
            run.save(path)
            stored = run.elapsed
        if run.step():
            run.elapsed = time.perf_counter() - begun
            run.history.seconds.append(run.elapsed)
            shown.show(len(run.history), _text(run.history))
    return "interrupted"


def _text(history: History) -> str:
    """Return what the progress shows beside the step."""
    text = f"loss {history.losses[-1]:.4g}"
    return text + (f", best validation {history.best[1]:.4g}" if history.best else "")


def _check(
    limits: Limits, validate: Validate | None, every: int | None, clip: float | None
) -> None:
    given = {name: value for name, value in asdict(limits).items() if value is not None}
    for name, value in (given | {"every": every, "clip": clip}).items():
        if value is not None and not value > 0:
            raise ThroughTimeError(
                f"{name} is {value}; wanted more than 0. Try {name}=1, or None."
            )
    if not given:
        raise ThroughTimeError(
            "nothing says when to stop; wanted epochs, steps, minutes or patience. "
            "Try epochs=1."
        )
    if limits.patience and validate is None:
        raise ThroughTimeError(
            f"patience is {limits.patience} without validate; wanted something to wait "
            "for. Try validate=batches that the model does not train on."
        )
