r"""Search that keeps several beginnings open."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.decode.walk import END, Watch, check_begin
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_shape


class Hypothesis(NamedTuple):
    r"""Hold one sequence that a search found."""

    ids: tuple[int, ...]
    """Its symbols, the end included."""
    score: float
    """Its log-probability under the model, nats."""
    rank: float
    """score / length ** length_norm; the search prefers the larger."""
    ended: bool
    """Whether it ends with the end, not for lack of steps."""
    watched: Tensor | None
    """What ``watch`` saw after each of its steps, ``(length, ...)``."""

    @property
    def length(self) -> int:
        """Return the number of symbols, the end included."""
        return len(self.ids)


@torch.no_grad()
def beam(
    model: Any,
    state: Any,
    first: Tensor,
    *,
    steps: int,
    width: int = 5,
    length_norm: float = 0.0,
    n: int | None = None,
    end: int | None = END,
    watch: Watch | None = None,
) -> list[list[Hypothesis]]:
    r"""Search for the sequences of the highest rank, with a limited width.

    .. math:: \mathrm{rank} = \log p / \mathrm{length}^{\mathrm{length\_norm}}

    At each step, of all one-symbol extensions of what is open in a row, the ``width``
    most probable are taken. Those that end are set aside, and kept whatever comes
    later; the others are open at the next step. With ``width=1`` this is
    :func:`throughtime.decode.greedy`; with a width of all sequences,
    :func:`throughtime.decode.exhaustive`.

    Log-probabilities are negative, so dividing by the length raises the rank of long
    sequences: the larger ``length_norm``, the more longer ones are favoured. With 0
    nothing is divided, and short ones have the advantage of fewer factors below 1.

    Args:
        model: Anything with ``step`` and ``select(state, rows)``.
        state: As for :func:`throughtime.decode.greedy`.
        first: As for :func:`throughtime.decode.greedy`.
        steps: The most symbols of a sequence; what is still open then is ranked too.
        width: How many extensions are taken.
        length_norm: Strength of the length normalisation, from 0 on.
        n: How many sequences to return; as many as ``width`` without it.
        end: The symbol that ends a sequence; None where nothing does.
        watch: As for :func:`throughtime.decode.greedy`.

    Returns:
        For each row its sequences, best first; at most ``n``.

    Raises:
        ShapeError: ``first`` or the logits have another shape.
        KindError: ``first`` does not hold int64.
        ThroughTimeError: A number out of range.

    Source:
        Length: Wu et al. (2016), sec. 7, who divide by ((5 + length) / 6) ** alpha;
        book/11_decoding.
    """
    wanted = width if n is None else n
    check_search(first, steps, length_norm, width=width, n=wanted)
    rows = torch.arange(len(first), device=first.device)[:, None]
    ids, scores = first, first.new_zeros(first.shape, dtype=torch.float64)[:, None]
    paths, seen = first.new_empty(0, len(first), 1), []
    found: list[list[Hypothesis]] = [[] for _ in first]
    for t in range(1, steps + 1):
        logits, state = model.step(ids.flatten(), state)
        width_before = scores.shape[1]
        scores, parents, ids = _extend(logits, scores, width)
        kept = (rows * width_before + parents).flatten()
        state = model.select(state, kept)
        paths = paths.flatten(1)[:, kept].unflatten(1, ids.shape)
        paths = torch.cat([paths, ids[None]])
        if watch:
            seen = [*(part[kept] for part in seen), watch(state)]
        done = torch.full_like(ids, t == steps, dtype=torch.bool)
        done |= ids == (-1 if end is None else end)
        _set_aside(found, paths, scores, done, seen, length_norm, end)
        scores = scores.masked_fill(done, -torch.inf)
        # Nothing open can gain, so this is the best rank that it can still reach.
        to_come = scores.amax(1) / steps**length_norm
        scores[_last_kept(found, wanted).to(to_come.device) >= to_come] = -torch.inf
        if scores.isneginf().all():
            break
    return [best(row, wanted) for row in found]


def _extend(
    logits: Tensor, scores: Tensor, width: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the scores, parents and symbols of the best extensions, ``(B, W)``."""
    B, K = scores.shape
    _, V = check_shape("logits", logits, "N V", N=B * K)
    gained = logits.double().log_softmax(-1).unflatten(0, (B, K))
    dead = scores.isneginf()[..., None]  # its logits may be anything, NaN too
    total = (scores[..., None] + gained).masked_fill(dead, -torch.inf).flatten(1)
    scores, at = total.sort(descending=True, stable=True)  # as argmax: the first wins
    at = at[:, :width]
    return scores[:, :width], at // V, at % V


def _set_aside(
    found: list[list[Hypothesis]],
    paths: Tensor,
    scores: Tensor,
    done: Tensor,
    seen: list[Tensor],
    length_norm: float,
    end: int | None,
) -> None:
    """Add what is done to what was found."""
    for b, k in (done & ~scores.isneginf()).nonzero().tolist():
        ids, score = tuple(paths[:, b, k].tolist()), scores[b, k].item()
        at = b * scores.shape[1] + k
        watched = torch.stack([part[at] for part in seen]) if seen else None
        rank = score / len(ids) ** length_norm
        found[b].append(Hypothesis(ids, score, rank, ids[-1] == end, watched))


def _last_kept(found: list[list[Hypothesis]], n: int) -> Tensor:
    """Return each row's n-th best rank, -inf where fewer were found."""
    ranks = [sorted((h.rank for h in row), reverse=True)[n - 1 : n] for row in found]
    kept = [row[0] if row else -torch.inf for row in ranks]
    return torch.tensor(kept, dtype=torch.float64)


def best(found: list[Hypothesis], n: int) -> list[Hypothesis]:
    r"""Return the n hypotheses of the highest rank, best first."""
    return sorted(found, key=lambda one: -one.rank)[:n]


def check_search(first: Tensor, steps: int, length_norm: float, **least_1: int) -> None:
    r"""Check what a search is given."""
    check_begin(first, steps)
    if not length_norm >= 0:
        raise ThroughTimeError(
            f"length_norm is {length_norm}; wanted 0 (none) or more. "
            "Try length_norm=0.7."
        )
    for name, number in least_1.items():
        if number < 1:
            raise ThroughTimeError(
                f"{name} is {number}; wanted 1 or more. Try {name}=5."
            )
