"""Masks from lengths, and the state at each row's last real token."""

import pytest
import torch

from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.unroll import last_real, lengths_to_mask, unroll

LENGTHS = [4, 7, 1]


@pytest.mark.parametrize(
    "lengths",
    [LENGTHS, torch.tensor(LENGTHS), torch.tensor(LENGTHS, dtype=torch.uint8)],
)
def test_the_mask_has_each_rows_length_and_its_padding_last(lengths):
    mask = lengths_to_mask(lengths, 8)
    assert mask.dtype == torch.bool
    assert mask.shape == (8, 3)
    for row, length in enumerate(LENGTHS):
        assert mask[:, row].tolist() == [True] * length + [False] * (8 - length)


def test_without_t_the_longest_row_has_no_padding():
    assert torch.equal(lengths_to_mask(LENGTHS), lengths_to_mask(LENGTHS, 7))


@pytest.mark.parametrize(
    ("lengths", "T"), [([4, 8, 1], 7), ([4, 0], 7), ([2, -1], None)]
)
def test_a_length_out_of_range_is_refused(lengths, T):
    text = f"lengths go from {min(lengths)} to {max(lengths)}; wanted 1 to T"
    with pytest.raises(ThroughTimeError, match=text):
        lengths_to_mask(lengths, T)


@pytest.mark.parametrize("bad", [[4.0, 7.0], [True, False]])
def test_lengths_that_are_no_integers_are_refused(bad):
    with pytest.raises(KindError, match=r"lengths holds .*wanted integers"):
        lengths_to_mask(bad)


@pytest.mark.parametrize("bad", [[], 7, [[4, 7]]])
def test_lengths_without_their_one_axis_are_refused(bad):
    with pytest.raises(ShapeError, match=r"lengths has shape .*wanted \(B,\)"):
        lengths_to_mask(bad)


def test_the_last_real_state_is_the_one_at_each_rows_length(net):
    hs = net.xs
    got = last_real(hs, lengths_to_mask(LENGTHS))
    assert torch.equal(got, torch.stack([hs[3, 0], hs[6, 1], hs[0, 2]]))


def test_padding_on_the_left_or_in_the_middle_does_not_matter(net):
    mask = torch.zeros(7, 3, dtype=torch.bool)
    mask[3:, 0] = mask[[0, 5], 1] = mask[2, 2] = True
    want = torch.stack([net.xs[6, 0], net.xs[5, 1], net.xs[2, 2]])
    assert torch.equal(last_real(net.xs, mask), want)


def test_the_last_real_state_is_the_last_state_of_a_masked_loop(net):
    mask = lengths_to_mask(LENGTHS)
    running_sum = lambda x_t, h_prev: h_prev + x_t[:, :4]  # noqa: E731
    hs, _ = unroll(running_sum, net.xs, net.h_0)
    _, h_T = unroll(running_sum, net.xs, net.h_0, mask)
    assert torch.equal(last_real(hs, mask), h_T)


def test_the_gradient_goes_to_the_last_real_places_only(net):
    hs = net.xs.clone().requires_grad_()
    mask = lengths_to_mask(LENGTHS)
    last_real(hs, mask).sum().backward()
    assert [(t, b) for t, b in hs.grad[:, :, 0].nonzero().tolist()] == [
        (0, 2),
        (3, 0),
        (6, 1),
    ]


def test_a_row_without_a_real_token_is_named(net):
    mask = lengths_to_mask(LENGTHS)
    mask[:, 2] = False
    with pytest.raises(ThroughTimeError, match="no real token in row 2; wanted at"):
        last_real(net.xs, mask)


def test_bad_states_and_masks_are_refused(net):
    mask = lengths_to_mask(LENGTHS)
    with pytest.raises(ShapeError, match=r"Try mask\.transpose\(0, 1\)"):
        last_real(net.xs, mask.T)
    with pytest.raises(ShapeError, match="hs has shape"):
        last_real(net.xs[0], mask)
    with pytest.raises(KindError, match=r"hs holds torch\.int64"):
        last_real(net.xs.long(), mask)
    with pytest.raises(KindError, match=r"mask is a Tensor of torch\.float64"):
        last_real(net.xs, mask.double())
