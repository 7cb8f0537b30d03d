"""MinGRU, self-attention and RWKV: as torch and plain loops have them."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from throughtime import layers, models
from throughtime.errors import (
    KindError,
    ShapeError,
    ThroughTimeError,
    VocabularyError,
)
from throughtime.gated import MIN_GRU_BLOCKS, min_gru_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll

T, B, D, H, V = 7, 3, 5, 4, 11


def draw(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def made(kind, *sizes, **options):
    torch.manual_seed(0)
    return kind(*sizes, **options).double()


def test_the_minimal_gru_is_its_formula_in_plain_numbers():
    x_t, h_prev, W_x, b = draw(B, D), draw(B, H), draw(2 * H, D), draw(2 * H)
    assert MIN_GRU_BLOCKS.W_x == MIN_GRU_BLOCKS.b == ("z", "n")
    got = min_gru_step(x_t, h_prev, W_x, b)
    for row in range(B):
        a = (W_x @ x_t[row] + b).tolist()
        for unit in range(H):
            z = 1 / (1 + math.exp(-a[unit]))
            want = z * h_prev[row, unit].item() + (1 - z) * a[H + unit]
            assert got[row, unit].item() == pytest.approx(want)


def test_the_minimal_gru_is_torchs_gru_where_nothing_sees_the_state_and_n_is_small():
    theirs, xs = nn.GRU(D, H).double(), 1e-4 * draw(T, B, D)
    layer = made(layers.MinGRU, D, H)
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.zero_()
        theirs.weight_ih_l0[H:] = layer.W_x_l0
        theirs.bias_ih_l0[H : 2 * H] = layer.b_l0[:H]  # n has no bias, so tanh(n) = n
        layer.b_l0[H:] = 0
    assert_close(layer(xs)[0], theirs(xs)[0], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("way", [False, True])
def test_the_minimal_grus_layer_is_the_plain_loop_with_mask_and_stack(way):
    layer = made(layers.MinGRU, D, H, 2, bidirectional=way)
    xs, mask = draw(T, B, D), torch.arange(T)[:, None] < torch.tensor([7, 4, 1])
    got, end = layer(xs, mask=mask)
    for n in range(2):
        sides = []
        for suffix in [s for s in layer.suffixes() if s.startswith(f"_l{n}")]:
            weights = tuple(layer.weights(suffix).values())
            back = suffix.endswith("reverse")
            run = (xs.flip(0), mask.flip(0)) if back else (xs, mask)
            hs, _ = unroll(
                lambda x, h, w=weights: min_gru_step(x, h, *w),
                run[0],
                torch.zeros(B, H).double(),
                run[1],
            )
            sides.append(hs.flip(0) if back else hs)
        xs = torch.cat(sides, 2)
    assert_close(got, xs)
    assert end.shape == (2 * layer.directions, B, H)


def test_the_minimal_gru_has_no_recurrent_dropout():
    with pytest.raises(ThroughTimeError, match=r"recurrent_dropout is 0.2; wanted 0"):
        layers.MinGRU(D, H, recurrent_dropout=0.2)
    assert layers.MinGRU(D, H, 2, dropout=0.2).dropout == 0.2


def test_self_attention_is_torchs_with_its_gradient():
    layer, xs = made(layers.SelfAttention, D, H), draw(T, B, D).requires_grad_()
    rows = [W(xs).transpose(0, 1) for W in (layer.W_q, layer.W_k, layer.W_v)]
    want = scaled_dot_product_attention(*rows, is_causal=True).transpose(0, 1)
    got, _ = layer(xs)
    assert_close(got, want)
    weights = draw(T, B, H, seed=1)
    pairs = [
        torch.autograd.grad((weights * y).sum(), [xs, *layer.parameters()])
        for y in (got, want)
    ]
    for one, other in zip(*pairs, strict=True):
        assert_close(one, other, atol=1e-11)


def test_self_attention_is_one_head_of_torchs_multihead():
    layer, xs = made(layers.SelfAttention, H, H), draw(T, B, H)
    theirs = made(nn.MultiheadAttention, H, 1, bias=False)
    with torch.no_grad():
        stacked = [layer.W_q.weight, layer.W_k.weight, layer.W_v.weight]
        theirs.in_proj_weight.copy_(torch.cat(stacked))
        theirs.out_proj.weight.copy_(torch.eye(H))
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
    assert_close(layer(xs)[0], theirs(xs, xs, xs, attn_mask=hidden)[0])


@pytest.mark.parametrize("cut", [1, 3, 6])
def test_self_attention_goes_on_from_what_it_has_read(cut):
    layer, xs = made(layers.SelfAttention, D, H), draw(T, B, D)
    whole, (ks, vs) = layer(xs)
    second, (ks_2, vs_2) = layer(xs[cut:], layer.read(xs[:cut]))
    assert_close(second, whole[cut:])
    assert_close(ks_2, ks)
    assert_close(vs_2, vs)


def test_self_attention_refuses_what_does_not_fit():
    layer = made(layers.SelfAttention, D, H)
    with pytest.raises(ShapeError, match="xs has shape"):
        layer(draw(T, B, D + 1))
    with pytest.raises(KindError):
        layer(draw(T, B, D).float())
    with pytest.raises(ThroughTimeError, match="hidden_size is 0"):
        layers.SelfAttention(D, 0)


def test_time_mixing_lets_through_what_its_gate_says():
    layer, xs = made(layers.TimeMixing, H), draw(T, B, H)
    with torch.no_grad():
        for name in "rkv":
            layer.shifts[name].mu.fill_(1.0)  # no look at the step before
        layer.maps["r"].weight.zero_()  # every gate is 1/2
        layer.maps["k"].weight.zero_()  # every key is 0
        layer.maps["v"].weight.copy_(torch.eye(H))
        layer.maps["o"].weight.copy_(torch.eye(H))
        layer.log_w.fill_(-40.0)  # nothing fades
    means = xs.cumsum(0) / torch.arange(1, T + 1).double()[:, None, None]
    assert_close(layer(xs)[0], means / 2)


def test_channel_mixing_squares_what_is_above_zero():
    layer, xs = made(layers.ChannelMixing, H, H), draw(T, B, H)
    with torch.no_grad():
        layer.shifts["k"].mu.zero_()  # the key looks at the step before alone
        layer.W_r.weight.zero_()
        for W in (layer.W_k, layer.W_v):
            W.weight.copy_(torch.eye(H))
    earlier = torch.cat([torch.zeros(1, B, H), xs[:-1]])
    assert_close(layer(xs)[0], earlier.clamp(min=0) ** 2 / 2)


@pytest.mark.parametrize("cut", [None, 1, 4])
def test_rwkv_says_the_same_at_once_step_by_step_and_in_parts(cut):
    model = made(models.RWKV, V, H, 2)
    ids = torch.randint(V, (T, B), generator=torch.Generator().manual_seed(0))
    whole, end = model(ids)
    if cut is None:
        state, parts = None, []
        for ids_t in ids:
            logits, state = model.step(ids_t, state)
            parts.append(logits[None])
    else:
        state = model.start(ids[:cut])
        parts = [whole[:cut]]
        logits, state = model(ids[cut:], state)
        parts.append(logits)
    assert_close(torch.cat(parts), whole)
    for one, other in zip(state, end, strict=True):
        for a, b in zip((*one.time, one.channel), (*other.time, other.channel)):  # noqa: B905
            assert_close(a, b)


def test_rwkv_sees_nothing_that_comes_later():
    model = made(models.RWKV, V, H, 2)
    ids = torch.randint(V, (T, B), generator=torch.Generator().manual_seed(0))
    changed = ids.clone()
    changed[4:] = (changed[4:] + 1) % V
    one, other = model(ids)[0], model(changed)[0]
    assert_close(other[:4], one[:4])
    assert (one[4:] - other[4:]).abs().max() > 1e-3


def test_rwkvs_states_can_be_selected_row_by_row():
    model = made(models.RWKV, V, H)
    ids = torch.randint(V, (T, B), generator=torch.Generator().manual_seed(0))
    rows = torch.tensor([2, 0, 2])
    state = model.select(model.start(ids), rows)
    first = torch.tensor([1, 2, 3])
    want, _ = model.step(first, model.start(ids[:, rows]))
    assert_close(model.step(first, state)[0], want)


def test_rwkv_refuses_what_it_cannot_read():
    model = made(models.RWKV, V, H)
    with pytest.raises(VocabularyError):
        model(torch.full((T, B), V))
    with pytest.raises(KindError):
        model(torch.zeros(T, B))
