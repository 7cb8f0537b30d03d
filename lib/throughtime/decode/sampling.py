r"""Choose the next token by chance, again and again."""

from typing import Any

import torch
from torch import Tensor

from throughtime.decode.generator import Decoded, Generator, check_end, check_start
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind


def distribution(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Tensor:
    r"""Return the probabilities that sampling draws from.

    .. math:: p_k \propto \exp((o_k - \max_j o_j) / \mathrm{temperature})

    A lower temperature makes the likely likelier; at 0 only the largest logit is left,
    the first of equal ones. Taking the maximum away changes nothing but keeps exp
    finite. The cuts come after: top-k keeps the k most likely tokens, the nucleus the
    fewest whose probabilities add up to ``top_p``; what is left is scaled to 1.

    Args:
        logits: Shape ``(..., V)``.
        temperature: From 0 on.
        top_k: How many tokens to keep, from 1 on.
        top_p: Above 0, at most 1.

    Returns:
        Probabilities, in the shape of ``logits``.

    Raises:
        KindError: ``logits`` is not floating-point.
        ThroughTimeError: A number out of range.

    Source:
        Holtzman et al. (2020) for the nucleus; book/11_decoding.

    >>> distribution(torch.tensor([2.0, 1.0, 0.0]), temperature=0)
    tensor([1., 0., 0.])
    """
    check_kind(logits=logits)
    _check(temperature, top_k, top_p)
    shifted = logits - logits.amax(-1, keepdim=True)
    if temperature == 0:
        hot = torch.zeros_like(logits)
        return hot.scatter_(-1, logits.argmax(-1, keepdim=True), 1)
    ps = torch.softmax(shifted / temperature, dim=-1)
    ranked, order = ps.sort(dim=-1, descending=True, stable=True)
    keep = torch.ones_like(ps, dtype=torch.bool)
    if top_k is not None:
        keep &= torch.arange(ps.shape[-1], device=ps.device) < top_k
    if top_p is not None:  # the token that crosses top_p is still in
        keep &= ranked.cumsum(-1) - ranked < top_p
    ps = torch.zeros_like(ps).scatter_(-1, order, ranked * keep)
    return ps / ps.sum(-1, keepdim=True)


def sample(
    model: Generator,
    state: Any,
    first: Tensor,
    steps: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    end: int | None = None,
    generator: torch.Generator | None = None,
    keep_states: bool = False,
) -> Decoded:
    r"""Draw a sequence for each row; each token is fed back as the next input.

    Args:
        model: Offers ``step``.
        state: What the first step begins with.
        first: The token that each row begins with, shape ``(B,)``.
        steps: The longest sequence.
        temperature: As in :func:`distribution`, like the two that follow.
        top_k: How many tokens to keep.
        top_p: How much probability to keep.
        end: The token that ends a row; None lets all rows go on to the last step.
        generator: On the device of the logits; torch's own without it.
        keep_states: Return the states too.

    Returns:
        Ids, mask, log-probabilities and states.

    Raises:
        ShapeError: ``first`` is not of shape ``(B,)``.
        KindError: ``first`` does not hold integers.
        VocabularyError: ``end`` is not in the vocabulary.
        ThroughTimeError: A number out of range.

    Source:
        Graves (2013); book/03_characters.
    """

    def choose(logits: Tensor) -> Tensor:
        ps = distribution(logits, temperature, top_k, top_p)
        return torch.multinomial(ps, 1, generator=generator)[:, 0]

    return _decode(model, state, first, steps, choose, end, keep_states)


def greedy(
    model: Generator,
    state: Any,
    first: Tensor,
    steps: int,
    *,
    end: int | None = None,
    keep_states: bool = False,
) -> Decoded:
    r"""Take the most likely token at each step; arguments as for :func:`sample`.

    The result need not be the most likely sequence: :mod:`throughtime.decode.search`.
    """

    def choose(logits: Tensor) -> Tensor:
        return logits.argmax(-1)

    return _decode(model, state, first, steps, choose, end, keep_states)


@torch.no_grad()
def _decode(
    model: Generator,
    state: Any,
    first: Tensor,
    steps: int,
    choose: Any,
    end: int | None,
    keep_states: bool,
) -> Decoded:
    B = check_start(first, steps)
    ids, real = first, torch.ones(B, dtype=torch.bool, device=first.device)
    columns, masks, states, log_probs = [], [], [], 0.0
    for _ in range(steps):
        logits, state = model.step(ids, state)
        check_end(end, logits.shape[-1])
        chosen = choose(logits)
        log_p = torch.log_softmax(logits, -1).gather(-1, chosen[:, None])[:, 0]
        log_probs = log_probs + torch.where(real, log_p, 0.0)
        ids = torch.where(real, chosen, 0)
        columns.append(ids)
        masks.append(real)
        if keep_states:
            states.append(state)
        if end is not None:
            real = real & (ids != end)
            if not real.any():
                break
    return Decoded(torch.stack(columns), torch.stack(masks), log_probs, states)


def _check(temperature: float, top_k: int | None, top_p: float | None) -> None:
    if not temperature >= 0:
        raise ThroughTimeError(
            f"temperature is {temperature}; wanted a number from 0 on. Try 1.0."
        )
    if top_k is not None and top_k < 1:
        raise ThroughTimeError(f"top_k is {top_k}; wanted 1 or more. Try top_k=40.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ThroughTimeError(
            f"top_p is {top_p}; wanted more than 0 and at most 1. Try top_p=0.9."
        )
