"""What book/13_attention scores looks and answers by."""

from collections import Counter

import numpy as np
import pytest
import torch
from chapter_13 import asked, functions, loaded
from pages import draw

from throughtime import images, metrics, tasks
from throughtime.testing import assert_close

SCENES = images.scenes("test", 30, seed=3)


@pytest.mark.equation("eq-13-mass")
def test_the_mass_is_the_weight_on_the_cells_of_the_named_thing():
    scene = next(s for s in SCENES if len(s.things) == 2)
    caption = images.captions(scene)[-1]
    T = len(caption.words)
    maps = torch.softmax(draw(1, T, 36), 1).reshape(T, 6, 6)
    cells = images.object_cells(scene, 6)
    want = [
        sum(maps[t, i, j] for i in range(6) for j in range(6) if cells[thing, i, j])
        for t, thing in enumerate(caption.refers)
        if thing >= 0
    ]
    assert len(want) > 3
    assert_close(metrics.attention_mass(maps, cells, caption.refers), torch.stack(want))


@pytest.mark.equation("eq-13-even")
def test_even_looks_have_the_share_of_cells_that_is_covered():
    shares = []
    for scene in SCENES:
        cells = images.object_cells(scene, 6)
        for caption in images.captions(scene):
            even = torch.full((len(caption.words), 6, 6), 1 / 36)
            shares.append(metrics.attention_mass(even, cells, caption.refers))
    want = torch.cat(shares).double().mean().item()
    assert images.uniform_attention_mass(SCENES) == pytest.approx(want, rel=1e-6)
    assert 0.1 < want < 0.13


def test_the_pages_rows_hold_what_the_metrics_say():
    page = functions()
    told = []
    for k, scene in enumerate(SCENES):
        words = images.captions(scene)[0].words
        maps = torch.softmax(draw(k, len(words), 36).float(), 1)
        told.append((words, maps.unflatten(1, (6, 6))))
    rows = page["looks"](SCENES, told)
    at = 0
    for scene, (words, maps) in zip(SCENES, told, strict=True):
        meant = images.alignments(words, scene)
        if len(meant) != 1:
            continue
        cells = images.object_cells(scene, 6)
        for t, thing in enumerate(meant[0]):
            if thing >= 0:
                word, mass, even, _ = rows[at]
                assert word == words[t]
                assert mass == pytest.approx((maps[t] * cells[thing]).sum().item())
                assert even == pytest.approx(cells[thing].float().mean().item())
                at += 1
    assert at == len(rows) > 30
    assert page["looks"](SCENES[:1], [(("a", "lie"), torch.ones(2, 6, 6) / 36)]) == []


@pytest.mark.equation("eq-13-aligned")
def test_the_alignment_names_the_word_that_is_rendered():
    pairs = tasks.translation(50, torch.Generator().manual_seed(1))
    known = pairs.target_mask[1:] & (pairs.alignment >= 0)
    a = pairs.alignment.clamp_min(0)
    maps = torch.nn.functional.one_hot(a, len(pairs.source)).double()
    assert (maps.argmax(-1) == a)[known].all()
    assert maps.gather(2, a[..., None])[..., 0][known].mean() == 1
    hits, weights, n = 0, 0.0, 0
    maps = torch.softmax(draw(2, *maps.shape), -1)
    for t in range(len(a)):
        for b in range(50):
            if known[t, b]:
                hits += int(
                    max(range(len(maps[t, b])), key=maps[t, b].tolist().__getitem__)
                    == a[t, b]
                )
                weights += maps[t, b, a[t, b]].item()
                n += 1
    assert_close((maps.argmax(-1) == a)[known].double().mean(), hits / n)
    M = maps.gather(2, a[..., None])[..., 0][known].mean()
    assert_close(M, weights / n)


@pytest.mark.equation("eq-13-hops")
def test_each_look_asks_with_the_question_and_what_was_seen():
    model, _ = loaded("questions")
    scenes, questions = asked(60)
    q = questions[0]
    picture = images.render(scenes[q.scene_index])[None]
    ids, mask = images.encode_questions([q])
    with torch.no_grad():
        logits, maps = model(picture, ids, mask)
        f = model.cnn(picture).flatten(1, 2)
        u = model.layer(model.embed(ids))[1][0][-1]
        for k, (look, merge) in enumerate(zip(model.looks, model.merge, strict=True)):
            e = look.v(torch.tanh(look.W_q(u)[:, None] + look.W_k(f)))[..., 0]
            alpha = e.softmax(1)
            z = (alpha[..., None] * f).sum(1)
            u = u + torch.tanh(torch.cat([u, z], 1) @ merge.weight.T + merge.bias)
            assert_close(maps[k].flatten(1), alpha, atol=1e-5)
        assert_close(logits, model.answer(u), atol=1e-3)


@pytest.mark.equation("eq-13-choices")
def test_only_what_is_offered_has_a_probability():
    model, _ = loaded("questions")
    scenes, questions = asked(60)
    pictures = images.render_all(scenes)[[q.scene_index for q in questions]]
    ids, mask = images.encode_questions(questions)
    answers, offered = images.encode_answers(questions)
    with torch.no_grad():
        p = model(pictures, ids, mask, offered)[0].double().softmax(1)
        free = model(pictures, ids, mask)[0].double()
    assert (p[~offered] == 0).all()
    weights = free.exp() * offered
    assert_close(p, weights / weights.sum(1, keepdim=True), rtol=1e-6, atol=1e-9)
    assert offered.gather(1, answers[:, None]).all()


@pytest.mark.equation("eq-13-chance")
def test_whoever_sees_no_picture_is_right_by_chance_exactly():
    _, questions = asked(600)
    counts = Counter(q.kind for q in questions)
    choices = {q.kind: len(q.choices) for q in questions}
    rate = sum(n / len(questions) / choices[kind] for kind, n in counts.items())
    told = images.question_only_rate(questions, questions)  # even learnt by heart
    got = sum(counts[kind] * share for kind, share in told.items()) / len(questions)
    assert got == pytest.approx(rate)
    assert np.mean([1 / len(q.choices) for q in questions]) == pytest.approx(rate)


def test_a_guess_in_sight_is_among_the_choices_that_the_picture_shows():
    guess = functions()["in_sight"]
    red = images.Thing("circle", "red", "big", 20, 20, 8)
    blue = images.Thing("cross", "blue", "big", 30, 30, 8)
    one, two = images.Scene([red]), images.Scene([red, blue])
    ask = images.Question((), "red", ("red", "blue", "green"), "colour", 0, (0,))
    assert guess(ask, one) == 1
    assert guess(ask, two) == 1 / 2
    assert guess(ask._replace(answer="blue"), one) == 0
    assert guess(ask._replace(choices=("no", "yes"), answer="no"), two) == 1 / 2
