"""The equations of book/12_captioning on words: loss, floor, BLEU and films."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch
from chapter_12 import draw_ids, functions
from pages import draw
from torch.nn.functional import cross_entropy, one_hot

from throughtime import decode, images, metrics
from throughtime.testing import assert_close

T, B, V = 7, 3, 11


class Tiny:
    """A language model of three words whose logits depend on the last one alone."""

    logits = draw(8, 4, 4)

    def step(self, ids, state):
        return self.logits[ids], state

    def select(self, state, rows):
        return state


@pytest.mark.equation("eq-12-joint")
def test_captions_share_the_probability_among_them():
    p, END, START = Tiny.logits.softmax(1), 2, 1
    total = {}
    for n in range(4):
        for words in itertools.product((0, 1, 3), repeat=n):
            path = [START, *words, END]
            total[words] = math.prod(
                p[a, b].item() for a, b in itertools.pairwise(path)
            )
    (found,) = decode.exhaustive(
        Tiny(), None, torch.tensor([START]), steps=4, n=len(total)
    )
    for h in found:
        if h.ended:
            assert_close(math.exp(h.score), total[h.ids[:-1]], rtol=1e-9)
    inner = p[[0, 1, 3]][:, [0, 1, 3]]
    alone = torch.linalg.inv(torch.eye(3).double() - inner) @ p[[0, 1, 3], END]
    assert_close(alone, torch.ones(3).double())  # all lengths together
    assert sum(total.values()) < 1


def batch(seed=0):
    logits = draw(seed, T, B, V).requires_grad_()
    targets = draw_ids(seed, V, T, B)
    n = torch.tensor([7, 2, 5])
    return logits, targets, torch.arange(T)[:, None] < n, n


@pytest.mark.equation("eq-12-loss")
@pytest.mark.equation("eq-12-dlogits")
def test_the_masked_loss_and_its_gradient_are_torchs():
    logits, targets, mask, _ = batch()
    torchs = cross_entropy(
        logits.flatten(0, 1), targets.masked_fill(~mask, -100).flatten()
    )
    (want,) = torch.autograd.grad(torchs, logits)
    p, N = logits.detach().softmax(-1), mask.double().sum()
    log_p = p.log().gather(2, targets[..., None])[..., 0]
    assert_close(-(mask * log_p).sum() / N, torchs.detach())
    assert_close(metrics.cross_entropy(logits, targets, mask), torchs)
    assert_close(mask[..., None] / N * (p - one_hot(targets, V)), want)
    assert (want[~mask] == 0).all()


@pytest.mark.equation("eq-12-places")
def test_a_mean_over_all_places_is_the_loss_by_one_factor():
    logits, targets, mask, _ = batch(1)
    each = cross_entropy(logits.permute(0, 2, 1), targets, reduction="none") * mask
    right = metrics.cross_entropy(logits, targets, mask)
    assert_close(each.mean(), mask.double().sum() / (T * B) * right)


@pytest.mark.equation("eq-12-cost")
def test_the_cost_of_the_m_rnn_is_bits_a_token():
    logits, targets, mask, n = batch(2)
    lam, theta = 0.01, draw(9, 6)
    C = lam * theta @ theta
    for b in range(B):
        own = cross_entropy(logits[: n[b], b], targets[: n[b], b])
        C = C + n[b] * torch.log2(own.exp()) / n.sum()
    bits = metrics.cross_entropy(logits, targets, mask) / math.log(2)
    assert_close(C, bits + lam * theta @ theta)


def best(q):
    """Return nats of the captioner that gives each word its true share."""
    ends = [
        (share, words[:k], (*words, "END")[k])
        for words, share in q.items()
        for k in range(len(words) + 1)
    ]
    counts = {}
    for share, before, word in ends:
        counts.setdefault(before, Counter())[word] += share
    return -sum(
        share * math.log(counts[before][word] / counts[before].total())
        for share, before, word in ends
    )


def entropy(q):
    return -sum(share * math.log(share) for share in q.values())


@pytest.mark.equation("eq-12-floor")
def test_no_captioner_costs_less_than_the_entropy_of_the_captions():
    probabilities = functions(ONE_THING=0.35)["probabilities"]
    drawn = [probabilities(scene) for scene in images.scenes("val", 6)]
    together = Counter()
    for q in drawn:
        assert_close(sum(q.values()), 1.0)
        assert_close(best(q), entropy(q))
        for words, share in q.items():
            together[words] += share / len(drawn)
    assert_close(best(together), entropy(together))
    assert entropy(together) > np.mean([entropy(q) for q in drawn])
    rng = np.random.default_rng(0)
    tokens = sum(share * (len(words) + 1) for words, share in together.items())
    for _ in range(20):  # any other captioner, here of whole captions, costs more
        other = rng.dirichlet(np.ones(len(together)))
        pairs = zip(together.values(), other, strict=True)
        nats = -sum(share * math.log(p) for share, p in pairs)
        assert nats / tokens >= entropy(together) / tokens


@pytest.mark.equation("eq-12-clip")
@pytest.mark.equation("eq-12-bleu")
@pytest.mark.parametrize("seed", range(3))
def test_the_pages_bleu_is_sacrebleus(seed):
    page, scenes = functions(), images.scenes("val", 30, seed)
    refs = [[c.words for c in images.references(s)] for s in scenes]
    said = [several[0][: 3 + seed * 2] for several in refs[1:] + refs[:1]]
    said[0] = ("a", "a", "a", "red", "red", "cross")  # counts are clipped
    for k, words in enumerate(said[1:5], start=1):
        said[k] = (*words, "in", "the", "left")
    assert_close(page["bleu"](said, refs), metrics.bleu(said, refs)[3], rtol=1e-9)


@pytest.mark.equation("eq-12-film")
def test_the_last_frame_of_a_film_says_nothing_of_its_moves():
    moves = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
    film = functions(MOVES=moves, STEP=2.5, SIDE=32)["film"]
    places, found = [], []
    original, seen = images.render_all, []
    try:
        images.render_all = lambda scenes: seen.append(scenes) or scenes
        chance = np.random.default_rng(0)
        for _ in range(4000):
            found.append(" ".join(film(chance)[1][4:]))
            (thing,) = seen[-1][-1].things
            places.append((thing.x, thing.y))
    finally:
        images.render_all = original
    counts, places = Counter(found), np.array(places)
    assert len(counts) == 4 + 12
    for moves_of, count in counts.items():
        share = 1 / 8 if " then " not in moves_of else 1 / 24
        assert count / 4000 == pytest.approx(share, abs=0.025)
    assert places.min() >= 12
    assert places.max() <= 20
    for moves_of in ("left", "right", "up", "down"):
        here = places[[m == moves_of for m in found]].mean(0)
        assert np.abs(here - 16).max() < 0.5
    every = [t for scenes in seen for s in scenes for t in s.things]
    assert all(t.r < t.x < 32 - t.r and t.r < t.y < 32 - t.r for t in every)
