"""Windows: values of the whole sequence, gradients that stop at each border."""

from functools import partial

import pytest
import torch

from throughtime.cells import rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.gated import lstm_step
from throughtime.testing import assert_close
from throughtime.unroll import detach, lengths_to_mask, unroll, unroll_windows

T, B, D, H = 7, 3, 5, 4


@pytest.fixture
def step(net):
    return partial(rnn_step, W_xh=net.W_xh, W_hh=net.W_hh, b_h=net.b_h)


@pytest.mark.parametrize("length", [1, 2, 3, 6, 7, 8])
def test_windows_join_to_the_whole(net, step, length):
    mask = lengths_to_mask([4, 7, 1])
    want, h_T = unroll(step, net.xs, net.h_0, mask)
    windows = list(unroll_windows(step, net.xs, net.h_0, length, mask))
    assert [len(hs) for hs, _ in windows[:-1]] == [length] * (len(windows) - 1)
    assert torch.equal(torch.cat([hs for hs, _ in windows]), want)
    assert torch.equal(windows[-1][1], h_T)


def test_every_member_of_a_tuple_is_carried(net):
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(1))
    weights = draw(4 * H, D).double(), draw(4 * H, H).double(), draw(4 * H).double()
    step = partial(lstm_step, W_x=weights[0], W_h=weights[1], b=weights[2])
    want, (h_T, c_T) = unroll(step, net.xs, (net.h_0, net.h_0 * 2))
    windows = list(unroll_windows(step, net.xs, (net.h_0, net.h_0 * 2), 3))
    assert torch.equal(torch.cat([hs for hs, _ in windows]), want)
    assert torch.equal(windows[-1][1][0], h_T)
    assert torch.equal(windows[-1][1][1], c_T)


@pytest.mark.parametrize("t", range(T))
def test_the_gradient_of_one_state_stops_at_the_start_of_its_window(net, step, t):
    xs = net.xs.clone().requires_grad_()
    hs = torch.cat([hs for hs, _ in unroll_windows(step, xs, net.h_0, 3)])
    (gradient,) = torch.autograd.grad(hs[t].sum(), xs)
    start = t - t % 3
    reached = gradient.flatten(1).abs().sum(1) > 0
    assert reached.tolist() == [start <= s <= t for s in range(T)]
    inside, _ = unroll(
        step, xs[start : t + 1], hs[start - 1].detach() if t > 2 else net.h_0
    )
    (want,) = torch.autograd.grad(inside[-1].sum(), xs)
    assert_close(gradient, want)


def test_both_members_of_a_tuple_are_cut_off(net):
    def step(x_t, state):
        h_prev, c_prev = state
        return h_prev + x_t[:, :H], c_prev + h_prev

    xs = net.xs.clone().requires_grad_()
    *_, (_, (h_T, c_T)) = unroll_windows(step, xs, (net.h_0, net.h_0), 5)
    for member in (h_T, c_T):
        (gradient,) = torch.autograd.grad(member.sum(), xs, retain_graph=True)
        assert not gradient[:5].any()
        assert gradient[5].any()


def test_the_start_of_the_first_window_can_be_learnt(net, step):
    h_0 = net.h_0.clone().requires_grad_()
    first, second, _ = (hs for hs, _ in unroll_windows(step, net.xs, h_0, 3))
    assert torch.autograd.grad(first.sum(), h_0)[0].abs().sum() > 0
    assert not second.requires_grad


def test_the_state_after_a_window_still_belongs_to_its_graph(net, step):
    xs = net.xs.clone().requires_grad_()
    _, state = next(unroll_windows(step, xs, net.h_0, 3))
    (gradient,) = torch.autograd.grad(state.sum(), xs)
    assert (gradient.flatten(1).abs().sum(1) > 0).tolist() == [True] * 3 + [False] * 4


def test_weights_may_change_between_windows_and_each_window_learns(net):
    W_hh = net.W_hh.clone().requires_grad_()
    step = partial(rnn_step, W_xh=net.W_xh, W_hh=W_hh, b_h=net.b_h)
    before, state = net.W_hh.clone(), net.h_0
    for n, (hs, _) in enumerate(unroll_windows(step, net.xs, net.h_0, 3)):
        apart = partial(rnn_step, W_xh=net.W_xh, W_hh=before, b_h=net.b_h)
        want, state = unroll(apart, net.xs[3 * n : 3 * n + 3], state)
        assert_close(hs, want)
        hs.sum().backward()
        with torch.no_grad():
            W_hh -= 0.1 * W_hh.grad
        before = W_hh.detach().clone()


def test_detach_keeps_the_numbers_and_cuts_every_member(net):
    h, c = net.h_0.clone().requires_grad_(), net.h_0.clone().requires_grad_()
    cut = detach((h * 2, c * 3))
    assert [member.requires_grad for member in cut] == [False, False]
    assert torch.equal(cut[1], c * 3)
    assert not detach(h * 2).requires_grad


def test_bad_inputs_are_refused_before_the_first_window_is_asked_for(net, step):
    with pytest.raises(ThroughTimeError, match="length is 0; wanted 1 or more"):
        unroll_windows(step, net.xs, net.h_0, 0)
    with pytest.raises(ShapeError, match=r"batch first\? Try xs\.transpose\(0, 1\)"):
        unroll_windows(step, net.xs.transpose(0, 1), net.h_0, 3)
    with pytest.raises(ShapeError, match="T is 0"):
        unroll_windows(step, net.xs[:0], net.h_0, 3)
    with pytest.raises(KindError, match=r"xs holds torch\.int64"):
        unroll_windows(step, net.xs.long(), net.h_0, 3)
    with pytest.raises(ShapeError, match=r"Try mask\.transpose\(0, 1\)"):
        unroll_windows(step, net.xs, net.h_0, 3, lengths_to_mask([4, 7, 1]).T)
