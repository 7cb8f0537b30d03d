"""Every labelled equation of book/11_decoding, evaluated against an oracle."""

import itertools
import math

import pytest
import torch

from throughtime import decode, models, tasks
from throughtime.testing import assert_close, numerical_gradient
from throughtime.text import END, START

BEGIN = torch.tensor([START])


class Elman:
    """An Elman encoder and decoder in plain products, with weights of a Seq2Seq."""

    def __init__(self, seed=0):
        torch.manual_seed(seed)
        self.model = models.Seq2Seq(7, 6, 4, "RNN", embedding_size=3).double()
        self.enc = {k: v.detach() for k, v in self.model.encoder.weights("_l0").items()}
        self.dec = {k: v.detach() for k, v in self.model.decoder.weights("_l0").items()}
        self.source = torch.randint(4, 7, (5,))
        self.target = torch.tensor([START, 4, 5, 4, END])

    def step(self, w, x, h):
        return torch.tanh(w["W_xh"] @ x + w["W_hh"] @ h + w["b_h"])

    def read(self, W_xh=None):
        enc = self.enc if W_xh is None else self.enc | {"W_xh": W_xh}
        h = torch.zeros(4).double()
        for i in self.source:
            h = self.step(enc, self.model.embed_source.weight[i].detach(), h)
        return h

    def states(self, s):
        found = []
        for i in self.target[:-1]:
            s = self.step(self.dec, self.model.embed_target.weight[i].detach(), s)
            found.append(s)
        return found

    def gains(self, states):
        out = self.model.output
        y = [out.weight.detach() @ s + out.bias.detach() for s in states]
        return [
            (v - v.exp().sum().log())[i]
            for v, i in zip(y, self.target[1:], strict=True)
        ]


@pytest.mark.equation("eq-11-halves")
@pytest.mark.equation("eq-11-likelihood")
def test_two_loops_in_plain_products_give_the_networks_log_probability():
    net = Elman()
    with torch.no_grad():
        logits = net.model(net.source[:, None], net.target[:-1, None])[:, 0]
    want = logits.log_softmax(-1)[range(4), net.target[1:]]
    gains = net.gains(net.states(net.read()))
    assert_close(torch.stack(gains), want)
    total = sum(gains).item()
    assert_close(math.exp(total), math.prod(math.exp(g) for g in gains))


@pytest.mark.equation("eq-11-handover")
def test_what_arrives_at_the_decoders_start_is_the_sum_over_all_steps():
    net = Elman(1)
    s_0 = net.read().requires_grad_()
    (want,) = torch.autograd.grad(-sum(net.gains(net.states(s_0))), s_0)
    total = torch.zeros(4).double()
    for t in range(4):
        J = torch.autograd.functional.jacobian(
            lambda s, t=t: net.states(s)[t], s_0.detach()
        )
        s_t = net.states(s_0.detach())[t].requires_grad_()
        out = net.model.output(s_t)
        (dL,) = torch.autograd.grad(-out.log_softmax(-1)[net.target[t + 1]], s_t)
        total += J.T @ dL
    assert_close(total, want)


@pytest.mark.equation("eq-11-encoder")
def test_the_encoder_hears_of_the_loss_through_the_handover_alone():
    net = Elman(2)
    s_0 = net.read().requires_grad_()
    (ds_0,) = torch.autograd.grad(-sum(net.gains(net.states(s_0))), s_0)
    J = torch.autograd.functional.jacobian(net.read, net.enc["W_xh"])

    def loss(W):
        return -sum(net.gains(net.states(net.read(torch.as_tensor(W)))))

    check = numerical_gradient(loss, net.enc["W_xh"].numpy())
    assert_close(torch.einsum("i,ijk->jk", ds_0, J), check, rtol=1e-6, atol=1e-8)


@pytest.mark.equation("eq-11-lag")
@pytest.mark.parametrize("seed", range(3))
def test_distances_are_counted_on_a_line_of_steps(seed):
    S = 7
    order = (
        torch.randperm(S, generator=torch.Generator().manual_seed(seed)) + 1
    ).tolist()
    ways = {"forward": range(1, S + 1), "end": range(S, 0, -1)}
    found = {}
    for name, reading in ways.items():
        line = [*reading, *(f"y{j}" for j in range(1, S + 1))]  # what each step does
        found[name] = [
            line.index(f"y{j}") - line.index(a) for j, a in enumerate(order, 1)
        ]
    assert found["forward"] == [S + j - a for j, a in enumerate(order, 1)]
    assert found["end"] == [j + a - 1 for j, a in enumerate(order, 1)]
    assert sum(found["forward"]) / S == sum(found["end"]) / S == S


@pytest.mark.equation("eq-11-same")
@pytest.mark.parametrize("seed", range(4))
def test_a_greedy_answer_is_exact_where_each_forced_step_is_right(seed):
    torch.manual_seed(seed)
    model = models.Seq2Seq(6, 6, 5).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(4)
    source = torch.randint(4, 6, (3, 200))
    state = model.start(source)
    first = torch.full((200,), START)
    own = decode.greedy(model, state, first, steps=4, end=None).ids
    target = torch.where(torch.rand(4, 200) < 0.15, torch.randint(6, (4, 200)), own)
    fed = torch.cat([first[None], target[:-1]])
    with torch.no_grad():
        forced = (model(source, fed).argmax(-1) == target).all(0)
    exact = (own == target).all(0)
    assert torch.equal(forced, exact)
    assert 20 < exact.sum() < 180


class Chain:
    """A model that looks one symbol back; its state is nothing."""

    def __init__(self, seed, N):
        generator = torch.Generator().manual_seed(seed)
        drawn = 2 * torch.randn(N, N, generator=generator, dtype=torch.float64)
        self.log_p = drawn.log_softmax(-1)

    def step(self, ids, state):
        return self.log_p[ids], state

    def select(self, state, rows):
        return state[rows]


@pytest.mark.equation("eq-11-viterbi")
@pytest.mark.parametrize("seed", range(5))
def test_in_a_chain_the_best_beginnings_are_enough(seed):
    N, T = 4, 6
    log_p = Chain(seed, N).log_p
    m = log_p[START]
    for _ in range(T - 1):
        m = torch.stack([max(m[u] + log_p[u, v] for u in range(N)) for v in range(N)])
    ways = itertools.product(range(N), repeat=T)
    steps = (zip((START, *way), way, strict=False) for way in ways)
    scores = [sum(log_p[u, v].item() for u, v in each) for each in steps]
    assert_close(m.max().item(), max(scores))


@pytest.mark.equation("eq-11-count")
@pytest.mark.parametrize(("N", "T"), [(2, 5), (3, 4), (5, 3)])
def test_the_answers_are_as_many_as_can_be_listed(N, T):
    answers = set()
    for way in itertools.product(range(N), repeat=T):  # symbol 0 is the end
        answers.add(way[: way.index(0) + 1] if 0 in way else way)
    formula = sum((N - 1) ** (t - 1) for t in range(1, T + 1)) + (N - 1) ** T
    assert len(answers) == formula <= N**T


@pytest.mark.equation("eq-11-bits")
def test_a_state_that_is_too_small_merges_two_sources():
    for H, b, V, S in itertools.product((1, 2), (1, 2, 3), (2, 3), (1, 2, 3, 4)):
        sources = list(itertools.product(range(V), repeat=S))
        states = list(itertools.product(range(2**b), repeat=H))
        enough = len(dict(zip(sources, states, strict=False))) == len(sources)
        assert enough == (H * b >= S * math.log2(V) - 1e-12)


@pytest.mark.equation("eq-11-tree")
def test_a_tree_has_a_symbol_a_word_and_two_a_phrase():
    pairs = tasks.parses(100, torch.Generator().manual_seed(0))
    for b in range(100):
        symbols = pairs.target_vocabulary.decode(
            tasks.written(pairs.target[:, b].tolist())
        )
        words = int(pairs.source_mask[:, b].sum()) - 1
        assert len(symbols.split()) == words + 2 * symbols.count("(")
