r"""What a model must offer to be decoded, and what comes out."""

from typing import Any, NamedTuple, Protocol

from torch import Tensor

from throughtime.errors import KindError, ThroughTimeError, VocabularyError
from throughtime.shapes import check_shape


class Generator(Protocol):
    """Be a model that can be asked for the next token."""

    def step(self, ids: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Read one token a row, ``(B,)``; return logits ``(B, V)`` and the state."""

    def select(self, state: Any, rows: Tensor) -> Any:
        """Return the state of some rows of the batch, in their order."""


class Decoded(NamedTuple):
    r"""Hold one sequence for each row of a batch.

    Args:
        ids: What was chosen, without the first token, shape ``(T, B)``; 0 after the
            end. The end itself is in it.
        mask: True where a token was chosen, shape ``(T, B)``.
        log_probs: Sum of the chosen tokens' log-probabilities under the model, in nats,
            shape ``(B,)``; temperature and cuts do not enter.
        states: The state after each step, T of them, if they were asked for.
    """

    ids: Tensor
    mask: Tensor
    log_probs: Tensor
    states: list[Any]

    def rows(self, end: int | None = None) -> list[list[int]]:
        """Return each row's ids, without the padding and without the end."""
        pairs = zip(self.ids.T.tolist(), self.mask.T.tolist(), strict=True)
        return [
            [i for i, real in zip(ids, mask, strict=True) if real and i != end]
            for ids, mask in pairs
        ]


class Hypothesis(NamedTuple):
    r"""Hold one sequence that a search found.

    Args:
        ids: The tokens, without the first one; the last is the end if it ended.
        log_prob: Sum of their log-probabilities, in nats.
        score: ``log_prob / len(ids) ** alpha``: what the search compares.
        ended: Whether it reached the end before the steps were used up.
    """

    ids: tuple[int, ...]
    log_prob: float
    score: float
    ended: bool


def check_start(first: Tensor, steps: int) -> int:
    r"""Check the first tokens and the number of steps, and return B.

    Raises:
        ShapeError: ``first`` is not of shape ``(B,)``.
        KindError: It does not hold integers.
        ThroughTimeError: ``steps`` is less than 1.
    """
    (B,) = check_shape("first", first, "B")
    if first.is_floating_point() or first.is_complex():
        raise KindError(f"first holds {first.dtype}; wanted ids. Try first.long().")
    if steps < 1:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 or more. Try steps=20.")
    return B


def check_end(end: int | None, V: int) -> None:
    r"""Check that the end is a token of the vocabulary.

    Raises:
        VocabularyError: It is not.
    """
    if end is not None and not 0 <= end < V:
        raise VocabularyError(
            f"end is {end}; wanted an id from 0 to {V - 1}, or None for no end. Try "
            "text.END."
        )
