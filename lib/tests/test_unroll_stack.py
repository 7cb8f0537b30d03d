"""Layers, directions and ragged rows: held to torch.nn, packed sequences included."""

from functools import partial

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.gated import lstm_step
from throughtime.testing import assert_close
from throughtime.unroll import (
    lengths_to_mask,
    unroll,
    unroll_backward,
    unroll_bidirectional,
    unroll_bidirectional_stack,
    unroll_stack,
)

T, B, D, H = 7, 3, 5, 4
LENGTHS = [4, 7, 1]


def _lstm(layers, bidirectional=False):
    """Return torch's LSTM and its start, shape (layers * directions, B, H) each."""
    torch.manual_seed(60)
    options = {"bidirectional": bidirectional, "dtype": torch.float64}
    lstm = torch.nn.LSTM(D, H, layers, **options)
    start = torch.randn(2, layers * (1 + bidirectional), B, H, dtype=torch.float64)
    return lstm, (start[0], start[1])


def _step(lstm, suffix):
    """Return our step with torch's weights, as in "l0" or "l1_reverse"."""
    bias = getattr(lstm, f"bias_ih_{suffix}") + getattr(lstm, f"bias_hh_{suffix}")
    W_x, W_h = (getattr(lstm, f"weight_{kind}_{suffix}") for kind in ("ih", "hh"))
    return partial(lstm_step, W_x=W_x, W_h=W_h, b=bias)


def _two_way(layers):
    """Return torch's LSTM, its start, and both once more as our steps and states."""
    lstm, (h_0, c_0) = _lstm(layers, bidirectional=True)
    steps = [
        (_step(lstm, f"l{n}"), _step(lstm, f"l{n}_reverse")) for n in range(layers)
    ]
    pairs = list(zip(h_0, c_0, strict=True))
    return lstm, (h_0, c_0), steps, list(zip(pairs[::2], pairs[1::2], strict=True))


def _joined(last):
    """Return the last states of layers and directions as torch stacks them."""
    pairs = [state for layer in last for state in layer]
    return [torch.stack(members) for members in zip(*pairs, strict=True)]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_stack_equals_torchs_layers(net, layers):
    lstm, (h_0, c_0) = _lstm(layers)
    steps = [_step(lstm, f"l{n}") for n in range(layers)]
    hs, last = unroll_stack(steps, net.xs, list(zip(h_0, c_0, strict=True)))
    want, (h_T, c_T) = lstm(net.xs, (h_0, c_0))
    assert_close(hs, want)
    assert_close(torch.stack([h for h, _ in last]), h_T)
    assert_close(torch.stack([c for _, c in last]), c_T)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_bidirectional_stack_equals_torchs(net, layers):
    lstm, start, steps, states = _two_way(layers)
    hs, last = unroll_bidirectional_stack(steps, net.xs, states)
    want, want_last = lstm(net.xs, start)
    assert_close(hs, want)
    for ours, theirs in zip(_joined(last), want_last, strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize("layers", [1, 2])
def test_ragged_rows_equal_torchs_packed_sequence(net, layers):
    lstm, start, steps, states = _two_way(layers)
    mask = lengths_to_mask(LENGTHS, T)
    packed = pack_padded_sequence(net.xs, LENGTHS, enforce_sorted=False)
    want, want_last = lstm(packed, start)
    want = pad_packed_sequence(want)[0]
    hs, last = unroll_bidirectional_stack(steps, net.xs, states, mask)
    assert_close(hs[mask], want[mask])
    for ours, theirs in zip(_joined(last), want_last, strict=True):
        assert_close(ours, theirs)
    ours = torch.autograd.grad((hs[mask] ** 2).sum(), list(lstm.parameters()))
    theirs = torch.autograd.grad((want[mask] ** 2).sum(), list(lstm.parameters()))
    for got, right in zip(ours, theirs, strict=True):
        assert_close(got, right, name="gradient")


def test_each_ragged_row_is_as_if_it_were_alone(net):
    _, _, steps, states = _two_way(2)
    noise = torch.where(lengths_to_mask(LENGTHS)[:, :, None], net.xs, 99.0)
    hs, last = unroll_bidirectional_stack(
        steps, noise, states, lengths_to_mask(LENGTHS)
    )
    for row, length in enumerate(LENGTHS):
        one = slice(row, row + 1)
        start = [[tuple(s[one] for s in state) for state in pair] for pair in states]
        start = [tuple(pair) for pair in start]
        alone, its_last = unroll_bidirectional_stack(steps, net.xs[:length, one], start)
        assert_close(hs[:length, row], alone[:, 0])
        for ours, want in zip(_joined(last), _joined(its_last), strict=True):
            assert_close(ours[:, row], want[:, 0])


def test_the_backward_half_keeps_its_start_under_padding(net):
    _, _, steps, states = _two_way(1)
    (forward, backward), ((h_f, c_f), (h_b, c_b)) = steps[0], states[0]
    mask = lengths_to_mask(LENGTHS)
    hs, _ = unroll_bidirectional(
        forward, backward, net.xs, (h_f, c_f), (h_b, c_b), mask
    )
    assert torch.equal(hs[4:, 0, H:], h_b[0].expand(3, H))
    assert_close(hs[4:, 0, :H], hs[3, 0, :H].expand(3, H))


def test_rows_padded_on_the_left_are_read_backwards_to_their_first_real_token(net):
    _, _, steps, states = _two_way(1)
    backward, start = steps[0][1], states[0][1]
    mask = lengths_to_mask(LENGTHS).flip(0)
    hs, last = unroll_backward(backward, net.xs, start, mask)
    its_start = tuple(s[:1] for s in start)
    alone, its_last = unroll_backward(backward, net.xs[3:, :1], its_start)
    assert_close(hs[3:, 0], alone[:, 0])
    assert_close(last[0][0], its_last[0][0])


def test_backward_is_forward_on_the_turned_sequence_turned_again(net):
    running_sum = lambda x_t, h_next: h_next + x_t[:, :H]  # noqa: E731
    hs, h_1 = unroll_backward(running_sum, net.xs, net.h_0)
    from_the_end = [net.xs[t:, :, :H].sum(0) for t in range(T)]
    assert_close(hs, net.h_0 + torch.stack(from_the_end))
    assert torch.equal(h_1, hs[0])


def test_the_two_directions_may_differ_in_size(net):
    two = lambda x_t, h: h + x_t[:, :2]  # noqa: E731
    four = lambda x_t, h: h + x_t[:, :4]  # noqa: E731
    hs, (h_T, h_1) = unroll_bidirectional(two, four, net.xs, net.h_0[:, :2], net.h_0)
    assert hs.shape == (T, B, 6)
    assert torch.equal(hs[-1, :, :2], h_T)
    assert torch.equal(hs[0, :, 2:], h_1)


def test_between_is_applied_between_layers_only(net):
    lstm, (h_0, c_0) = _lstm(2)
    steps = [_step(lstm, "l0"), _step(lstm, "l1")]
    states = list(zip(h_0, c_0, strict=True))
    hs, _ = unroll_stack(steps, net.xs, states, between=lambda hs: 3 * hs)
    with torch.no_grad():
        lstm.weight_ih_l1 *= 3
    assert_close(hs, lstm(net.xs, (h_0, c_0))[0])


def test_between_is_applied_between_bidirectional_layers_only(net):
    lstm, start, steps, states = _two_way(2)
    hs, _ = unroll_bidirectional_stack(steps, net.xs, states, between=lambda hs: 3 * hs)
    with torch.no_grad():
        lstm.weight_ih_l1 *= 3
        lstm.weight_ih_l1_reverse *= 3
    assert_close(hs, lstm(net.xs, start)[0])


def test_a_mask_reaches_every_layer_of_a_stack(net):
    lstm, (h_0, c_0) = _lstm(2)
    steps, states = (
        [_step(lstm, "l0"), _step(lstm, "l1")],
        list(zip(h_0, c_0, strict=True)),
    )
    hs, last = unroll_stack(steps, net.xs, states, lengths_to_mask(LENGTHS))
    packed = pack_padded_sequence(net.xs, LENGTHS, enforce_sorted=False)
    want, (h_T, c_T) = lstm(packed, (h_0, c_0))
    real = lengths_to_mask(LENGTHS)
    assert_close(hs[real], pad_packed_sequence(want)[0][real])
    assert_close(torch.stack([h for h, _ in last]), h_T)
    assert_close(torch.stack([c for _, c in last]), c_T)


def test_one_layer_is_unroll(net):
    lstm, (h_0, c_0) = _lstm(1)
    step, state = _step(lstm, "l0"), (h_0[0], c_0[0])
    hs, (last,) = unroll_stack([step], net.xs, [state])
    want, want_last = unroll(step, net.xs, state)
    assert torch.equal(hs, want)
    assert all(torch.equal(a, b) for a, b in zip(last, want_last, strict=True))


@pytest.mark.parametrize("loop", [unroll_stack, unroll_bidirectional_stack])
@pytest.mark.parametrize(("steps", "states"), [(0, 0), (2, 1), (1, 2)])
def test_a_layer_without_a_state_is_refused(net, loop, steps, states):
    text = f"There are {steps} steps and {states} states; wanted one state a layer"
    with pytest.raises(ThroughTimeError, match=text):
        loop([max] * steps, net.xs, [net.h_0] * states)


def test_a_bidirectional_layer_needs_two_steps_and_two_states(net):
    step = lambda x_t, h: h  # noqa: E731
    two, three = (net.h_0,) * 2, (net.h_0,) * 3
    for steps, states in ([step], [two]), ([(step,) * 2], [net.h_0]), ([two], [three]):
        with pytest.raises(ThroughTimeError, match=r"wanted the pair \(forward, back"):
            unroll_bidirectional_stack(steps, net.xs, states)


def _loops(xs, h_0, mask=None):
    step = lambda x_t, h: h  # noqa: E731
    yield partial(unroll_stack, [step], xs, [h_0], mask)
    yield partial(unroll_backward, step, xs, h_0, mask)
    yield partial(unroll_bidirectional, step, step, xs, h_0, h_0, mask)
    yield partial(unroll_bidirectional_stack, [(step, step)], xs, [(h_0, h_0)], mask)


@pytest.mark.parametrize("which", range(4))
def test_bad_inputs_are_refused_by_each_loop(net, which):
    def loop(*args):
        return list(_loops(*args))[which]

    with pytest.raises(ShapeError, match=r"batch first\? Try xs\.transpose\(0, 1\)"):
        loop(net.xs.transpose(0, 1), net.h_0)()
    with pytest.raises(ShapeError, match="T is 0"):
        loop(net.xs[:0], net.h_0)()
    with pytest.raises(ShapeError, match=r"batch first\? Try mask\.transpose\(0, 1\)"):
        loop(net.xs, net.h_0, torch.ones(B, T, dtype=torch.bool))()
    with pytest.raises(KindError, match=r"xs holds torch\.int64"):
        loop(net.xs.long(), net.h_0)()
    with pytest.raises(KindError, match=r"mask is a Tensor of torch\.int64"):
        loop(net.xs, net.h_0, torch.ones(T, B, dtype=torch.long))()
    with pytest.raises(KindError, match=r"xs is a ndarray.*torch\.as_tensor\(xs\)"):
        loop(net.xs.numpy(), net.h_0)()


def test_a_backward_start_of_another_batch_is_refused(net):
    step = lambda x_t, h: h  # noqa: E731
    with pytest.raises(ShapeError, match="B is 3 here and 2 in the other arguments"):
        unroll_bidirectional(step, step, net.xs, net.h_0, net.h_0[:2])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_and_cpu_agree_on_a_ragged_bidirectional_stack(net):
    lstm, _, steps, states = _two_way(2)
    mask = lengths_to_mask(LENGTHS)
    want, _ = unroll_bidirectional_stack(steps, net.xs, states, mask)
    lstm.cuda()
    names = [(f"l{n}", f"l{n}_reverse") for n in range(2)]
    there = [tuple(_step(lstm, name) for name in pair) for pair in names]
    start = [tuple(tuple(s.cuda() for s in one) for one in pair) for pair in states]
    hs, _ = unroll_bidirectional_stack(there, net.xs.cuda(), start, mask.cuda())
    assert hs.device.type == "cuda"
    assert_close(hs, want, rtol=1e-9)
