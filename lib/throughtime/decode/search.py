r"""Search for likely sequences: a beam, and all of them.

Both compare ``log_prob / length ** alpha``. Log-probabilities are negative, so alpha
above 0 does not penalise long sequences: it favours them. Over 6 tokens -6 nats beat
-4.5 nats over 3 at alpha = 0.75.
"""

import itertools
from typing import Any

import torch
from torch import Tensor

from throughtime.decode.generator import (
    Generator,
    Hypothesis,
    check_end,
    check_start,
)
from throughtime.errors import ThroughTimeError

Beam = list[tuple[tuple[int, ...], float]]


@torch.no_grad()
def beam(
    model: Generator,
    state: Any,
    first: Tensor,
    steps: int,
    *,
    width: int = 4,
    end: int | None = None,
    length_norm: float = 0.0,
    n_best: int = 1,
) -> list[list[Hypothesis]]:
    r"""Keep the ``width`` most likely beginnings at each step.

    A beginning that ends is put aside, and its place in the beam falls free. The search
    stops when no beginning can still beat the ``n_best`` that are aside: the
    log-probability of a beginning only falls, and no division helps more than that by
    the longest length.

    Args:
        model: Offers ``step`` and ``select``.
        state: What the first step begins with, for all rows of the batch.
        first: The token that each row begins with, shape ``(B,)``.
        steps: The longest sequence.
        width: How many beginnings are kept for each row.
        end: The token that ends a sequence; None lets all go on to the last step.
        length_norm: alpha: 0 compares log-probabilities, 1 their mean a token.
        n_best: How many sequences to return for each row.

    Returns:
        For each row its best sequences, best first.

    Raises:
        ShapeError: ``first`` is not of shape ``(B,)``.
        KindError: ``first`` does not hold integers.
        VocabularyError: ``end`` is not in the vocabulary.
        ThroughTimeError: A number out of range.

    Source:
        Sutskever, Vinyals and Le (2014); the division: Wu et al. (2016) have another
        form of it; book/11_decoding.
    """
    B = check_start(first, steps)
    _check(width, length_norm, n_best)
    results = []
    for row in range(B):
        place = torch.tensor([row], device=first.device)
        one = model.select(state, place)
        found = _search(
            model, one, first[place], steps, width, end, length_norm, n_best
        )
        results.append(found)
    return results


def _search(
    model: Generator,
    state: Any,
    ids: Tensor,
    steps: int,
    width: int,
    end: int | None,
    alpha: float,
    n_best: int,
) -> list[Hypothesis]:
    live: Beam = [((), 0.0)]
    aside: list[Hypothesis] = []
    for t in range(1, steps + 1):
        logits, state = model.step(ids, state)
        check_end(end, logits.shape[-1])
        log_ps = torch.log_softmax(logits.double(), -1)
        totals = log_ps + log_ps.new_tensor([total for _, total in live])[:, None]
        V = totals.shape[1]
        best, places = totals.flatten().topk(min(width, totals.numel()))
        grown, rows = [], []
        for total, place in zip(best.tolist(), places.tolist(), strict=True):
            row, token = divmod(place, V)
            sequence = (*live[row][0], token)
            if token == end or t == steps:
                aside.append(_judge(sequence, total, alpha, token == end))
            else:
                grown.append((sequence, total))
                rows.append(row)
        aside.sort(key=lambda h: -h.score)
        del aside[n_best:]
        live = grown
        if not live or _is_over(aside, live, steps, alpha, n_best):
            break
        state = model.select(state, torch.tensor(rows, device=ids.device))
        ids = ids.new_tensor([sequence[-1] for sequence, _ in live])
    return aside


def _is_over(
    aside: list[Hypothesis], live: Beam, steps: int, alpha: float, n_best: int
) -> bool:
    """Say whether what is still live can no longer come among the best."""
    hope = max(total for _, total in live) / steps**alpha
    return len(aside) == n_best and aside[-1].score >= hope


@torch.no_grad()
def exhaustive(
    model: Generator,
    state: Any,
    first: Tensor,
    steps: int,
    *,
    end: int | None = None,
    length_norm: float = 0.0,
    n_best: int = 1,
    limit: int = 1_000_000,
) -> list[list[Hypothesis]]:
    r"""Try all sequences, and return the best; the truth that a beam approaches.

    Args:
        model: Offers ``step`` and ``select``.
        state: As for :func:`beam`, like all that is not named here.
        first: The token that each row begins with.
        steps: The longest sequence.
        end: The token that ends a sequence.
        length_norm: alpha.
        n_best: How many sequences to return for each row.
        limit: Refuse to look at more than so many sequences, V ** steps.

    Returns:
        For each row its best sequences, best first; all of them add up to probability
        1 if ``n_best`` is large enough.

    Raises:
        ThroughTimeError: More than ``limit`` sequences, or as for :func:`beam`.
    """
    B = check_start(first, steps)
    _check(1, length_norm, n_best)
    results = []
    for row in range(B):
        place = torch.tensor([row], device=first.device)
        found = _all(model, model.select(state, place), first[place], steps, end, limit)
        judged = [_judge(*one, length_norm, one[0][-1] == end) for one in found]
        results.append(sorted(judged, key=lambda h: -h.score)[:n_best])
    return results


def _all(
    model: Generator, state: Any, ids: Tensor, steps: int, end: int | None, limit: int
) -> Beam:
    """Return every sequence that ends, or is as long as it may be."""
    level: Beam = [((), 0.0)]
    done: Beam = []
    for t in range(1, steps + 1):
        logits, state = model.step(ids, state)
        V = logits.shape[-1]
        check_end(end, V)
        _check_limit(V, steps, limit)
        log_ps = torch.log_softmax(logits.double(), -1).tolist()
        grown, rows = [], []
        for k, token in itertools.product(range(len(level)), range(V)):
            one = ((*level[k][0], token), level[k][1] + log_ps[k][token])
            if token == end or t == steps:
                done.append(one)
            else:
                grown.append(one)
                rows.append(k)
        level = grown
        if not level:
            break
        state = model.select(state, torch.tensor(rows, device=ids.device))
        ids = ids.new_tensor([sequence[-1] for sequence, _ in level])
    return done


def _judge(
    sequence: tuple[int, ...], log_prob: float, alpha: float, ended: bool
) -> Hypothesis:
    score = log_prob / len(sequence) ** alpha
    return Hypothesis(sequence, log_prob, score, ended)


def _check(width: int, alpha: float, n_best: int) -> None:
    for name, value in (("width", width), ("n_best", n_best)):
        if value < 1:
            raise ThroughTimeError(
                f"{name} is {value}; wanted 1 or more. Try {name}=4."
            )
    if not alpha >= 0:
        raise ThroughTimeError(
            f"length_norm is {alpha}; wanted a number from 0 on. Try length_norm=1.0."
        )


def _check_limit(V: int, steps: int, limit: int) -> None:
    if V**steps > limit:
        raise ThroughTimeError(
            f"{V} tokens in {steps} steps make {V**steps:.3g} sequences; wanted at "
            f"most {limit}. Try fewer steps, or a beam."
        )
