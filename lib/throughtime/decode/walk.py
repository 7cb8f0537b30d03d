r"""One symbol a row at a time: the most probable, or one that is drawn."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.decode.distribution import distribution
from throughtime.errors import KindError, ThroughTimeError
from throughtime.shapes import check_shape

NULL, END = 0, 2  # as throughtime.text numbers them
Watch = Callable[[Any], Tensor]


class Decoded(NamedTuple):
    r"""Hold what was decoded, B rows, time first."""

    ids: Tensor
    """What was chosen, ``(T, B)``, the end included, then 0; T is the longest row's."""
    mask: Tensor
    """True for what belongs to the row, its end included, bool, ``(T, B)``."""
    scores: Tensor
    """Log-probability of each row under the model, its end included, nats, ``(B,)``."""
    watched: Tensor | None
    """What ``watch`` saw after each step, ``(T, B, ...)``."""

    def row(self, b: int, end: int | None = END) -> list[int]:
        r"""Return the ids of one row without its end."""
        ids = self.ids[self.mask[:, b], b].tolist()
        return ids[:-1] if ids and ids[-1] == end else ids


@torch.no_grad()
def greedy(
    model: Any,
    state: Any,
    first: Tensor,
    *,
    steps: int,
    end: int | None = END,
    watch: Watch | None = None,
) -> Decoded:
    r"""Choose the most probable symbol at each step.

    Args:
        model: Anything with ``step(ids, state) -> (logits, state)``.
        state: What the model begins with, as ``model.start`` returns it.
        first: The symbol before the first one chosen, often ``<START>``; int64, of
            shape ``(B,)``.
        steps: The most symbols to choose.
        end: The symbol that ends a row; None where nothing does.
        watch: Is given the state after each step; what it returns, rows first, is
            stacked. For the maps of attention: ``watch=lambda state: state.map``.

    Raises:
        ShapeError: ``first`` or the logits have another shape.
        KindError: ``first`` does not hold int64.
        ThroughTimeError: ``steps`` is less than 1.
    """
    return _walk(model, state, first, steps, end, watch, lambda y: y.argmax(-1))


@torch.no_grad()
def sample(
    model: Any,
    state: Any,
    first: Tensor,
    *,
    steps: int,
    generator: torch.Generator | None = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    end: int | None = END,
    watch: Watch | None = None,
) -> Decoded:
    r"""Draw each symbol from :func:`distribution`.

    ``scores`` are those of the model itself, whatever the temperature.

    Args:
        model: As for :func:`greedy`.
        state: As for :func:`greedy`.
        first: As for :func:`greedy`.
        steps: As for :func:`greedy`.
        generator: Source of chance, on the device of the logits; torch's own without
            it.
        temperature: As for :func:`distribution`.
        top_k: As for :func:`distribution`.
        top_p: As for :func:`distribution`.
        end: As for :func:`greedy`.
        watch: As for :func:`greedy`.

    Raises:
        ShapeError: As for :func:`greedy`.
        KindError: As for :func:`greedy`.
        ThroughTimeError: As for :func:`greedy` and :func:`distribution`.
    """

    def choose(logits: Tensor) -> Tensor:
        p = distribution(logits, temperature, top_k, top_p)
        return torch.multinomial(p, 1, generator=generator)[:, 0]

    return _walk(model, state, first, steps, end, watch, choose)


def _walk(
    model: Any,
    state: Any,
    first: Tensor,
    steps: int,
    end: int | None,
    watch: Watch | None,
    choose: Callable[[Tensor], Tensor],
) -> Decoded:
    check_begin(first, steps)
    ids, chosen, masks, seen = first, [], [], []
    scores: Tensor | float = 0.0
    is_open = torch.ones_like(first, dtype=torch.bool)
    while len(chosen) < steps and is_open.any():
        logits, state = model.step(ids, state)
        check_shape("logits", logits, "B V", B=len(first))
        ids = choose(logits)
        gained = logits.log_softmax(-1).gather(1, ids[:, None])[:, 0]
        scores = scores + gained.where(is_open, 0)
        chosen.append(ids.where(is_open, NULL))
        masks.append(is_open)
        if watch:
            seen.append(watch(state))
        if end is not None:
            is_open = is_open & (ids != end)
    watched = torch.stack(seen) if watch else None
    return Decoded(torch.stack(chosen), torch.stack(masks), scores, watched)


def check_begin(first: Tensor, steps: int) -> None:
    r"""Check where decoding begins, and how far it goes."""
    check_shape("first", first, "B")
    if not isinstance(first, Tensor) or first.dtype != torch.int64:
        raise KindError(
            f"first holds {first.dtype}; wanted a tensor of int64. "
            "Try torch.full((B,), START)."
        )
    if steps < 1:
        raise ThroughTimeError(f"steps is {steps}; wanted 1 or more. Try steps=20.")
