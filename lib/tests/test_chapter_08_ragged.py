"""The equations of book/08_deep on ragged batches and trees, against other ways."""

from functools import partial
from types import SimpleNamespace

import pytest
import torch

from throughtime import layers
from throughtime.cells import rnn_step
from throughtime.testing import assert_close, numerical_gradient
from throughtime.unroll import lengths_to_mask, unroll, unroll_backward

T, H = 7, 4
LENGTHS = torch.tensor([7, 2, 4])


def draw(seed, *shape):
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=chance, dtype=torch.float64)


def _step(net):
    return partial(rnn_step, W_xh=net.W_xh, W_hh=net.W_hh, b_h=net.b_h)


@pytest.mark.equation("eq-08-mask")
def test_a_mask_keeps_the_state_of_each_row_by_itself(net):
    mask, step = lengths_to_mask(LENGTHS, T), _step(net)
    hs, _ = unroll(step, net.xs, net.h_0, mask)
    h = net.h_0
    for t in range(T):
        m = mask[t, :, None].double()
        h = m * step(net.xs[t], h) + (1 - m) * h
        assert_close(hs[t], h)


@pytest.mark.equation("eq-08-ends")
def test_the_ends_are_those_of_the_rows_alone(net):
    mask, step = lengths_to_mask(LENGTHS, T), _step(net)
    _, h_T = unroll(step, net.xs, net.h_0, mask)
    bs, h_1 = unroll_backward(step, net.xs, net.h_0, mask)
    for b, n in enumerate(LENGTHS.tolist()):
        row, start = net.xs[:n, b : b + 1], net.h_0[b : b + 1]
        alone, _ = unroll(step, row, start)
        assert_close(h_T[b], alone[n - 1, 0])
        back, end = unroll_backward(step, row, start)
        assert_close(bs[:n, b], back[:, 0])
        assert_close(h_1[b], end[0])
        assert (bs[n:, b] == net.h_0[b]).all(), "the start waits in the padding"


def test_the_state_at_the_last_input_has_read_it_alone_in_the_backward_half():
    chance = torch.Generator().manual_seed(0)
    lstm = layers.LSTM(5, H, bidirectional=True, generator=chance, dtype=torch.float64)
    xs, mask = draw(0, T, 3, 5), lengths_to_mask(LENGTHS, T)
    hs, (h, _) = lstm(xs, mask=mask)
    other = xs.clone()
    other[0] += 1.0
    hs_other, (h_other, _) = lstm(other, mask=mask)
    at = (LENGTHS - 1, torch.arange(3))
    same = (hs[at] == hs_other[at])[:, H:]
    assert same.all()
    assert not (h[1] == h_other[1]).any()


def _join(W, left, right):
    return torch.tanh(W.left @ left + W.right @ right + W.b)


def _up(W, tree):
    """Return the root of a tree of tensors, in torch, by recursion."""
    if not isinstance(tree, tuple):
        return tree
    return _join(W, _up(W, tree[0]), _up(W, tree[1]))


def _weights():
    parts = {"left": draw(1, H, H), "right": draw(2, H, H), "b": draw(3, H)}
    return SimpleNamespace(**{k: v.requires_grad_() for k, v in parts.items()})


@pytest.mark.equation("eq-08-chain")
@pytest.mark.equation("eq-glossary-recurrent")
def test_a_tree_that_is_a_line_is_torchs_recurrent_network():
    W, leaves = _weights(), draw(4, 5, H)
    rnn = torch.nn.RNN(H, H, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(W.right)
        rnn.weight_hh_l0.copy_(W.left)
        rnn.bias_ih_l0.copy_(W.b)
        rnn.bias_hh_l0.zero_()
    a, b, c, d, e = leaves
    want, _ = rnn(leaves[1:, None], a[None, None])
    got = _up(W, ((((a, b), c), d), e))
    assert_close(got.detach(), want[-1, 0].detach())


@pytest.mark.equation("eq-08-compose")
@pytest.mark.equation("eq-08-dchild")
@pytest.mark.equation("eq-08-dtree")
def test_the_gradient_through_structure_is_autograds_and_the_differences():
    W = _weights()
    a, b, c, d = (leaf.requires_grad_() for leaf in draw(4, 4, H))
    ab = _join(W, a, b)
    cd = _join(W, c, d)
    root = _join(W, ab, cd)
    assert_close(root.detach(), _up(W, ((a, b), (c, d))).detach())
    dh = draw(5, H)
    wants = torch.autograd.grad(
        dh @ root, [W.left, W.right, W.b, a, b, c, d], retain_graph=True
    )

    with torch.no_grad():
        da = (1 - root**2) * dh
        da_ab = (1 - ab**2) * (W.left.T @ da)
        da_cd = (1 - cd**2) * (W.right.T @ da)
        nodes = [(da, ab, cd), (da_ab, a, b), (da_cd, c, d)]
        got = [
            sum(torch.outer(da_n, left) for da_n, left, _ in nodes),
            sum(torch.outer(da_n, right) for da_n, _, right in nodes),
            da + da_ab + da_cd,
            *(W.left.T @ da_ab, W.right.T @ da_ab),
            *(W.left.T @ da_cd, W.right.T @ da_cd),
        ]
    for mine, want in zip(got, wants, strict=True):
        assert_close(mine, want)

    def loss(left):
        with torch.no_grad():
            other = SimpleNamespace(left=left, right=W.right, b=W.b)
            return dh @ _up(other, ((a, b), (c, d)))

    slope = numerical_gradient(loss, W.left.detach())
    assert_close(got[0], slope, rtol=1e-6, atol=1e-8)
