"""A picture as a grid, a look at it, and questions about it."""

import pytest
import torch
from torch import nn

from throughtime import images, metrics
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.models import VQA, Attention, SmallCNN
from throughtime.testing import assert_close

T, B, D, H, V, A = 7, 3, 5, 4, 11, 6
SIDE, C, G = 12, 8, 3


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def draw_ids(*shape, seed=0):
    return torch.randint(V, shape, generator=torch.Generator().manual_seed(seed))


def cnn():
    return SmallCNN((4, C), SIDE, halvings=2)


def made(model):
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    return model.double().eval()


def linear(layer, x):
    return x @ layer.weight.T + layer.bias


def test_a_cell_of_the_grid_sees_what_lies_there():
    net = made(SmallCNN((4, C), 24, halvings=2))
    images = draw(1, 3, 24, 24).abs()
    before = net(images)
    assert before.shape == (1, 6, 6, C)
    images[0, :, 20:, 2] += 5  # bottom left
    changed = (net(images) != before).any(-1)[0]
    assert changed[5, 0]
    assert not changed[:4].any()
    assert not changed[:, 2:].any()


def test_places_are_added_to_the_features():
    net = made(SmallCNN((4, C), SIDE, halvings=2))
    images, places = draw(2, 3, SIDE, SIDE), net.places
    found = net(images)
    net.places = None
    assert_close(found - places, net(images), atol=1e-12)
    assert SmallCNN(places=False).places is None


def test_a_convolution_beyond_the_halvings_keeps_the_grid():
    net = SmallCNN((4, 6, 10), 16, halvings=2, in_channels=1)
    assert net(torch.zeros(2, 1, 16, 16)).shape == (2, 4, 4, 10)
    assert (net.G, net.C) == (4, 10)


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ShapeError, match=r"side is 50.*wanted a side that can be halv"):
        SmallCNN(side=50)
    with pytest.raises(ShapeError, match=r"halvings 3.*wanted"):
        SmallCNN((4, C))
    with pytest.raises(ShapeError, match="images has shape"):
        cnn()(torch.zeros(2, 3, 16, 16))
    with pytest.raises(ShapeError, match="images has shape"):
        cnn()(torch.zeros(2, SIDE, SIDE, 3))
    with pytest.raises(KindError, match=r"images holds torch.uint8"):
        cnn()(torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8))


def plain_attention(look, q, f):
    """Score and sum cell by cell."""
    e = []
    for j in range(len(f)):
        inner = look.W_q.weight @ q + look.W_k.weight @ f[j] + look.W_k.bias
        e.append((look.v.weight[0] * torch.tanh(inner)).sum())
    e = torch.stack(e)
    alpha = e.exp() / e.exp().sum()
    return sum(a * one for a, one in zip(alpha, f, strict=True)), alpha


def test_attention_is_its_formula():
    look = made(Attention(H, C, A))
    q, f = draw(B, H), draw(B, 10, C, seed=1)
    z, alpha = look(q, f, look.keys(f))
    for b in range(B):
        wanted = plain_attention(look, q[b], f[b])
        assert_close((z[b], alpha[b])[0], wanted[0])
        assert_close(alpha[b], wanted[1])


def test_attention_follows_its_cells_wherever_they_stand():
    look, order = made(Attention(H, C, A)), torch.randperm(10)
    q, f = draw(B, H), draw(B, 10, C, seed=1)
    z, alpha = look(q, f, look.keys(f))
    moved = look(q, f[:, order], look.keys(f[:, order]))
    assert_close(moved[0], z)
    assert_close(moved[1], alpha[:, order])


def plain_answer(model, image, row):
    """Answer one question with torch's LSTM and looks written out."""
    _, (h, _) = model.layer.to_torch()(model.embed.weight[row][:, None])
    query, maps = h[-1, 0], []
    f = model.cnn(image[None])[0].reshape(G * G, C)
    if not len(model.looks):
        seen = torch.relu(linear(model.flat, f.flatten()))
        return model.answer(torch.cat([query, seen])), maps
    for look, merge in zip(model.looks, model.merge, strict=True):
        z, alpha = plain_attention(look, query, f)
        query = query + torch.tanh(linear(merge, torch.cat([query, z])))
        maps.append(alpha.reshape(G, G))
    return model.answer(query), maps


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_questions_are_answered_one_by_one_as_described(hops):
    model = made(VQA(V, 9, H, cnn=cnn(), embedding_size=D, hops=hops))
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    mask = torch.arange(T)[:, None] < torch.tensor([7, 2, 5])
    logits, maps = model(images, ids, mask)
    assert logits.shape == (B, 9)
    assert maps.shape == (hops, B, G, G)
    for b, length in enumerate((7, 2, 5)):
        wanted, looks = plain_answer(model, images[b], ids[:length, b])
        assert_close(logits[b], wanted, atol=1e-12)
        for k, look in enumerate(looks):
            assert_close(maps[k, b], look)


def test_what_is_not_offered_is_never_answered():
    model = made(VQA(V, 9, H, cnn=cnn()))
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    offered = torch.zeros(B, 9, dtype=torch.bool)
    offered[range(B), [2, 8, 0]] = True
    free, _ = model(images, ids)
    logits, _ = model(images, ids, offered=offered)
    assert logits.argmax(-1).tolist() == [2, 8, 0]
    assert torch.equal(logits[offered], free[offered])
    assert logits[~offered].isneginf().all()


def test_dropout_acts_before_the_answer_in_training_alone():
    model = made(VQA(V, 9, H, cnn=cnn(), dropout=0.5))
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    assert torch.equal(model(images, ids)[0], model(images, ids)[0])
    model.answer.train()
    assert not torch.equal(model(images, ids)[0], model(images, ids)[0])


def test_questions_are_learnt_by_heart():
    torch.manual_seed(0)
    scenes = images.scenes("train", 200)
    asked = images.questions(scenes)[:24]
    ids, mask = images.encode_questions(asked)
    targets, offered = images.encode_answers(asked)
    pictures = images.render_all([scenes[q.scene_index] for q in asked])
    sizes = len(images.question_vocabulary()), len(images.answer_words())
    model = VQA(*sizes, 32, cnn=SmallCNN((8, 12, 16)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        logits, _ = model(pictures, ids, mask, offered)
        loss = metrics.cross_entropy(logits, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert metrics.accuracy(model(pictures, ids, mask, offered)[0], targets) == 1


def test_wrong_questions_are_refused():
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    with pytest.raises(ThroughTimeError, match="hops is -1; wanted"):
        VQA(V, 9, hops=-1)
    model = made(VQA(V, 9, H, cnn=cnn()))
    with pytest.raises(ShapeError, match="ids has shape"):
        model(images, ids[:, :2])
    with pytest.raises(ShapeError, match="offered has shape"):
        model(images, ids, offered=torch.ones(B, 8, dtype=torch.bool))
    with pytest.raises(KindError, match=r"offered holds torch.int64"):
        model(images, ids, offered=torch.ones(B, 9, dtype=torch.int64))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gpu_answers_as_the_cpu_does():
    pictures = draw(B, 3, SIDE, SIDE)
    ids = draw_ids(T, B)
    for model in [made(VQA(V, 9, H, cnn=cnn()))]:
        wanted = model(pictures, ids)
        found = model.cuda()(pictures.cuda(), ids.cuda())
        pairs = [(found, wanted)]
        if isinstance(found, tuple):
            pairs = zip(found, wanted, strict=True)
        for a, b in pairs:
            assert a.is_cuda
            assert_close(a.detach(), b.detach(), rtol=1e-8)
