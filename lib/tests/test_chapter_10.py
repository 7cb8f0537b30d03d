"""Every labelled equation of book/10_inside, evaluated against an oracle."""

import numpy as np
import pytest
import torch
from chapter_10 import functions
from pages import draw
from torch.nn.functional import cross_entropy, one_hot

from throughtime import metrics, models
from throughtime.testing import assert_close

N, H, K, V = 60, 5, 2, 4


@pytest.mark.equation("eq-10-score")
@pytest.mark.equation("eq-10-best")
def test_a_score_is_numpys_correlation_and_the_best_is_the_largest_in_size():
    Z, Y = draw(1, N, H), draw(2, N, K)
    Y[:, 0] -= 2 * Z[:, 3]
    want = np.corrcoef(Z.T, Y.T)[:H, H:]
    by_sum = [
        [((z - z.mean()) / z.std() * (y - y.mean()) / y.std()).mean() for y in Y.T]
        for z, Y in ((z, Y.numpy()) for z in Z.numpy().T)
    ]
    assert_close(by_sum, want)
    R = functions()["scores"](Z, Y)
    assert_close(R, want)
    assert R.abs().argmax(0)[0] == 3, "the sign is of no account"
    assert_close(R.abs().amax(0), np.abs(want).max(0))


def by_pairs(z, y):
    """Return A by its definition, from all pairs."""
    inside, outside = z[y > 0][:, None], z[y == 0][None]
    return ((inside > outside) + 0.5 * (inside == outside)).double().mean()


@pytest.mark.equation("eq-10-auc")
def test_the_number_from_ranks_is_the_share_of_pairs():
    z, y = draw(3, N), (draw(4, N) > 0.3).double()
    auc = functions()["auc"]
    assert_close(auc(z, y), by_pairs(z, y))
    assert_close(auc(z + 100 * y, y), 1.0)
    assert_close(auc(-z, y), 1 - by_pairs(z, y))
    assert by_pairs(torch.zeros(N), y) == 0.5


@pytest.mark.equation("eq-10-shift")
def test_a_shift_moves_the_labels_around_the_end_and_searches_anew():
    Z, Y, shifts = draw(5, N, H), draw(6, N, K), [1, 7, 59]
    null = functions(shifts=shifts)["under_null"](Z, Y)
    for row, s in zip(null, shifts, strict=True):
        moved = torch.stack([Y[(t - s) % N] for t in range(N)])
        want = np.abs(np.corrcoef(Z.T, moved.T)[:H, H:]).max(0)
        assert_close(row, want)


@pytest.mark.equation("eq-10-p")
@pytest.mark.parametrize("seed", range(3))
def test_under_the_null_a_small_p_is_as_rare_as_it_says(seed):
    Z, y = draw(seed, N, H).cumsum(0), draw(seed + 9, N, 1).cumsum(0)  # slow series
    M = functions(shifts=range(N))["under_null"](Z, y)[:, 0]
    # Each shift in turn is the truth, which counts itself, and all others the null.
    p = torch.stack(
        [(1 + (M[torch.arange(N) != s] >= M[s]).sum()) / N for s in range(N)]
    )
    for level in (0.05, 0.1, 0.5, 1.0):
        assert (p <= level).double().mean() <= level + 1e-12
    assert p.min() >= 1 / N


@pytest.mark.equation("eq-10-character")
def test_no_function_of_the_character_correlates_more_than_the_mean_given_it():
    x = torch.randint(V, (N,), generator=torch.Generator().manual_seed(7))
    y = draw(8, N) + x.double() ** 2
    given = functions(vocabulary=range(V))["given_character"](y[:, None].float(), x)
    want = [y[x == c].mean() for c in x.tolist()]
    assert_close(given[:, 0], want, rtol=1e-5)
    m = torch.stack(want)
    eta = (m.var(correction=0) / y.var(correction=0)).sqrt()
    assert_close(np.corrcoef(m, y)[0, 1], eta)
    fit = torch.linalg.lstsq(one_hot(x, V).double(), y[:, None]).solution
    assert_close(np.corrcoef((one_hot(x, V).double() @ fit)[:, 0], y)[0, 1], eta)
    for seed in range(200):
        assert np.corrcoef(draw(seed, V)[x], y)[0, 1] <= eta + 1e-12


@pytest.mark.equation("eq-10-explained")
def test_what_is_explained_is_scored_on_text_that_the_fit_has_not_seen():
    A, new_A = draw(9, N, 3), draw(10, N, 3)
    mix = draw(11, 3, H)
    Z, new_Z = A @ mix + draw(12, N, H), new_A @ mix + draw(13, N, H)
    got = functions(Z=Z, new_Z=new_Z)["explained"](A, new_A)
    with_one, new_with_one = (np.c_[X.numpy(), np.ones(N)] for X in (A, new_A))
    W = np.linalg.lstsq(with_one, Z.numpy(), rcond=None)[0]
    left = new_Z.numpy() - new_with_one @ W
    total = new_Z.numpy() - new_Z.numpy().mean(0)
    assert_close(got, 1 - (left**2).sum(0) / (total**2).sum(0), rtol=1e-3)
    perfect = functions(Z=A @ mix, new_Z=new_A @ mix)["explained"](A, new_A)
    assert_close(perfect, np.ones(H), rtol=1e-4)


@pytest.mark.equation("eq-10-held")
def test_a_held_cell_has_its_mean_before_each_step_and_the_loss_is_torchs():
    torch.manual_seed(14)
    model, P, span = models.CharLM(V, H, embedding_size=3), 2, 9
    short = torch.randint(V, (span + 1, P))
    held_cells = torch.arange(H).repeat_interleave(P)
    means = torch.linspace(-0.5, 0.8, H)[held_cells]
    given = {"model": model, "H": H, "P": P, "span": span, "held_cells": held_cells}
    given |= {"inputs": short[:-1], "targets": short[1:], "means": means}
    given["torch"] = torch
    page = functions(**given)
    page["step"] = page["partial"](page["lstm_step"], **model.layer.weights("_l0"))
    got = page["losses_when_held"](page["hold"], H * P).reshape(span, H, P)
    cell = torch.nn.LSTMCell(3, H)
    with torch.no_grad():
        cell.weight_ih.copy_(model.layer.W_x_l0)
        cell.weight_hh.copy_(model.layer.W_h_l0)
        cell.bias_ih.copy_(model.layer.b_l0)
        cell.bias_hh.zero_()
        for j in range(H):
            h, c = torch.zeros(P, H), torch.zeros(P, H)
            for t in range(span):
                c[:, j] = means[j * P]
                h, c = cell(model.embed(short[t]), (h, c))
                want = cross_entropy(model.output(h), short[t + 1], reduction="none")
                assert_close(got[t, j], want, rtol=1e-4, atol=1e-6)
    rise = got - got[:, :1]  # beside the first, so that a difference is seen
    assert rise.abs().max() > 1e-4


@pytest.mark.equation("eq-10-match")
def test_the_longest_match_is_that_of_all_pieces():
    w, u = "abracadabra", "cadabrabra xx abrac"
    pieces = [w[i:j] for i in range(len(w)) for j in range(i + 1, len(w) + 1)]
    want = max(len(piece) for piece in pieces if piece in u)
    assert metrics.longest_copy(w, u).length == want
    assert metrics.longest_copy("ab", "cd").length == 0
