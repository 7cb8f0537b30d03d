"""Equations of book/13_dialog, against torch, autograd and by trying everything."""

import itertools
import math
from collections import Counter

import pytest
import torch
from chapter_13_dialog import functions
from pages import draw
from torch import nn

from throughtime import images, models, tasks
from throughtime.images.dialogs import POINTING
from throughtime.testing import assert_close

SCENES = images.dialog_scenes("test", 12, seed=2)
TOLD = images.dialogs(SCENES, seed=2)


@pytest.mark.equation("eq-13-keep")
@pytest.mark.equation("eq-13-kept")
def test_a_turn_hears_what_the_gates_after_it_let_through():
    T, H = 6, 4
    x = draw(0, T, H).requires_grad_()
    g = torch.rand((T, H), generator=torch.Generator().manual_seed(1)).double()
    h = torch.zeros(H).double()
    for t in range(T):
        h = (1 - g[t]) * h + g[t] * x[t]
    dh = draw(2, H)
    (h * dh).sum().backward()
    for s in range(T):
        left = torch.ones(H).double()
        for r in range(s + 1, T):
            left = left * (1 - g[r])
        assert_close(g[s] * left * dh, x.grad[s])


def test_the_gate_is_that_of_a_gru_that_keeps_with_z():
    gru = nn.GRUCell(1, 1).double()
    z = 0.3
    with torch.no_grad():
        for parameter in gru.parameters():
            parameter.zero_()
        gru.bias_ih[1] = math.log(z / (1 - z))  # torch's z keeps, as ours does
        gru.bias_ih[2] = 0.7
    got = gru(torch.zeros(1, 1).double(), torch.tensor([[0.5]]).double())
    g, x = 1 - z, math.tanh(0.7)
    assert got.item() == pytest.approx((1 - g) * 0.5 + g * x)


@pytest.mark.equation("eq-13-third")
def test_nobody_without_history_is_right_in_more_than_a_third():
    share = functions()["best_share"](TOLD, lambda before: ())
    assert share == pytest.approx(1 / 3, abs=1e-12)
    # Every rule from picture and question to an answer, on one scene.
    one = [d for d in TOLD if d.scene_index == 0]
    asked = [(t.words, t.answer) for d in one for t in d.turns if t.kind in POINTING]
    questions = sorted({words for words, _ in asked})
    answers = sorted({answer for _, answer in asked})
    best = 0.0
    for rule in itertools.product(answers, repeat=len(questions)):
        said = dict(zip(questions, rule, strict=True))
        best = max(best, sum(said[w] == a for w, a in asked) / len(asked))
    assert best == pytest.approx(1 / 3)


def test_a_set_that_is_not_balanced_gives_its_answers_away():
    first = [d for d in TOLD if d.turns[0].refers == 0]
    assert functions()["best_share"](first, lambda before: ()) > 0.5


@pytest.mark.equation("eq-13-cross")
def test_crossing_out_is_right_in_eleven_of_eighteen_and_nothing_nameless_in_more():
    hits = []
    for dialog in TOLD:
        things = SCENES[dialog.scene_index].things
        said = []
        for turn in (t for t in dialog.turns if t.kind in POINTING):
            kind = turn.words[1]  # "colour" or "shape"
            left = [getattr(t, kind) for t in things if getattr(t, kind) not in said]
            hits.append(left[0] == turn.answer)  # always the first that is left
            said.append(turn.answer)
    assert sum(hits) / len(hits) == pytest.approx(11 / 18, abs=1e-12)

    def nameless(before):  # all that was said, but for which things were named
        return tuple((t.kind, t.kind == "named" or t.words, t.answer) for t in before)

    share = functions()["best_share"]
    assert share(TOLD, nameless) == pytest.approx(11 / 18, abs=1e-12)
    assert share(TOLD, lambda before: before) == 1.0


def test_who_knows_the_names_in_no_order_is_unsure_at_one_question_of_six():
    def names(before):
        named = frozenset(t.refers for t in before if t.kind == "named")
        return named, tuple(t.answer for t in before)

    for first, want in ((False, 1.0), (True, 5 / 6)):  # of the two plans
        plan = [d for d in TOLD if any(t.kind == "first" for t in d.turns) == first]
        assert len(plan) > 10
        assert functions()["best_share"](plan, names) == pytest.approx(want, abs=1e-12)


def test_who_crosses_out_its_own_answers_is_back_at_a_third():
    hits = []
    for dialog in TOLD:
        meant = [turn.refers for turn in dialog.turns if turn.kind in POINTING]
        hits += [own == thing for own, thing in enumerate(meant)]
    assert sum(hits) / len(hits) == pytest.approx(1 / 3, abs=1e-12)


@pytest.mark.equation("eq-13-talk")
def test_an_answer_is_that_of_two_looks_from_the_state_at_its_mark():
    torch.manual_seed(0)
    vocabulary = images.dialog_vocabulary()
    model = models.DialogReader(len(vocabulary), 17, 5, 6, embedding_size=4).double()
    f, dialog = draw(1, 9, 5), TOLD[0]
    rows = images.encode_dialogs([dialog])
    logits, _ = model(f[None], rows.ids, rows.asked)
    p = logits.softmax(-1)
    lstm = model.layer.to_torch()
    heard = []
    for k, turn in enumerate(dialog.turns):
        heard += [*turn.words, "?"]
        states, _ = lstm(model.embed(vocabulary.encode(heard))[:, None])
        u = states[-1, 0]  # the last mark is where this question is asked
        for look, merge in zip(model.looks, model.merge, strict=True):
            e = torch.tanh(look.W_q(u) + look.W_k(f)) @ look.v.weight[0]
            z = torch.softmax(e, 0) @ f
            u = u + torch.tanh(merge(torch.cat([u, z])))
        assert_close(p[k], model.answer(u).softmax(-1), atol=1e-10)
        heard.append(turn.answer)


@pytest.mark.equation("eq-13-blind")
@pytest.mark.parametrize("turned", [(0,), (1, 1), (0, 0, 1), (1, 0, 0, 1)])
def test_no_plan_without_eyes_arrives_more_often_than_the_bound(turned):
    ends = Counter()
    for far in itertools.product(range(1, 6), repeat=len(turned)):
        place, across = [0, 0], 0
        for turn, steps in zip(turned, far, strict=True):
            across ^= turn
            place[across] += steps
        ends[tuple(place)] += 1
    shares = [count / 5 ** len(turned) for count in ends.values()]
    bound = tasks.blind_rate(turned)
    assert max(shares) == pytest.approx(bound)
    assert functions()["best_place"](turned) == pytest.approx(bound)
    # A drawn plan is a mean over the places where it stops.
    weights = torch.softmax(draw(3, len(shares)), 0)
    mixed = weights @ torch.tensor(shares, dtype=torch.float64)
    assert mixed.item() <= bound + 1e-12


def tiny():
    torch.manual_seed(0)
    model = models.Agent(len(tasks.walk_vocabulary()), tasks.VIEW_SIZE, 5)
    return model.double().eval()


def ways(B=4):
    walks = tasks.walks(B, torch.Generator().manual_seed(2), (1, 2))
    views, before = walks.along()
    return walks, views.double(), before


@pytest.mark.equation("eq-13-agent")
def test_the_agents_step_is_the_pages():
    model, (walks, views, before) = tiny(), ways()
    logits, maps = model(views, before, walks.words, walks.words_mask)
    lstm = model.layer.to_torch()
    W = int(walks.words_mask[:, 0].sum())
    hs, (ends, _) = model.encoder(model.embed(walks.words[:W, :1]))
    f, look = hs[:, 0], model.attention

    def attend(h):
        alpha = torch.softmax(
            torch.tanh(look.W_q(h) + look.W_k(f)) @ look.v.weight[0], 0
        )
        return alpha @ f, alpha

    h = torch.tanh(model.begin(ends[:, 0].flatten()))
    z, _ = attend(h)
    state = (h[None, None], torch.zeros_like(h)[None, None])
    for t in range(len(views)):
        s = torch.tanh(model.see.weight @ views[t, 0] + model.see.bias)
        m = s * torch.tanh(model.match.weight @ z + model.match.bias)
        a = model.embed_action.weight[before[t, 0]]
        _, state = lstm(torch.cat([a, s, m, z])[None, None], state)
        z, alpha = attend(state[0][0, 0])
        o = model.output.weight @ torch.cat([state[0][0, 0], z]) + model.output.bias
        assert_close(logits[t, 0], o, atol=1e-10)
        assert_close(maps[t, 0, :W], alpha, atol=1e-10)


@pytest.mark.equation("eq-13-imitate")
def test_the_loss_is_what_the_right_actions_cost_each_given_those_before():
    model, (walks, _, _) = tiny(), ways()
    model = model.float()
    total, count = 0.0, 0
    for b in range(4):
        words, mask = walks.words[:, b : b + 1], walks.words_mask[:, b : b + 1]
        state, standing = model.start(words, mask), tasks.stand(1)
        last = torch.tensor([tasks.NO_ACTION])
        for action in walks.actions[:, b][walks.mask[:, b]]:
            seen = tasks.view(walks.fields[b : b + 1], standing)
            logits, state = model.step(seen, last, state)
            total -= logits.log_softmax(-1)[0, action].item()
            last, count = action[None], count + 1
            standing = tasks.move(standing, last, walks.fields.shape[-1])
    got = functions()["walk_loss"](model, walks)
    assert got.item() == pytest.approx(total / count, rel=1e-5)


@pytest.mark.equation("eq-13-chain")
def test_the_chance_of_the_right_way_is_the_product_of_its_actions():
    model, (walks, views, before) = tiny(), ways(1)
    with torch.no_grad():
        logits, _ = model(views, before, walks.words, walks.words_mask)
        p = logits[:, 0].softmax(-1)
    # Every sequence of actions of this length, walked as its own actions lead.
    T, right = 3, walks.actions[:3, 0]
    total, chance = 0.0, 0.0
    for plan in itertools.product(range(4), repeat=T):
        state = model.start(walks.words, walks.words_mask)
        standing, last = tasks.stand(1), torch.tensor([tasks.NO_ACTION])
        share = 1.0
        for action in plan:
            seen = tasks.view(walks.fields, standing).double()
            said, state = model.step(seen, last, state)
            share *= said.softmax(-1)[0, action].item()
            last = torch.tensor([action])
            standing = tasks.move(standing, last, walks.fields.shape[-1])
        total += share
        chance += share * (list(plan) == right.tolist())
    assert total == pytest.approx(1.0)
    assert chance == pytest.approx(math.prod(p[t, right[t]].item() for t in range(T)))
