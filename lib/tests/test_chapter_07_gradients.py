"""The GRU's gradient as book/07_gru derives it, line by line against autograd."""

import pytest
import torch
from chapter_07 import T, gradient, run

from throughtime.testing import assert_close

KEEPS = {"reset_after": False, "z_writes": False}


@pytest.fixture(scope="module")
def net():
    return run(**KEEPS)


@pytest.fixture(scope="module", params=range(T))
def step(request, net):
    """Return one step's numbers, each with autograd's gradient as d and its name."""
    at = net.steps[request.param]
    names = ("a_r", "a_z", "a_n", "r", "z", "n", "s", "h", "h_prev")
    for name in names:
        setattr(at, f"d{name}", gradient(net, getattr(at, name)))
    at.t = request.param
    return at


@pytest.mark.equation("eq-07-dz")
def test_z_receives_the_difference_of_what_it_mixes(step):
    assert_close(step.dz, step.dh * (step.h_prev - step.n))


@pytest.mark.equation("eq-07-dn")
def test_the_candidate_receives_the_share_that_is_written(step):
    assert_close(step.dn, step.dh * (1 - step.z))


@pytest.mark.equation("eq-07-dan")
def test_the_gradient_passes_tanh_by_its_slope(step):
    assert_close(step.da_n, (1 - step.n**2) * step.dn)


@pytest.mark.equation("eq-07-ds")
def test_what_the_candidate_sees_receives_the_transposed_matrix(step, net):
    assert_close(step.ds, net.W["W_hn"].T @ step.da_n)


@pytest.mark.equation("eq-07-dr")
def test_the_reset_receives_what_it_scaled(step):
    assert_close(step.dr, step.ds * step.h_prev)


@pytest.mark.equation("eq-07-dgates")
def test_the_gradient_passes_each_sigmoid_by_its_slope(step):
    assert_close(step.da_r, step.r * (1 - step.r) * step.dr)
    assert_close(step.da_z, step.z * (1 - step.z) * step.dz)


@pytest.mark.equation("eq-07-dhprev")
def test_the_old_state_receives_four_terms_and_its_own_loss(step, net):
    W = net.W
    four = step.z * step.dh + step.r * step.ds
    four = four + W["W_hr"].T @ step.da_r + W["W_hz"].T @ step.da_z
    own = net.reads[step.t - 1] if step.t else 0
    assert_close(step.dh_prev, four + own)


def _sum(net, left, right):
    parts = [torch.outer(gradient(net, left(s)), right(s)) for s in net.steps]
    return sum(parts)


@pytest.mark.equation("eq-07-dwx")
@pytest.mark.parametrize("k", "rzn")
def test_the_input_weights_and_biases_add_what_every_copy_receives(net, k):
    def inside(s):
        return getattr(s, f"a_{k}")

    assert_close(gradient(net, net.W[f"W_x{k}"]), _sum(net, inside, lambda s: s.x))
    biases = sum(gradient(net, inside(s)) for s in net.steps)
    assert_close(gradient(net, net.W[f"b_{k}"]), biases)


@pytest.mark.equation("eq-07-dwh")
@pytest.mark.parametrize("k", "rz")
def test_the_gates_recurrent_weights_add_products_with_the_old_state(net, k):
    got = _sum(net, lambda s: getattr(s, f"a_{k}"), lambda s: s.h_prev)
    assert_close(gradient(net, net.W[f"W_h{k}"]), got)


@pytest.mark.equation("eq-07-dwhn")
def test_the_candidates_recurrent_weights_add_products_with_the_reset_state(net):
    got = _sum(net, lambda s: s.a_n, lambda s: s.r * s.h_prev)
    assert_close(gradient(net, net.W["W_hn"]), got)


@pytest.mark.equation("eq-07-dafter")
@pytest.mark.parametrize("z_writes", [False, True])
def test_with_the_reset_after_four_lines_change(z_writes):
    net = run(reset_after=True, z_writes=z_writes)
    for s in net.steps:
        da_n = gradient(net, s.a_n)
        assert_close(gradient(net, s.q), s.r * da_n)
        assert_close(gradient(net, s.r), s.q * da_n)
    got = _sum(net, lambda s: s.q, lambda s: s.h_prev)
    assert_close(gradient(net, net.W["W_hn"]), got)
    dqs = sum(gradient(net, s.q) for s in net.steps)
    assert_close(gradient(net, net.W["b_hn"]), dqs)
    for t, s in enumerate(net.steps):
        keep = 1 - s.z if z_writes else s.z
        back = keep * gradient(net, s.h) + net.W["W_hn"].T @ gradient(net, s.q)
        for k in "rz":
            back = back + net.W[f"W_h{k}"].T @ gradient(net, getattr(s, f"a_{k}"))
        own = net.reads[t - 1] if t else 0
        assert_close(gradient(net, s.h_prev), back + own)


def test_where_z_writes_its_gradient_changes_sign_as_the_page_says():
    net = run(z_writes=True)
    for s in net.steps:
        dh = gradient(net, s.h)
        assert_close(gradient(net, s.z), -dh * (s.h_prev - s.n))
        assert_close(gradient(net, s.n), dh * s.z)


@pytest.mark.equation("eq-07-jacobian")
def test_the_four_terms_are_the_jacobian_of_a_step(net):
    W = {name: value.detach() for name, value in net.W.items()}
    for s in net.steps:
        r, z, n, h = (v.detach() for v in (s.r, s.z, s.n, s.h_prev))
        sees = torch.diag(r) + torch.diag(h * r * (1 - r)) @ W["W_hr"]
        J = torch.diag(z) + torch.diag((1 - z) * (1 - n**2)) @ W["W_hn"] @ sees
        J = J + torch.diag((h - n) * z * (1 - z)) @ W["W_hz"]
        rows = [
            torch.autograd.grad(s.h[i], s.h_prev, retain_graph=True)[0]
            for i in range(len(h))
        ]
        assert_close(J, torch.stack(rows))
