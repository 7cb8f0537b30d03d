"""Every labelled equation of book/09_words, evaluated against an oracle."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from throughtime import layers, text
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import unroll


def _draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.equation("eq-09-row")
def test_a_row_of_the_table_is_the_product_with_a_one_hot_vector():
    W_w = _draw(3, 7)  # a column a word, as on the page
    E = W_w.T
    for s in range(7):
        one_hot = torch.zeros(7).double()
        one_hot[s] = 1
        assert_close(E[s], W_w @ one_hot)


@pytest.mark.equation("eq-09-drow")
def test_a_row_collects_from_every_place_that_read_its_word():
    ids = torch.tensor([[3, 1], [0, 3], [3, 3]])  # (T, B)
    E, dx = _draw(5, 4).requires_grad_(), _draw(3, 2, 4, seed=1)
    (want,) = torch.autograd.grad(E[ids], E, dx)
    dE = torch.zeros(5, 4).double()
    for t in range(3):
        for b in range(2):
            dE[ids[t, b]] += dx[t, b]
    assert_close(dE, want)
    assert not want[[2, 4]].any()


@pytest.mark.equation("eq-09-penalty")
def test_a_penalty_reaches_rows_that_were_not_read():
    E, lam = _draw(5, 4), 0.3
    check = numerical_gradient(lambda E: lam / 2 * (E**2).sum(), E.numpy())
    assert_close(lam * E, check, rtol=1e-7, atol=1e-8)


LOCAL = torch.eye(4).double()  # VR, HR, VE, HE
SHARED = torch.tensor([[1.0, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 1]])
SEEN, NEVER = [0, 1, 3], 2


@pytest.mark.equation("eq-09-never")
def test_the_weight_of_a_unit_that_was_never_on_has_no_gradient():
    w, targets = _draw(4).requires_grad_(), _draw(3, seed=1)
    loss = torch.cosh(LOCAL[SEEN] @ w - targets).sum()  # any loss of the answers
    (dw,) = torch.autograd.grad(loss, w)
    assert dw[NEVER] == 0
    assert (dw[SEEN] != 0).all()


@pytest.mark.equation("eq-09-unseen")
def test_a_shared_code_answers_for_the_fourth_shape_by_the_three_others():
    assert_close(SHARED[2], SHARED[0] - SHARED[1] + SHARED[3])
    for seed in range(3):
        y = SHARED.double() @ _draw(4, seed=seed)
        assert_close(y[2], y[0] - y[1] + y[3])


@pytest.mark.equation("eq-09-bag")
def test_a_bag_has_one_answer_for_every_order():
    w, b, ids = _draw(6), 0.4, torch.tensor([3, 1, 3, 5])
    want = torch.nn.functional.linear(text.bags([ids], 6).double(), w[None])[0, 0] + b
    for seed in range(5):
        order = torch.randperm(4, generator=torch.Generator().manual_seed(seed))
        assert_close(b + sum(w[s] for s in ids[order]), want)


@pytest.mark.equation("eq-09-twins")
def test_no_function_of_the_bag_is_right_in_more_than_half_of_the_twins():
    rows = [torch.tensor(row) for row in ([1, 2, 3], [3, 2, 1], [4, 0, 2], [2, 0, 4])]
    wanted = torch.tensor([True, False, False, True])
    for seed in range(20):
        torch.manual_seed(seed)
        deep = torch.nn.Sequential(
            torch.nn.Linear(5, 9), torch.nn.Tanh(), torch.nn.Linear(9, 1)
        )
        said = deep(text.bags(rows, 5))[:, 0] > 0
        assert (said == wanted).float().mean() == 0.5


@pytest.mark.equation("eq-09-bce")
@pytest.mark.equation("eq-09-safe")
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_both_forms_of_the_loss_are_torchs_and_one_is_safe(y):
    o = torch.tensor([-9.0, -1, 0, 0.5, 9], dtype=torch.float64)
    p, target = torch.sigmoid(o), torch.full((5,), y, dtype=torch.float64)
    want = binary_cross_entropy_with_logits(o, target, reduction="none")
    assert_close(-y * torch.log(p) - (1 - y) * torch.log(1 - p), want)
    far = torch.tensor([-1000.0, 1000])
    for logits, oracle in ((o, want), (far, torch.tensor([y, 1 - y]) * 1000)):
        safe = logits.clamp(min=0) - logits * y + torch.log1p(torch.exp(-logits.abs()))
        assert_close(safe, oracle, rtol=1e-12 if logits is o else 1e-6)


@pytest.mark.equation("eq-09-dbce")
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_slope_of_the_loss_is_the_difference(y):
    o = np.array([-3.0, -0.5, 0.2, 4.0])
    target = torch.full((4,), y, dtype=torch.float64)

    def loss(o):
        return binary_cross_entropy_with_logits(
            torch.tensor(o), target, reduction="sum"
        )

    check = numerical_gradient(loss, o)
    assert_close(1 / (1 + np.exp(-o)) - y, check, rtol=1e-7, atol=1e-9)


@pytest.mark.equation("eq-09-tfidf")
def test_tf_idf_by_the_formula_one_word_at_a_time():
    counts = torch.tensor([[2.0, 1, 0], [0, 1, 0], [1, 3, 1]]).double()
    weighed = text.tf_idf(counts, text.rarity(counts))
    for n in range(3):
        parts = []
        for s in range(3):
            having = sum(1 for row in counts if row[s] > 0)
            rare = 1 + math.log((1 + 3) / (1 + having))
            parts.append(float(counts[n, s]) * rare)
        length = math.sqrt(sum(part**2 for part in parts))
        assert_close(weighed[n], [part / length for part in parts], rtol=1e-6)


@pytest.mark.equation("eq-09-masked")
def test_a_masked_state_stays_and_is_that_of_the_row_alone():
    layer = layers.LSTM(3, 4, dtype=torch.float64)
    xs = _draw(6, 2, 3)
    mask = torch.tensor([[1, 1], [1, 1], [1, 0], [1, 0], [0, 0], [0, 0]]) == 1
    with torch.no_grad():
        _, (h, c) = layer(xs, mask=mask)
        for b, length in enumerate((4, 2)):
            _, (h_alone, c_alone) = layer(xs[:length, b : b + 1])
            assert_close(h[:, b], h_alone[:, 0])
            assert_close(c[:, b], c_alone[:, 0])

    def step(x_t, h_prev):
        return torch.tanh(x_t @ _draw(3, 3, seed=8) + h_prev)

    hs, _ = unroll(step, xs, torch.zeros(2, 3).double(), mask)
    h_t = torch.zeros(2, 3).double()
    for t in range(6):
        m_t = mask[t, :, None].double()
        h_t = m_t * step(xs[t], h_t) + (1 - m_t) * h_t
        assert_close(hs[t], h_t)
