"""The cells of book/07_gru, each equation held to torch's cell or a closed form."""

import math
import re

import pytest
import torch
from chapter_07 import D, H, draw, equation, torchs, weights

from throughtime import layers
from throughtime.gated import SIGMAS, gru_step, mut1_step, mut2_step, mut3_step
from throughtime.testing import assert_close

X, H_PREV = draw(60, 1, D), draw(61, 1, H)
OPEN = 40.0  # as a bias it holds a gate at 1, to the last digit


def _stack(W):
    """Return W_x, W_h and b as the library takes them."""
    parts = ([W[f"{name}{k}"] for k in "rzn"] for name in ("W_x", "W_h", "b_"))
    return [torch.cat(part) for part in parts]


def _turned(W):
    """Change the sign of everything that makes z."""
    return W | {name: -W[name] for name in ("W_xz", "W_hz", "b_z")}


@pytest.mark.equation("eq-07-r")
def test_the_reset_gate_is_what_scales_the_candidates_past():
    W = weights() | {"W_xz": torch.zeros(H, D).double(), "W_hz": torch.zeros(H, H)}
    W |= {"W_hz": W["W_hz"].double(), "b_z": torch.full((H,), -OPEN).double()}
    n = torchs(W)(X, H_PREV).detach()[0]  # z is 0, so the state is the candidate
    past = torch.atanh(n) - W["W_xn"] @ X[0] - W["b_n"]
    r = torch.sigmoid(W["W_xr"] @ X[0] + W["W_hr"] @ H_PREV[0] + W["b_r"])
    assert_close(past / (W["W_hn"] @ H_PREV[0] + W["b_hn"]), r, rtol=1e-8)


@pytest.mark.equation("eq-07-z")
def test_the_update_gate_is_the_share_of_the_old_state_in_torchs_cell():
    W, far = weights(), 1e9
    zeros = torch.zeros(H, H).double()
    W |= {"W_hn": zeros, "b_hn": zeros[0], "W_hz": zeros}  # nothing else sees h
    cell = torchs(W)
    share = (cell(X, H_PREV + far) - cell(X, H_PREV)).detach() / far
    assert_close(share[0], torch.sigmoid(W["W_xz"] @ X[0] + W["b_z"]), rtol=1e-6)


@pytest.mark.equation("eq-07-candidate")
def test_reset_before_is_torchs_cell_with_scaled_columns_and_an_open_reset():
    W = weights()
    zeros = torch.zeros(H, H).double()
    W |= {"W_xr": zeros.new_zeros(H, D), "W_hr": zeros, "b_hn": zeros[0]}
    W |= {"b_r": 6 * W["b_r"]}  # gates that differ from unit to unit
    columns = W["W_hn"] * torch.sigmoid(W["b_r"])
    same = W | {"W_hn": columns, "b_r": torch.full((H,), OPEN).double()}
    got = gru_step(X, H_PREV, *_stack(W))
    assert_close(got, torchs(same)(X, H_PREV))
    assert (torchs(W)(X, H_PREV) - got).abs().max() > 1e-3


@pytest.mark.equation("eq-07-state")
def test_a_diagonal_matrix_makes_the_pages_gru_torchs():
    W = weights()
    W |= {"W_hn": torch.diag(W["W_hn"].diagonal()), "b_hn": torch.zeros(H).double()}
    assert_close(gru_step(X, H_PREV, *_stack(W)), torchs(W)(X, H_PREV))


@pytest.mark.equation("eq-07-move")
def test_the_state_moves_towards_the_candidate_by_one_minus_z():
    W = weights()
    start = torchs(W)(X, H_PREV).detach()
    n = torchs(
        W | {"W_hz": W["W_hz"] * 0, "W_xz": W["W_xz"] * 0, "b_z": W["b_z"] * 0 - OPEN}
    )(X, H_PREV).detach()
    z = torch.sigmoid(W["W_xz"] @ X[0] + W["W_hz"] @ H_PREV[0] + W["b_z"])
    assert_close(start, H_PREV + (1 - z) * (n - H_PREV))


@pytest.mark.equation("eq-07-bounded")
@pytest.mark.parametrize("reset_after", [False, True])
def test_no_weights_make_a_state_grow(reset_after):
    for seed in range(20):
        size = 10.0 ** (seed % 4)
        args = [size * draw(seed, 3 * H, D), size * draw(seed + 1, 3 * H, H)]
        old = 3 * draw(seed + 2, 1, H)
        new = gru_step(X, old, *args, draw(seed + 3, 3 * H), reset_after=reset_after)
        assert (new.abs() <= old.abs().clamp(min=1) + 1e-12).all()


@pytest.mark.equation("eq-07-after")
def test_reset_after_with_the_bias_inside_is_torchs_cell():
    W = weights()
    got = gru_step(X, H_PREV, *_stack(W), W["b_hn"], reset_after=True)
    assert_close(got, torchs(W)(X, H_PREV))


@pytest.mark.equation("eq-07-writes")
def test_where_z_writes_torchs_cell_comes_out_with_zs_rows_turned():
    W = weights()
    got = gru_step(X, H_PREV, *_stack(W), W["b_hn"], reset_after=True, z="writes")
    assert_close(got, torchs(_turned(W))(X, H_PREV))
    assert (got - torchs(W)(X, H_PREV)).abs().max() > 0.01


@pytest.mark.equation("eq-07-swap")
@pytest.mark.parametrize("name", SIGMAS)
def test_the_sign_of_a_preactivation_swaps_a_gate_with_its_complement(name):
    a = torch.linspace(-7, 7, 101, dtype=torch.float64)
    assert_close(SIGMAS[name](-a), 1 - SIGMAS[name](a))


def _jacobians(W, r):
    jacobian = torch.autograd.functional.jacobian
    before = jacobian(lambda h: W @ (r * h), H_PREV[0])
    return before, jacobian(lambda h: r * (W @ h), H_PREV[0])


@pytest.mark.equation("eq-07-rows")
def test_one_reset_scales_columns_and_the_other_rows():
    W, r = draw(62, H, H), torch.rand(H, dtype=torch.float64)
    before, after = _jacobians(W, r)
    assert_close(before, W @ torch.diag(r))
    assert_close(after, torch.diag(r) @ W)


@pytest.mark.equation("eq-07-agree")
def test_the_resets_agree_exactly_where_an_entry_or_a_difference_is_zero():
    chance = torch.Generator().manual_seed(63)
    for _ in range(30):
        W = draw(64, H, H) * (torch.rand(H, H, generator=chance) < 0.3)
        r = torch.randint(1, 3, (H,), generator=chance).double() / 2
        before, after = _jacobians(W, r)
        stated = W * (r[:, None] - r[None])
        assert bool((stated == 0).all()) == torch.equal(before, after)


@pytest.mark.equation("eq-07-count")
def test_the_counts_are_torchs_without_its_second_bias():
    for d, h in ((5, 4), (64, 128), (7, 7)):
        for blocks, theirs, ours in (
            (4, torch.nn.LSTM, layers.LSTM),
            (3, torch.nn.GRU, layers.GRU),
        ):
            formula = blocks * h * (d + h + 1)
            assert formula == _count(theirs(d, h)) - blocks * h == _count(ours(d, h))
        assert _count(layers.GRU(d, h, reset_after=True)) - formula == h


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _mutant(seed=80):
    """Return square weights by block, and an input of H numbers."""
    W = {
        f"{k}{b}": draw(seed + i, H, H) / 2
        for i, (k, b) in enumerate((k, b) for k in "xh" for b in "zrh")
    }
    W |= {f"b{b}": draw(seed + 10 + i, H) for i, b in enumerate("zrh")}
    return W, draw(seed + 20, 1, H)


def _as_torchs(W, of_z, of_r, of_n, seen):
    """Return torch's cell on inputs ``seen``; z writes, so its rows are turned."""
    zeros = torch.zeros(H, H).double()
    parts = {"W_xr": of_r, "W_xz": [-w for w in of_z], "W_xn": of_n}
    named = {name: torch.cat(list(part), dim=1) for name, part in parts.items()}
    named |= {"W_hr": W["hr"], "W_hn": W["hh"], "W_hz": zeros, "b_hn": zeros[0]}
    named |= {"b_r": W["br"], "b_z": -W["bz"], "b_n": W["bh"]}
    return torchs(named, 3 * H)(torch.cat(seen, dim=1), H_PREV)


EYE, NONE = torch.eye(H).double(), torch.zeros(H, H).double()


@pytest.mark.equation("eq-07-mut1")
@pytest.mark.equation("eq-07-mut2")
@pytest.mark.equation("eq-07-mut3")
@pytest.mark.parametrize("case", ["diagonal", "open"])
def test_each_mutant_is_torchs_cell_on_what_its_formula_sees(case):
    W, x = _mutant()
    if case == "diagonal":
        W["hh"] = torch.diag(W["hh"].diagonal())
    else:
        W["br"] = torch.full((H,), OPEN).double()
    seen = [x, x.tanh(), H_PREV.tanh()]
    steps = {
        mut1_step: (("xz", "xr"), ("hr", "hh")),
        mut2_step: (("xz", "xh"), ("hz", "hr", "hh")),
        mut3_step: (("xz", "xr", "xh"), ("hz", "hr", "hh")),
    }
    sees = {
        mut1_step: ([W["xz"], NONE, NONE], [W["xr"], NONE, NONE], [NONE, EYE, NONE]),
        mut2_step: ([W["xz"], NONE, W["hz"]], [EYE, NONE, NONE], [W["xh"], NONE, NONE]),
        mut3_step: (
            [W["xz"], NONE, W["hz"]],
            [W["xr"], NONE, NONE],
            [W["xh"], NONE, NONE],
        ),
    }
    for step, (in_x, in_h) in steps.items():
        stacks = [torch.cat([W[k] for k in part]) for part in (in_x, in_h)]
        got = step(x, H_PREV, *stacks, torch.cat([W["bz"], W["br"], W["bh"]]))
        shown = [*seen[:2], H_PREV if step is mut2_step else seen[2]]
        assert_close(got, _as_torchs(W, *sees[step], shown))


@pytest.mark.equation("eq-07-mutants")
def test_the_mutants_have_the_matrices_that_their_equations_show():
    counts = {
        "mut1": 4 * H**2 + 3 * H,
        "mut2": 5 * H**2 + 3 * H,
        "mut3": 3 * H * (H + H + 1),
    }
    for name, stated in counts.items():
        text = equation(f"eq-07-{name}")
        matrices, biases = (set(re.findall(p, text)) for p in (r"W_\{\w+\}", r"b_\w"))
        assert stated == len(matrices) * H * H + len(biases) * H
        assert stated == _count(getattr(layers, name.upper())(H, H))


@pytest.mark.equation("eq-07-hard")
def test_both_hard_sigmoids_are_torchs_one_of_them_stretched():
    a = torch.linspace(-4, 4, 801, dtype=torch.float64)
    hard = torch.nn.functional.hardsigmoid
    assert_close((a / 6 + 0.5).clamp(0, 1), hard(a))
    assert_close((0.2 * a + 0.5).clamp(0, 1), hard(1.2 * a))
    for name, edge in (("hard_sigmoid", 3.0), ("hard_sigmoid_02", 2.5)):
        ends = SIGMAS[name](torch.tensor([-edge, edge]).double())
        assert_close(ends, [0, 1], atol=1e-12)
        assert 0 < SIGMAS[name](torch.tensor(0.01 - edge)) < 0.01
    assert math.isclose(
        float(torch.sigmoid(torch.tensor(2.5))), 0.9241418, rel_tol=1e-6
    )
