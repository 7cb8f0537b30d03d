"""The layers equal torch.nn's, and the plain loops where torch has none."""

import copy
from functools import partial

import pytest
import torch
from torch import nn

from throughtime import gated, layers, unroll
from throughtime.cells import rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.layers import GRU, LSTM, MUT1, MUT2, MUT3, RNN, Residual
from throughtime.testing import assert_close

T, B, D, H = 7, 3, 5, 4
PAIRS = {"RNN": (RNN, nn.RNN), "LSTM": (LSTM, nn.LSTM), "GRU": (GRU, nn.GRU)}
STEPS = {
    RNN: rnn_step,
    LSTM: gated.lstm_step,
    GRU: gated.gru_step,
    Residual: gated.residual_step,
    MUT1: gated.mut1_step,
    MUT2: gated.mut2_step,
    MUT3: gated.mut3_step,
}
ALL = pytest.mark.parametrize("layer", STEPS, ids=lambda layer: layer.__name__)
KINDS = pytest.mark.parametrize("kind", PAIRS)


def draw(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)


def sizes_of(layer):
    return (H, H) if layer in (MUT1, MUT2) else (D, H)


def flat(output):
    hs, state = output
    return [hs, *(state if isinstance(state, tuple) else (state,))]


def gradients(outputs, inputs):
    loss = sum(
        (draw(*o.shape, seed=k, dtype=o.dtype) * o).sum() for k, o in enumerate(outputs)
    )
    return torch.autograd.grad(loss, inputs)


@KINDS
@pytest.mark.parametrize("seed", range(12))
def test_values_states_and_all_gradients_equal_torchs(kind, seed):
    ours, theirs = PAIRS[kind]
    generator = torch.Generator().manual_seed(seed)
    T, B, D, H, L, way = (
        int(torch.randint(1, top + 1, (), generator=generator))
        for top in (50, 5, 6, 6, 3, 2)
    )
    torch.manual_seed(seed)
    options = {"nonlinearity": ("tanh", "relu")[seed % 2]} if kind == "RNN" else {}
    module = theirs(D, H, L, bidirectional=way == 2, **options).double()
    layer = ours.from_torch(module)
    xs = draw(T, B, D, seed=seed).requires_grad_()
    parts = [draw(L * way, B, H, seed=s).requires_grad_() for s in (1, 2)]
    state = tuple(parts) if kind == "LSTM" else parts[0]
    inputs = [xs, *(parts if kind == "LSTM" else parts[:1])]
    got, want = flat(layer(xs, state)), flat(module(xs, state))
    for a, b in zip(got, want, strict=True):
        assert_close(a, b)
    weights = [w for s in layer.suffixes() for w in layer.weights(s).values()]
    mine = gradients(got, [*inputs, *weights])
    n = len(inputs)
    hers = gradients(want, [*inputs, *module.parameters()])
    for a, b in zip(mine[:n], hers[:n], strict=True):
        assert_close(a, b, atol=1e-11)
    named = dict(zip(dict(module.named_parameters()), hers[n:], strict=True))
    found = iter(mine[n:])
    for suffix in layer.suffixes():
        assert_close(next(found), named["weight_ih" + suffix], atol=1e-11)
        assert_close(next(found), named["weight_hh" + suffix], atol=1e-11)
        assert_close(next(found), named["bias_ih" + suffix], atol=1e-11)
        if kind == "GRU":
            assert_close(next(found), named["bias_hh" + suffix][2 * H :], atol=1e-11)


@KINDS
@pytest.mark.parametrize("bias", [True, False])
def test_weights_go_to_torch_and_come_back_bit_for_bit(kind, bias):
    ours, theirs = PAIRS[kind]
    module = theirs(D, H, 2, bidirectional=True, dropout=0.3, bias=bias).eval()
    layer = ours.from_torch(module)
    assert layer.dropout == 0.3
    assert not layer.training
    again = ours.from_torch(layer.to_torch())
    assert layer.state_dict().keys() == again.state_dict().keys()
    for name, weight in layer.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name
    xs = draw(T, B, D, dtype=torch.float32)
    for a, b in zip(flat(layer.to_torch()(xs)), flat(layer(xs)), strict=True):
        assert_close(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        (GRU(D, H), "reset_after"),
        (GRU(D, H, reset_after=True, z="writes"), "z is 'writes'"),
        (LSTM(D, H, peephole="full"), "peephole is 'full'"),
        (LSTM(D, H, forget_gate=False), "forget_gate is False"),
        (LSTM(D, H, sigma="hard_sigmoid"), "sigma"),
        (LSTM(D, H, recurrent_dropout=0.2), "recurrent_dropout is 0.2"),
        (RNN(D, H, activation="identity"), "activation is 'identity'"),
    ],
)
def test_what_torch_has_not_does_not_go_there(layer, named):
    with pytest.raises(ThroughTimeError, match=named):
        layer.to_torch()


def test_other_modules_and_other_layouts_are_refused():
    with pytest.raises(KindError, match=r"module is a GRU; wanted a torch.nn.LSTM"):
        LSTM.from_torch(nn.GRU(D, H))
    with pytest.raises(ThroughTimeError, match="batch_first=True"):
        GRU.from_torch(nn.GRU(D, H, batch_first=True))
    with pytest.raises(ThroughTimeError, match="proj_size"):
        LSTM.from_torch(nn.LSTM(D, H, proj_size=2))


@ALL
def test_every_layer_equals_the_plain_loop_of_its_step(layer):
    D, H = sizes_of(layer)
    deep = layer not in (MUT1, MUT2)
    made = layer(D, H, 2, bidirectional=deep, dtype=torch.float64)
    xs, way = draw(T, B, D), made.directions
    mask = torch.arange(T)[:, None] < torch.tensor([7, 4, 1])
    part = draw(2 * way, B, H, seed=1)
    state = (part, draw(2 * way, B, H, seed=2)) if made.has_cell else part
    got = flat(made(xs, state, mask))
    ends, k = [], 0
    for _ in range(2):
        sides = []
        for reverse in (False, True)[:way]:
            weights = made.weights(made.suffixes()[k]).values()

            def step(x_t, h, weights=tuple(weights)):
                return STEPS[layer](x_t, h, *weights)

            start = tuple(s[k] for s in state) if made.has_cell else state[k]
            run = (xs.flip(0), mask.flip(0)) if reverse else (xs, mask)
            hs, end = unroll.unroll(step, run[0], start, run[1])
            sides.append(hs.flip(0) if reverse else hs)
            ends.append(end if made.has_cell else (end,))
            k += 1
        xs = torch.cat(sides, -1)
    want = [xs, *(torch.stack(parts) for parts in zip(*ends, strict=True))]
    for a, b in zip(got, want, strict=True):
        assert_close(a, b)


@KINDS
def test_a_ragged_batch_equals_torchs_packed_one_where_tokens_are_real(kind):
    ours, theirs = PAIRS[kind]
    module = theirs(D, H, 2, bidirectional=True).double()
    xs, lengths = draw(T, B, D), torch.tensor([4, 7, 1])
    mask = torch.arange(T)[:, None] < lengths
    packed = nn.utils.rnn.pack_padded_sequence(xs, lengths, enforce_sorted=False)
    hs, state = module(packed)
    hs, _ = nn.utils.rnn.pad_packed_sequence(hs)
    got = flat(ours.from_torch(module)(xs, mask=mask))
    want = flat((hs, state))
    assert_close(got[0][mask], want[0][mask])
    for a, b in zip(got[1:], want[1:], strict=True):
        assert_close(a, b)


@ALL
def test_parameters_are_counted_as_the_formulas_say(layer):
    D, H = sizes_of(layer)
    count = {
        RNN: H * (D + H + 1),
        LSTM: 4 * H * (D + H + 1),
        GRU: 3 * H * (D + H + 1),
        Residual: H * (D + H + 1),
        MUT1: 2 * H * D + 2 * H * H + 3 * H,
        MUT2: 2 * H * D + 3 * H * H + 3 * H,
        MUT3: 3 * H * (D + H + 1),
    }
    made = layer(D, H)
    assert nn.utils.parameters_to_vector(made.parameters()).numel() == count[layer]


def test_peepholes_cost_3h_if_diagonal_and_3hh_if_full():
    count = {p: sum(map(torch.numel, LSTM(D, H, peephole=p).parameters()))
             for p in (None, "diagonal", "full")}  # fmt: skip
    assert count["diagonal"] - count[None] == 3 * H
    assert count["full"] - count[None] == 3 * H * H


def test_dropout_acts_between_layers_in_training_alone():
    layer = LSTM(D, H, 2, dropout=0.5)
    xs = draw(T, B, D, dtype=torch.float32)
    one, other = (layer(xs)[0] for _ in range(2))
    assert not torch.equal(one, other)
    layer.eval()
    assert torch.equal(layer(xs)[0], layer(xs)[0])
    module = layer.to_torch().eval()
    assert_close(layer(xs)[0], module(xs)[0], rtol=1e-4, atol=1e-6)


@ALL
def test_recurrent_dropout_is_one_mask_a_sequence_scaled_and_off_in_eval(
    layer, monkeypatch
):
    D, H = sizes_of(layer)
    made, masks = layer(D, H, recurrent_dropout=0.25), []
    plain = layer.run

    def spy(self, xs, state, weights, *, mask, drop):
        masks.append(drop)
        return plain(self, xs, state, weights, mask=mask, drop=drop)

    monkeypatch.setattr(layer, "run", spy)
    torch.manual_seed(0)
    xs = draw(2, 500, D, dtype=torch.float32)
    made(xs)
    made.eval()(xs)
    assert masks[1] is None
    assert masks[0].shape == (500, H)
    kept = masks[0] != 0
    assert_close(masks[0][kept], torch.full((int(kept.sum()),), 4 / 3), rtol=1e-6)
    assert 0.70 < kept.float().mean() < 0.80


def test_chance_repeats_after_seed_all():
    from throughtime.device import seed_all

    def run():
        generator = seed_all(5)
        layer = GRU(D, H, 2, dropout=0.3, recurrent_dropout=0.3, generator=generator)
        return layer(draw(T, B, D, dtype=torch.float32))[0]

    assert torch.equal(run(), run())


@ALL
def test_first_weights_lie_within_one_over_root_h(layer):
    D, H = (64, 64) if layer in (MUT1, MUT2) else (50, 64)
    made = layer(D, H, generator=torch.Generator().manual_seed(0))
    again = layer(D, H, generator=torch.Generator().manual_seed(0))
    for name, weight in made.named_parameters():
        assert weight.abs().max() <= 1 / 8
        assert weight.std() > 0.9 / 8 / 3**0.5 or weight.numel() < 200
        assert torch.equal(weight, dict(again.named_parameters())[name])


@ALL
def test_initialisers_keep_their_promise_in_every_block(layer):
    D, H = sizes_of(layer)
    deep = layer not in (MUT1, MUT2)
    made = layer(D, H, 2, bidirectional=deep, dtype=torch.float64)
    name = "W_hh" if layer is RNN else "W_h"

    def blocks():
        found = [made.weights(s)[name].split(H) for s in made.suffixes()]
        return [block.detach() for split in found for block in split]

    generator = torch.Generator().manual_seed(1)
    assert layers.init_orthogonal(made, 1.5, generator) is made
    for W in blocks():
        assert_close(W @ W.T, 2.25 * torch.eye(H), atol=1e-9)
    layers.init_identity(made, 0.5)
    for W in blocks():
        assert_close(W, 0.5 * torch.eye(H))
    layers.init_radius(made, 0.9, generator)
    radii = [torch.linalg.eigvals(W).abs().max() for W in blocks()]
    assert_close(
        torch.stack(radii), torch.full((len(radii),), 0.9, dtype=torch.float64)
    )
    assert not torch.equal(*blocks()[:2])


def test_the_forget_bias_is_set_in_its_block_alone():
    made = LSTM(D, H, 2, bidirectional=True, coupled=True)
    before = {name: w.clone() for name, w in made.state_dict().items()}
    layers.init_forget_bias(made, 2.0)
    for name, weight in made.state_dict().items():
        if name.startswith("b"):
            assert (weight[:H] == 2).all()  # f comes first where i is coupled
            assert torch.equal(weight[H:], before[name][H:])
        else:
            assert torch.equal(weight, before[name])
    made = layers.init_forget_bias(LSTM(D, H), 3.0)
    assert (made.b_l0[H : 2 * H] == 3).all()
    assert (made.b_l0 == 3).sum() == H
    for other in (GRU(D, H), LSTM(D, H, forget_gate=False)):
        with pytest.raises(ThroughTimeError, match="forget gate"):
            layers.init_forget_bias(other)


@ALL
def test_a_layer_is_a_module_like_others(layer):
    D, H = sizes_of(layer)
    made = layer(D, H)
    xs = draw(T, B, D, dtype=torch.float32)
    want = made(xs)[0]
    twin = copy.deepcopy(made)
    fresh = layer(D, H)
    fresh.load_state_dict(made.state_dict())
    for other in (twin, fresh):
        assert torch.equal(other(xs)[0], want)
    assert made.double()(xs.double())[0].dtype == torch.float64
    with torch.inference_mode():
        assert_close(twin(xs)[0], want, rtol=1e-6)
    assert layer.__name__ in repr(made)
    assert f"({D}, {H}" in repr(made)


@ALL
def test_autocast_leaves_a_layer_in_its_own_dtype(layer):
    D, H = sizes_of(layer)
    made, xs = layer(D, H), draw(T, B, D, dtype=torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hs = made(xs)[0]
    assert torch.equal(hs, made(xs)[0])


@ALL
def test_bad_input_is_refused_with_what_to_try(layer):
    D, H = sizes_of(layer)
    made = layer(D, H)
    zeros = torch.zeros(1, B, H)
    state = (zeros, zeros) if made.has_cell else zeros
    xs = torch.zeros(T, B, D)
    for bad, error, text in [
        (partial(made, xs.transpose(0, 1), state), ShapeError, "Is the batch first"),
        (
            partial(made, xs.transpose(0, 1), None, torch.ones(T, B) > 0),
            ShapeError,
            "mask",
        ),
        (partial(made, xs[:, 0]), ShapeError, r"Try xs\[:, None\]"),
        (partial(made, xs[:0]), ShapeError, "T is 0"),
        (partial(made, xs[:, :0]), ShapeError, "B is 0"),
        (partial(made, xs[..., 1:]), ShapeError, f"D is {D - 1}"),
        (partial(made, xs.long()), KindError, r"torch.int64"),
        (partial(made, xs.double()), KindError, "wanted one dtype"),
        (partial(made, xs, (zeros,) * 3), ShapeError, "state is a tuple"),
        (partial(made, xs, torch.zeros(2, B, H)), ShapeError, "state"),
        (partial(layer, D, H, batch_first=True), ThroughTimeError, "transpose"),
        (partial(layer, D, 0), ThroughTimeError, "hidden_size is 0"),
        (partial(layer, D, H, dropout=0.2), ThroughTimeError, "num_layers=1"),
        (partial(layer, D, H, 2, dropout=1.0), ThroughTimeError, "dropout is 1.0"),
    ]:
        if layer in (MUT1, MUT2) and text == "hidden_size is 0":
            continue  # D = H is asked for first
        with pytest.raises(error, match=text):
            bad()


@pytest.mark.parametrize("layer", [MUT1, MUT2])
def test_the_size_rule_of_two_mutants_is_said(layer):
    with pytest.raises(ShapeError, match="D = H in every layer"):
        layer(D, H)
    with pytest.raises(ShapeError, match="bidirectional=True"):
        layer(H, H, 2, bidirectional=True)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@ALL
def test_a_gpu_gives_the_same_numbers(layer):
    D, H = sizes_of(layer)
    made = layer(D, H, 2, dtype=torch.float64)
    xs = draw(T, B, D)
    want = gradients(flat(made(xs)), list(made.parameters()))
    there = copy.deepcopy(made).cuda()
    outputs = flat(there(xs.cuda()))
    loss = sum((draw(*o.shape, seed=k).cuda() * o).sum() for k, o in enumerate(outputs))
    for a, b in zip(torch.autograd.grad(loss, list(there.parameters())), want,
                    strict=True):  # fmt: skip
        assert_close(a, b, rtol=1e-8, atol=1e-10)
