"""Greedy choice and drawing: what comes out, and when a row ends."""

import math

import pytest
import torch

from throughtime import decode
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.models import CharLM
from throughtime.testing import assert_close

B, H, V, START, END = 3, 4, 11, 1, 2
P = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64)


class Chain:
    """Look the logits up by the symbol before; count the steps in the state."""

    def __init__(self, table):
        self.table = torch.as_tensor(table, dtype=torch.float64)

    def step(self, ids, state):
        return self.table[ids], state + 1

    def select(self, state, rows):
        return state[rows]


def language_model(seed=0, V=V):
    torch.manual_seed(seed)
    model = CharLM(V, H, dtype=torch.float64).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)  # a random model is nearly even; this one has a will
    return model


def firsts():
    return torch.tensor([1, 4, 7])


def prompt():
    return torch.tensor([[3, 5, 8], [6, 9, 10]])


def test_greedy_takes_the_largest_logit_of_the_forward_pass():
    model = language_model()
    found = decode.greedy(model, model.start(prompt()), firsts(), steps=6, end=None)
    whole = torch.cat([prompt(), firsts()[None], found.ids])
    logits, _ = model(whole)
    assert torch.equal(found.ids, logits[2:-1].argmax(-1))
    chosen = logits[2:-1].log_softmax(-1).gather(2, found.ids[..., None])[..., 0]
    assert_close(found.scores, chosen.sum(0), atol=1e-12)
    assert found.mask.all()


def test_a_row_that_ended_gains_nothing_and_is_filled_with_0():
    # 3 -> 4 -> END; 5 -> END; after END the chain would go on to 3.
    table = torch.zeros(6, 6)
    for before, after in ((3, 4), (4, END), (5, END), (END, 3), (1, 3)):
        table[before, after] = 9.0
    chain = Chain(table)
    found = decode.greedy(chain, torch.zeros(3), torch.tensor([3, 5, 1]), steps=9)
    assert found.ids.T.tolist() == [[4, END, 0], [END, 0, 0], [3, 4, END]]
    assert found.mask.sum(0).tolist() == [2, 1, 3]
    once = 9 - math.log(math.exp(9) + 5)
    assert_close(found.scores, once * torch.tensor([2, 1, 3]).double())
    assert [found.row(b) for b in range(3)] == [[4], [], [3, 4]]


def test_a_row_without_an_end_is_cut_after_the_steps():
    table = torch.zeros(4, 4)
    table[3, 3] = 1.0
    found = decode.greedy(Chain(table), torch.zeros(1), torch.tensor([3]), steps=5)
    assert found.ids.T.tolist() == [[3] * 5]
    assert found.row(0) == [3] * 5


def test_end_none_goes_on_past_what_is_an_end_elsewhere():
    table = torch.zeros(4, 4)
    table[:, END] = 1.0
    chain, first = Chain(table), torch.tensor([3])
    found = decode.greedy(chain, torch.zeros(1), first, steps=4, end=None)
    assert found.ids.T.tolist() == [[END] * 4]


def test_the_state_after_each_step_can_be_watched():
    table, first = torch.eye(4), torch.tensor([3, 0])
    state = torch.tensor([0, 10])
    found = decode.greedy(Chain(table), state, first, steps=3, watch=lambda s: s)
    assert found.watched.tolist() == [[1, 11], [2, 12], [3, 13]]
    assert decode.greedy(Chain(table), state, first, steps=3).watched is None


def test_draws_come_as_often_as_their_probabilities_say():
    n = 20_000
    chain, first = Chain(P.log().expand(4, 4)), torch.zeros(n, dtype=torch.int64)
    generator = torch.Generator().manual_seed(5)
    state = torch.zeros(n)
    found = decode.sample(chain, state, first, steps=1, generator=generator, end=None)
    counts = torch.bincount(found.ids[0], minlength=4)
    chi2 = ((counts - n * P) ** 2 / (n * P)).sum()
    assert chi2 < 16.3  # 0.1 % of three degrees of freedom


def test_the_generator_decides_the_draws():
    model = language_model()

    def draw(seed):
        generator = torch.Generator().manual_seed(seed)
        state = model.start(prompt())
        return decode.sample(model, state, firsts(), steps=9, generator=generator)

    assert torch.equal(draw(1).ids, draw(1).ids)
    assert not torch.equal(draw(1).ids, draw(2).ids)


@pytest.mark.parametrize("how", [{"temperature": 0}, {"top_k": 1}, {"top_p": 1e-9}])
def test_drawing_without_chance_is_greedy(how):
    model = language_model()
    state = model.start(prompt())
    drawn = decode.sample(model, state, firsts(), steps=8, **how)
    chosen = decode.greedy(model, state, firsts(), steps=8)
    assert torch.equal(drawn.ids, chosen.ids)
    assert_close(drawn.scores, chosen.scores)


def test_the_scores_of_draws_are_those_of_the_model_at_temperature_1():
    model, generator = language_model(), torch.Generator().manual_seed(3)
    state, how = model.start(prompt()), {"temperature": 3.0, "end": None}
    found = decode.sample(model, state, firsts(), steps=5, generator=generator, **how)
    logits, _ = model(torch.cat([prompt(), firsts()[None], found.ids]))
    chosen = logits[2:-1].log_softmax(-1).gather(2, found.ids[..., None])[..., 0]
    assert_close(found.scores, chosen.sum(0), atol=1e-12)


def test_decoding_builds_no_graph():
    model = language_model()
    assert not decode.greedy(model, None, firsts(), steps=2).scores.requires_grad


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"temperature": -1.0}, "temperature is -1.0; wanted"),
        ({"temperature": math.nan}, "temperature is nan; wanted"),
        ({"top_k": 0}, "top_k is 0; wanted"),
        ({"top_p": 0.0}, "top_p is 0.0; wanted"),
        ({"top_p": 1.1}, "top_p is 1.1; wanted"),
        ({"steps": 0}, "steps is 0; wanted"),
    ],
)
def test_options_out_of_range_are_refused(how, words):
    with pytest.raises(ThroughTimeError, match=words):
        decode.sample(language_model(), None, firsts(), **({"steps": 3} | how))


@pytest.mark.parametrize("search", [decode.greedy, decode.beam, decode.exhaustive])
def test_a_wrong_beginning_is_refused(search):
    model = language_model()
    with pytest.raises(ShapeError, match=r"first has shape \(1, 3\); wanted \(B,\)"):
        search(model, None, firsts()[None], steps=3)
    with pytest.raises(KindError, match=r"first holds torch.float32; wanted"):
        search(model, None, firsts().float(), steps=3)
    with pytest.raises(ThroughTimeError, match="steps is 0; wanted"):
        search(model, None, firsts(), steps=0)


@pytest.mark.parametrize("search", [decode.greedy, decode.beam, decode.exhaustive])
def test_a_model_that_returns_logits_of_another_batch_is_refused(search):
    class Short(Chain):
        def step(self, ids, state):
            return self.table[ids][:1], state

    with pytest.raises(ShapeError, match=r"logits has shape \(1, 4\)"):
        search(Short(torch.eye(4)), torch.zeros(2), torch.tensor([3, 1]), steps=2)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gpu_decodes_as_the_cpu_does():
    model = language_model()
    wanted = decode.greedy(model, model.start(prompt()), firsts(), steps=6)
    beams = decode.beam(model, model.start(prompt()), firsts(), steps=6, width=3)
    model, first = model.cuda(), firsts().cuda()
    state = model.start(prompt().cuda())
    found = decode.greedy(model, state, first, steps=6)
    assert torch.equal(found.ids.cpu(), wanted.ids)
    again = decode.beam(model, state, first, steps=6, width=3)
    assert [[h.ids for h in row] for row in again] == [
        [h.ids for h in row] for row in beams
    ]
    generator = torch.Generator("cuda").manual_seed(0)
    drawn = decode.sample(model, state, first, steps=6, generator=generator)
    assert drawn.ids.is_cuda
