"""The spectral laboratory computes, draws and says what throughtime.spectrum does."""

import re
from functools import cache

import draws
import numpy as np
import pytest
import stage
import torch

from throughtime import spectrum
from throughtime.cells import rnn_step
from throughtime.testing import assert_close
from throughtime.unroll import unroll

pytestmark = pytest.mark.browser

H = 8
SLIDERS = {
    "rho": "Spectral radius",
    "sigma": "Largest singular value",
    "T": "Length T",
}
NAMES = {"identity": "identity", "tanh": "tanh", "relu": "ReLU"}
CASES = [
    {"rho": 0.9, "sigma": 2.0, "kind": "identity", "T": 50, "seed": 1},
    {"rho": 0.9, "sigma": 0.9, "kind": "identity", "T": 20, "seed": 2},
    {"rho": 1.6, "sigma": 4.0, "kind": "identity", "T": 100, "seed": 3},
    {"rho": 1.0, "sigma": 1.0, "kind": "identity", "T": 40, "seed": 4},
    {"rho": 0.5, "sigma": 0.95, "kind": "tanh", "T": 30, "seed": 5},
    {"rho": 0.8, "sigma": 1.0, "kind": "tanh", "T": 20, "seed": 8},
    {"rho": 1.4, "sigma": 2.5, "kind": "tanh", "T": 30, "seed": 6},
    {"rho": 0.9, "sigma": 3.0, "kind": "relu", "T": 45, "seed": 7},
    {"rho": 1.2, "sigma": 1.5, "kind": "relu", "T": 25, "seed": 9999},
]


def matrix(draw, rho, sigma):
    """Return Q (D + s N) Qᵀ with that radius and that norm."""
    Q = draws.orthogonal(H, draw)
    blocks = draw(H // 2, 2)
    blocks = blocks / blocks.norm(dim=1).max()
    turns = [torch.stack([x, -y, y, x]).reshape(2, 2) for x, y in blocks]
    D, N = rho * torch.block_diag(*turns), torch.zeros(H, H, dtype=torch.float64)
    for i in range(H):
        start = 2 * (i // 2 + 1)
        N[i, start:] = draw(H - start)
    low, high = 0.0, 64.0
    for _ in range(60 if sigma > rho else 0):
        middle = (low + high) / 2
        below = spectrum.spectral_norm(D + middle * N) < sigma
        low, high = (middle, high) if below else (low, middle)
    return Q @ (D + low * N) @ Q.T


@cache
def truth(rho, sigma, kind, T, seed):
    """Return what the widget should have computed."""
    draw = draws.normals(seed)
    W = matrix(draw, rho, sigma)
    h_0, u = draw(1, H).requires_grad_(), draw(H)
    weights = {"W_xh": torch.zeros(H, 1).double(), "W_hh": W}
    weights["b_h"] = torch.zeros(H).double()

    def step(x_t, h_prev):
        return rnn_step(x_t, h_prev, **weights, activation=kind)

    recorder = spectrum.Recorder(step)
    unroll(recorder, torch.zeros(T, 1, 1).double(), h_0)
    hs = [h_0, *recorder.hs]
    with torch.no_grad():
        Js = [spectrum.elman_jacobian(h @ W.T, W, kind) for h in hs[:-1]]
    products = [spectrum.jacobian_product(Js, T, T - gap) for gap in range(T + 1)]
    loss = (hs[-1] @ (u / u.norm())).sum()
    return {
        "W": W,
        "largest": [spectrum.spectral_norm(P) for P in products],
        "one": spectrum.step_gradient_norms(loss, hs).flip(0),
        "bound": [spectrum.gradient_bound(sigma, 1.0, gap) for gap in range(T + 1)],
        "trend": [rho**gap for gap in range(T + 1)],
    }


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("lab"), "spectral-lab") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def set_up(page, kind, seed, **sizes):
    page.get_by_role("radio", name=NAMES[kind]).check()
    for name in ("rho", "sigma", "T"):
        stage.slide(page, SLIDERS[name], sizes[name])
    page.get_by_role("spinbutton", name="Seed").fill(str(seed))
    page.keyboard.press("Enter")


def differences(found, case):
    """Return the names of what is not as throughtime has it."""
    want = truth(**case)
    wrong = []
    for name, value in want.items():
        try:
            assert_close(np.array(found[name], float), value, rtol=1e-6, atol=1e-12)
        except AssertionError:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("case", CASES, ids=str)
def test_matrix_norms_and_bound_are_throughtimes(page, case):
    set_up(page, **case)
    found = stage.result(page)
    assert differences(found, case) == []
    W = torch.tensor(found["W"], dtype=torch.float64)
    assert spectrum.spectral_radius(W) == pytest.approx(case["rho"], rel=1e-6)
    assert spectrum.spectral_norm(W) == pytest.approx(case["sigma"], rel=1e-9)
    departure = spectrum.departure_from_normality(W)
    assert found["departure"] == pytest.approx(departure, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_gradient_is_above_the_bound(page, case):
    set_up(page, **case)
    found = stage.result(page)
    for one, largest, bound in zip(
        found["one"], found["largest"], found["bound"], strict=True
    ):
        assert one <= largest * (1 + 1e-9)
        assert largest <= bound * (1 + 1e-9)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_shows_the_numbers(page, case):
    set_up(page, **case)
    want = truth(**case)
    rows = stage.rows(page)
    assert [int(row[0]) for row in rows] == list(range(case["T"] + 1))
    for at, name in enumerate(("largest", "one", "bound"), start=1):
        shown = [stage.number(row[at]) for row in rows]
        assert shown == pytest.approx(list(map(float, want[name])), rel=0.006)


def decides(rho, sigma, kind, T, **_):
    """Return the words that tell which number decides."""
    if sigma < 1:
        return "sigma_max < 1 decides"
    if kind != "identity":
        return "Neither decides"
    return "rho = 1," if rho == 1 else f"rho {'>' if rho > 1 else '<'} 1 decides"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_words_give_the_end_and_say_which_number_decides(page, case):
    set_up(page, **case)
    words, want, T = stage.say(page), truth(**case), case["T"]
    assert decides(**case) in words
    assert words.count("decide") <= 1
    allowed = case["kind"] != "identity" and case["sigma"] > 1
    assert ("allows growth" in words) == allowed
    found = re.match(
        rf"After {T} steps back .* is (.*?); the bound allows (.*?)\. ", words
    )
    assert stage.number(found[1]) == pytest.approx(want["largest"][-1], rel=0.006)
    assert stage.number(found[2]) == pytest.approx(want["bound"][-1], rel=0.006)
    shrank_or_grew = {"yet it shrank": 1, "yet it grew": -1}
    for phrase, sign in shrank_or_grew.items():
        against = (case["rho"] - 1) * sign > 0 and (want["largest"][-1] - 1) * sign < 0
        undecided = decides(**case) == "Neither decides"
        assert (phrase in words) == (against and undecided)


def test_a_network_that_is_not_normal_rises_first_and_the_words_say_so(page):
    set_up(page, **CASES[0])
    want = torch.tensor(truth(**CASES[0])["largest"])
    peak, after = re.search(
        r"It rose to (.*?) after (\d+) steps", stage.say(page)
    ).groups()
    assert int(after) == want.argmax() > 0
    assert stage.number(peak) == pytest.approx(want.max().item(), rel=0.006)
    set_up(page, **{**CASES[0], "sigma": 0.9, "rho": 0.9})
    assert "It rose" not in stage.say(page)


def test_the_plane_has_each_eigenvalue_at_its_place(page):
    set_up(page, **CASES[2])
    circle = page.locator(".lab-unit").evaluate(
        "e => [e.cx, e.cy, e.r].map(v => v.baseVal.value)"
    )
    dots = page.locator(".lab-value").evaluate_all(
        "all => all.map(e => [e.cx.baseVal.value, e.cy.baseVal.value])"
    )
    x, y, unit = circle
    seen = sorted((round((a - x) / unit, 1), round((y - b) / unit, 1)) for a, b in dots)
    values = torch.linalg.eigvals(truth(**CASES[2])["W"]).tolist()
    for a, b in seen:
        assert min(abs(complex(a, b) - v) for v in values) < 0.12
    outside = page.locator(".lab-value.outside").count()
    assert outside == sum(abs(v) > 1 for v in values) > 0
    ring = page.locator(".lab-sigma").evaluate("e => e.r.baseVal.value")
    assert ring / unit == pytest.approx(CASES[2]["sigma"])


def test_the_singular_value_never_stays_below_the_radius(page):
    value = "e => +e.value"
    sliders = [page.get_by_role("slider", name=SLIDERS[n]) for n in ("rho", "sigma")]
    stage.slide(page, SLIDERS["sigma"], 0.4)
    assert [s.evaluate(value) for s in sliders] == [0.4, 0.4]
    stage.slide(page, SLIDERS["rho"], 1.2)
    assert [s.evaluate(value) for s in sliders] == [1.2, 1.2]


@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ("P = M.product(P, J);", "P = M.product(J, P);", 6),
        ("M.times(M.transpose(J), g)", "M.times(J, g)", 0),
        ("row.map((w) => slope(a[i]) * w)", "row.map((w, j) => slope(a[j]) * w)", 6),
        ("1 - Math.tanh(a) ** 2", "1 - Math.tanh(a)", 6),
        ("powers(sigma)", "powers(rho)", 0),
        ("h = drawn.h_0", "h = drawn.u", 6),
        ("block(i) < block(j)", "i < j", 0),
        ("(a > 0 ? 1 : 0)", "1", 7),
        ("Js.reverse()", "Js", 6),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, case):
    assert right in (stage.FOLDER / "spectral-lab.js").read_text()
    page = load(faults=((right, wrong),))
    set_up(page, **CASES[case])
    assert differences(stage.result(page), CASES[case])
    page.close()
