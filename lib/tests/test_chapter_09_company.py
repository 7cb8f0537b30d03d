"""The equations of book/09_words on words and their company, against oracles."""

import math

import pytest
import torch
from torch.nn.functional import normalize

from throughtime import text
from throughtime.testing import assert_close


def _draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.fixture
def pairs():
    """Counts of pairs, what is drawn, and two sets of vectors."""
    N_wc = _draw(5, 5, seed=2).exp()
    q = normalize(_draw(5, seed=3).exp(), p=1, dim=0)
    return N_wc, q, _draw(5, 3, seed=4), _draw(5, 3, seed=5)


def _mean_of_draws(N_wc, q, v, u, k, draws):
    """Draw pairs and company as word2vec does, and return the mean loss."""
    generator = torch.Generator().manual_seed(7)
    chosen = torch.multinomial(N_wc.flatten(), draws, True, generator=generator)
    w, c = chosen // 5, chosen % 5
    negative = torch.multinomial(q, draws * k, True, generator=generator)
    scores = v @ u.T
    real = torch.log(torch.sigmoid(scores[w, c]))
    drawn = torch.log(torch.sigmoid(-scores[w.repeat(k), negative]))
    return -real.mean() - k * drawn.mean()


@pytest.mark.equation("eq-09-skipgram")
def test_the_loss_is_what_drawing_pairs_gives_on_average(pairs):
    N_wc, q, v, u = pairs
    loss = text.skip_gram_loss(v, u, N_wc, q, k=2)
    assert_close(loss, _mean_of_draws(*pairs, k=2, draws=200_000), rtol=0.01)
    x = v @ u.T
    terms = N_wc * torch.log(torch.sigmoid(x))
    terms += 2 * N_wc.sum(1, keepdim=True) * q * torch.log(torch.sigmoid(-x))
    assert_close(loss, -terms.sum() / N_wc.sum())


@pytest.mark.equation("eq-09-dskipgram")
def test_the_gradient_of_a_words_vector_is_autograds(pairs):
    N_wc, q, v, u = pairs
    k, v = 3, v.requires_grad_()
    x = v @ u.T
    loss = N_wc * torch.log(torch.sigmoid(x))
    loss = loss + k * N_wc.sum(1, keepdim=True) * q * torch.log(torch.sigmoid(-x))
    (want,) = torch.autograd.grad(-loss.sum() / N_wc.sum(), v)
    N_w = N_wc.sum(1)
    for w in range(5):
        dv = torch.zeros(3).double()
        for c in range(5):
            s = torch.sigmoid(v[w] @ u[c]).detach()
            dv += ((N_wc[w, c] + k * N_w[w] * q[c]) * s - N_wc[w, c]) * u[c]
        assert_close(dv / N_wc.sum(), want[w])


@pytest.mark.equation("eq-09-optimum")
def test_free_scores_end_at_the_logarithm_of_more_than_chance(pairs):
    N_wc, q, _, _ = pairs
    k = 4
    x = torch.zeros(5, 5, dtype=torch.float64, requires_grad=True)
    rule = torch.optim.LBFGS([x], max_iter=500, line_search_fn="strong_wolfe")
    rule.param_groups[0].update(tolerance_grad=1e-12, tolerance_change=1e-15)

    def closure():
        rule.zero_grad()
        loss = text.skip_gram_loss(x, torch.eye(5).double(), N_wc, q, k)
        loss.backward()
        return loss

    rule.step(closure)
    best = torch.log(N_wc / N_wc.sum(1, keepdim=True) / q) - math.log(k)
    assert_close(x.detach(), best, rtol=1e-4, atol=1e-4)


def _company(gender, rank):
    """Return p(c | w): half the company by gender, half by rank, no word in both."""
    by_gender = normalize(_draw(3, seed=10 + gender).exp(), p=1, dim=0)
    by_rank = normalize(_draw(4, seed=20 + rank).exp(), p=1, dim=0)
    return torch.cat([by_gender, by_rank]) / 2


@pytest.mark.equation("eq-09-parallel")
def test_properties_that_act_apart_make_a_parallelogram_of_logarithms():
    man, woman, king, queen = (
        torch.log(_company(gender, rank)) for rank in (0, 1) for gender in (0, 1)
    )
    assert_close(woman - man, queen - king)
    together = torch.log((_company(0, 0) + _company(1, 1).flip(0)) / 2)
    assert (together - man - (queen - king)).abs().max() > 0.1, "no law of all words"


@pytest.mark.equation("eq-09-analogy")
@pytest.mark.equation("eq-09-half")
def test_without_exclusion_the_answer_beats_c_only_from_half_the_way_on():
    seen = set()
    for seed in range(300):
        near = 0.6 * _draw(4, 5, seed=seed) + _draw(1, 5, seed=1000)
        a, b, c, d = normalize(near)
        query = b - a + c
        wins = bool(d @ query > c @ query)
        delta, way = b - a, d - c
        assert wins == bool(delta @ way > way @ way / 2)
        # The largest product with unit vectors is the largest cosine.
        cosines = [x @ query / query.norm() for x in (c, d)]
        assert wins == bool(cosines[1] > cosines[0])
        seen.add(wins)
    assert seen == {True, False}
