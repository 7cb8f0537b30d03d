"""An agent that is told the way, sees, and moves; and how it is let go."""

import pytest
import torch
from torch import nn

from throughtime import decode, tasks
from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.gated import lstm_step
from throughtime.models import Agent
from throughtime.testing import assert_close

T, B, W, V, VIEW, H = 6, 3, 5, 11, 7, 4


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def draw_ids(high, *shape, seed=0):
    return torch.randint(high, shape, generator=torch.Generator().manual_seed(seed))


def made():
    torch.manual_seed(0)
    model = Agent(V, VIEW, H, embedding_size=3)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model.double().eval()


def given():
    return draw(T, B, VIEW), draw_ids(5, T, B), draw_ids(V, W, B, seed=1)


def test_a_step_compares_moves_on_and_looks_again():
    model, (views, before, words) = made(), given()
    logits, maps = model(views, before, words)
    hs, (ends, _) = model.encoder(model.embed(words))
    look = model.attention
    for b in range(B):
        f = hs[:, b]
        h = torch.tanh(model.begin(torch.cat([ends[0, b], ends[1, b]])))
        state = (h[None], torch.zeros(1, H).double())

        def attend(h, f=f):
            e = torch.tanh(look.W_q(h) + look.W_k(f)) @ look.v.weight[0]
            return torch.softmax(e, 0) @ f, torch.softmax(e, 0)

        z, _ = attend(h)
        for t in range(T):
            s = torch.tanh(model.see(views[t, b]))
            m = s * torch.tanh(model.match(z))
            x_t = torch.cat([model.embed_action(before[t, b]), s, m, z])
            weights = model.layer.weights("_l0").values()
            state = lstm_step(x_t[None], state, *weights)
            z, alpha = attend(state[0][0])
            assert_close(maps[t, b], alpha)
            assert_close(logits[t, b], model.output(torch.cat([state[0][0], z])))


def test_words_that_are_no_words_get_no_look():
    model, (views, before, words) = made(), given()
    mask = torch.ones(W, B, dtype=torch.bool)
    want, _ = model(views, before, words, mask)
    longer = torch.cat([words, draw_ids(V, 2, B)])
    padded = torch.cat([mask, torch.zeros(2, B, dtype=torch.bool)])
    got, maps = model(views, before, longer, padded)
    assert_close(got, want)
    assert not maps[..., W:].any()


def test_rows_of_a_state_are_chosen():
    model, (views, before, words) = made(), given()
    rows = torch.tensor([2, 0, 2])
    state = model.start(words)
    want, _ = model.step(views[0], before[0], state)
    got, _ = model.step(views[0][rows], before[0][rows], model.select(state, rows))
    assert_close(got, want[rows])


def test_what_does_not_fit_an_agent_is_refused():
    model, (views, before, words) = made(), given()
    with pytest.raises(ShapeError, match="views has shape"):
        model(views[..., :2], before, words)
    with pytest.raises(ShapeError, match="before has shape"):
        model(views, before[:2], words)
    with pytest.raises(VocabularyError, match="before run from"):
        model(views, before + 4, words)


class Told:
    """Do what a list of actions says."""

    def __init__(self, actions):
        self.actions = actions

    def start(self, words, mask):
        self.read = words.shape, mask.shape
        return 0

    def step(self, seen, before, t):
        wanted = tasks.NO_ACTION if t == 0 else self.actions[t - 1]
        assert (before == wanted).all() or t > self.stops
        logits = nn.functional.one_hot(self.actions[t], 4).double()
        return logits, _At(t + 1)

    stops = 0  # from here on, agents that stopped are told to go on


class _At(int):
    map = torch.zeros(2)


def ways(B=9):
    return tasks.walks(B, torch.Generator().manual_seed(3))


def test_whoever_does_what_is_right_arrives():
    walks = ways()
    right = walks.actions.masked_fill(~walks.mask, 3)
    gone = decode.follow(Told(right), walks)
    assert gone.arrived.all()
    assert gone.stopped.all()
    assert torch.equal(gone.actions, right[: len(gone.actions)])
    assert torch.equal(gone.places[-1], walks.goal)
    assert len(gone.places) == len(gone.actions) + 1


def test_whoever_stops_stays_where_it_is():
    walks = ways()
    right = walks.actions.masked_fill(~walks.mask, 0)  # to go on after the goal
    gone = decode.follow(Told(right), walks)
    assert gone.arrived.all()


def test_whoever_does_not_stop_or_stops_elsewhere_has_not_arrived():
    walks = ways()
    T = len(walks.actions)
    on = torch.zeros_like(walks.actions)
    gone = decode.follow(Told(on), walks, steps=T)
    assert not gone.stopped.any()
    assert not gone.arrived.any()
    at_once = torch.full_like(on, 3)
    gone = decode.follow(Told(at_once), walks)
    assert gone.stopped.all()
    assert not gone.arrived.any()
    assert len(gone.actions) == 1


def test_an_agent_sees_what_it_is_let_see():
    walks, seen = ways(), []

    def see(fields, standing):
        seen.append(standing.place.clone())
        return torch.zeros(len(fields), 1)

    right = walks.actions.masked_fill(~walks.mask, 3)
    gone = decode.follow(Told(right), walks, see=see)
    assert torch.equal(torch.stack(seen), gone.places[:-1])


def test_no_steps_are_refused():
    with pytest.raises(ThroughTimeError, match="steps is 0; wanted 1 or more"):
        decode.follow(made(), ways(), steps=0)
