"""Captioners equal the same networks written out with torch.nn."""

import pytest
import torch
from torch import nn

from throughtime import decode, images, metrics
from throughtime.errors import KindError, ShapeError, ThroughTimeError, VocabularyError
from throughtime.models import AttentiveCaptioner, Captioner, SmallCNN
from throughtime.testing import assert_close

T, B, D, H, V, A = 7, 3, 5, 4, 11, 6
SIDE, C, G = 12, 8, 3
WAYS = pytest.mark.parametrize("way", ["init", "first", "every", "late"])
CELLS = pytest.mark.parametrize("cell", ["LSTM", "GRU"])


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


def attentive(cell="GRU", **how):
    sizes = {"embedding_size": D, "attention_size": A}
    return made(AttentiveCaptioner(V, H, cell, cnn=cnn(), **sizes, **how))


def linear(layer, x):
    return x @ layer.weight.T + layer.bias


def plain_attention(look, q, f):
    """Score and sum cell by cell."""
    e = []
    for j in range(len(f)):
        inner = look.W_q.weight @ q + look.W_k.weight @ f[j] + look.W_k.bias
        e.append((look.v.weight[0] * torch.tanh(inner)).sum())
    e = torch.stack(e)
    alpha = e.exp() / e.exp().sum()
    return sum(a * one for a, one in zip(alpha, f, strict=True)), alpha


@WAYS
@pytest.mark.parametrize("num_layers", [1, 2])
def test_each_way_of_the_picture_into_the_state_is_as_described(way, num_layers):
    how = {"way": way, "cnn": cnn(), "embedding_size": D, "num_layers": num_layers}
    model = made(Captioner(V, H, "LSTM", **how))
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    image = linear(model.image, model.cnn(images).reshape(B, -1))
    words, zeros = model.embed.weight[ids], torch.zeros(num_layers, B, H).double()
    state, layer = (zeros, zeros), model.layer.to_torch()
    if way == "init":
        h_0 = torch.stack([torch.tanh(part) for part in image.split(H, dim=1)])
        state = (h_0, zeros)
    if way == "first":
        words = torch.cat([image[None], words])
    if way == "every":
        words = torch.cat([words, torch.stack([image] * T)], dim=-1)
    hs, _ = layer(words, state)
    if way == "late":
        W_w, W_r = model.merge.weight.split([D, H], dim=1)
        hs = torch.tanh(words @ W_w.T + hs @ W_r.T + image + model.merge.bias)
    assert_close(model(images, ids), linear(model.output, hs[-T:]))


def plain_captions(model, images, ids):
    """Write the attentive captioner with an LSTMCell, one row at a time."""
    W_x, W_h, b = model.layer.weights("_l0").values()
    cell = nn.LSTMCell(W_x.shape[1], H, dtype=torch.float64)
    cell.load_state_dict(
        {"weight_ih": W_x, "weight_hh": W_h, "bias_ih": b, "bias_hh": 0 * b}
    )
    grid = model.cnn(images)
    logits, maps = torch.zeros(T, B, V).double(), torch.zeros(T, B, G, G).double()
    for row in range(B):
        f = grid[row].reshape(G * G, C)
        z = f.max(0).values
        h = torch.tanh(linear(model.begin, z))
        c = torch.zeros_like(h)
        for t in range(T):
            x = torch.cat([model.embed.weight[ids[t, row]], z])
            h, c = (part[0] for part in cell(x[None], (h[None], c[None])))
            z, alpha = plain_attention(model.attention, h, f)
            logits[t, row] = linear(model.output, torch.cat([h, z]))
            maps[t, row] = alpha.reshape(G, G)
    return logits, maps


def test_the_attentive_captioner_is_its_formulas():
    model = attentive("LSTM")
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    for found, wanted in zip(
        model(images, ids), plain_captions(model, images, ids), strict=True
    ):
        assert_close(found, wanted, atol=1e-12)


@CELLS
def test_a_map_sums_to_1_and_knows_the_words_read_so_far(cell):
    model = attentive(cell)
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    _, maps = model(images, ids)
    even = torch.full((B, G, G), 1 / 9, dtype=torch.float64)
    assert_close(model.start(images).map, even)
    assert maps.shape == (T, B, G, G)
    assert_close(maps.sum((2, 3)), torch.ones(T, B).double())
    others = ids.clone()
    others[3] = (ids[3] + 1) % V
    _, changed = model(images, others)
    assert_close(changed[:3], maps[:3])
    assert (changed[3] != maps[3]).any()  # it looks after it has read


def test_dropout_acts_on_the_output_in_training_alone():
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    for model in (
        attentive(dropout=0.5),
        made(Captioner(V, H, cnn=cnn(), dropout=0.5)),
    ):
        wanted = model(images, ids)
        again = model(images, ids)
        assert torch.equal(again[0], wanted[0])
        model.output.train()
        model.drop.train()
        assert not torch.equal(model(images, ids)[0], wanted[0])
    _, maps = attentive(dropout=0.5)(images, ids)
    assert_close(maps, attentive()(images, ids)[1])


def captioners():
    images = draw(B, 3, SIDE, SIDE)
    found = {"LSTM": attentive("LSTM"), "GRU": attentive("GRU")}
    for way in ("init", "first", "every", "late"):
        found[way] = made(Captioner(V, H, "GRU", way=way, cnn=cnn()))
    return images, found


@pytest.mark.parametrize("name", captioners()[1])
def test_step_by_step_is_the_forward_pass_and_rows_can_be_selected(name):
    images, model = captioners()[0], captioners()[1][name]
    ids, rows = draw_ids(T, B, seed=4), torch.tensor([2, 0, 0, 1])
    wanted, state = model(images, ids), model.start(images)
    logits = wanted if isinstance(wanted, torch.Tensor) else wanted[0]
    for t in range(T):
        found, after = model.step(ids[t], state)
        assert_close(found, logits[t])
        chosen, _ = model.step(ids[t][rows], model.select(state, rows))
        assert_close(chosen, logits[t][rows])
        state = after


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_the_maps_of_a_caption_can_be_watched_while_it_is_made(search):
    model, images = attentive("GRU"), draw(B, 3, SIDE, SIDE)
    first, how = torch.tensor([1] * B), {"steps": 6, "watch": lambda state: state.map}
    if search == "greedy":
        found = decode.greedy(model, model.start(images), first, **how)
        _, maps = model(images, torch.cat([first[None], found.ids])[:-1])
        assert_close(found.watched[found.mask], maps.detach()[found.mask], atol=1e-12)
        return
    rows = decode.beam(model, model.start(images), first, width=4, **how)
    for b, row in enumerate(rows):
        for h in row:
            read = torch.tensor([[1], *([i] for i in h.ids[:-1])])
            _, maps = model(images[b : b + 1], read)
            assert_close(h.watched, maps[:, 0].detach(), atol=1e-12)


def test_padding_gives_the_captioners_no_gradient():
    model, images, ids = attentive(), draw(B, 3, SIDE, SIDE), draw_ids(T + 1, B)
    mask = torch.arange(T + 1)[:, None] < torch.tensor([8, 3, 6])

    def gradient(ids):
        model.zero_grad()
        logits, _ = model(images, ids[:-1])
        metrics.cross_entropy(logits, ids[1:], mask[1:]).backward()
        return torch.cat([p.grad.flatten() for p in model.parameters()])

    wanted = gradient(ids)
    assert wanted.abs().sum() > 0
    assert_close(gradient(torch.where(mask, ids, (ids + 1) % V)), wanted, atol=1e-12)


@pytest.mark.parametrize("model", [Captioner, AttentiveCaptioner])
def test_a_captioner_learns_a_few_scenes_by_heart(model):
    torch.manual_seed(0)
    scenes = images.scenes("train", 12)
    captions = [images.references(scene, n=1)[0] for scene in scenes]
    ids, mask = images.encode_captions(captions)
    pictures, words = images.render_all(scenes), images.caption_vocabulary()
    net = model(len(words), 48, "GRU", cnn=SmallCNN((8, 12, 16)))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(100):
        logits = net(pictures, ids[:-1])
        logits = logits if model is Captioner else logits[0]
        loss = metrics.cross_entropy(logits, ids[1:], mask[1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    found = decode.greedy(net, net.start(pictures), ids[0], steps=20)
    said = [tuple(words.symbols[i] for i in found.row(b)) for b in range(12)]
    assert metrics.truth_rate(said, scenes, images.is_true) == 1
    assert sum(s == c.words for s, c in zip(said, captions, strict=True)) >= 11


def test_wrong_captions_are_refused():
    images, ids = draw(B, 3, SIDE, SIDE), draw_ids(T, B)
    with pytest.raises(ThroughTimeError, match="way is 'last'; wanted one of init"):
        Captioner(V, H, way="last")
    with pytest.raises(ThroughTimeError, match="cell is 'RNN'; wanted one of GRU, L"):
        AttentiveCaptioner(V, H, "RNN")
    for model in (attentive(), made(Captioner(V, H, cnn=cnn()))):
        with pytest.raises(ShapeError, match="captions has shape"):
            model(images, ids[:, :2])
        with pytest.raises(VocabularyError, match="captions run from"):
            model(images, ids + V)
        with pytest.raises(KindError, match="ids holds"):
            model.step(ids[0].float(), model.start(images))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gpu_describes_as_the_cpu_does():
    pictures, every = captioners()
    ids = draw_ids(T, B)
    for model in every.values():
        wanted = model(pictures, ids)
        found = model.cuda()(pictures.cuda(), ids.cuda())
        pairs = [(found, wanted)]
        if isinstance(found, tuple):
            pairs = zip(found, wanted, strict=True)
        for a, b in pairs:
            assert a.is_cuda
            assert_close(a.detach(), b.detach(), rtol=1e-8)
