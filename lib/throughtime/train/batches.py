r"""An endless walk over batches that knows where it is.

Batches without a ``state_dict`` are found again by going through the epoch from its
start, with the chance of that start; so shuffled ones come in the same order.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from throughtime.errors import ThroughTimeError
from throughtime.train.chance import Source, get_chance, set_chance

END = object()


class Walk:
    r"""Give one batch after the other, epoch after epoch.

    Args:
        batches: Can be iterated anew; or has ``state_dict`` and ``load_state_dict``,
            so that after the k-th batch the next iteration begins with batch k + 1.
        generators: What the batches draw from, beside the global sources.

    Raises:
        ThroughTimeError: ``batches`` can be gone through only once.
    """

    def __init__(self, batches: Iterable, generators: Sequence[Source] = ()) -> None:
        _check(batches)
        self.batches, self.generators = batches, generators
        self.epochs = self.taken = 0  # epochs ended, batches taken in this one
        self._iterator: Iterator | None = None
        self._start: dict[str, Any] | None = None  # chance at the epoch's start
        self._ahead: Any = END

    def at_start(self) -> bool:
        """Say whether the next batch is an epoch's first."""
        return self.taken == 0

    def next(self) -> Any:
        r"""Return the next batch, or ``END`` once where an epoch ends.

        Raises:
            ThroughTimeError: A whole epoch has no batch.
        """
        if self._iterator is None:
            self._start = get_chance(self.generators)
            self._iterator = iter(self.batches)
        batch, self._ahead = self._ahead, END
        batch = next(self._iterator, END) if batch is END else batch
        if batch is END:
            self._end()
            return END
        self.taken += 1
        return batch

    def ended(self) -> bool:
        """Say whether the epoch's last batch was taken, where a length tells it."""
        if self._iterator is None or self.taken != _length(self.batches):
            return False
        # Let the iterator run out: it may have something to do at its end.
        self._ahead = next(self._iterator, END)
        if self._ahead is END:
            self._end()
        return self._ahead is END

    def state_dict(self) -> dict[str, Any]:
        """Return the place, to go on from."""
        own = self.batches.state_dict() if _has_state(self.batches) else None
        place = {"epochs": self.epochs, "taken": self.taken}
        return place | {"start": self._start if self.taken else None, "own": own}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        r"""Go to a place; the chance is then that of the place, not of the start.

        Raises:
            ThroughTimeError: The batches end before the place.
        """
        self.epochs, self.taken = state["epochs"], state["taken"]
        self._start, self._iterator, self._ahead = state["start"], None, END
        if _has_state(self.batches):
            self.batches.load_state_dict(state["own"])
        if self.taken == 0:
            return
        if _has_state(self.batches):
            self._iterator = iter(self.batches)
            return
        set_chance(self._start, self.generators)
        self._iterator = iter(self.batches)
        for number in range(1, self.taken + 1):
            if next(self._iterator, END) is END:
                raise ThroughTimeError(
                    f"batches end after {number - 1}; wanted the {self.taken} that the "
                    "stored run took in this epoch. Try the same batches, or "
                    "resume=False."
                )

    def _end(self) -> None:
        if self.taken == 0:
            raise ThroughTimeError(
                "batches hold no batch; wanted one at least in each epoch. Try "
                "list(batches) to see what comes, or an object that can be iterated "
                "more than once."
            )
        self.epochs, self.taken, self._iterator = self.epochs + 1, 0, None


def _check(batches: Any) -> None:
    if not isinstance(batches, Iterable):
        raise ThroughTimeError(
            f"batches is a {type(batches).__name__}; wanted something to iterate over. "
            "Try a list of batches."
        )
    if isinstance(batches, Iterator) and not _has_state(batches):
        raise ThroughTimeError(
            f"batches is a {type(batches).__name__}, which ends after one time "
            "through; wanted something that can be iterated anew in each epoch. Try a "
            "list, or a class with __iter__."
        )


def _has_state(batches: Any) -> bool:
    return hasattr(batches, "state_dict") and hasattr(batches, "load_state_dict")


def _length(batches: Any) -> int | None:
    try:
        return len(batches)
    except TypeError:
        return None
