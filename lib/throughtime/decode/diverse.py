r"""Beams in groups that are made to differ."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from throughtime.decode.beam import Hypothesis, best, check_search
from throughtime.decode.walk import END
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_shape


class _Group(NamedTuple):
    """Hold what one group has open: K beginnings in each of B rows."""

    ids: Tensor
    """The last symbols, ``(B, K)``."""
    paths: Tensor
    """All symbols so far, ``(t, B, K)``."""
    scores: Tensor
    """Log-probabilities under the model, ``(B, K)``."""
    ranks: Tensor
    """The same less the penalties so far; -inf where nothing is open, ``(B, K)``."""
    state: Any


@torch.no_grad()
def diverse_beam(
    model: Any,
    state: Any,
    first: Tensor,
    *,
    steps: int,
    groups: int = 3,
    width: int = 2,
    penalty: float = 0.5,
    length_norm: float = 0.0,
    n: int | None = None,
    end: int | None = END,
) -> list[list[list[Hypothesis]]]:
    r"""Search with several beams, each kept away from what the earlier ones write.

    .. math:: \mathrm{rank}_g = \frac{1}{\mathrm{length}^{\mathrm{length\_norm}}}
        \sum_t \Big( \log p(y_t \mid y_{<t}) - \lambda\, \#_t^{<g}(y_t) \Big)

    Here :math:`\#_t^{<g}(v)` counts how often the groups before g have taken symbol v
    at step t: Hamming diversity. At each step the groups take turns. The first one is
    a plain :func:`throughtime.decode.beam`; so are all with ``penalty=0``. What a
    group has paid stays in its rank. A beginning that has ended is set aside, and at
    later steps no longer counts against others.

    Args:
        model: As for :func:`throughtime.decode.beam`.
        state: As for :func:`throughtime.decode.greedy`.
        first: As for :func:`throughtime.decode.greedy`.
        steps: The most symbols of a sequence; what is still open then is ranked too.
        groups: How many beams.
        width: How many extensions each of them takes.
        penalty: Strength :math:`\lambda`, in nats a repeated symbol, from 0 on.
        length_norm: As for :func:`throughtime.decode.beam`.
        n: How many sequences a group returns; as many as ``width`` without it.
        end: The symbol that ends a sequence; None where nothing does.

    Returns:
        For each row its groups in their order, for each group its sequences, best
        rank first; ``score`` is the model's alone, ``watched`` is None.

    Raises:
        ShapeError: As for :func:`throughtime.decode.beam`.
        KindError: As for :func:`throughtime.decode.beam`.
        ThroughTimeError: A number out of range.

    Source:
        Vijayakumar et al. (2016), algorithm 1; book/11_decoding.
    """
    wanted = width if n is None else n
    check_search(first, steps, length_norm, width=width, n=wanted, groups=groups)
    if not penalty >= 0:
        raise ThroughTimeError(
            f"penalty is {penalty}; wanted 0 (none) or more. Try penalty=0.5."
        )
    none = first.new_zeros(first.shape, dtype=torch.float64)[:, None]
    start = _Group(first[:, None], first.new_empty(0, len(first), 1), none, none, state)
    searching = [start] * groups
    found: list[list[list[Hypothesis]]] = [[[] for _ in range(groups)] for _ in first]
    for t in range(1, steps + 1):
        taken: Tensor | None = None  # how often each symbol was, (B, V)
        for g, group in enumerate(searching):
            group, taken = _advance(model, group, width, penalty, taken)
            done = torch.full_like(group.ids, t == steps, dtype=torch.bool)
            done |= group.ids == (-1 if end is None else end)
            for b, k in (done & ~group.ranks.isneginf()).nonzero().tolist():
                ids = tuple(group.paths[:, b, k].tolist())
                rank = group.ranks[b, k].item() / t**length_norm
                score = group.scores[b, k].item()
                found[b][g].append(Hypothesis(ids, score, rank, ids[-1] == end, None))
            open_ranks = group.ranks.masked_fill(done, -torch.inf)
            searching[g] = group._replace(ranks=open_ranks)
        if all(group.ranks.isneginf().all() for group in searching):
            break
    return [[best(group, wanted) for group in row] for row in found]


def _advance(
    model: Any, group: _Group, width: int, penalty: float, taken: Tensor | None
) -> tuple[_Group, Tensor]:
    """Take a group's best extensions; return it, and what all took at this step."""
    logits, state = model.step(group.ids.flatten(), group.state)
    B, K = group.ids.shape
    _, V = check_shape("logits", logits, "N V", N=B * K)
    gained = logits.double().log_softmax(-1).unflatten(0, (B, K))
    dead = group.ranks.isneginf()[..., None]  # its logits may be anything, NaN too
    if taken is None:
        taken = gained.new_zeros(B, V)
    paid = gained - penalty * taken[:, None]
    total = (group.ranks[..., None] + paid).masked_fill(dead, -torch.inf).flatten(1)
    ranks, at = total.sort(descending=True, stable=True)  # as argmax: the first wins
    ranks, at = ranks[:, :width], at[:, :width]
    parents, ids = at // V, at % V
    scores = (group.scores[..., None] + gained).flatten(1).gather(1, at)
    kept = (torch.arange(B, device=at.device)[:, None] * K + parents).flatten()
    paths = group.paths.flatten(1)[:, kept].unflatten(1, ids.shape)
    counted = taken.scatter_add(1, ids, (~ranks.isneginf()).double())
    grown = torch.cat([paths, ids[None]])
    return _Group(ids, grown, scores, ranks, model.select(state, kept)), counted
