"""Each equation of book/04_bptt's derivation, against autograd."""

import numpy as np
import pytest
import torch
from chapter_04 import NAMES, copied, gradients, oracle, run, shared

from throughtime import bptt
from throughtime.testing import assert_close


@pytest.mark.equation("eq-04-copies")
def test_equal_copies_have_the_loss_of_the_shared_weights(page):
    trace = bptt.forward(page.weights, page.xs, page.targets, page.h_0)
    assert_close(run(page, copied(page)).loss.item(), trace.loss)
    assert_close(run(page, shared(page)).loss.item(), trace.loss)


@pytest.mark.equation("eq-04-sharing")
@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_copies(page, name):
    copies, one = copied(page), shared(page)
    apart = gradients(run(page, copies).loss, copies[name])
    (together,) = gradients(run(page, one).loss, one[name][:1])
    assert_close(sum(apart), together)
    got = bptt.backward(
        page.weights,
        bptt.forward(page.weights, page.xs, page.targets, page.h_0),
        per_step=True,
    )
    assert_close(getattr(got, f"d{name}"), np.array(apart))


@pytest.mark.equation("eq-04-later")
def test_a_copy_receives_from_its_own_loss_and_later_ones_only(page):
    copies = copied(page)
    net = run(page, copies)
    terms = np.array([gradients(L_t, copies["W_hh"]) for L_t in net.losses])
    whole = gradients(net.loss, copies["W_hh"])
    for k in range(7):
        assert not terms[:k, k].any()
        assert terms[k, k].any()
        assert_close(terms[k:, k].sum(axis=0), whole[k])


@pytest.mark.equation("eq-04-through")
@pytest.mark.equation("eq-04-outer")
def test_a_product_sends_its_gradient_back_through_the_transposed_matrix():
    draw = np.random.default_rng(5)
    W, v, b, da = (
        torch.tensor(draw.normal(size=size), requires_grad=True)
        for size in ((4, 5), 5, 4, 4)
    )
    dW, dv, db = gradients((W @ v + b) @ da.detach(), [W, v, b])
    assert_close(W.T @ da, dv)
    assert_close(torch.outer(da, v), dW)
    assert_close(da, db)


@pytest.mark.equation("eq-04-do")
def test_the_gradient_of_the_logits_is_p_minus_y(page):
    trace = bptt.forward(page.weights, page.xs, page.targets, page.h_0)
    assert_close(trace.ps - np.eye(11)[page.targets], np.array(oracle(page).dos))


@pytest.mark.equation("eq-04-dh")
@pytest.mark.equation("eq-04-end")
def test_a_state_collects_from_its_output_and_from_the_next_step(page):
    true = oracle(page)
    das = [*true.das, np.zeros(4)]  # nothing comes from beyond T
    for t in range(1, 8):
        dh_t = page.weights.W_hy.T @ true.dos[t - 1] + page.weights.W_hh.T @ das[t]
        assert_close(dh_t, true.dhs[t])


@pytest.mark.equation("eq-04-da")
def test_tanh_multiplies_by_its_slope(page):
    true = oracle(page)
    for t in range(1, 8):
        slope = np.diag(1 - true.hs[t] ** 2)
        assert_close(slope @ true.dhs[t], true.das[t - 1])


@pytest.mark.equation("eq-04-dwhh")
@pytest.mark.equation("eq-04-dwxh")
@pytest.mark.equation("eq-04-dbh")
@pytest.mark.equation("eq-04-dwhy")
@pytest.mark.equation("eq-04-dby")
def test_each_weight_adds_the_outer_products_of_all_steps(page):
    true, one = oracle(page), shared(page)
    loss = run(page, one).loss
    steps = range(7)
    sums = {
        "W_hh": sum(np.outer(true.das[t], true.hs[t]) for t in steps),
        "W_xh": sum(np.outer(true.das[t], page.xs[t]) for t in steps),
        "b_h": sum(true.das),
        "W_hy": sum(np.outer(true.dos[t], true.hs[t + 1]) for t in steps),
        "b_y": sum(true.dos),
    }
    for name, value in sums.items():
        assert_close(value, gradients(loss, one[name][:1])[0], name=name)


@pytest.mark.equation("eq-04-dh0")
def test_the_start_receives_what_the_first_step_sends_back(page):
    true = oracle(page)
    assert_close(page.weights.W_hh.T @ true.das[0], true.dhs[0])


def _jacobians(page, hs):
    """Return J_1 to J_T by autograd, one step at a time."""
    W_hh = torch.tensor(page.weights.W_hh)

    def step(h, t):
        drive = page.weights.W_xh @ page.xs[t] + page.weights.b_h
        return torch.tanh(torch.tensor(drive) + W_hh @ h)

    return [
        torch.autograd.functional.jacobian(
            lambda h, t=t: step(h, t), torch.tensor(hs[t])
        ).numpy()
        for t in range(7)
    ]


@pytest.mark.equation("eq-04-recursion")
@pytest.mark.equation("eq-04-system")
def test_the_way_back_is_a_triangular_system(page):
    true = oracle(page)
    J = _jacobians(page, true.hs)
    sent = [page.weights.W_hy.T @ do_t for do_t in true.dos]
    for t in range(1, 7):
        assert_close(sent[t - 1] + J[t].T @ true.dhs[t + 1], true.dhs[t])
    system = np.eye(7 * 4)
    for t in range(6):
        system[4 * t : 4 * t + 4, 4 * t + 4 : 4 * t + 8] = -J[t + 1].T
    assert_close(system @ np.concatenate(true.dhs[1:]), np.concatenate(sent))


@pytest.mark.equation("eq-04-paths")
def test_each_state_sums_the_ordered_products_of_jacobians(page):
    true = oracle(page)
    J = _jacobians(page, true.hs)
    for k in range(1, 8):
        dh_k, product = np.zeros(4), np.eye(4)
        for t in range(k, 8):
            if t > k:
                product = J[t - 1] @ product  # J_t is put at the left
            dh_k += product.T @ page.weights.W_hy.T @ true.dos[t - 1]
        assert_close(dh_k, true.dhs[k])


@pytest.mark.equation("eq-04-stacked")
def test_the_sum_of_outer_products_is_one_product(page):
    true, one = oracle(page), shared(page)
    product = np.array(true.das).T @ np.array(true.hs[:-1])
    assert_close(product, gradients(run(page, one).loss, one["W_hh"][:1])[0])


@pytest.mark.equation("eq-04-immediate")
def test_one_losss_gradient_sums_immediate_derivatives_over_all_steps(page):
    true, one = oracle(page), shared(page)
    net, J = run(page, one), _jacobians(page, true.hs)
    L_t = net.losses[6]
    (at_end,) = gradients(L_t, [net.hs[7]])
    total, product = np.zeros((4, 4)), np.eye(4)
    for k in range(7, 0, -1):
        slope = 1 - true.hs[k] ** 2
        total += np.outer(slope * (at_end @ product), true.hs[k - 1])
        product = product @ J[k - 1]
    assert_close(total, gradients(L_t, one["W_hh"][:1])[0])
