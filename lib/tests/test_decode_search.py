"""Beams are measured against all sequences there are."""

import itertools
import math

import pytest
import torch

from throughtime import decode
from throughtime.errors import ThroughTimeError
from throughtime.models import CharLM
from throughtime.testing import assert_close

B, H, V, START, END, STEPS = 3, 4, 5, 1, 2, 4
FIRST, BEGIN = torch.tensor([1, 3, 4]), torch.tensor([START])


class Chain:
    """Look the probabilities up by the symbol before; the state counts the steps."""

    def __init__(self, p):
        self.p = torch.as_tensor(p, dtype=torch.float64)

    def step(self, ids, state):
        return self.p[ids].log(), state + 1

    def select(self, state, rows):
        return state[rows]


def language_model(seed):
    torch.manual_seed(seed)
    model = CharLM(V, H, dtype=torch.float64).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(5)
    return model


def everything(model, first, alpha):
    """List all sequences of one row with their ranks, from the forward pass alone."""
    ranked = {}
    for length in range(1, STEPS + 1):
        for ids in itertools.product(range(V), repeat=length):
            ends = ids.index(END) + 1 if END in ids else STEPS
            if ends != length:
                continue
            with torch.no_grad():
                logits, _ = model(torch.tensor([[first], *([i] for i in ids[:-1])]))
            steps = logits[:, 0].log_softmax(-1)
            score = sum(steps[t, i].item() for t, i in enumerate(ids))
            ranked[ids] = (score, score / length**alpha)
    return ranked


@pytest.mark.parametrize("alpha", [0.0, 0.7])
def test_exhaustive_search_ranks_every_sequence_there_is(alpha):
    model = language_model(0)
    found = decode.exhaustive(
        model, None, FIRST, steps=STEPS, length_norm=alpha, n=10**6
    )
    for row, first in zip(found, FIRST.tolist(), strict=True):
        truth = everything(model, first, alpha)
        assert {h.ids for h in row} == set(truth)
        for h in row:
            assert_close((h.score, h.rank), truth[h.ids], atol=1e-10)
            assert h.length == len(h.ids)
            assert h.ended == (h.ids[-1] == END)
        assert [h.rank for h in row] == sorted((h.rank for h in row), reverse=True)
        assert_close(math.fsum(math.exp(h.score) for h in row), 1.0, atol=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.5])
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("seed", range(6))
def test_a_beam_of_full_width_is_exhaustive(alpha, n, seed):
    model, how = language_model(seed), {"steps": STEPS, "length_norm": alpha, "n": n}
    wide = decode.beam(model, None, FIRST, width=V**STEPS, **how)
    truth = decode.exhaustive(model, None, FIRST, **how)
    for row, wanted in zip(wide, truth, strict=True):
        assert [h.ids for h in row] == [h.ids for h in wanted]
        assert_close([h.rank for h in row], [h.rank for h in wanted], atol=1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_of_width_1_is_greedy(seed):
    model = language_model(seed)
    found = decode.beam(model, None, FIRST, steps=9, width=1, length_norm=0.6)
    wanted = decode.greedy(model, None, FIRST, steps=9)
    for b, (h,) in enumerate(found):
        assert list(h.ids) == wanted.ids[wanted.mask[:, b], b].tolist()
        assert_close(h.score, wanted.scores[b].item(), atol=1e-10)


def test_a_wider_beam_comes_nearer_to_the_best():
    gaps = []
    for width in (1, 3, 40):
        gap = 0.0
        for seed in range(10):
            model = language_model(seed)
            best = decode.exhaustive(model, None, FIRST, steps=STEPS)
            found = decode.beam(model, None, FIRST, steps=STEPS, width=width, n=1)
            pairs = zip(best, found, strict=True)
            gap += sum(one[0].score - two[0].score for one, two in pairs)
        gaps.append(gap)
    assert gaps[0] > gaps[1] > gaps[2] >= 0
    assert gaps[2] < 1e-9


def test_a_beam_escapes_where_greedy_is_trapped():
    # 3 leads to two even ways; 4 leads to the end for sure.
    p = torch.full((5, 5), 0.2, dtype=torch.float64)
    p[START] = torch.tensor([0, 0, 0, 0.6, 0.4]).double()
    p[3] = torch.tensor([0.5, 0.5, 0, 0, 0])
    p[4] = torch.tensor([0, 0, 1.0, 0, 0])
    greedy = decode.greedy(Chain(p), torch.zeros(1), BEGIN, steps=2)
    assert greedy.ids[0].item() == 3
    ((best, *_),) = decode.beam(Chain(p), torch.zeros(1), BEGIN, steps=2, width=2)
    assert best.ids == (4, END)
    assert_close(best.score, math.log(0.4), rtol=1e-6)


def test_what_ended_is_kept_though_longer_ones_are_better_for_a_while():
    # The end has 0.3 at once. 3 and 4 have 0.35 each, and then fall to 1/5 a step.
    p = torch.full((5, 5), 0.2, dtype=torch.float64)
    p[START] = torch.tensor([0, 0, 0.3, 0.35, 0.35])
    ((best, *_),) = decode.beam(Chain(p), torch.zeros(1), BEGIN, steps=6, width=3)
    assert best.ids == (END,)
    assert best.ended


@pytest.mark.parametrize("share", [0.23, 0.3, 0.37, 0.41, 0.45])
def test_what_is_open_and_better_by_little_is_not_given_up(share):
    p = torch.zeros(5, 5, dtype=torch.float64)
    p[START, 0], p[START, END], p[START, 3] = 0.9 - 2 * share, share, share + 1e-10
    p[0] = torch.tensor([0.2] * 5)
    p[3, END] = 1
    chain, how = Chain(p), {"steps": 4, "width": 4, "n": 1}
    ((best,),) = decode.beam(chain, torch.zeros(1), BEGIN, **how)
    assert best.ids == (3, END)


def test_what_is_impossible_is_never_returned():
    p = torch.zeros(5, 5, dtype=torch.float64)
    p[START, 3] = p[3, 4] = p[4, END] = 1
    (row,) = decode.beam(Chain(p), torch.zeros(1), FIRST[:1], steps=3, width=4)
    assert [h.ids for h in row] == [(3, 4, END)]


def test_dividing_by_the_length_favours_longer_sequences():
    lengths = []
    for seed in range(12):
        model = language_model(seed)
        lengths.append(
            [
                decode.exhaustive(model, None, FIRST[:1], steps=5, length_norm=a)[0][
                    0
                ].length
                for a in (0.0, 0.75, 1.5, 3.0)
            ]
        )
    assert all(row == sorted(row) for row in lengths)
    assert sum(row[-1] > row[0] for row in lengths) >= 6


def test_minus_6_over_6_beats_minus_4_5_over_3_at_alpha_three_quarters():
    assert -6 / 6**0.75 > -4.5 / 3**0.75
    # The same in a model: a certain way of 6 steps, and one of 3 that starts better.
    p = torch.zeros(12, 12, dtype=torch.float64)
    p[START, 3], p[START, 9] = math.exp(-0.8), 1 - math.exp(-0.8)  # -0.8 and -0.6
    for here, there in ((3, 4), (4, 5), (5, 6), (6, 7), (7, END), (9, 10), (10, END)):
        p[here, there] = 1
    scores = {6: -0.8, 3: math.log(1 - math.exp(-0.8))}
    for alpha in (0.0, 0.2, 0.75):
        long_wins = scores[6] / 6**alpha > scores[3] / 3**alpha
        how = {"steps": 8, "width": 2, "length_norm": alpha}
        ((best, other),) = decode.beam(Chain(p), torch.zeros(1), BEGIN, **how)
        assert best.length == (6 if long_wins else 3)
        for h in (best, other):
            assert_close(h.score, scores[h.length])
            assert_close(h.rank, scores[h.length] / h.length**alpha)
    assert long_wins


def test_each_row_is_searched_as_if_it_were_alone():
    model, how = language_model(5), {"steps": 6, "width": 3, "length_norm": 0.7}
    prompt = torch.tensor([[0, 3, 1], [4, 3, 0]])
    together = decode.beam(model, model.start(prompt), FIRST, **how)
    for b, row in enumerate(together):
        state = model.start(prompt[:, b : b + 1])
        (alone,) = decode.beam(model, state, FIRST[b : b + 1], **how)
        assert [h.ids for h in row] == [h.ids for h in alone]
        assert_close([h.score for h in row], [h.score for h in alone], atol=1e-10)


def test_scores_are_those_of_the_forward_pass_and_n_limits_the_result():
    model = language_model(6)
    found = decode.beam(model, None, FIRST, steps=7, width=4, n=2)
    for row, first in zip(found, FIRST.tolist(), strict=True):
        assert len(row) == 2
        for h in row:
            logits, _ = model(torch.tensor([[first], *([i] for i in h.ids[:-1])]))
            chosen = logits[:, 0].log_softmax(-1)[range(h.length), list(h.ids)]
            assert_close(h.score, chosen.sum().item(), atol=1e-10)


def test_more_can_be_returned_than_the_width():
    # At each step the two best are to go on with 0, and to end.
    p = torch.tensor([0.5, 0.05, 0.35, 0.05, 0.05]).double().expand(5, 5)
    (row,) = decode.beam(Chain(p), torch.zeros(1), FIRST[:1], steps=9, width=2, n=4)
    assert [h.ids for h in row] == [(0,) * k + (END,) for k in range(4)]


def test_what_was_watched_belongs_to_the_steps_of_its_own_hypothesis():
    model = language_model(7)
    found = decode.beam(
        model, None, FIRST, steps=5, width=4, watch=lambda state: state[0][-1]
    )
    for row, first in zip(found, FIRST.tolist(), strict=True):
        for h in row:
            read = torch.tensor([[first], *([i] for i in h.ids[:-1])])
            hs, _ = model.layer(model._inputs(read))
            assert_close(h.watched, hs[:, 0].detach(), atol=1e-10)


def test_without_an_end_all_have_the_length_of_the_steps():
    model, how = language_model(3), {"steps": 3, "end": None}
    (wide, *_) = decode.beam(model, None, FIRST, width=V**3, **how)
    (truth, *_) = decode.exhaustive(model, None, FIRST, n=V**3, **how)
    assert [h.ids for h in wide] == [h.ids for h in truth]
    assert {h.length for h in truth} == {3}
    assert not any(h.ended for h in truth)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"width": 0}, "width is 0; wanted"),
        ({"n": 0}, "n is 0; wanted"),
        ({"length_norm": -0.1}, "length_norm is -0.1; wanted"),
    ],
)
def test_numbers_out_of_range_are_refused(how, words):
    with pytest.raises(ThroughTimeError, match=words):
        decode.beam(language_model(0), None, FIRST, steps=2, **how)


def test_too_many_sequences_are_refused_before_they_are_made():
    with pytest.raises(ThroughTimeError, match=r"wanted at most 1,000,000. Try fewer"):
        decode.exhaustive(language_model(0), None, FIRST, steps=30, end=None)
