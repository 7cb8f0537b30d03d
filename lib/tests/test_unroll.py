"""Any step, repeated: the loop is held to torch.nn and to its own definition."""

from functools import partial

import numpy as np
import pytest
import torch

from throughtime.cells import pascanu_step, rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close
from throughtime.unroll import unroll, unroll_from


@pytest.fixture
def step(net):
    return partial(rnn_step, W_xh=net.W_xh, W_hh=net.W_hh, b_h=net.b_h)


@pytest.fixture
def lengths_mask():
    """Rows of 7, 4 and 1 real tokens."""
    return torch.arange(7)[:, None] < torch.tensor([7, 4, 1])


def _lstm(net):
    """Return torch's own LSTM cell as a step with a tuple for a state."""
    torch.manual_seed(5)
    cell = torch.nn.LSTMCell(5, 4, dtype=torch.float64)
    return cell, (net.h_0, net.h_0 * 2)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_unroll_equals_torch_nn_rnn(net, activation):
    H, D = net.W_xh.shape
    rnn = torch.nn.RNN(D, H, nonlinearity=activation, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(net.W_xh)
        rnn.weight_hh_l0.copy_(net.W_hh)
        rnn.bias_ih_l0.copy_(net.b_h / 4)
        rnn.bias_hh_l0.copy_(net.b_h * 3 / 4)
    weights = {"W_xh": net.W_xh, "W_hh": net.W_hh, "b_h": net.b_h}
    step = partial(rnn_step, **weights, activation=activation)
    hs, h_T = unroll(step, net.xs, net.h_0)
    want_hs, want_h_T = rnn(net.xs, net.h_0[None])
    assert_close(hs, want_hs, name="hs")
    assert_close(h_T, want_h_T[0], name="h_T")


def test_gradients_through_the_loop_equal_torchs(net):
    H, D = net.W_xh.shape
    rnn = torch.nn.RNN(D, H, dtype=torch.float64)
    weights = {
        "W_xh": rnn.weight_ih_l0.detach().requires_grad_(),
        "W_hh": rnn.weight_hh_l0.detach().requires_grad_(),
        "b_h": (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().requires_grad_(),
    }
    hs, _ = unroll(partial(rnn_step, **weights), net.xs, net.h_0)
    (hs**2).sum().backward()
    (rnn(net.xs, net.h_0[None])[0] ** 2).sum().backward()
    assert_close(weights["W_xh"].grad, rnn.weight_ih_l0.grad)
    assert_close(weights["W_hh"].grad, rnn.weight_hh_l0.grad)
    assert_close(weights["b_h"].grad, rnn.bias_hh_l0.grad)


def test_one_step_of_time_is_one_step(net, step):
    hs, h_T = unroll(step, net.xs[:1], net.h_0)
    want = step(net.xs[0], net.h_0)
    assert torch.equal(hs, want[None])
    assert torch.equal(h_T, want)


def test_chunks_join_to_the_whole(net, step):
    hs, h_T = unroll(step, net.xs, net.h_0)
    first, h_3 = unroll(step, net.xs[:3], net.h_0)
    rest, last = unroll(step, net.xs[3:], h_3)
    assert torch.equal(torch.cat([first, rest]), hs)
    assert torch.equal(last, h_T)


def test_row_t_of_hs_is_the_state_after_input_t(net):
    running_sum = lambda x_t, h_prev: h_prev + x_t[:, :4]  # noqa: E731
    hs, _ = unroll(running_sum, net.xs, net.h_0)
    assert_close(hs, net.h_0 + net.xs[:, :, :4].cumsum(0))


def test_pascanus_form_unrolled_is_elmans(net, step):
    other = partial(pascanu_step, W_xh=net.W_xh, W_hh=net.W_hh, b=net.b_h)
    as_, _ = unroll(other, net.xs, net.h_0)
    hs, _ = unroll(step, net.xs, torch.tanh(net.h_0))
    assert_close(torch.tanh(as_), hs)


def test_masked_rows_keep_their_state(net, step, lengths_mask):
    hs, h_T = unroll(step, net.xs, net.h_0, lengths_mask)
    for row, length in enumerate([7, 4, 1]):
        alone, last = unroll(
            step, net.xs[:length, row : row + 1], net.h_0[row : row + 1]
        )
        assert_close(hs[:length, row], alone[:, 0])
        assert_close(hs[length:, row], last.expand(7 - length, 4))
        assert_close(h_T[row], last[0])


def test_a_mask_of_real_tokens_only_changes_nothing(net, step):
    hs, _ = unroll(step, net.xs, net.h_0, torch.ones(7, 3, dtype=torch.bool))
    assert torch.equal(hs, unroll(step, net.xs, net.h_0)[0])


def test_what_stands_under_a_mask_does_not_matter(net, step, lengths_mask):
    hs, _ = unroll(step, net.xs, net.h_0, lengths_mask)
    noise = torch.where(lengths_mask[:, :, None], net.xs, 99.0)
    assert torch.equal(unroll(step, noise, net.h_0, lengths_mask)[0], hs)


def test_a_state_may_be_a_tuple_whose_first_member_is_h(net):
    cell, state = _lstm(net)
    lstm = torch.nn.LSTM(5, 4, dtype=torch.float64)
    ours = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    with torch.no_grad():
        for theirs, weight in zip(lstm.parameters(), ours, strict=True):
            theirs.copy_(weight)
    hs, (h_T, c_T) = unroll(cell, net.xs, state)
    want, (want_h, want_c) = lstm(net.xs, tuple(s[None] for s in state))
    assert_close(hs, want)
    assert_close(h_T, want_h[0])
    assert_close(c_T, want_c[0])


def test_a_mask_keeps_every_member_of_a_tuple(net, lengths_mask):
    cell, state = _lstm(net)
    _, masked = unroll(cell, net.xs, state, lengths_mask)
    _, alone = unroll(cell, net.xs[:4, 1:2], tuple(s[1:2] for s in state))
    for got, want in zip(masked, alone, strict=True):
        assert_close(got[1], want[0])


def test_one_to_many_feeds_each_state_back(net, step):
    W = net.W_xh.T  # any map from H to D
    hs, h_T = unroll_from(step, lambda h: h @ W.T, net.xs[0], net.h_0, steps=7)
    inputs = torch.cat([net.xs[:1], hs[:-1] @ W.T])
    assert_close(hs, unroll(step, inputs, net.h_0)[0])
    assert torch.equal(h_T, hs[-1])


def test_a_feed_of_zeros_means_no_further_input(net, step):
    zeros = torch.zeros_like(net.xs[0])
    hs, _ = unroll_from(step, lambda h: zeros, net.xs[0], net.h_0, steps=7)
    silent = torch.cat([net.xs[:1], torch.zeros_like(net.xs[1:])])
    assert_close(hs, unroll(step, silent, net.h_0)[0])


def test_the_last_state_is_not_fed_back(net, step):
    fed = []
    feed = lambda h: fed.append(h) or net.xs[0]  # noqa: E731
    hs, _ = unroll_from(step, feed, net.xs[0], net.h_0, steps=3)
    assert [h.tolist() for h in fed] == hs[:2].tolist()


def test_one_to_many_feeds_h_of_a_tuple(net):
    cell, state = _lstm(net)
    feed = lambda h: torch.cat([h, h[:, :1]], 1)  # noqa: E731
    hs, (h_T, _) = unroll_from(cell, feed, net.xs[0], state, steps=3)
    inputs = torch.stack([net.xs[0], feed(hs[0]), feed(hs[1])])
    assert_close(hs, unroll(cell, inputs, state)[0])
    assert torch.equal(h_T, hs[-1])


def test_batch_first_input_is_refused_with_the_remedy(net, step):
    with pytest.raises(ShapeError) as caught:
        unroll(step, net.xs.transpose(0, 1), net.h_0)
    assert "B is 7 here and 3 in the other arguments" in str(caught.value)
    assert "Is the batch first? Try xs.transpose(0, 1)." in str(caught.value)


def test_batch_first_mask_is_refused_with_the_remedy(net, step, lengths_mask):
    with pytest.raises(ShapeError, match=r"Try mask\.transpose\(0, 1\)"):
        unroll(step, net.xs, net.h_0, lengths_mask.T)


@pytest.mark.parametrize("shape", [(0, 3, 5), (7, 0, 5)])
def test_no_steps_and_no_rows_are_refused(net, step, shape):
    with pytest.raises(ShapeError, match="is 0"):
        unroll(step, torch.zeros(shape, dtype=torch.float64), net.h_0)


def test_integers_are_refused_as_inputs_and_as_a_state(net, step):
    with pytest.raises(KindError, match=r"xs holds torch\.int64.*text\.one_hot"):
        unroll(step, net.xs.long(), net.h_0)
    with pytest.raises(KindError, match=r"h_0 holds torch\.int64"):
        unroll(step, net.xs, net.h_0.long())
    with pytest.raises(KindError, match=r"x_1 holds torch\.int64"):
        unroll_from(step, lambda h: h, net.xs[0].long(), net.h_0, steps=1)


@pytest.mark.parametrize("ones", [torch.ones(7, 3), np.ones((7, 3), bool)])
def test_a_mask_that_is_no_tensor_of_booleans_is_refused(net, step, ones):
    with pytest.raises(KindError, match=r"mask is a .*as_tensor\(mask\)\.bool\(\)"):
        unroll(step, net.xs, net.h_0, ones)
    unroll(step, net.xs, net.h_0, torch.as_tensor(ones).bool())


def test_numpy_arrays_are_refused_with_the_remedy(net, step):
    with pytest.raises(KindError, match=r"xs is a ndarray.*torch\.as_tensor\(xs\)"):
        unroll(step, np.zeros((7, 3, 5)), net.h_0)


def test_a_step_that_changes_the_states_shape_is_named(net):
    with pytest.raises(ShapeError, match=r"step\(x_t, h_prev\) has shape \(3, 5\)"):
        unroll(lambda x_t, h_prev: x_t, net.xs, net.h_0)


def test_a_feed_of_the_wrong_shape_is_named(net, step):
    with pytest.raises(ShapeError, match=r"feed\(h_t\) has shape \(3, 4\)"):
        unroll_from(step, lambda h: h, net.xs[0], net.h_0, steps=2)


def test_less_than_one_step_is_refused(net, step):
    with pytest.raises(ThroughTimeError, match="steps is 0; wanted 1 or more"):
        unroll_from(step, lambda h: h, net.xs[0], net.h_0, steps=0)


def test_inputs_and_start_stay_as_they_are(net, step, lengths_mask):
    xs, h_0 = net.xs.clone(), net.h_0.clone()
    unroll(step, net.xs, net.h_0, lengths_mask)
    assert torch.equal(net.xs, xs)
    assert torch.equal(net.h_0, h_0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_and_cpu_agree(net, step, lengths_mask):
    names = ("W_xh", "W_hh", "b_h")
    there = partial(rnn_step, **{name: getattr(net, name).cuda() for name in names})
    hs, h_T = unroll(there, net.xs.cuda(), net.h_0.cuda(), lengths_mask.cuda())
    want, last = unroll(step, net.xs, net.h_0, lengths_mask)
    assert hs.device.type == h_T.device.type == "cuda"
    assert_close(hs, want, rtol=1e-9)
    assert_close(h_T, last, rtol=1e-9)
