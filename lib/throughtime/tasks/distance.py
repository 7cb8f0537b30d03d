r"""How far back can a network look: the four classical tests."""

import math

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.tasks.batch import Batch, check_task
from throughtime.text import Vocabulary

_ORDER = Vocabulary("abcdXYBE")


def adding(T: int, B: int, generator: torch.Generator) -> Batch:
    r"""Draw the adding problem: sum the two marked numbers.

    The inputs ``(T, B, 2)`` are a number, uniform from 0 to 1, and a mark, 1 at one
    step of each half and 0 elsewhere. The targets ``(B,)`` are the sums.

    The baseline answers 1 to everything. Its mean squared error is the variance of
    the sum, 2/12 = 0.1667. The figure 0.1767 that is quoted beside some published
    curves is not that of two uniform numbers; it looks like a slip of the pen.

    Args:
        T: Steps, at least 2.
        B: Sequences.
        generator: Source of chance.

    Raises:
        ThroughTimeError: A size too small.

    Source:
        Hochreiter and Schmidhuber (1997), experiment 4, in Le et al.'s (2015) form.
    """
    check_task(generator, T=(T, 2), B=(B, 1))
    values = torch.rand(T, B, generator=generator, device=generator.device)
    half, marks = T // 2, torch.zeros_like(values)
    first = _integers(0, half, (1, B), generator)
    second = _integers(half, T, (1, B), generator)
    marks.scatter_(0, torch.cat([first, second]), 1)
    mask = torch.ones_like(marks, dtype=torch.bool)
    inputs, sums = torch.stack([values, marks], -1), (values * marks).sum(0)
    return Batch(inputs, sums, mask, None, None, 1 / 6, "mean squared error")


def copy_memory(
    blanks: int, B: int, generator: torch.Generator, symbols: int = 8, length: int = 10
) -> Batch:
    r"""Draw the copy memory problem: repeat symbols after a long pause.

    Ids ``(T, B)``, T = ``blanks + 2 * length``: first ``length`` symbols of 1 to
    ``symbols``; then blanks, id 0, the last of which is instead the sign to begin, id
    ``symbols + 1``; then ``length`` blanks more. The targets are blank up to there,
    and the symbols during the last ``length`` steps.

    The baseline knows when to answer but not what: ``length * ln(symbols) / T`` nats
    a step, 10 ln 8 / (blanks + 20) without other wishes.

    Args:
        blanks: Length of the pause, at least 1.
        B: Sequences.
        generator: Source of chance.
        symbols: How many symbols there are to remember.
        length: How many come.

    Raises:
        ThroughTimeError: A size too small.

    Source:
        Hochreiter and Schmidhuber (1997); Arjovsky et al. (2016), section 4.1.
    """
    sizes = {"symbols": (symbols, 2), "length": (length, 1)}
    check_task(generator, blanks=(blanks, 1), B=(B, 1), **sizes)
    T, start = blanks + 2 * length, length + blanks
    shown = _integers(1, symbols + 1, (length, B), generator)
    inputs = torch.zeros(T, B, dtype=torch.int64, device=generator.device)
    targets = torch.zeros_like(inputs)
    inputs[:length], targets[start:] = shown, shown
    inputs[start - 1] = symbols + 1
    mask = torch.ones_like(inputs, dtype=torch.bool)
    baseline = length * math.log(symbols) / T
    return Batch(inputs, targets, mask, mask, None, baseline, "nats a step")


def temporal_order(T: int, B: int, generator: torch.Generator, bits: int = 2) -> Batch:
    r"""Draw the temporal order problem: in which order came the X and Y?

    Ids ``(T, B)`` of eight symbols: E first, B last, X or Y at ``bits`` steps, and a,
    b, c or d elsewhere. The X and Y come at a random step of fixed stretches, in
    parts of T: 0.1 to 0.2 and 0.5 to 0.6 for two; 0.1 to 0.2, 0.33 to 0.43 and 0.66
    to 0.76 for three. The targets ``(B,)`` number the orders, X = 0 and Y = 1 read as
    binary digits: XX 0, XY 1, YX 2, YY 3.

    The baseline guesses: accuracy 1/4, or 1/8 with three bits.

    Args:
        T: Steps, at least 10.
        B: Sequences.
        generator: Source of chance.
        bits: 2 or 3.

    Raises:
        ThroughTimeError: A size too small, or other bits.

    Source:
        Hochreiter and Schmidhuber (1997), experiments 6a and 6b; the stretches in
        parts of T as in Pascanu et al. (2013).
    """
    check_task(generator, T=(T, 10), B=(B, 1))
    stretches = {2: (0.1, 0.5), 3: (0.1, 0.33, 0.66)}.get(bits)
    if stretches is None:
        raise ThroughTimeError(f"bits is {bits}; wanted 2 or 3. Try bits=2.")
    ids = _ORDER.encode("abcdXYBE").to(generator.device)
    inputs = ids[:4][_integers(0, 4, (T, B), generator)]
    inputs[0], inputs[-1] = ids[7], ids[6]
    targets = torch.zeros(B, dtype=torch.int64, device=generator.device)
    for begin in stretches:
        first, last = int(T * begin), int(round(T * (begin + 0.1), 6))
        step = _integers(first, max(last, first + 1), (1, B), generator)
        bit = _integers(0, 2, (B,), generator)
        inputs.scatter_(0, step, ids[4 + bit][None])
        targets = 2 * targets + bit
    mask = torch.ones_like(inputs, dtype=torch.bool)
    return Batch(inputs, targets, mask, None, _ORDER, 2.0**-bits, "accuracy")


def delayed_recall(
    T: int, B: int, delay: int, generator: torch.Generator, symbols: int = 2
) -> Batch:
    r"""Draw the delayed recall problem: at each step, what came ``delay`` before?

    Ids ``(T, B)``, uniform from 0 to ``symbols - 1``. The target of step t is the
    input of step t - ``delay``; the first ``delay`` steps have none and do not count.

    The baseline guesses: accuracy 1 / ``symbols``.

    Args:
        T: Steps, more than ``delay``.
        B: Sequences.
        delay: Steps between input and target, at least 1.
        generator: Source of chance.
        symbols: How many symbols there are, at least 2.

    Raises:
        ThroughTimeError: A size too small.
    """
    sizes = {"T": (T, delay + 1), "symbols": (symbols, 2)}
    check_task(generator, B=(B, 1), delay=(delay, 1), **sizes)
    inputs = _integers(0, symbols, (T, B), generator)
    targets = torch.zeros_like(inputs)
    targets[delay:] = inputs[:-delay]
    scored = torch.ones_like(inputs, dtype=torch.bool)
    mask = scored.clone()
    scored[:delay] = False
    return Batch(inputs, targets, mask, scored, None, 1 / symbols, "accuracy")


def _integers(
    low: int, high: int, shape: tuple[int, ...], generator: torch.Generator
) -> Tensor:
    device = generator.device
    return torch.randint(low, high, shape, generator=generator, device=device)
