"""Models that read and write words equal the same networks made of torch.nn."""

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from throughtime import decode, models
from throughtime.errors import KindError, ShapeError, ThroughTimeError, VocabularyError
from throughtime.models import CharLM, SentimentLSTM, Seq2Seq
from throughtime.testing import assert_close

T, B, D, H, V = 7, 3, 5, 4, 11
LENGTHS = (7, 2, 5)


def draw_ids(*shape, size=V, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(size, shape, generator=generator)


def made(model, seed=0):
    torch.manual_seed(seed)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model.double().eval()


def mask():
    return torch.arange(T)[:, None] < torch.tensor(LENGTHS)


@pytest.mark.parametrize("cell", ["LSTM", "RNN"])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_character_model_is_torchs_layers_on_one_hot_symbols(cell, num_layers):
    model, ids = made(CharLM(V, H, cell, num_layers)), draw_ids(T, B)
    logits, state = model(ids)
    hs, last = model.layer.to_torch()(one_hot(ids, V).double())
    assert_close(logits, hs @ model.output.weight.T + model.output.bias)
    pairs = zip(state, last, strict=True) if cell == "LSTM" else [(state, last)]
    for ours, theirs in pairs:
        assert_close(ours, theirs)


def test_with_an_embedding_it_reads_learnt_vectors():
    model, ids = made(CharLM(V, H, embedding_size=D)), draw_ids(T, B)
    hs, _ = model.layer.to_torch()(model.embed.weight[ids])
    assert_close(model(ids)[0], hs @ model.output.weight.T + model.output.bias)


def test_a_text_may_come_in_pieces():
    model, ids = made(CharLM(V, H, num_layers=2)), draw_ids(T, B)
    whole, end = model(ids)
    first, state = model(ids[:3])
    second, last = model(ids[3:], state)
    assert_close(torch.cat([first, second]), whole)
    for a, b in zip(last, end, strict=True):
        assert_close(a, b)


def test_dropout_acts_in_training_alone_and_before_the_output_too():
    torch.manual_seed(0)
    model, ids = CharLM(V, H, dropout=0.5), draw_ids(T, B)
    assert not torch.equal(model(ids)[0], model(ids)[0])
    model.eval()
    assert torch.equal(model(ids)[0], model(ids)[0])
    assert CharLM(V, H, num_layers=2, dropout=0.5).layer.dropout == 0.5
    assert CharLM(V, H, recurrent_dropout=0.25).layer.recurrent_dropout == 0.25


def test_a_character_model_learns_a_text_by_heart():
    torch.manual_seed(0)
    model, ids = CharLM(V, 24), torch.tensor([0, 1, 2, 0, 1, 3, 0, 1, 4] * 4)[:, None]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(120):
        logits, _ = model(ids[:-1])
        loss = nn.functional.cross_entropy(logits[:, 0], ids[1:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    state = model.start(ids[:9])
    found = decode.greedy(model, state, ids[9], steps=17, end=None)
    assert found.ids[:, 0].tolist() == ids[10:27, 0].tolist()


def plain_sentiment(model, row, pool):
    """Read one sentence alone, without padding, with torch's LSTM."""
    hs, (h, _) = model.layer.to_torch()(model.embed.weight[row][:, None])
    both = model.layer.bidirectional
    last = torch.cat([h[-2], h[-1]], dim=-1) if both else h[-1]
    read = hs.mean(0) if pool == "mean" else last
    return (read @ model.output.weight.T + model.output.bias)[0]


@pytest.mark.parametrize("pool", ["last", "mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_each_sentence_is_read_as_if_it_were_alone(pool, bidirectional, num_layers):
    how = {"pool": pool, "bidirectional": bidirectional, "num_layers": num_layers}
    model = made(SentimentLSTM(V, H, 6, embedding_size=D, **how))
    ids = draw_ids(T, B)
    found = model(ids, mask())
    assert found.shape == (B, 6)
    for b, length in enumerate(LENGTHS):
        assert_close(found[b], plain_sentiment(model, ids[:length, b], pool))
    assert_close(model(ids)[1], plain_sentiment(model, ids[:, 1], pool))


def test_words_vectors_and_the_answer_are_dropped_in_training():
    model, ids = made(SentimentLSTM(V, H, dropout=0.999)), draw_ids(T, B)
    read = []
    model.train()
    model.layer.register_forward_pre_hook(lambda layer, xs: read.append(xs[0]))
    bias = model(ids) - model.output.bias
    assert (read[0] == 0).double().mean() > 0.8
    assert (bias == 0).double().mean() > 0.5


def test_another_pool_is_refused():
    with pytest.raises(ThroughTimeError, match="pool is 'max'; wanted one of last, m"):
        SentimentLSTM(V, H, pool="max")


@pytest.mark.parametrize("reverse", [False, True])
def test_a_decoder_begins_with_the_encoders_last_state(reverse):
    model = made(Seq2Seq(V, 9, H, embedding_size=D, num_layers=2, reverse=reverse))
    source, target = draw_ids(T, B), draw_ids(6, B, size=9, seed=1)
    found = model(source, target, mask())
    assert found.shape == (6, B, 9)
    for b, length in enumerate(LENGTHS):
        row = source[:length, b].flip(0) if reverse else source[:length, b]
        encoder, decoder = model.encoder.to_torch(), model.decoder.to_torch()
        _, state = encoder(model.embed_source.weight[row][:, None])
        hs, _ = decoder(model.embed_target.weight[target[:, b]][:, None], state)
        wanted = hs[:, 0] @ model.output.weight.T + model.output.bias
        assert_close(found[:, b], wanted)


def test_a_decoder_drops_states_in_training_alone():
    model, ids = made(Seq2Seq(V, V, H, dropout=0.5)), draw_ids(T, B)
    assert torch.equal(model(ids, ids), model(ids, ids))
    model.train()
    assert not torch.equal(model(ids, ids), model(ids, ids))


def test_a_sequence_model_learns_to_turn_a_sequence_around():
    torch.manual_seed(0)
    model = Seq2Seq(8, 8, 32, "GRU")
    source = draw_ids(3, 48, size=4) + 4
    answer = torch.cat([source.flip(0), torch.full((1, 48), 2)])
    fed = torch.cat([torch.ones(1, 48, dtype=torch.int64), answer[:-1]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(80):
        logits = model(source, fed)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), answer.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    found = decode.greedy(model, model.start(source), fed[0], steps=9)
    assert torch.equal(found.ids, answer)


def generators():
    """Give each text generator with a start and what its forward pass says."""
    source = draw_ids(T, B)
    character = made(CharLM(V, H, "GRU", 2, embedding_size=D))
    translator = made(Seq2Seq(V, V, H, num_layers=2))
    return {
        "CharLM": (character, None, lambda ids: character(ids)[0]),
        "Seq2Seq": (
            translator,
            translator.start(source, mask()),
            lambda ids: translator(source, ids, mask()),
        ),
    }


@pytest.mark.parametrize("name", ["CharLM", "Seq2Seq"])
def test_step_by_step_is_the_forward_pass(name):
    model, state, forward = generators()[name]
    ids = draw_ids(T, B, seed=4)
    wanted = forward(ids)
    for t in range(T):
        logits, state = model.step(ids[t], state)
        assert_close(logits, wanted[t])


@pytest.mark.parametrize("name", ["CharLM", "Seq2Seq"])
def test_selected_rows_go_on_as_their_originals_would(name):
    model, state, forward = generators()[name]
    ids, rows = draw_ids(T, B, seed=4), torch.tensor([2, 0, 0, 1])
    wanted = forward(ids)
    for t in range(3):
        _, state = model.step(ids[t], state)
    logits, _ = model.step(ids[3][rows], model.select(state, rows))
    assert_close(logits, wanted[3][rows])


@pytest.mark.parametrize("cell", models.generator.CELLS)
def test_every_cell_fits_into_the_models(cell):
    model = CharLM(V, H, cell, embedding_size=H)
    model(draw_ids(T, B))[0].sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in model.parameters())
    found = decode.beam(model.eval(), None, torch.tensor([1, 4]), steps=3, width=2)
    assert len(found) == 2


def test_select_rows_goes_into_tuples_of_every_kind():
    a = torch.arange(6.0).reshape(3, 2)
    state = models.CaptionState((a, None), a[:, 0])
    found = models.select_rows(state, torch.tensor([2, 0]))
    assert isinstance(found, models.CaptionState)
    assert found.hidden[0].tolist() == [[4, 5], [0, 1]]
    assert found.hidden[1] is None
    assert found.image.tolist() == [4, 0]
    assert models.select_rows(a, torch.tensor([1]), axis=1).tolist() == [[1], [3], [5]]


def test_wrong_ids_are_refused():
    model = CharLM(V, H)
    with pytest.raises(KindError, match=r"ids holds torch.float32; wanted.*int64"):
        model(torch.zeros(T, B))
    with pytest.raises(VocabularyError, match="ids run from 0 to 11; wanted 0 to 10"):
        model(torch.tensor([[0], [V]]))
    with pytest.raises(VocabularyError, match="ids run from -1 to 0"):
        model.step(torch.tensor([0, -1]), None)
    with pytest.raises(ShapeError, match=r"ids has shape \(7,\); wanted \(T, B\)"):
        model(draw_ids(T))
    with pytest.raises(ThroughTimeError, match="cell is 'lstm'; wanted one of RNN"):
        CharLM(V, H, "lstm")
    translator = Seq2Seq(V, V, H)
    with pytest.raises(ShapeError, match="target has shape"):
        translator(draw_ids(T, B), draw_ids(T, 4))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gpu_reads_and_writes_as_the_cpu_does():
    ids, real = draw_ids(T, B), mask()
    character, reader = made(CharLM(V, H)), made(SentimentLSTM(V, H))
    translator = made(Seq2Seq(V, V, H))
    wanted = character(ids)[0], reader(ids, real), translator(ids, ids, real)
    for model in (character, reader, translator):
        model.cuda()
    ids, real = ids.cuda(), real.cuda()
    found = character(ids)[0], reader(ids, real), translator(ids, ids, real)
    for a, b in zip(found, wanted, strict=True):
        assert a.is_cuda
        assert_close(a.detach(), b.detach(), rtol=1e-8)
