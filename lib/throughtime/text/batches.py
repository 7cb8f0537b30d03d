r"""Cut one long text into windows: all at once, in order, or shuffled.

The target of a step is the next symbol; a window of length T needs T + 1 symbols.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.shapes import check_shape


def windows(
    ids: Tensor, length: int, step: int = 1, *, targets: str = "all"
) -> tuple[Tensor, Tensor]:
    r"""Cut a text into overlapping windows.

    Args:
        ids: The text, shape ``(N,)``.
        length: Steps T of a window.
        step: How far the next window starts after this one.
        targets: ``"all"``: each step's next symbol (many-to-many); ``"last"``: only
            the symbol after the window (many-to-one).

    Returns:
        Inputs ``(T, B)`` with a window a column, and targets ``(T, B)`` or ``(B,)``.
        A tail shorter than a window is left out.

    Raises:
        ShapeError: Not one axis, or fewer than ``length + 1`` symbols.
        ThroughTimeError: A length or step below 1, or other targets.

    >>> inputs, targets = windows(torch.arange(6), length=3, step=2)
    >>> inputs.T.tolist(), targets.T.tolist()
    ([[0, 1, 2], [2, 3, 4]], [[1, 2, 3], [3, 4, 5]])
    """
    _check_text(ids, length + 1, length=length, step=step)
    if targets not in ("all", "last"):
        raise ThroughTimeError(
            f"targets is {targets!r}; wanted all or last. Try targets='all'."
        )
    both = ids.unfold(0, length + 1, step).T
    return both[:-1], both[-1] if targets == "last" else both[1:]


class StatefulBatches:
    r"""Read a text in B rows side by side, so that the state can be carried.

    Row b of the next batch goes on where row b of this one ended. Iterating yields
    ``(inputs, targets)``, each ``(T, B)``; starting anew starts at the text's start,
    and the state with it.

    Args:
        ids: The text, shape ``(N,)``. Each row gets ``(N - 1) // batch_size``
            targets; what is left over at the text's end is not read.
        batch_size: Rows B.
        steps: Steps T of a batch.
        keep_last: Keep a last batch of fewer steps. Without it, it is dropped, so
            that the mean of the batches' losses is the mean over symbols; keep it
            where each symbol counts, weighted by its size.

    Raises:
        ShapeError: Not one axis, or too short for one batch.
        ThroughTimeError: A size below 1.

    >>> batches = StatefulBatches(torch.arange(9), batch_size=2, steps=2)
    >>> [inputs.T.tolist() for inputs, targets in batches]
    [[[0, 1], [4, 5]], [[2, 3], [6, 7]]]
    """

    def __init__(
        self, ids: Tensor, batch_size: int, steps: int, *, keep_last: bool = False
    ) -> None:
        sizes = {"batch_size": batch_size, "steps": steps}
        _check_text(ids, batch_size * (1 if keep_last else steps) + 1, **sizes)
        row = (len(ids) - 1) // batch_size
        used = batch_size * row
        self._inputs = ids[:used].reshape(batch_size, row).T
        self._targets = ids[1 : used + 1].reshape(batch_size, row).T
        self._steps, self._end = steps, row if keep_last else row - row % steps
        self._next, self._loaded = 0, False

    def __len__(self) -> int:
        return -(-self._end // self._steps)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not self._loaded:
            self._next = 0
        self._loaded = False
        while self._next < len(self):
            start = self._next * self._steps
            window = slice(start, min(start + self._steps, self._end))
            # Before yielding: a state stored now is that after this batch.
            self._next += 1
            yield self._inputs[window], self._targets[window]
        self._next = 0

    def state_dict(self) -> dict[str, int]:
        """Return the place, to go on from."""
        return {"next": self._next}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go to a place; the next iteration starts there instead of at the start."""
        self._next, self._loaded = state["next"], True


class RandomWindows:
    r"""Read a text's windows in random order, each once an epoch.

    Iterating yields ``(inputs, targets)``, each ``(T, B)``. The last windows that do
    not fill a batch are left out, others in each epoch.

    Args:
        ids: The text, shape ``(N,)``.
        batch_size: Windows B of a batch.
        steps: Steps T of a window.
        generator: Draws the order; one number an epoch is taken from it.
        step: How far apart windows start; ``steps`` without it (no overlap).

    Raises:
        ShapeError: Not one axis, or too short for one batch.
        ThroughTimeError: A size below 1.
    """

    def __init__(
        self,
        ids: Tensor,
        batch_size: int,
        steps: int,
        generator: torch.Generator,
        *,
        step: int | None = None,
    ) -> None:
        step = steps if step is None else step
        sizes = {"batch_size": batch_size, "steps": steps, "step": step}
        _check_text(ids, (batch_size - 1) * step + steps + 1, **sizes)
        self._rows = ids.unfold(0, steps + 1, step)
        self._B, self._generator = batch_size, generator
        self._seed, self._next, self._loaded = 0, 0, False

    def __len__(self) -> int:
        return len(self._rows) // self._B

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if not (self._loaded and self._next):
            # A seed of its own: other draws from the generator change no order.
            self._seed = int(self._draw())
            self._next = 0
        self._loaded = False
        own = torch.Generator().manual_seed(self._seed)
        order = torch.randperm(len(self._rows), generator=own).to(self._rows.device)
        while self._next < len(self):
            chosen = order[self._next * self._B : (self._next + 1) * self._B]
            self._next += 1
            both = self._rows[chosen].T
            yield both[:-1], both[1:]
        self._next = 0

    def state_dict(self) -> dict[str, int | Tensor]:
        """Return the place and the generator's state, to go on from bit for bit."""
        state = self._generator.get_state()
        return {"next": self._next, "seed": self._seed, "generator": state}

    def load_state_dict(self, state: dict[str, int | Tensor]) -> None:
        """Go to a place; the next iteration goes on from there."""
        self._next, self._seed = state["next"], state["seed"]
        self._generator.set_state(state["generator"])
        self._loaded = True

    def _draw(self) -> Tensor:
        device = self._generator.device
        return torch.randint(2**62, (), generator=self._generator, device=device)


def _check_text(ids: Tensor, least: int, **sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ThroughTimeError(f"{name} is {size}; wanted 1 or more. Try {name}=1.")
    (N,) = check_shape("ids", ids, "T")
    if least > N:
        wanted = " and ".join(f"{name}={size}" for name, size in sizes.items())
        raise ShapeError(
            f"ids has {N} symbols; wanted {least} or more for {wanted}. Try a longer "
            "text or smaller sizes."
        )
