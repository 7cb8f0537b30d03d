"""The 5x5 demo computes and says what throughtime and autograd do, for each seed."""

import math
import re
from functools import cache, partial

import draws
import pytest
import stage
import torch

from throughtime.cells import rnn_step
from throughtime.spectrum import (
    Recorder,
    spectral_radius,
    step_gradient_norms,
    with_radius,
)
from throughtime.unroll import unroll

pytestmark = pytest.mark.browser

H, SEEDS = 5, 1000
ENDS = ("grows", "shrinks", "exactly 0")
CASES = [
    {"seed": 1, "T": 50, "wanted": None, "relu": True},
    {"seed": 4, "T": 20, "wanted": 0.9, "relu": True},
    {"seed": 17, "T": 100, "wanted": 1.1, "relu": False},
    {"seed": 2, "T": 50, "wanted": None, "relu": False},
    {"seed": 3, "T": 35, "wanted": 1.0, "relu": True},
]


@cache
def truth(seed, T, wanted, relu):
    """Return W, its radius and the gradient's norm 0 to T steps back, by autograd."""
    draw = draws.normals(seed)
    W, h_0, g_T = draw(H, H), draw(1, H).requires_grad_(), draw(H)
    W = W if wanted is None else with_radius(W, wanted)
    weights = {"W_xh": torch.zeros(H, 1).double(), "W_hh": W}
    weights["b_h"] = torch.zeros(H).double()
    kind = "relu" if relu else "identity"
    recorder = Recorder(partial(rnn_step, **weights, activation=kind))
    unroll(recorder, torch.zeros(T, 1, 1).double(), h_0)
    hs = [h_0, *recorder.hs]
    norms = step_gradient_norms((hs[-1] @ g_T).sum(), hs).flip(0).tolist()
    rho = spectral_radius(W) if wanted is None else wanted
    return {"W": W.tolist(), "rho": rho, "norms": norms}


def batch(T, wanted, relu):
    """Return how the seeds 0 to 999 end, all at once: {(rho's side, end): n}."""
    each = [draws.normals(seed) for seed in range(SEEDS)]
    W = torch.stack([draw(H, H) for draw in each])
    h = torch.stack([draw(H) for draw in each])
    g = torch.stack([draw(H) for draw in each])
    rho = torch.linalg.eigvals(W).abs().amax(dim=1)
    if wanted is not None:
        W, rho = W * (wanted / rho)[:, None, None], torch.full_like(rho, wanted)
    on, first = [], g.norm(dim=1)
    for _ in range(T):
        h = torch.einsum("sij,sj->si", W, h)
        on.append((h > 0) | (not relu))
        h = h * on[-1]
    for mask in reversed(on):
        g = torch.einsum("sij,si->sj", W, g * mask)
    last = g.norm(dim=1)
    end = torch.where(last == 0, 2, torch.where(last > first, 0, 1))
    side = torch.sign(rho - 1).int()
    counts = {}
    for key in zip(side.tolist(), end.tolist(), strict=True):
        counts[key] = counts.get(key, 0) + 1
    return counts


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("demo"), "relu-demo") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def set_up(page, seed, T, wanted, relu):
    page.get_by_role("radio", name="ReLU" if relu else "none").check()
    page.get_by_role("radio", name="rescaled" if wanted else "as drawn").check()
    if wanted:
        stage.slide(page, "Wanted spectral radius", wanted)
    stage.slide(page, "Length T", T)
    page.get_by_role("spinbutton", name="Seed").fill(str(seed))
    page.keyboard.press("Enter")


def equal(page, case):
    found, want = stage.result(page), truth(**case)
    return (
        found["rho"] == pytest.approx(want["rho"], rel=1e-9)
        and found["norms"] == pytest.approx(want["norms"], rel=1e-7, abs=0)
        and all(
            row == pytest.approx(line, rel=1e-9)
            for row, line in zip(found["W"], want["W"], strict=True)
        )
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_matrix_radius_and_norms_are_throughtimes(page, case):
    set_up(page, **case)
    assert equal(page, case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_shows_the_norms(page, case):
    set_up(page, **case)
    rows = stage.rows(page)
    assert [int(row[0]) for row in rows] == list(range(case["T"] + 1))
    shown = [stage.number(row[1]) for row in rows]
    assert shown == pytest.approx(truth(**case)["norms"], rel=0.006, abs=0)


def share(page):
    """Return the counts that the page shows: {(rho's side, end): n}."""
    cells = page.locator("[data-count]").evaluate_all(
        "all => all.map(e => [e.dataset.count, +e.textContent])"
    )
    counts = {}
    for name, count in cells:
        side, end = re.fullmatch("rho (.) 1 (.*)", stage.plain(name)).groups()
        counts["<=>".index(side) - 1, ENDS.index(end)] = count
    return {key: count for key, count in counts.items() if count}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_thousand_seeds_end_as_they_do_in_torch(page, case):
    set_up(page, **case)
    want = batch(case["T"], case["wanted"], case["relu"])
    assert share(page) == want
    assert sum(want.values()) == SEEDS


def test_the_rule_fails_for_as_many_seeds_as_with_another_generator(page):
    """20,000 seeds of NumPy: grows in 65 %, exactly 0 in 11.5 %."""
    set_up(page, **CASES[0])
    seen = share(page)
    for end, wanted in ((0, 0.650), (2, 0.115)):
        n = sum(count for (_, kind), count in seen.items() if kind == end)
        assert abs(n / SEEDS - wanted) < 3 * math.sqrt(wanted * (1 - wanted) / SEEDS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_words_tell_how_the_seed_ends_and_for_how_many_the_rule_holds(page, case):
    set_up(page, **case)
    words, want = stage.say(page), truth(**case)
    first, last = want["norms"][0], want["norms"][-1]
    end = 2 if last == 0 else 0 if last > first else 1
    assert ENDS[end] in words
    rho = stage.number(re.search(r"rho = (.+?), and", words)[1])
    assert rho == pytest.approx(want["rho"], rel=0.006)
    if end < 2:
        found = re.search(r"from (.+?) to (.+?): ", words).groups()
        assert [stage.number(t) for t in found] == pytest.approx(
            [first, last], rel=0.006
        )
    else:
        zero = int(re.search(r"exactly 0 from (\d+) step", words)[1])
        assert want["norms"][zero] == 0 < want["norms"][zero - 1]
    if case["wanted"] == 1:
        assert "the rule is silent. With rho = 1 the rule says nothing" in words
        return
    agrees = (want["rho"] > 1) == (end == 0)
    assert ("as the rule says" in words) == agrees
    assert ("against the rule" in words) == (not agrees)
    counts = batch(case["T"], case["wanted"], case["relu"])
    right = sum(n for (side, kind), n in counts.items() if (side > 0) == (kind == 0))
    assert f"The rule holds for {right} of {SEEDS} seeds." in words


def test_a_gradient_that_is_lost_is_told_with_its_step(page):
    lost = next(
        seed
        for seed in range(50)
        if truth(seed, T=50, wanted=None, relu=True)["norms"][-1] == 0
    )
    set_up(page, seed=lost, T=50, wanted=None, relu=True)
    norms = truth(lost, 50, None, True)["norms"]
    at = norms.index(0)
    assert f"exactly 0 from {at} step{'s' * (at > 1)} back on" in stage.say(page)
    on = page.locator(".demo-unit").evaluate_all(
        "all => all.map(e => e.classList.contains('on'))"
    )
    assert not any(on[H * (at - 1) : H * at])
    d = page.locator("[data-line=gradient]").get_attribute("d")
    assert len(re.findall("[ML]", d)) == at  # the line ends there


def test_the_boxes_show_which_units_were_on(page):
    set_up(page, **CASES[0])
    draw = draws.normals(1)
    W, h, on = draw(H, H), draw(H), []
    for _ in range(50):
        h = torch.relu(W @ h)
        on.append((h > 0).tolist())
    boxes = page.locator(".demo-unit").evaluate_all(
        "all => all.map(e => [e.classList.contains('on'), e.x.baseVal.value])"
    )
    backwards = [is_on for step in reversed(on) for is_on in step]
    assert [is_on for is_on, _ in boxes] == backwards
    assert [x for _, x in boxes] == sorted(x for _, x in boxes)
    set_up(page, **CASES[3])
    assert page.locator(".demo-unit").count() == 0


def test_next_seed_goes_on_and_the_radius_can_be_set_only_where_it_counts(page):
    set_up(page, **CASES[0])
    page.get_by_role("button", name="Next seed").click()
    assert stage.say(page).startswith("Seed 2: ")
    slider = page.get_by_role("slider", name="Wanted spectral radius")
    assert slider.is_disabled()
    page.get_by_role("radio", name="rescaled").check()
    assert slider.is_enabled()


@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ("on[k][i] ? x : 0", "x", 0),
        ("const back = M.transpose(W)", "const back = W", 0),
        ("on.unshift", "on.push", 0),
        ("wanted / rho", "wanted", 1),
        ("Math.max(0, a)", "a", 0),
        ("a > 0", "a >= -1", 1),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, case):
    assert right in (stage.FOLDER / "relu-demo.js").read_text()
    page = load(faults=((right, wrong),))
    set_up(page, **CASES[case])
    assert not equal(page, CASES[case])
    page.close()
