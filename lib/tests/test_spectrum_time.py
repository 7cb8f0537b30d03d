"""Jacobians of a step, their products and bound, and gradient norms in time."""

import math
from functools import partial

import pytest
import torch

from throughtime import spectrum
from throughtime.cells import pascanu_step, rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import unroll

ACTIVATIONS = ["tanh", "relu", "identity"]


def _weights(net):
    return {"W_xh": net.W_xh, "W_hh": net.W_hh}


def _elman(net, activation="tanh", t=0):
    return partial(
        rnn_step, net.xs[t, :1], **_weights(net), b_h=net.b_h, activation=activation
    )


def _pascanu(net, activation="tanh", t=0):
    return partial(
        pascanu_step, net.xs[t, :1], **_weights(net), b=net.b_h, activation=activation
    )


def _by_differences(step, h_prev):
    rows = [
        numerical_gradient(lambda h, i=i: step(h)[0, i], h_prev)[0]
        for i in range(h_prev.shape[1])
    ]
    return torch.stack(rows)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_elmans_jacobian_has_the_slope_at_the_new_pre_activation(net, activation):
    """Errata 13 and 15: diag(f'(a_t)) W, not tanh' W and not W diag(f')."""
    h_prev = net.h_0[:1]
    a_t = net.xs[0, :1] @ net.W_xh.T + h_prev @ net.W_hh.T + net.b_h
    got = spectrum.elman_jacobian(a_t, net.W_hh, activation)
    assert_close(got, spectrum.step_jacobian(_elman(net, activation), h_prev))
    want = _by_differences(_elman(net, activation), h_prev)
    assert_close(got, want, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pascanus_jacobian_has_the_slope_at_the_old_pre_activation(net, activation):
    a_prev = net.h_0[:1]
    got = spectrum.pascanu_jacobian(a_prev, net.W_hh, activation)
    assert_close(got, spectrum.step_jacobian(_pascanu(net, activation), a_prev))
    want = _by_differences(_pascanu(net, activation), a_prev)
    assert_close(got, want, rtol=1e-7, atol=1e-9)


def test_the_transpose_in_the_commonly_stated_jacobian_is_misplaced(net):
    """Errata 9: W^T diag(f') is neither Pascanu's Jacobian nor its transpose."""
    a_prev = net.h_0[:1]
    right = spectrum.pascanu_jacobian(a_prev, net.W_hh)
    stated = net.W_hh.T * (1 - torch.tanh(a_prev[0]) ** 2)
    for other in (right, right.T):
        assert (stated - other).norm() > 0.2 * other.norm()
    elman = spectrum.elman_jacobian(a_prev, net.W_hh)
    assert_close(stated, elman.T)  # it is the Elman form's, transposed


def test_a_state_of_two_parts_has_one_jacobian_of_four_blocks(net):
    A, b = net.W_hh, net.xs[0, :1, :4]

    def step(state):
        h, c = state
        return torch.sin(h) * c, h @ A.T + b + 2 * c

    h, c = net.h_0[:1], net.h_0[1:2]
    J = spectrum.step_jacobian(step, (h, c))
    assert_close(J[:4, :4], torch.diag(torch.cos(h[0]) * c[0]))
    assert_close(J[:4, 4:], torch.diag(torch.sin(h[0])))
    assert_close(J[4:, :4], A)
    assert_close(J[4:, 4:], 2 * torch.eye(4))


def test_a_jacobian_is_found_without_grad_mode_and_hangs_on_no_graph(net):
    W_hh = net.W_hh.clone().requires_grad_()
    step = partial(
        rnn_step, net.xs[0, :1], W_xh=net.W_xh, W_hh=W_hh, b_h=net.b_h
    )  # fmt: skip
    with torch.no_grad():
        J = spectrum.step_jacobian(step, net.h_0[:1])
    assert not J.requires_grad
    assert_close(J, spectrum.step_jacobian(_elman(net), net.h_0[:1]))


def _jacobians(net):
    h_t, Js = net.h_0[:1], []
    for t in range(7):
        Js.append(spectrum.step_jacobian(_elman(net, t=t), h_t))
        h_t = _elman(net, t=t)(h_t)
    return Js


def _states(net, k, t):
    def run(h_k):
        for j in range(k, t):
            h_k = _elman(net, t=j)(h_k)
        return h_k

    h_k = net.h_0[:1]
    for j in range(k):
        h_k = _elman(net, t=j)(h_k)
    return run, h_k


@pytest.mark.parametrize(("t", "k"), [(7, 0), (5, 2), (3, 2), (4, 4)])
def test_a_product_of_jacobians_is_the_jacobian_of_all_the_steps(net, t, k):
    run, h_k = _states(net, k, t)
    want = torch.autograd.functional.jacobian(run, h_k)[0, :, 0]
    assert_close(spectrum.jacobian_product(_jacobians(net), t, k), want)
    stacked = torch.stack(_jacobians(net))
    assert_close(spectrum.jacobian_product(stacked, t, k), want)


def test_the_order_of_a_product_of_jacobians_matters(net):
    """Errata 10: the reversed order is off."""
    Js = _jacobians(net)
    right = spectrum.jacobian_product(Js, 3, 0)
    reversed_order = spectrum.jacobian_product(Js[:3][::-1], 3, 0)
    assert (right - reversed_order).norm() > 0.1 * right.norm()


def test_a_product_out_of_range_is_refused(net):
    Js = _jacobians(net)
    for t, k in ((8, 0), (2, 3), (3, -1)):
        with pytest.raises(ThroughTimeError, match=f"t is {t} and k is {k}; wanted"):
            spectrum.jacobian_product(Js, t, k)
    with pytest.raises(ShapeError, match="Js is empty"):
        spectrum.jacobian_product([], 0, 0)
    with pytest.raises(ShapeError, match=r"Js\[1\] has shape"):
        spectrum.jacobian_product([Js[0], torch.ones(5, 5).double()], 2, 0)


def test_the_bound_holds_for_every_pair_of_steps(net):
    Js, beta_W = _jacobians(net), spectrum.spectral_norm(net.W_hh)
    for t in range(8):
        for k in range(t + 1):
            norm = spectrum.spectral_norm(spectrum.jacobian_product(Js, t, k))
            assert norm <= spectrum.gradient_bound(beta_W, 1.0, t - k) * (1 + 1e-12)


def test_a_large_bound_does_not_mean_a_large_gradient():
    """Errata 5 and 7: the bound is 100 where the product is 0."""
    W = torch.tensor([[0.0, 10.0], [0.0, 0.0]])
    assert spectrum.gradient_bound(spectrum.spectral_norm(W), 1.0, 2) == 100
    assert not spectrum.jacobian_product([W, W], 2, 0).any()


def test_a_bound_may_overflow_and_may_not_be_negative():
    assert spectrum.gradient_bound(10.0, 1.0, 400) == math.inf
    assert spectrum.gradient_bound(0.5, 0.5, 0) == 1
    for arguments in ((-1.0, 1.0, 1), (1.0, -1.0, 1), (1.0, 1.0, -1)):
        with pytest.raises(ThroughTimeError, match=r"is -1.*; wanted 0 or more"):
            spectrum.gradient_bound(*arguments)


def test_relu_units_that_are_off_break_the_rule_of_the_largest_eigenvalue():
    """Errata 4: eigenvalues ±i/2, and yet the gradient grows by 1.5 a step."""
    W = torch.tensor([[1.5, 2.5], [-1.0, -1.5]], dtype=torch.float64)
    assert spectrum.spectral_radius(W) == pytest.approx(0.5)
    h_t, Js = torch.tensor([[1.0, 0.0]], dtype=torch.float64), []
    for _ in range(6):
        Js.append(spectrum.elman_jacobian(h_t @ W.T, W, "relu"))
        h_t = torch.relu(h_t @ W.T)
    h_0 = torch.tensor([1.0, 0.0], dtype=torch.float64)
    assert_close((spectrum.jacobian_product(Js, 6, 0) @ h_0)[0], 1.5**6)
    one = torch.tensor([[2.0]])  # and W = 2 from h_0 = -1 gives exactly 0
    assert not spectrum.elman_jacobian(torch.tensor([[-2.0]]), one, "relu").any()


def _recorded(net, mask=None):
    h_0 = net.h_0.clone().requires_grad_()
    step = partial(rnn_step, **_weights(net), b_h=net.b_h)
    recorder = spectrum.Recorder(step)
    hs, h_T = unroll(recorder, net.xs, h_0, mask)
    return recorder, hs, h_T


def test_gradient_norms_equal_those_of_products_of_jacobians(net):
    xs = net.xs[:, :1]
    net.xs, net.h_0 = xs, net.h_0[:1]
    recorder, _, h_T = _recorded(net)
    norms = spectrum.step_gradient_norms(h_T.sum(), recorder.hs)
    Js, one = _jacobians(net), torch.ones(4, dtype=torch.float64)
    want = [(spectrum.jacobian_product(Js, 7, t).T @ one).norm() for t in range(1, 8)]
    assert_close(norms, torch.stack(want))


def test_gradient_norms_count_the_loss_of_every_later_step(net):
    """With h_t = w h_{t-1} + x_t, dL/dh_t is 1 + w + ... + w^(T-t)."""
    W, zero = 0.5 * torch.eye(1), torch.zeros(1, 1)
    step = partial(
        rnn_step, W_xh=torch.eye(1), W_hh=W, b_h=zero[0], activation="identity"
    )
    recorder = spectrum.Recorder(step)
    hs, _ = unroll(recorder, torch.ones(6, 1, 1), zero.requires_grad_())
    norms = spectrum.step_gradient_norms(hs.sum(), recorder.hs)
    assert_close(norms, [sum(0.5**j for j in range(6 - t)) for t in range(6)])
    again = spectrum.step_gradient_norms(hs.sum(), recorder.hs)  # the graph is there
    assert torch.equal(norms, again)


def test_states_after_the_loss_and_padding_get_nothing(net):
    recorder, hs, _ = _recorded(net)
    norms = spectrum.step_gradient_norms(hs[2].sum(), recorder.hs)
    assert (norms[:3] > 0).all()
    mask = torch.ones(7, 3, dtype=torch.bool)
    mask[5:] = False
    recorder, _, h_T = _recorded(net, mask)
    norms = spectrum.step_gradient_norms(h_T.sum(), recorder.hs)
    assert (norms > 0).tolist() == [True] * 5 + [False] * 2


def test_a_recorder_keeps_tuples_and_shows_their_first_member():
    recorder = spectrum.Recorder(lambda x_t, s: (x_t + s[0], s[1]))
    start = (torch.zeros(3, 5), torch.ones(3, 5))
    hs, _ = unroll(recorder, torch.ones(2, 3, 5), start)
    assert torch.equal(torch.stack(recorder.hs), hs)
    assert len(recorder.states) == 2
    assert isinstance(recorder.states[0], tuple)


def test_states_that_are_not_in_the_graph_are_refused(net):
    recorder, hs, h_T = _recorded(net)
    for wrong in (hs.unbind(0), list(hs), [h_t.detach() for h_t in recorder.hs]):
        with pytest.raises(ThroughTimeError, match=r"wanted the states.*Try unroll"):
            spectrum.step_gradient_norms(h_T.sum(), wrong)
    slices = hs.unbind(0)  # a loss that reads one does not depend on the others
    with pytest.raises(ThroughTimeError, match="hs holds slices of a stacked tensor"):
        spectrum.step_gradient_norms(slices[-1].sum(), slices)
    with pytest.raises(ThroughTimeError, match="depends on none"):
        spectrum.step_gradient_norms(h_T.sum(), [h + 0 for h in recorder.hs])
    with pytest.raises(ShapeError, match=r"loss has shape \(3, 4\)"):
        spectrum.step_gradient_norms(h_T, recorder.hs)
    with pytest.raises(ShapeError, match="hs is empty"):
        spectrum.step_gradient_norms(h_T.sum(), [])


def test_bad_arguments_of_a_jacobian_are_refused(net):
    with pytest.raises(ShapeError, match="B is 3 here and 1"):
        spectrum.step_jacobian(_elman(net), net.h_0)
    with pytest.raises(KindError, match="h_prev"):
        spectrum.step_jacobian(_elman(net), torch.ones(1, 4, dtype=torch.int64))
    with pytest.raises(ShapeError, match="the step turns 4 numbers into 8"):
        spectrum.step_jacobian(lambda h: torch.cat([h, h], 1), net.h_0[:1])
    for jacobian in (spectrum.elman_jacobian, spectrum.pascanu_jacobian):
        with pytest.raises(ThroughTimeError, match="activation is 'sin'; wanted"):
            jacobian(net.h_0[:1], net.W_hh, "sin")
        with pytest.raises(ShapeError, match="B is 3 here and 1"):
            jacobian(net.h_0, net.W_hh)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_jacobian_on_a_gpu_equals_that_on_the_cpu(net):
    J = spectrum.elman_jacobian(net.h_0[:1].cuda(), net.W_hh.cuda())
    assert_close(J, spectrum.elman_jacobian(net.h_0[:1], net.W_hh))
