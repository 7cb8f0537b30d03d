"""What holds for assignment a6 alone."""

import math
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from questions import cells, run
from torch.nn import functional

from checks import a6_captions, worlds
from examiner import ask
from examiner.case import try_case
from throughtime import decode, images, metrics, models
from throughtime.text import END, NULL, START, UNK

T, B, D, H, V = 7, 3, 5, 4, 6
SOLUTION, _ = run("a6_captions")
TEXT = {c.id: c.source for c in cells("a6_captions") if c.cell_type == "markdown"}
CHECKS = [getattr(a6_captions, name) for name in ("caption_loss", "look")]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def copied(check):
    """Return the answer that pastes the chapter's code."""
    return {a.name: a.fn for a in check.answers}["copied_from_chapter"]


class Table:
    """Be a model that looks one symbol back."""

    def __init__(self, log_p):
        self.log_p = torch.tensor(log_p)

    def step(self, ids, state):
        return self.log_p[ids], state

    def select(self, state, rows):
        return state[rows]


def by_library(how, log_p, **options):
    """Return all that the library finds: symbols, ranks, and which have ended."""
    first, state = torch.tensor([START]), torch.zeros(1)
    (found,) = how(Table(log_p), state, first, n=10**6, **options)
    found = [h for h in found if h.score > -math.inf]
    return found, [list(h.ids) for h in found if h.ended]


def test_the_marks_have_the_numbers_of_the_library():
    names = [SOLUTION[name] for name in ("NULL", "START", "END", "UNK")]
    assert names == [NULL, START, END, UNK]


def test_the_copied_loss_is_still_the_librarys(rng):
    ids = worlds.told(rng, B, ragged=True)
    ids[2] = UNK
    logits = rng.normal(size=(*ids.shape, 30))
    z, targets = torch.tensor(logits, requires_grad=True), torch.tensor(ids[1:])
    want = metrics.cross_entropy(z[:-1], targets, targets != NULL)
    want.backward()
    loss, dlogits = copied(a6_captions.caption_loss)(logits, ids)
    np.testing.assert_allclose(loss, want.item())
    np.testing.assert_allclose(dlogits, z.grad, atol=1e-12)


def test_the_copied_step_is_still_that_of_the_librarys_captioner(rng):
    cnn = models.SmallCNN((2, 3, 4), 48)
    net = models.Captioner(V, H, "RNN", way="every", cnn=cnn, embedding_size=D)
    net = net.double().eval()
    state = net.start(images.render_all(images.scenes("train", B)).double())
    hidden = torch.tensor(rng.normal(size=(1, B, H)))
    W_x, W_h, b_h = net.layer.weights("_l0").values()
    ids = torch.tensor([START, 4, 5])
    logits, after = net.step(ids, state._replace(hidden=hidden))
    w = {"E": net.embed.weight, "W_xh": W_x[:, :D], "W_hh": W_h, "W_I": W_x[:, D:]}
    w |= {"b_h": b_h, "W_hy": net.output.weight, "b_y": net.output.bias}
    w = {key: part.detach().numpy() for key, part in w.items()}
    args = ids.numpy(), hidden[0].numpy(), state.image.detach().numpy(), w
    log_p, h_t = copied(a6_captions.caption_step)(*args)
    np.testing.assert_allclose(h_t, after.hidden[0].detach())
    np.testing.assert_allclose(log_p, logits.log_softmax(1).detach())


@pytest.mark.parametrize("alpha", [0.0, 0.7, 2.0])
def test_the_copied_searches_are_still_the_librarys(alpha, rng):
    log_p = worlds.drawn(rng)
    options = {"steps": 4, "length_norm": alpha}
    found, _ = by_library(decode.exhaustive, log_p, **options)
    ids, rank, _ = copied(a6_captions.best_caption)(log_p, 4, alpha)
    assert ids == list(found[0].ids)
    assert math.isclose(rank, found[0].rank)
    found, _ = by_library(decode.beam, log_p, width=3, **options)
    captions, ranks = copied(a6_captions.beam)(log_p, 4, 3, alpha)
    assert captions == [list(h.ids) for h in found]
    np.testing.assert_allclose(ranks, [h.rank for h in found])


def test_the_copied_look_is_still_the_scaled_one_over_all_places(rng):
    q, f, dz = rng.normal(size=(B, D)), rng.normal(size=(B, T, H)), np.ones((B, H))
    W, nowhere = rng.normal(size=(D, H)), np.zeros((B, T), dtype=bool)
    z, *_ = copied(a6_captions.look)(q, f, nowhere, W, dz)
    query, places = torch.tensor(q @ W)[:, None], torch.tensor(f)
    want = functional.scaled_dot_product_attention(query, places, places)
    np.testing.assert_allclose(z, want[:, 0])


def test_the_copied_cost_is_still_what_the_chapters_cell_computes(rng):
    ids = torch.tensor(worlds.told(rng, B, ragged=True)[1:])
    logits, real = torch.tensor(rng.normal(size=(*ids.shape, 30))), ids != NULL
    nats = -logits.log_softmax(2).gather(2, ids[..., None])[..., 0] * real
    n = real.sum(0)
    ppl = metrics.perplexity(nats.sum(0) / n).numpy()
    theta = {"W": np.ones((2, 2))}
    perplexity, _, cost = copied(a6_captions.perplexities)(ppl, n.numpy(), theta, 0.5)
    loss = metrics.cross_entropy(logits, ids, real)
    assert math.isclose(cost, metrics.bits(loss))
    assert math.isclose(perplexity, metrics.perplexity(loss))


@pytest.mark.parametrize("width", [1, 2, 3, 10**6])
def test_the_oracle_finds_what_the_librarys_beam_finds(width, rng):
    for _ in range(5):
        log_p = worlds.drawn(rng)
        _, wanted = by_library(decode.beam, log_p, steps=4, width=width)
        captions, ranks = worlds.searched(log_p, 4, width, 0.0)
        assert captions == wanted
        scores = [log_p[[START, *ids[:-1]], ids].sum() for ids in captions]
        np.testing.assert_allclose(ranks, scores)


def test_the_oracle_of_everything_finds_every_caption(rng):
    log_p = worlds.drawn(rng)
    captions, ranks = worlds.searched(log_p, 4, worlds.EVERYTHING, 0.0)
    words = range(UNK, len(log_p))
    all_of_them = [(*w, END) for n in range(4) for w in product(words, repeat=n)]
    assert sorted(map(tuple, captions)) == sorted(all_of_them)
    share = worlds.share_that_ends(log_p, 4)
    assert math.isclose(sum(map(math.exp, ranks)), share)
    assert 0 < share < worlds.share_that_ends(log_p, 5) < 1


@pytest.mark.parametrize("seed", range(5))
def test_a_table_that_misleads_has_a_better_caption_than_the_walk_finds(seed):
    log_p = worlds.misleading(np.random.default_rng(seed))
    (ids, *_), (rank, *_) = worlds.searched(log_p, 5, worlds.EVERYTHING, 0.0)
    captions, ranks = SOLUTION["beam"](log_p, 5, 1, 0.0)
    assert all(found < rank for found in ranks)
    assert ids not in captions
    other, *_ = SOLUTION["best_caption"](log_p, 5, 3.0)
    assert other != ids


@pytest.mark.parametrize("make", [worlds.drawn, worlds.counted])
def test_what_comes_after_a_symbol_has_the_sum_1_and_is_no_mark(make, rng):
    p = np.exp(make(rng))
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert not p[:, [NULL, START]].any()


def test_captions_are_those_of_scenes_and_differ_in_length_if_told_so(rng):
    for ragged in (True, False):
        ids = worlds.told(rng, 4, ragged)
        assert (ids[0] == START).all()
        assert ((ids == END).sum(axis=0) == 1).all()
        assert bool((ids == NULL).any()) == ragged
    vocabulary = images.caption_vocabulary()
    assert vocabulary.decode(ids[1:4, 0].tolist()).startswith("a ")


def test_the_seven_captions_of_the_page_are_those_of_its_table():
    table, text = SOLUTION["table"], TEXT["a6-q3-question"].replace("\u2212", "-")
    found = re.findall(r"^\|(?: \$.*\$)? \| (.*) \|$", text, flags=re.M)
    names, probabilities, logarithms = (row.split(" | ") for row in found)
    letters = {"a": 4, "b": 5, "END": END}
    for name, p, log_p in zip(names, probabilities, logarithms, strict=True):
        ids = [letters[letter] for letter in name.split()]
        score = table[[START, *ids[:-1]], ids].sum()
        assert math.isclose(math.exp(score), float(p))
        assert f"{score:.3f}" == log_p
    assert len(names) == len(worlds.searched(table, 3, worlds.EVERYTHING, 0.0)[0])
    together = sum(map(float, probabilities))
    assert math.isclose(worlds.share_that_ends(table, 3), together)


@pytest.mark.parametrize("check", CHECKS)
def test_an_answer_by_autograd_is_refused_though_its_numbers_are_right(check):
    (fn,) = (a.fn for a in check.answers if a.name == "by_autograd")
    assert "lets autograd do the work" in check.examine(fn, seed=1).reasons[0]
    for case in check.draw(1):
        by_call = replace(case, verb=ask.call)
        answer = try_case(by_call, fn)
        assert answer.agrees(try_case(by_call, SOLUTION[check.__name__]))


SIDE = re.compile(
    r"The (loss|state|rank|ranks|caption|weights|look|numbers|perplex)\w* "
)


@pytest.mark.parametrize("seed", range(3))
def test_a_slip_beside_what_is_right_costs_a_part(seed):
    slips = 0
    for check in vars(a6_captions).values():
        for answer in getattr(check, "answers", []):
            beside = SIDE.match(answer.sentence) and "right, but" in answer.sentence
            if answer.wrong and beside:
                slips += 1
                assert check.examine(answer.fn, seed).points >= check.points / 2
    assert slips > 20


def test_a_slip_with_padding_or_unknown_words_leaves_half_of_the_loss():
    check = a6_captions.caption_loss
    for answer in check.answers:
        if answer.name in ("null_asked_for", "copied_from_chapter", "mean_of_means"):
            assert check.examine(answer.fn, 1).points >= check.points / 2


def test_the_scores_of_the_last_question_are_those_of_its_captions():
    text = TEXT["a6-q7-text"]
    things = [
        images.Thing("cross", "red", "big", 40, 25, 9),
        images.Thing("circle", "blue", "small", 8, 9, 5),
    ]
    scene = images.Scene(things)
    (told,) = re.findall(r"^> Its references are (.*)$", text, flags=re.M)
    references = [one.split() for one in re.findall(r"\*([a-z ]+)\*", told)]
    assert len(references) == 5
    assert all(images.is_true(words, scene) for words in references)
    rows = re.findall(r"^> \| (?:mine|my .*) \| (.*) \| ([\d.]+) \|$", text, flags=re.M)
    truth = []
    for caption, bleu in rows:
        words = caption.split()
        assert f"{metrics.bleu([words], [references])[3]:.2f}" == bleu
        truth.append(images.is_true(words, scene))
    assert truth == [False, True]
