"""The LSTM in every variant equals its equations, worked out unit by unit in floats."""

import itertools
import math

import pytest
import torch

from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.gated import (
    CELL_FUNCTIONS,
    SIGMAS,
    lstm_blocks,
    lstm_peepholes,
    lstm_step,
    residual_step,
)
from throughtime.testing import assert_close, check_gradient

B, D, H = 3, 5, 4
GATES = ("forget_gate", "input_gate", "output_gate")
VARIANTS = [
    dict(zip(GATES, on, strict=True), coupled=False)
    for on in itertools.product([True, False], repeat=3)
] + [dict(zip(GATES, (True, True, o), strict=True), coupled=True) for o in (1, 0)]
NAMES = ["-".join(lstm_blocks(**variant)) for variant in VARIANTS]
FUNCTIONS = [
    ("sigmoid", "tanh", "tanh"),
    ("hard_sigmoid", "sigmoid", "identity"),
    ("hard_sigmoid_02", "identity", "sigmoid"),
]
SCALARS = {
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "hard_sigmoid": lambda a: min(max(a / 6 + 0.5, 0), 1),
    "hard_sigmoid_02": lambda a: min(max(0.2 * a + 0.5, 0), 1),
    "tanh": math.tanh,
    "identity": float,
}


def _draw(seed=30):
    """Return x_t, the state (h, c) and, block by block, the weights."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x_t, h_prev, c_prev = draw(B, D), draw(B, H), draw(B, H)
    weights = {
        name: {
            "x": draw(H, D),
            "h": draw(H, H),
            "b": draw(H),
            "diagonal": draw(H),
            "full": draw(H, H),
        }
        for name in "ifgo"
    }
    return x_t, (h_prev, c_prev), weights


def _stack(weights, which, blocks):
    return torch.cat([weights[name][which] for name in blocks])


def _arguments(weights, options):
    """Return W_x, W_h, b and W_c, stacked in the order that the contract gives."""
    left_out = {"i": not options["input_gate"] or options["coupled"]}
    left_out |= {"f": not options["forget_gate"], "o": not options["output_gate"]}
    blocks = [name for name in "ifgo" if not left_out.get(name)]
    gates = [name for name in blocks if name != "g"]
    stacks = [_stack(weights, which, blocks) for which in "xhb"]
    peephole = options.get("peephole")
    return (*stacks, _stack(weights, peephole, gates) if peephole else None)


def _by_hand(x_t, state, weights, options, sigma, g, h):
    """Return h_t and c_t of one row: the page's equations in Python floats."""
    x, h_prev, c_prev = x_t.tolist(), state[0].tolist(), state[1].tolist()

    def dot(row, vector):
        return sum(w * v for w, v in zip(row.tolist(), vector, strict=True))

    def affine(name, m):
        w = weights[name]
        return dot(w["x"][m], x) + dot(w["h"][m], h_prev) + w["b"][m].item()

    def gate(name, option, c, m):
        if not options[option]:
            return 1.0
        a = affine(name, m)
        if options["peephole"] == "diagonal":
            a += weights[name]["diagonal"][m].item() * c[m]
        if options["peephole"] == "full":
            a += dot(weights[name]["full"][m], c)
        return SCALARS[sigma](a)

    c_t = []
    for m in range(H):
        f = gate("f", "forget_gate", c_prev, m)
        i = 1 - f if options["coupled"] else gate("i", "input_gate", c_prev, m)
        c_t.append(f * c_prev[m] + i * SCALARS[g](affine("g", m)))
    o = [gate("o", "output_gate", c_t, m) for m in range(H)]
    return [o[m] * SCALARS[h](c_t[m]) for m in range(H)], c_t


@pytest.mark.parametrize("peephole", [None, "diagonal", "full"])
@pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)
def test_each_variant_equals_its_equations(variant, peephole):
    no_gate = not any(variant[name] for name in GATES)
    if no_gate:
        peephole = None  # there is no gate that could have one
    x_t, state, weights = _draw()
    options = variant | {"peephole": peephole}
    args = _arguments(weights, options)
    for sigma, g, h in FUNCTIONS:
        got = lstm_step(x_t, state, *args, **options, sigma=sigma, g=g, h=h)
        for row in range(B):
            of_row = state[0][row], state[1][row]
            want = _by_hand(x_t[row], of_row, weights, options, sigma, g, h)
            assert_close(got[0][row], want[0], name="h_t")
            assert_close(got[1][row], want[1], name="c_t")


def test_the_default_is_torchs_cell():
    torch.manual_seed(31)
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    x_t, state, _ = _draw()
    bias = cell.bias_ih + cell.bias_hh
    got = lstm_step(x_t, state, cell.weight_ih, cell.weight_hh, bias)
    for ours, theirs in zip(got, cell(x_t, state), strict=True):
        assert_close(ours, theirs)


def test_a_step_worked_out_on_paper():
    def tensor(*numbers):
        return torch.tensor(numbers, dtype=torch.float64)

    W_x, W_h = tensor(3, -1.5, 2, 0)[:, None], tensor(0, 0, 1, 3)[:, None]
    state = tensor(0.5)[:, None], tensor(4)[:, None]
    linear = {"sigma": "hard_sigmoid", "g": "identity", "h": "identity"}
    h_t, c_t = lstm_step(
        tensor(1)[:, None], state, W_x, W_h, tensor(0, 0, 1, 0), **linear
    )
    # i = 1, f = 1/4, candidate 2 + 0.5 + 1, o = 3/4; c = 1/4 * 4 + 3.5
    assert c_t.tolist() == [[4.5]]
    assert h_t.tolist() == [[3.375]]


@pytest.mark.parametrize(
    ("option", "block"),
    [("forget_gate", "f"), ("input_gate", "i"), ("output_gate", "o")],
)
def test_a_gate_left_out_is_a_gate_that_stands_open(option, block):
    x_t, state, weights = _draw()
    weights[block] = {name: w * 0 for name, w in weights[block].items()}
    weights[block]["b"] += 3  # hard_sigmoid(3) is exactly 1
    full = dict.fromkeys(GATES, True) | {"coupled": False}
    without = full | {option: False}
    hard = {"sigma": "hard_sigmoid"}
    got = lstm_step(x_t, state, *_arguments(weights, without), **without, **hard)
    want = lstm_step(x_t, state, *_arguments(weights, full), **full, **hard)
    for ours, theirs in zip(got, want, strict=True):
        assert torch.equal(ours, theirs)


def test_a_full_peephole_with_a_diagonal_matrix_is_the_diagonal_one():
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    W_c = _stack(weights, "diagonal", "ifo")
    blown_up = torch.cat([torch.diag(part) for part in W_c.split(H)])
    got = lstm_step(x_t, state, *stacks, blown_up, peephole="full")
    want = lstm_step(x_t, state, *stacks, W_c, peephole="diagonal")
    for ours, theirs in zip(got, want, strict=True):
        assert_close(ours, theirs)


def test_input_and_forget_gate_see_the_old_cell_and_the_output_gate_the_new_one():
    x_t, (h_prev, c_prev), weights = _draw()
    stacks = [_stack(weights, which, "ifgo") * 0 for which in "xhb"]
    stacks[2][2 * H : 3 * H] = 0.7  # the candidate, so that c_t is not c_prev

    def step(block):
        W_c = torch.zeros(3 * H, dtype=torch.float64)
        W_c["ifo".index(block) * H :][:H] = 2.0
        return lstm_step(x_t, (h_prev, c_prev), *stacks, W_c, peephole="diagonal")

    candidate = math.tanh(0.7)
    assert_close(step("i")[1], c_prev / 2 + torch.sigmoid(2 * c_prev) * candidate)
    assert_close(step("f")[1], torch.sigmoid(2 * c_prev) * c_prev + candidate / 2)
    h_t, c_t = step("o")
    assert_close(c_t, c_prev / 2 + candidate / 2)
    assert_close(h_t, torch.sigmoid(2 * c_t) * torch.tanh(c_t))


def test_the_residual_cell_adds_its_candidate_and_no_more():
    x_t, state, weights = _draw()
    W_x, W_h, b = (weights["g"][which] for which in "xhb")
    for g, h in itertools.product(CELL_FUNCTIONS, repeat=2):
        h_t, c_t = residual_step(x_t, state, W_x, W_h, b, g=g, h=h)
        for row, m in itertools.product(range(B), range(H)):
            a = (W_x[m] * x_t[row]).sum() + (W_h[m] * state[0][row]).sum() + b[m]
            want = state[1][row, m].item() + SCALARS[g](a.item())
            assert_close(c_t[row, m], want)
            assert_close(h_t[row, m], SCALARS[h](want))


def test_the_hard_sigmoids_are_torchs_and_kerass():
    a = torch.linspace(-4, 4, 81, dtype=torch.float64)
    assert_close(SIGMAS["hard_sigmoid"](a), torch.nn.functional.hardsigmoid(a))
    old = SIGMAS["hard_sigmoid_02"](a)
    assert old[a <= -2.5].unique().tolist() == [0.0]
    assert old[a >= 2.5].unique().tolist() == [1.0]
    assert (old - torch.sigmoid(a)).abs().max().item() == pytest.approx(
        0.0759, abs=1e-4
    )


@pytest.mark.parametrize("peephole", [None, "diagonal", "full"])
@pytest.mark.parametrize("coupled", [False, True])
def test_gradients_agree_with_central_differences(peephole, coupled):
    x_t, state, weights = _draw()
    options = dict.fromkeys(GATES, True) | {"coupled": coupled, "peephole": peephole}
    args = [x_t, *state, *(a for a in _arguments(weights, options) if a is not None)]
    sizes, shapes = [a.numel() for a in args], [a.shape for a in args]

    def loss(flat):
        parts = flat.split(sizes)
        x, h, c, *w = (p.reshape(s) for p, s in zip(parts, shapes, strict=True))
        h_t, c_t = lstm_step(x, (h, c), *w, **options)
        return (h_t**2 + torch.sin(c_t)).sum()

    def gradient(flat):
        flat = flat.clone().requires_grad_()
        return torch.autograd.grad(loss(flat), flat)[0]

    check_gradient(loss, gradient, torch.cat([a.flatten() for a in args]))


@pytest.mark.parametrize(
    ("options", "blocks", "peepholes"),
    [
        ({}, "ifgo", "ifo"),
        ({"coupled": True}, "fgo", "fo"),
        ({"forget_gate": False}, "igo", "io"),
        ({"input_gate": False}, "fgo", "fo"),
        ({"output_gate": False}, "ifg", "if"),
        (dict.fromkeys(GATES, False), "g", ""),
    ],
)
def test_the_blocks_are_named_in_stacking_order(options, blocks, peepholes):
    assert lstm_blocks(**options) == tuple(blocks)
    assert lstm_peepholes(lstm_blocks(**options)) == tuple(peepholes)


@pytest.mark.parametrize("name", ["forget_gate", "input_gate"])
def test_coupled_gates_must_both_be_there(name):
    with pytest.raises(ThroughTimeError, match=f"coupled is True and {name} False"):
        lstm_blocks(coupled=True, **{name: False})


@pytest.mark.parametrize("option", ["sigma", "g", "h"])
def test_an_unknown_function_is_refused_with_the_known_ones(option):
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    with pytest.raises(ThroughTimeError, match=f"{option} is 'relu'; wanted one of "):
        lstm_step(x_t, state, *stacks, **{option: "relu"})


@pytest.mark.parametrize(
    ("peephole", "given"), [(None, True), ("diagonal", False), ("diag", True)]
)
def test_peepholes_and_their_weights_come_together(peephole, given):
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    W_c = _stack(weights, "diagonal", "ifo") if given else None
    with pytest.raises(ThroughTimeError, match=f"peephole is {peephole!r}, W_c "):
        lstm_step(x_t, state, *stacks, W_c, peephole=peephole)


def test_peepholes_without_any_gate_are_refused():
    x_t, state, weights = _draw()
    args = _stack(weights, "x", "g"), _stack(weights, "h", "g"), weights["g"]["b"]
    none = dict.fromkeys(GATES, False)
    with pytest.raises(ThroughTimeError, match=r"the gates are \(\)"):
        lstm_step(x_t, state, *args, weights["g"]["b"], **none, peephole="diagonal")


@pytest.mark.parametrize("state", [torch.zeros(B, H), (torch.zeros(B, H),), None])
def test_a_state_that_is_no_pair_is_refused(state):
    x_t, _, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    with pytest.raises(
        ThroughTimeError, match=r"state is a .*wanted the tuple \(h, c\)"
    ):
        lstm_step(x_t, state, *stacks)


@pytest.mark.parametrize("place", range(7))
def test_each_argument_is_checked_for_shape_and_kind(place):
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    args = [x_t, *state, *stacks, _stack(weights, "full", "ifo")]
    name = ["x_t", "h_prev", "c_prev", "W_x", "W_h", "b", "W_c"][place]

    def step(bad):
        x, h, c, *w = [*args[:place], bad, *args[place + 1 :]]
        return lstm_step(x, (h, c), *w, peephole="full")

    good = args[place]
    with pytest.raises(ShapeError, match="has shape"):
        step(torch.cat([good, good], dim=-1))
    with pytest.raises(ShapeError, match="has shape"):
        step(good[1:])
    with pytest.raises(KindError, match=name):
        step(good.float())
    with pytest.raises(KindError, match=f"{name} holds torch.int64"):
        step(good.long())


def test_weights_with_a_block_too_many_are_refused_with_the_blocks_wanted():
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    with pytest.raises(ShapeError, match=r"3H = 12, D = 5.*in this order: f, g, o"):
        lstm_step(x_t, state, *stacks, coupled=True)
    W_c = _stack(weights, "diagonal", "fo")
    with pytest.raises(ShapeError, match=r"3H = 12: .*wanted in W_c .*: i, f, o\."):
        lstm_step(x_t, state, *stacks, W_c, peephole="diagonal")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_any_floating_type_goes_in_and_comes_out(dtype):
    x_t, state, weights = _draw()
    stacks = [_stack(weights, which, "ifgo") for which in "xhb"]
    low = [a.to(dtype) for a in (x_t, *state, *stacks)]
    got = lstm_step(low[0], tuple(low[1:3]), *low[3:])
    eps = torch.finfo(dtype).eps
    for ours, exact in zip(got, lstm_step(x_t, state, *stacks), strict=True):
        assert ours.dtype == dtype
        assert_close(ours.double(), exact, rtol=40 * eps, atol=40 * eps)


def test_a_step_changes_none_of_its_arguments():
    x_t, state, weights = _draw()
    args = [x_t, *state, *(_stack(weights, which, "ifgo") for which in "xhb")]
    before = [a.clone() for a in args]
    lstm_step(args[0], tuple(args[1:3]), *args[3:])
    assert all(torch.equal(a, b) for a, b in zip(args, before, strict=True))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)
def test_cuda_and_cpu_agree(variant):
    x_t, state, weights = _draw()
    args = [a for a in _arguments(weights, variant) if a is not None]
    there = [a.cuda() for a in (x_t, *state, *args)]
    got = lstm_step(there[0], tuple(there[1:3]), *there[3:], **variant)
    for ours, want in zip(got, lstm_step(x_t, state, *args, **variant), strict=True):
        assert ours.device.type == "cuda"
        assert_close(ours, want, rtol=1e-9)
