"""The equations of book/11_decoding on searching, against all answers there are."""

import math
from functools import cache

import pytest
import torch

from throughtime import decode, models
from throughtime.testing import assert_close
from throughtime.text import END, START

BEGIN, STEPS, V = torch.tensor([START]), 4, 6


def language_model(seed):
    torch.manual_seed(seed)
    model = models.CharLM(V, 5).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(3)
    return model


@cache
def gains(model, ids):
    """Return the log-probabilities of what comes after some symbols."""
    with torch.no_grad():
        logits, _ = model(torch.tensor([[START], *([i] for i in ids)]))
    return logits[-1, 0].log_softmax(-1).tolist()


def log_p(model, ids):
    """Return the log-probability of some symbols, from forward passes."""
    return sum(gains(model, ids[:t])[i] for t, i in enumerate(ids))


def everything(model):
    """Return every answer of at most STEPS symbols with its log-probability."""
    opened, found = [()], {}
    while opened:
        grown = [(*path, v) for path in opened for v in range(V)]
        ended = [p for p in grown if p[-1] == END or len(p) == STEPS]
        found |= {path: log_p(model, path) for path in ended}
        opened = [path for path in grown if path not in found]
    return found


@pytest.mark.equation("eq-11-map")
@pytest.mark.equation("eq-11-entropy")
def test_the_best_answer_is_the_largest_sum_and_draws_have_minus_the_entropy():
    model = language_model(0)
    scores = everything(model)
    assert_close(math.fsum(map(math.exp, scores.values())), 1.0)
    ((best,),) = decode.exhaustive(model, None, BEGIN, steps=STEPS)
    assert best.ids == max(scores, key=scores.get)
    entropy = -math.fsum(math.exp(s) * s for s in scores.values())
    generator = torch.Generator().manual_seed(0)
    drawn = decode.sample(
        model, None, BEGIN.expand(20_000), steps=STEPS, generator=generator
    )
    noise = drawn.scores.std().item() / 20_000**0.5
    assert abs(drawn.scores.mean().item() + entropy) < 5 * noise
    assert best.score > -entropy


@pytest.mark.equation("eq-11-beam")
@pytest.mark.parametrize("K", [1, 2, 3, 7])
@pytest.mark.parametrize("seed", range(3))
def test_a_beam_keeps_the_best_extensions_of_what_it_kept(K, seed):
    model, kept = language_model(seed), [()]
    for t in range(1, STEPS + 1):
        grown = [(*path, v) for path in kept for v in range(V)]
        kept = sorted(grown, key=lambda path: -log_p(model, path))[:K]
        (found,) = decode.beam(model, None, BEGIN, steps=t, width=K, end=None)
        assert [h.ids for h in found] == kept


@pytest.mark.equation("eq-11-stop")
@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 2.0])
def test_no_answer_outranks_what_its_beginning_allows(alpha):
    model = language_model(1)
    tight = []
    for ids, score in everything(model).items():
        for t in range(1, len(ids) + 1):
            bound = log_p(model, ids[:t]) / STEPS**alpha
            rank = score / len(ids) ** alpha
            assert rank <= bound + 1e-12
            tight.append(rank - bound)
    assert max(tight) > -1e-12, "whole answers of full length reach it"


@pytest.mark.equation("eq-11-rank")
@pytest.mark.equation("eq-11-crossing")
@pytest.mark.parametrize(
    ("short", "long"),
    [((-4.5, 3), (-6.0, 6)), ((-2.0, 2), (-3.0, 5)), ((-1, 2), (-9, 3))],
)
def test_the_longer_answer_wins_from_the_crossing_on(short, long):
    crossing = math.log(long[0] / short[0]) / math.log(long[1] / short[1])
    for alpha in torch.linspace(0, 7, 141).tolist():
        ranks = [score / n**alpha for score, n in (short, long)]
        if abs(alpha - crossing) > 1e-6:
            assert (ranks[1] > ranks[0]) == (alpha > crossing)


@pytest.mark.equation("eq-11-rank")
@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.5])
def test_a_wide_beam_returns_the_answer_of_the_largest_rank(alpha):
    model = language_model(2)
    ranks = {ids: s / len(ids) ** alpha for ids, s in everything(model).items()}
    how = {"steps": STEPS, "width": V**STEPS, "length_norm": alpha, "n": 1}
    ((best,),) = decode.beam(model, None, BEGIN, **how)
    assert best.ids == max(ranks, key=ranks.get)
    assert_close(best.rank, ranks[best.ids])


@pytest.mark.equation("eq-11-diverse")
@pytest.mark.parametrize("lam", [0.0, 0.4, 3.0])
def test_a_group_of_width_1_pays_for_each_word_that_earlier_ones_took(lam):
    model, written = language_model(3), []
    how = {"steps": STEPS, "width": 1, "penalty": lam, "end": None}
    (groups,) = decode.diverse_beam(model, None, BEGIN, groups=3, **how)
    for ((found,),) in zip(groups, strict=True):
        ids, rank = (), 0.0
        for t in range(STEPS):
            taken = [other[t] for other in written]
            paid = [
                gain - lam * taken.count(v) for v, gain in enumerate(gains(model, ids))
            ]
            v = max(range(V), key=paid.__getitem__)
            ids, rank = (*ids, v), rank + paid[v]
        assert found.ids == ids
        assert_close((found.rank, found.score), (rank, log_p(model, ids)))
        written.append(ids)
