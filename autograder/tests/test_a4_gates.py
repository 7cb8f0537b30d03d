"""What holds for assignment a4 alone."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from questions import cells, copied, data, run

from checks import a4_gates
from examiner import ask
from examiner.case import try_case
from examiner.compare import difference
from throughtime import gated, layers
from throughtime.bptt import lstm

B, D, H, V, T = 3, 5, 4, 6, 7
SOLUTION, _ = run("a4_gates")
TEXT = {c.id: c.source for c in cells("a4_gates") if c.cell_type == "markdown"}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def tensors(*arrays):
    return [torch.tensor(array) for array in arrays]


def trace_of(rng):
    weights = lstm.Weights.random(D, H, V, rng)
    state = rng.normal(size=H), rng.normal(size=H)
    xs, targets = rng.normal(size=(T, D)), rng.integers(V, size=T)
    return weights, lstm.forward(weights, xs, targets, state)


def test_the_copied_step_is_still_the_librarys(rng):
    x_t, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
    W, b = rng.normal(size=(4 * H, H + D)), rng.normal(size=4 * H)
    got = copied(a4_gates.compact_step)(x_t, h_prev, c_prev, W, b)
    x, *state = tensors(x_t, h_prev, c_prev)
    weights = tensors(W[:, H:], W[:, :H], b)
    for ours, theirs in zip(got, gated.lstm_step(x, (*state,), *weights), strict=True):
        np.testing.assert_allclose(ours, theirs)


@pytest.mark.parametrize("peephole", ["diagonal", "full"])
def test_the_copied_coupling_is_still_the_librarys(rng, peephole):
    x_t, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
    W_x, W_h, b = (rng.normal(size=(3 * H, n)) for n in (D, H, 1))
    P = rng.normal(size=(2, H) if peephole == "diagonal" else (2, H, H))
    got = copied(a4_gates.coupled_step)(x_t, h_prev, c_prev, W_x, W_h, b[:, 0], P)
    x, h, c, *weights = tensors(x_t, h_prev, c_prev, W_x, W_h, b[:, 0])
    W_c = torch.tensor(np.concatenate(P))
    want = gated.lstm_step(x, (h, c), *weights, W_c, coupled=True, peephole=peephole)
    for ours, theirs in zip(got, want, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_the_copied_way_back_is_still_the_librarys(rng):
    weights, trace = trace_of(rng)
    dhs = (trace.ps - np.eye(V)[trace.targets]) @ weights.W_hy
    want = lstm.backward(weights, trace)
    das, dW_h, dh_0, dc_0 = copied(a4_gates.lstm_backward)(
        *(trace.gates, trace.cs, trace.hs, trace.h_0, trace.c_0),
        *(dhs, np.zeros(H), weights.W_h),
    )
    np.testing.assert_allclose(das.sum(axis=0), want.db)
    np.testing.assert_allclose(dW_h, want.dW_h)
    np.testing.assert_allclose(dh_0, want.dh_0)
    np.testing.assert_allclose(dc_0, want.dc_0)


def test_the_copied_jacobian_is_still_the_librarys(rng):
    weights, trace = trace_of(rng)
    i_t, f_t, g_t, _ = np.split(trace.gates[3], 4)
    o_prev = np.split(trace.gates[2], 4)[3]
    args = i_t, f_t, g_t, trace.cs[2], o_prev, weights.W_h, np.ones((3, H))
    J, _ = copied(a4_gates.cell_jacobian)(*args)
    np.testing.assert_allclose(J, lstm.cell_jacobian(weights, trace, 3))


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("z", ["keeps", "writes"])
def test_the_copied_gru_is_still_the_librarys(rng, reset, z):
    x_t, h_prev = rng.normal(size=(B, D)), rng.normal(size=(B, H))
    W_x, W_h = rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H))
    b, b_hn = rng.normal(size=3 * H), rng.normal(size=H)
    arrays = x_t, h_prev, W_x, W_h, b
    options = {"reset_after": reset == "after", "z": z}
    second = torch.tensor(b_hn) if reset == "after" else None
    want = gated.gru_step(*tensors(*arrays), second, **options)
    got = copied(a4_gates.gru_step)(*arrays, b_hn, reset, z)
    np.testing.assert_allclose(got, want)


def test_the_copied_start_is_still_the_librarys(rng):
    layer = layers.init_forget_bias(layers.LSTM(D, H, dtype=torch.float64))
    W_x, W_h, b = (p.detach().numpy() for p in layer.parameters())
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]
    compact, bias = np.hstack([W_h, W_x])[order], b[order] + 0.0
    bias[H : 2 * H] = 7.0
    xs, half_lives = rng.normal(size=(T, D)), np.full(H, 9.0)
    state, _ = copied(a4_gates.remember)(compact, bias, xs, half_lives)
    for name, want in layer.to_torch().state_dict().items():
        np.testing.assert_allclose(state[name], want)


def test_torch_with_the_converted_weights_is_the_compact_cell(rng):
    W, b = rng.normal(size=(4 * H, H + D)), rng.normal(size=4 * H)
    xs, half_lives = rng.normal(size=(T, D)), rng.uniform(1, 50, size=H)
    state, _ = SOLUTION["remember"](W, b, xs, half_lives)
    module = torch.nn.LSTM(D, H, dtype=torch.float64)
    module.load_state_dict({k: torch.tensor(v) for k, v in state.items()})
    with torch.no_grad():
        hs, _ = module(torch.tensor(xs)[:, None])
    b[H : 2 * H] = -np.log(2 ** (1 / half_lives) - 1)
    h_t, c_t = np.zeros((2, 1, H))
    for x_t, want in zip(xs, hs, strict=True):
        h_t, c_t = SOLUTION["compact_step"](x_t[None], h_t, c_t, W, b)
        np.testing.assert_allclose(h_t, want)


def test_a_half_life_leaves_one_half():
    n = np.array([1.0, 2.0, 5.5, 100.0])
    W, b = np.zeros((16, 5)), np.zeros(16)
    state, left = SOLUTION["remember"](W, b, np.zeros((11, 1)), n)
    gate = 1 / (1 + np.exp(-state["bias_ih_l0"][4:8]))
    np.testing.assert_allclose(gate**n, 0.5)
    np.testing.assert_allclose(left, 2 ** (-11 / n))


def test_z_that_writes_is_z_that_keeps_with_the_sign_turned(rng):
    x_t, h_prev = rng.normal(size=(B, D)), rng.normal(size=(B, H))
    W_x, W_h = rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H))
    b, b_hn = rng.normal(size=3 * H), rng.normal(size=H)
    sign = np.where(np.arange(3 * H) < H, -1.0, 1.0)
    turned = sign[:, None] * W_x, sign[:, None] * W_h, sign * b
    for reset in ("before", "after"):
        one = SOLUTION["gru_step"](x_t, h_prev, W_x, W_h, b, b_hn, reset, "writes")
        other = SOLUTION["gru_step"](x_t, h_prev, *turned, b_hn, reset, "keeps")
        np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("seed", range(3))
def test_a_gate_that_writes_is_the_librarys_that_keeps_with_the_sign_turned(seed):
    for case in a4_gates.coupled_step.draw(seed):
        x, h, c, W_x, W_h, b, P = tensors(*case.args.values())
        sign = torch.where(torch.arange(3 * H) < H, -1.0, 1.0).double()
        P[0] *= -1
        want = gated.lstm_step(
            *(x, (h, c), sign[:, None] * W_x, sign[:, None] * W_h, sign * b),
            torch.cat([*P]),
            coupled=True,
            peephole="diagonal" if P.ndim == 2 else "full",
        )
        assert difference(want, case.want) is None


@pytest.mark.parametrize("seed", range(3))
def test_the_way_back_is_that_of_the_librarys_cell_without_an_output_function(seed):
    for case in a4_gates.lstm_backward.draw(seed):
        gates, _, hs, h_0, c_0, dhs, dc_T, W_h = tensors(*case.args.values())
        before = torch.cat([h_0[None], hs[:-1]])
        sums = torch.where(torch.arange(4 * H) // H == 2, gates.atanh(), gates.logit())
        xs = sums.clamp(-999, 999) - before @ W_h.T  # 1 is the logistic function of 999
        state = (h_0[None].requires_grad_(), c_0[None].requires_grad_())
        start, W, loss = state, torch.eye(4 * H).double(), 0
        for x_t, dh_t in zip(xs, dhs, strict=True):
            state = gated.lstm_step(x_t[None], state, W, W_h, 0 * W[0], h="identity")
            loss = loss + state[0][0] @ dh_t
        dh_0, dc_0 = torch.autograd.grad(loss + state[1][0] @ dc_T, start)
        assert difference((dh_0[0], dc_0[0]), case.want[2:]) is None


@pytest.mark.parametrize(
    ("check", "name", "points"),
    [
        ("compact_step", "cell_edited_in_place", 2),
        ("coupled_step", "output_sees_the_old_cell", 2),
        ("lstm_backward", "candidate_sloped_as_a_gate", 1),
        ("lstm_backward", "new_state_in_the_product", 5),
        ("lstm_backward", "starts_taken_for_zero", 5),
        ("cell_jacobian", "off_not_relative", 4),
        ("gru_step", "weights_not_transposed", 2),
        ("gru_step", "state_edited_in_place", 3),
        ("remember", "bias_halved", 3),
        ("remember", "bias_added", 2),
        ("remember", "left_of_the_state", 2),
    ],
)
def test_a_slip_at_the_side_leaves_the_points_of_what_is_right(check, name, points):
    check = getattr(a4_gates, check)
    (fn,) = (a.fn for a in check.answers if a.name == name)
    assert check.examine(fn, seed=1).points == points


@pytest.mark.parametrize("check", [a4_gates.lstm_backward, a4_gates.cell_jacobian])
def test_an_answer_by_autograd_is_refused_though_its_numbers_are_right(check):
    (fn,) = (a.fn for a in check.answers if a.name == "by_autograd")
    assert "lets autograd do the work" in check.examine(fn, seed=1).reasons[0]
    for case in check.draw(1):
        assert try_case(replace(case, verb=ask.call), fn).agrees(
            try_case(case, SOLUTION[check.__name__])
        )


def number(text):
    """Read a number as the table writes it."""
    found = re.fullmatch(r"\$([\d.]+) \\cdot 10\^\{(-?\d+)\}\$", text)
    return float(found[1]) * 10 ** int(found[2]) if found else float(text)


def test_the_table_of_question_7_is_what_the_experiment_gives():
    rows = re.findall(r"^\| [\d.]+ \|.*\|$", TEXT["a4-q7-text"], flags=re.M)
    assert len(rows) == 3
    for row in rows:
        n, *told = (number(part.strip()) for part in row.strip("|").split("|"))
        found = [-np.log(2 ** (1 / n) - 1), 2 ** (-50 / n)]
        for scale in (0, 1, 8):
            W, b, xs = SOLUTION["torchs_weights"](20, 3, scale)
            _, left = SOLUTION["remember"](W, b, xs, np.full(20, n))
            found.append(np.abs(left).mean())
        np.testing.assert_allclose(told, found, rtol=0.05, atol=0.005)


def test_the_numbers_of_the_mark_scheme_are_right():
    scheme = {data(c).get("grade_id"): c.source for c in cells("a4_gates")}
    scheme = scheme["a4_q7_highway"]
    gate = 1 / (1 + np.exp(-np.array([1.0, 2.0])))
    left = gate**100
    assert r"0.73^{100} \approx 2 \cdot 10^{-14}" in scheme
    assert np.isclose(left[0], 2e-14, rtol=0.3)
    assert r"0.88^{100} \approx 3 \cdot 10^{-6}" in scheme
    assert np.isclose(left[1], 3e-6, rtol=0.05)
    assert "half-life of about 5.5 steps" in scheme
    assert np.isclose(np.log(0.5) / np.log(gate[1]), 5.5, atol=0.05)
    assert r"-\ln(2^{1/100} - 1) \approx 5" in scheme
    assert np.isclose(-np.log(2**0.01 - 1), 5, atol=0.05)
