"""LSTM and GRU derivations, held to torch, to autograd and to central differences."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from throughtime.bptt import gru, lstm
from throughtime.errors import (
    KindError,
    ShapeError,
    ThroughTimeError,
    VocabularyError,
)
from throughtime.testing import assert_close, check_gradient

T, D, H, V = 7, 5, 4, 11
GRUS = [(after, z) for after in (False, True) for z in ("keeps", "writes")]
IDS = ["lstm", *(f"gru-{'after' if a else 'before'}-{z}" for a, z in GRUS)]


def _lstm_step(W, x_t, state):
    h, c = state
    i, f, g, o = (W["W_x"] @ x_t + W["W_h"] @ h + W["b"]).reshape(4, H)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _gru_step(after, z_means):
    def step(W, x_t, state):
        (h,) = state
        x_r, x_z, x_n = (W["W_x"] @ x_t + W["b"]).reshape(3, H)
        W_r, W_z, W_n = W["W_h"].reshape(3, H, H)
        r, z = (x_r + W_r @ h).sigmoid(), (x_z + W_z @ h).sigmoid()
        inner = r * (W_n @ h + W["b_hn"]) if after else W_n @ (r * h)
        n = (x_n + inner).tanh()
        if z_means == "keeps":
            return (z * h + (1 - z) * n,)
        return (z * n + (1 - z) * h,)

    return step


def _make(kind, options):
    rng = np.random.default_rng(5)
    draw = {"xs": rng.normal(size=(T, D)), "targets": rng.integers(V, size=T)}
    state = rng.normal(size=(2 if kind is lstm else 1, H))
    after = {"reset_after": True} if options.get("reset_after") else {}
    weights = kind.Weights.random(D, H, V, rng, **after)
    names = [name for name, W in vars(weights).items() if W is not None]
    start = ("h_0", "c_0")[: len(state)]
    return SimpleNamespace(
        kind=kind, weights=weights, names=names, start=start, state=state, **draw
    )


@pytest.fixture(params=[None, *GRUS], ids=IDS)
def case(request):
    if request.param is None:
        made = _make(lstm, {})
        made.options, made.step = {}, _lstm_step
        return made
    after, z = request.param
    options = {"reset_after": after, "z": z}
    made = _make(gru, options)
    made.options, made.step = options, _gru_step(after, z)
    return made


def _run(case, **changes):
    got = {**vars(case), **changes}
    state = tuple(got["state"]) if case.kind is lstm else got["state"][0]
    return case.kind.forward(
        got["weights"], got["xs"], got["targets"], state, **case.options
    )


def _leaves(case):
    leaves = {name: torch.tensor(getattr(case.weights, name)) for name in case.names}
    leaves |= {n: torch.tensor(s) for n, s in zip(case.start, case.state, strict=True)}
    return {name: leaf.requires_grad_() for name, leaf in leaves.items()}


def _torch_run(case, copies):
    """Return states and loss by autograd, step t's weights taken from copies[t]."""
    state, hs, losses = tuple(copies[0][name] for name in case.start), [], []
    for t, W in enumerate(copies):
        state = case.step(W, torch.tensor(case.xs[t]), state)
        logits = W["W_hy"] @ state[0] + W["b_y"]
        losses.append(cross_entropy(logits, torch.tensor(case.targets[t])))
        hs.append(state[0])
    return torch.stack(hs), torch.stack(losses)


def test_the_forward_pass_equals_torchs(case):
    hs, losses = _torch_run(case, [_leaves(case)] * T)
    trace = _run(case)
    assert_close(trace.hs, hs, name="hs")
    assert_close(trace.losses, losses, name="losses")
    assert_close(trace.loss, losses.sum(), name="loss")


def test_each_copy_of_a_weight_receives_what_autograd_gives_to_its_own_copy(case):
    copies = [_leaves(case) for _ in range(T)]
    _torch_run(case, copies)[1].sum().backward()
    got = case.kind.backward(case.weights, _run(case), per_step=True)
    for name in case.names:
        want = torch.stack([W[name].grad for W in copies])
        assert_close(getattr(got, f"d{name}"), want, name=f"d{name}")
    for name in case.start:
        assert_close(getattr(got, f"d{name}"), copies[0][name].grad, name=f"d{name}")


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_copies(case):
    trace = _run(case)
    total = case.kind.backward(case.weights, trace)
    copies = case.kind.backward(case.weights, trace, per_step=True)
    for name in case.names:
        parts = getattr(copies, f"d{name}")
        assert parts.shape == (T, *getattr(case.weights, name).shape)
        assert_close(getattr(total, f"d{name}"), parts.sum(axis=0), name=name)
    for name in case.start:
        assert_close(getattr(total, f"d{name}"), getattr(copies, f"d{name}"))


def test_every_gradient_passes_central_differences(case):
    for name in case.names:

        def at(W, name=name):
            return replace(case.weights, **{name: W})

        check_gradient(
            lambda W, at=at: _run(case, weights=at(W)).loss,
            lambda W, at=at, name=name: getattr(
                case.kind.backward(at(W), _run(case, weights=at(W))), f"d{name}"
            ),
            getattr(case.weights, name),
            name=f"d{name}",
        )


def test_the_gradient_of_the_start_passes_central_differences(case):
    def gradient(state):
        grads = case.kind.backward(case.weights, _run(case, state=state))
        return np.array([getattr(grads, f"d{name}") for name in case.start])

    check_gradient(lambda state: _run(case, state=state).loss, gradient, case.state)


def test_one_step_of_time_is_a_network_without_recurrence(case):
    leaves = _leaves(case)
    _torch_run(case, [leaves])[1].sum().backward()
    trace = _run(case, xs=case.xs[:1], targets=case.targets[:1])
    grads = case.kind.backward(case.weights, trace)
    for name in (*case.names, *case.start):
        assert_close(getattr(grads, f"d{name}"), leaves[name].grad, name=f"d{name}")


def test_backward_changes_neither_the_weights_nor_the_trace(case):
    trace = _run(case)
    weights, before = copy.deepcopy(case.weights), copy.deepcopy(trace)
    case.kind.backward(case.weights, trace)
    for now, then in ((case.weights, weights), (trace, before)):
        for name, array in vars(now).items():
            assert np.array_equal(array, getattr(then, name)), name


def test_nan_and_inf_go_through_without_a_warning(case):
    for bad in (np.nan, np.inf):
        case.weights.b_y[0] = bad
        trace = _run(case)
        assert np.isnan(trace.loss)
        assert np.isnan(case.kind.backward(case.weights, trace).dW_h).any()


def test_huge_pre_activations_saturate_without_a_warning(case):
    case.weights.b[:] = -1e4
    trace = _run(case)
    assert np.isfinite(trace.loss)
    assert np.isfinite(case.kind.backward(case.weights, trace).dW_h).all()


def test_the_count_is_the_number_of_numbers(case):
    gates = 4 if case.kind is lstm else 3
    extra = H if "b_hn" in case.names else 0
    assert case.weights.count == gates * H * (D + H + 1) + V * (H + 1) + extra
    for name in case.names:
        W = getattr(case.weights, name)
        assert (W != 0).all()
        assert (np.abs(W) <= 1 / 2).all()


@pytest.mark.parametrize("kind", [lstm, gru], ids=["lstm", "gru"])
def test_gradients_equal_those_of_torch_nn(kind):
    options = {} if kind is lstm else {"reset_after": True}
    made = _make(kind, options)
    made.options = options
    cell = (torch.nn.LSTM if kind is lstm else torch.nn.GRU)(D, H, dtype=torch.float64)
    readout = torch.nn.Linear(H, V, dtype=torch.float64)
    w, b_hh = made.weights, np.zeros(4 * H if kind is lstm else 3 * H)
    if kind is gru:
        b_hh[2 * H :] = w.b_hn
    theirs = [*cell.parameters(), *readout.parameters()]
    with torch.no_grad():
        ours = [w.W_x, w.W_h, w.b, b_hh, w.W_hy, w.b_y]
        for parameter, array in zip(theirs, ours, strict=True):
            parameter.copy_(torch.tensor(array))
    starts = [torch.tensor(s[None], requires_grad=True) for s in made.state]
    hs, _ = cell(torch.tensor(made.xs), tuple(starts) if kind is lstm else starts[0])
    targets = torch.tensor(made.targets)
    cross_entropy(readout(hs), targets, reduction="sum").backward()
    got = kind.backward(w, _run(made))
    grads = [got.dW_x, got.dW_h, got.db, None, got.dW_hy, got.db_y]
    for parameter, grad in zip(theirs, grads, strict=True):
        if grad is not None:
            assert_close(grad, parameter.grad)
    if kind is gru:
        assert_close(got.db_hn, cell.bias_hh_l0.grad[2 * H :], name="db_hn")
    for name, start in zip(made.start, starts, strict=True):
        assert_close(getattr(got, f"d{name}"), start.grad[0], name=f"d{name}")


def _cells_by_autograd(case, t):
    """Return dc_{t+1}/dc_t by autograd, h_t being o_t tanh(c_t)."""
    trace, W = _run(case), {k: torch.tensor(v) for k, v in vars(case.weights).items()}
    o_prev = torch.tensor(trace.gates[t - 1, 3 * H :])

    def step(c):
        return _lstm_step(W, torch.tensor(case.xs[t]), (o_prev * c.tanh(), c))[1]

    return torch.autograd.functional.jacobian(step, torch.tensor(trace.cs[t - 1]))


def _lstm_case():
    made = _make(lstm, {})
    made.options = {}
    return made


@pytest.mark.parametrize("t", [1, 3, 6])
def test_the_full_cell_jacobian_is_autograds_and_the_short_one_is_not(t):
    made = _lstm_case()
    trace, want = _run(made), _cells_by_autograd(made, t)
    assert_close(lstm.cell_jacobian(made.weights, trace, t), want)
    short = lstm.cell_jacobian(made.weights, trace, t, full=False)
    assert_close(short, np.diag(trace.gates[t, H : 2 * H]))
    assert np.linalg.norm(short - want.numpy()) > 0.05 * np.linalg.norm(want)


@pytest.mark.parametrize("t", [1, 3, 6])
def test_the_commonly_stated_cell_jacobian_misses_the_forget_gates_part(t):
    """Errata 17: f_t + d(i g)/dc leaves out diag(c_{t-1}) df_t/dc_{t-1}."""
    made = _lstm_case()
    trace, W_f = _run(made), made.weights.W_h[H : 2 * H]
    f_t, c_prev = trace.gates[t, H : 2 * H], trace.cs[t - 1]
    dh_dc = trace.gates[t - 1, 3 * H :] * (1 - np.tanh(c_prev) ** 2)
    missed = (c_prev * f_t * (1 - f_t))[:, None] * W_f * dh_dc
    full = lstm.cell_jacobian(made.weights, trace, t)
    unforgetful = replace(made.weights, W_h=made.weights.W_h.copy())
    unforgetful.W_h[H : 2 * H] = 0
    stated = lstm.cell_jacobian(unforgetful, trace, t)
    assert_close(full - stated, missed, atol=1e-14)
    assert np.linalg.norm(missed) > 0.01 * np.linalg.norm(full)


def test_at_the_first_step_only_the_direct_way_is_left():
    made = _lstm_case()
    trace = _run(made)
    first = lstm.cell_jacobian(made.weights, trace, 0)
    assert_close(first, np.diag(trace.gates[0, H : 2 * H]))


def test_a_forget_gate_of_one_half_shrinks_the_direct_way_by_two_to_the_25():
    """Errata 18: with zero weights f is 1/2, and c_25 has 2^-25 of c_0 left."""
    w = lstm.Weights.random(D, H, V, np.random.default_rng(0))
    w.W_x[:], w.W_h[:], w.b[:] = 0, 0, 0
    state = (np.zeros(H), np.ones(H))
    trace = lstm.forward(w, np.zeros((25, D)), np.zeros(25, int), state)
    assert_close(trace.cs[-1], np.full(H, 0.5**25))


def test_a_reset_before_and_a_reset_after_are_two_functions():
    """Errata 29, by hand: U = [[0, 1], [1, 0]], r = (1, 0), h = (1, 1)."""
    W_h = np.zeros((6, 2))
    W_h[4:] = [[0, 1], [1, 0]]
    b = np.array([99.0, -99.0, -99.0, -99.0, 0, 0])
    zeros = {"W_x": np.zeros((6, 1)), "W_hy": np.zeros((2, 2)), "b_y": np.zeros(2)}
    w = gru.Weights(W_h=W_h, b=b, **zeros)
    run = (w, np.zeros((1, 1)), np.zeros(1, int), np.ones(2))
    assert_close(gru.forward(*run).hs[0], np.tanh([0.0, 1.0]))
    assert_close(gru.forward(*run, reset_after=True).hs[0], np.tanh([1.0, 0.0]))


def test_without_b_hn_a_reset_after_has_zeros_and_still_its_gradient():
    made = _make(gru, {"reset_after": True})
    made.options = {"reset_after": True}
    zeros = replace(made.weights, b_hn=np.zeros(H))
    none = replace(made.weights, b_hn=None)
    want = gru.backward(zeros, _run(made, weights=zeros))
    got = gru.backward(none, _run(made, weights=none))
    assert_close(got.db_hn, want.db_hn)
    assert_close(got.dW_h, want.dW_h)
    made.options = {}
    assert gru.backward(none, _run(made, weights=none)).db_hn is None


@pytest.mark.parametrize(
    ("argument", "value", "error", "text"),
    [
        ("xs", np.zeros((0, D)), ShapeError, "T is 0"),
        ("xs", np.zeros((T, 6)), ShapeError, "D is 6 here and 5"),
        ("xs", np.zeros((T, D), int), KindError, "xs holds int64"),
        ("xs", torch.zeros(T, D), KindError, "xs is a Tensor"),
        ("targets", np.zeros(6, int), ShapeError, "T is 6 here and 7"),
        ("targets", np.full(T, V), VocabularyError, "from 11 to 11; wanted .* to 10"),
        ("state", np.zeros((2, H), int), KindError, "h_0 holds int64"),
        ("state", np.zeros((2, 6)), ShapeError, "h_0 has shape"),
    ],
)
def test_bad_arguments_are_refused(case, argument, value, error, text):
    with pytest.raises(error, match=text):
        _run(case, **{argument: value})


def test_weights_that_do_not_fit_are_refused(case):
    for name in case.names:
        W = getattr(case.weights, name)
        wrong = replace(case.weights, **{name: np.concatenate([W, W])})
        with pytest.raises(ShapeError, match="has shape"):
            _run(case, weights=wrong)


def test_a_state_that_is_no_pair_is_refused():
    made = _lstm_case()
    with pytest.raises(ThroughTimeError, match=r"state is a ndarray; wanted the pair"):
        lstm.forward(made.weights, made.xs, made.targets, made.state)


def test_a_row_of_the_cells_out_of_range_is_refused():
    made = _lstm_case()
    for t in (-1, T):
        with pytest.raises(ThroughTimeError, match=f"t is {t}; wanted"):
            lstm.cell_jacobian(made.weights, _run(made), t)


def test_another_z_and_a_needless_bias_are_refused():
    made = _make(gru, {"reset_after": True})
    run = (made.weights, made.xs, made.targets, made.state[0])
    with pytest.raises(ThroughTimeError, match="z is 'forgets'; wanted \"keeps\""):
        gru.forward(*run, reset_after=True, z="forgets")
    with pytest.raises(ThroughTimeError, match="b_hn came with reset_after=False"):
        gru.forward(*run)
