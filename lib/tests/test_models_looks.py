"""Looks at what was read, glimpses that are chosen, and strokes of a soft window."""

import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence
from torch.nn.functional import avg_pool2d, binary_cross_entropy_with_logits, one_hot

from throughtime import decode, images
from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.gated import gru_step, lstm_step
from throughtime.models import (
    Attention,
    AttentiveSeq2Seq,
    Draw,
    GlimpseReader,
    filterbank,
)
from throughtime.testing import assert_close

S, T, B, D, H, V = 6, 5, 3, 2, 4, 9
LENGTHS = (6, 2, 4)


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def draw_ids(*shape, size=V, seed=0):
    return torch.randint(size, shape, generator=torch.Generator().manual_seed(seed))


def made(model, std=0.6):
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=std)
    return model.double().eval()


def mask():
    return torch.arange(S)[:, None] < torch.tensor(LENGTHS)


def test_a_cell_that_is_not_there_gets_no_weight():
    look, there = made(Attention(H, D, 7)), mask().T
    q, f = draw(B, H), draw(B, S, D, seed=1)
    z, alpha = look(q, f, look.keys(f), there)
    assert (alpha[~there] == 0).all()
    for b, n in enumerate(LENGTHS):
        alone = f[b : b + 1, :n]
        want = look(q[b : b + 1], alone, look.keys(alone))
        assert_close(z[b], want[0][0])
        assert_close(alpha[b, :n], want[1][0])


def plain_translation(model, source, target):
    """Read one sentence and look back, word by word; return logits and maps."""
    ends, states = [], []
    for half, ids in (("_l0", source), ("_l0_reverse", source.flip(0))):
        h, hs = torch.zeros(1, H).double(), []
        for x in model.embed_source(ids):
            h = gru_step(x[None], h, *model.encoder.weights(half).values())
            hs.append(h[0])
        ends.append(h[0])
        states.append(torch.stack(hs))
    f = torch.cat([states[0], states[1].flip(0)], 1)
    h = torch.tanh(model.begin(torch.cat(ends)))
    look, logits, maps = model.attention, [], []
    for x in model.embed_target(target):
        e = torch.stack([look.v(torch.tanh(look.W_q(h) + look.W_k(one))) for one in f])
        alpha = e[:, 0].softmax(0)
        z = alpha @ f
        both = torch.cat([x, z])[None]
        h = gru_step(both, h[None], *model.decoder.weights("_l0").values())[0]
        logits.append(model.output(torch.cat([h, z])))
        maps.append(alpha)
    return torch.stack(logits), torch.stack(maps)


def test_a_translator_looks_back_with_the_state_before_the_word():
    model = made(AttentiveSeq2Seq(V, 7, H, D))
    source, target = draw_ids(S, B), draw_ids(T, B, size=7, seed=1)
    logits, maps = model(source, target, mask())
    for b, n in enumerate(LENGTHS):
        want, where = plain_translation(model, source[:n, b], target[:, b])
        assert_close(logits[:, b], want)
        assert_close(maps[:, b, :n], where)
        assert (maps[:, b, n:] == 0).all()


def test_a_translator_writes_row_by_row_and_its_rows_can_be_chosen():
    model = made(AttentiveSeq2Seq(V, 7, H))
    source, first = draw_ids(S, B), torch.ones(B, dtype=torch.int64)
    state = model.start(source, mask())
    assert (state.map == 0).all()
    told = decode.greedy(model, state, first, steps=6, watch=lambda now: now.map)
    assert_close(told.watched.sum(-1), torch.ones(told.watched.shape[:2]).double())
    rows = torch.tensor([2, 0, 0])
    again = decode.greedy(model, model.select(state, rows), first, steps=6)
    for place, row in enumerate(rows):
        assert again.row(place) == told.row(row)


def test_a_translator_refuses_what_it_cannot_read():
    model = made(AttentiveSeq2Seq(V, 7, H))
    with pytest.raises(VocabularyError, match="source"):
        model.start(torch.full((S, B), V))
    with pytest.raises(VocabularyError, match="target"):
        model(draw_ids(S, B), torch.full((T, B), 7))
    with pytest.raises(ShapeError):
        model(draw_ids(S, B), draw_ids(T, B + 1, size=7))


PLACES = torch.tensor([[2.0, 2], [2, 9], [9, 2], [6, 6]])


def eye(policy="learnt", looks=2):
    return made(GlimpseReader(PLACES, 4, 3, 12, H, looks, 5, policy))


def test_a_glimpse_reader_sees_coarse_first_then_where_it_looks():
    model, pictures = eye(), draw(B, 12, 12).abs()
    run = model(pictures)
    for b in range(B):
        h = torch.tanh(model.first(avg_pool2d(pictures[b][None], 3).flatten()))[None]
        for t in range(2):
            scores = model.where(h)[0].log_softmax(0)
            at = int(scores.argmax())
            assert run.places[t, b] == at
            assert_close(run.log_probs[t, b], scores[at])
            seen = images.glimpse(pictures[b : b + 1], 4, PLACES[at][None])
            place = one_hot(torch.tensor([at]), 4).double()
            x_t = torch.cat([seen, place], 1)
            h = gru_step(x_t, h, *model.layer.weights("_l0").values())
        assert_close(run.logits[b], model.readout(h)[0])


def test_in_training_places_are_drawn_as_the_scores_say():
    model = eye(looks=1).train()
    pictures = draw(1, 12, 12).abs().expand(4000, -1, -1)
    run = model(pictures, torch.Generator().manual_seed(2))
    scores = model.where(torch.tanh(model.first(avg_pool2d(pictures[:1], 3).flatten())))
    share = run.places[0].bincount(minlength=4) / 4000
    assert_close(share.double(), scores.softmax(0), atol=0.03)


def test_the_same_places_for_all_or_any_at_all():
    pictures = draw(50, 12, 12).abs()
    habits = eye("same")
    run = habits(pictures)
    assert run.places.unique(dim=1).shape == (2, 1)
    assert run.places[:, 0].tolist() == habits.habit.argmax(1).tolist()
    assert run.places[0, 0] != run.places[1, 0], "each look has its own place"
    run = eye("random")(pictures, torch.Generator().manual_seed(3))
    assert_close(run.log_probs.exp(), torch.full((2, 50), 0.25).double())
    assert len(run.places.unique()) == 4
    with pytest.raises(ThroughTimeError, match=r"policy is 'best'.*wanted"):
        eye("best")


def test_a_window_is_gaussian_and_its_middles_stand_where_they_should():
    place = draw(B, 5)
    rows, columns, gamma = filterbank(place, 9, 3)
    for b in range(B):
        stride = torch.sigmoid(place[b, 2]) * 8 / 2
        variance = place[b, 3].exp() + 0.1
        for bank, middle in ((rows, place[b, 0]), (columns, place[b, 1])):
            for i in range(3):
                mu = (middle.tanh() + 1) / 2 * 8 + (i - 1) * stride
                want = (
                    Normal(mu, variance.sqrt()).log_prob(torch.arange(9).double()).exp()
                )
                assert_close(bank[b, i], want / want.sum())
        assert_close(gamma[b, 0, 0], place[b, 4].exp())
    with pytest.raises(ShapeError):
        filterbank(draw(B, 4), 9, 3)


def test_a_narrow_window_in_the_middle_reads_the_points_under_it():
    stride_one = torch.tensor(1 / 3).logit()  # of a side of 7, with 3 filters
    place = torch.tensor([[0, 0, stride_one, -50, 0]]).double()
    rows, columns, gamma = filterbank(place, 7, 3)
    point = torch.zeros(7, 7).double()
    point[2, 4] = 1.0
    want = torch.tensor([[0, 0, 1.0], [0, 0, 0], [0, 0, 0]]).double()
    assert_close(gamma * (rows @ point @ columns.mT), want[None], atol=0.03)


def pen(**sizes):
    return made(Draw(5, 2, H, **sizes), std=0.4)


def plain_drawing(model, picture, digit, noise):
    """Draw one picture as the equations say; return canvas and cost."""
    canvas, cost = model.blank, 0.0
    wanted = one_hot(torch.tensor([digit]), model.classes).double()
    read = write = (torch.zeros(1, H).double(),) * 2
    for epsilon in noise:
        F_y, F_x, gamma = filterbank(model.look(write[0]), 5, 2)
        seen = [gamma * F_y @ x @ F_x.mT for x in (picture, picture - canvas.sigmoid())]
        x_t = torch.cat([*(each.flatten() for each in seen), write[0][0]])[None]
        read = lstm_step(x_t, read, *model.encoder.weights("_l0").values())
        mu, log_s = model.code(read[0])[0].chunk(2)
        cost += kl_divergence(Normal(mu, log_s.exp()), Normal(0.0, 1.0)).sum()
        z = torch.cat([mu + log_s.exp() * epsilon, wanted[0]])[None]
        write = lstm_step(z, write, *model.decoder.weights("_l0").values())
        F_y, F_x, gamma = filterbank(model.place(write[0]), 5, 2)
        canvas = canvas + (gamma * F_y.mT @ model.stroke(write[0]).view(2, 2) @ F_x)[0]
    return canvas, cost


def test_drawing_is_a_loop_of_looks_and_strokes():
    model, picture = pen(Z=3, strokes=4, classes=6), (draw(1, 5, 5) > 0).double()
    canvases, cost = model(picture, torch.tensor([4]), torch.Generator().manual_seed(5))
    chance = torch.Generator().manual_seed(5)
    noise = [torch.randn(1, 3, generator=chance).double()[0] for _ in range(4)]
    want, nats = plain_drawing(model, picture[0], 4, noise)
    assert canvases.shape == (4, 1, 5, 5)
    assert_close(canvases[-1, 0], want, atol=1e-6)
    assert_close(cost[0], nats, atol=1e-6)
    points = binary_cross_entropy_with_logits(want, picture[0], reduction="sum")
    total = model.nats(picture, torch.tensor([4]), torch.Generator().manual_seed(5))
    assert_close(total[0], points + nats, atol=1e-6)


def test_a_digit_drawn_anew_is_noise_through_the_decoder():
    model = pen(Z=3, strokes=4, classes=6)
    made_now = model.draw(torch.tensor([1, 1, 2]), torch.Generator().manual_seed(6))
    assert made_now.shape == (4, 3, 5, 5)
    assert (made_now[-1, 0] != made_now[-1, 1]).any()
    again = model.draw(torch.tensor([1, 1, 2]), torch.Generator().manual_seed(6))
    assert_close(made_now, again)
    with pytest.raises(ShapeError):
        model(draw(1, 4, 4), torch.tensor([0]))
