"""A network that reads on from question to question."""

import pytest
import torch
from torch import nn

from throughtime.errors import KindError, ShapeError, VocabularyError
from throughtime.gated import lstm_step
from throughtime.models import DialogReader
from throughtime.testing import assert_close

T, B, V, C, H, N, ANSWERS = 7, 3, 11, 6, 4, 5, 8


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def made(hops=2):
    torch.manual_seed(0)
    model = DialogReader(V, ANSWERS, C, H, embedding_size=3, hops=hops)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.7)
    return model.double().eval()


def given():
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(V, (T, B), generator=generator)
    asked = torch.zeros(T, B, dtype=torch.bool)
    asked[2, 0] = asked[4, 1] = asked[5, 0] = asked[6, 2] = True
    return draw(B, N, C), ids, asked


@pytest.mark.parametrize("hops", [1, 2])
def test_an_answer_is_the_state_after_the_question_and_what_it_looks_at(hops):
    model, (features, ids, asked) = made(hops), given()
    logits, maps = model(features, ids, asked)
    wanted, place = [], 0
    weights = model.layer.weights("_l0")
    state = (torch.zeros(B, H).double(), torch.zeros(B, H).double())
    for t in range(T):
        state = lstm_step(model.embed(ids[t]), state, *weights.values())
        for b in range(B):
            if not asked[t, b]:
                continue
            u = state[0][b]
            for k, (look, merge) in enumerate(
                zip(model.looks, model.merge, strict=True)
            ):
                f = features[b]
                s = torch.tanh(look.W_q(u) + look.W_k(f))
                alpha = torch.softmax(s @ look.v.weight[0], 0)
                assert_close(maps[k, place], alpha)
                u = u + torch.tanh(merge(torch.cat([u, alpha @ f])))
            wanted.append(model.answer(u))
            place += 1
    assert_close(logits, torch.stack(wanted))
    assert logits.shape == (4, ANSWERS)
    assert maps.shape == (hops, 4, N)


def test_an_answer_depends_on_what_was_said_before_and_on_nothing_later():
    model, (features, ids, asked) = made(), given()
    logits, _ = model(features, ids, asked)
    changed = ids.clone()
    changed[3, 0] = (ids[3, 0] + 1) % V
    now, _ = model(features, changed, asked)
    assert_close(now[:2], logits[:2])  # asked at 2 and, in another row, at 4
    assert (now[2] != logits[2]).any()
    assert_close(now[3], logits[3])


def test_padding_changes_nothing():
    model, (features, ids, asked) = made(), given()
    ids, asked = ids[:, :1], asked[:, :1]
    mask = torch.ones_like(asked)
    longer = [torch.cat([each, torch.zeros_like(each[:2])]) for each in (ids, asked)]
    padded = torch.cat([mask, torch.zeros_like(mask[:2])])
    want, _ = model(features[:1], ids, asked, mask)
    got, _ = model(features[:1], *longer, padded)
    assert_close(got, want)


def test_what_does_not_fit_is_refused():
    model, (features, ids, asked) = made(), given()
    with pytest.raises(ShapeError, match="features has shape"):
        model(features[..., :2], ids, asked)
    with pytest.raises(ShapeError, match="ids has shape"):
        model(features[:2], ids, asked)
    with pytest.raises(ShapeError, match="asked has shape"):
        model(features, ids, asked[:3])
    with pytest.raises(KindError, match=r"asked holds torch.int64; wanted booleans"):
        model(features, ids, asked.long())
    with pytest.raises(VocabularyError, match="ids run from"):
        model(features, ids + V, asked)
