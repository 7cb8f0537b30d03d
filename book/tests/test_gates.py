"""The cell of chapter 06 computes, shows and says what throughtime's LSTM does."""

import math
import re
from functools import cache
from pathlib import Path

import pytest
import stage
import torch
from test_browser import AXE

from throughtime.gated import lstm_step

pytestmark = pytest.mark.browser

XS = [1, -0.8, 0.6, -0.4, 0.9, -0.7, 0.5]
T = len(XS)
DRIVES = {"0": -6.0, "1": 0.0, "2": 6.0}
LEVELS = {"0": "closed", "1": "half open", "2": "open"}
NAMES = {"i": "Input gate", "f": "Forget gate", "o": "Output gate"}
STORE = {"i": "2000000", "f": "0222222", "o": "0002020"}
CASES = [
    {**STORE, "w": 1.0, "sigma": "sigmoid"},
    {**STORE, "w": -4.0, "sigma": "hard_sigmoid"},
    {**dict.fromkeys("ifo", "1111111"), "w": 2.5, "sigma": "sigmoid"},
    {**dict.fromkeys("ifo", "1111111"), "w": 3.5, "sigma": "hard_sigmoid"},
    {**dict.fromkeys("ifo", "2222222"), "w": 4.0, "sigma": "sigmoid"},
    {"i": "2101210", "f": "1212012", "o": "0120212", "w": -3.0, "sigma": "sigmoid"},
]
LINES = ("c", "h", "i", "f", "o", "short", "full")


@cache
def truth(i, f, o, w, sigma):
    """Return what the widget should have computed, from the library and autograd."""
    commands = [[DRIVES[gate[t]] for gate in (i, f, o)] for t in range(T)]
    W_x = torch.zeros(4, 4).double()  # blocks i, f, g, o; inputs x and three drives
    W_x[[2, 0, 1, 3], [0, 1, 2, 3]] = 1
    weights = (W_x, torch.full((4, 1), w).double(), torch.zeros(4).double())
    squash = {
        "sigmoid": torch.sigmoid,
        "hard_sigmoid": torch.nn.functional.hardsigmoid,
    }[sigma]
    h, c = (torch.zeros(1, 1, dtype=torch.float64) for _ in range(2))
    c.requires_grad_()
    found, cs = {name: [] for name in LINES}, []
    for x, drives in zip(XS, commands, strict=True):
        seen = squash(torch.tensor(drives).double() + w * h[0])
        for name, gate in zip("ifo", seen.tolist(), strict=True):
            found[name].append(gate)
        x_t = torch.tensor([[x, *drives]], dtype=torch.float64)
        h, c = lstm_step(x_t, (h, c), *weights, sigma=sigma)
        cs.append(c)
        found["c"].append(c.item())
        found["h"].append(h.item())
    for k in range(T):
        found["short"].append(math.prod(found["f"][k + 1 :]))
        (dc,) = torch.autograd.grad(cs[-1].sum(), cs[k], retain_graph=True)
        found["full"].append(dc.item())
    return found


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("gates"), "gates") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def gate(page, name, t):
    return page.locator(f"[data-gate={name}][data-step='{t}']")


def set_up(page, w, sigma, **gates):
    letter = "\N{GREEK SMALL LETTER SIGMA}"
    name = f"hard {letter}" if sigma == "hard_sigmoid" else letter
    page.get_by_role("radio", name=name, exact=True).check()
    stage.slide(page, "Recurrent weight w", w)
    for key, row in gates.items():
        for t, level in enumerate(row):
            while LEVELS[level] != gate_says(page, key, t):
                gate(page, key, t).click()


def gate_says(page, key, t):
    words = gate(page, key, t).get_attribute("aria-label")
    name, level = words.split(f", step {t + 1}: ")
    assert name == NAMES[key]
    return level


def wrong_lines(page, case):
    found, want = stage.result(page), truth(**case)
    return [
        name
        for name in LINES
        if found[name] != pytest.approx(want[name], rel=1e-9, abs=1e-12)
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cell_state_gates_and_both_derivatives_are_throughtimes(page, case):
    set_up(page, **case)
    assert wrong_lines(page, case) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_number_stands_in_its_place_with_its_bar(page, case):
    set_up(page, **case)
    for name in ("c", "h", "short", "full"):
        cells = page.locator(f".gates-{name} td")
        want = truth(**case)[name]
        for seen, value in zip(cells.all_inner_texts(), want, strict=True):
            if abs(value) < 0.005:
                assert seen == ("≈0" if value else "0")
            else:
                near = 0.5001 if abs(value) > 9.9 else 0.0051
                assert stage.number(seen) == pytest.approx(value, abs=near)
        bars = cells.evaluate_all(
            "all => all.map(e => [+e.style.getPropertyValue('--part'),"
            " e.classList.contains('below')])"
        )
        for (part, below), value in zip(bars, want, strict=True):
            assert part == pytest.approx(min(1, abs(value)), abs=1e-4)
            assert below == (value < 0)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_words_say_the_same(page, case):
    set_up(page, **case)
    words, want = stage.say(page), truth(**case)
    first, last = re.match(
        r"c is (.+?) after .* and (.+?) after step 7", words
    ).groups()
    assert stage.number(first) == pytest.approx(want["c"][0], rel=0.006)
    assert stage.number(last) == pytest.approx(want["c"][-1], rel=0.006)
    short, full = re.search(
        r"by the first: (.+?) along the short path, (.+?) in full", words
    ).groups()
    assert stage.number(short) == pytest.approx(want["short"][0], rel=0.006)
    assert stage.number(full) == pytest.approx(want["full"][0], rel=0.006)
    seen = [str(t + 1) for t, h in enumerate(want["h"]) if abs(h) > 0.1]
    found = re.search(r"in size at steps? ([\d, ]+)\.", words)
    assert (found[1].split(", ") if found else []) == seen
    near = abs(want["short"][0] - want["full"][0]) <= 0.02 * abs(want["full"][0])
    assert ("tells nearly all" in words) == near


def test_the_cases_show_both_a_short_path_that_tells_all_and_one_that_does_not():
    ratios = [truth(**case)["short"][0] / truth(**case)["full"][0] for case in CASES]
    assert min(abs(ratio - 1) for ratio in ratios) < 0.02
    assert max(abs(ratio - 1) for ratio in ratios) > 0.5


def test_half_open_gates_do_what_the_page_says_of_them():
    half = {**dict.fromkeys("ifo", "1111111"), "sigma": "sigmoid"}
    large, other = truth(**half, w=3.0), truth(**half, w=-4.0)
    assert large["full"][0] > 100 * large["short"][0]
    assert other["full"][0] < 0 < other["short"][0]


@pytest.mark.parametrize(
    "name", ["Store and reveal", "Erase at step 5", "All half open"]
)
def test_a_preset_sets_all_gates(page, name):
    page.get_by_role("button", name="All open").click()
    assert {gate_says(page, key, t) for key in NAMES for t in range(T)} == {"open"}
    page.get_by_role("button", name=name).click()
    want = {
        "Store and reveal": STORE,
        "Erase at step 5": {**STORE, "f": "0222022"},
        "All half open": dict.fromkeys("ifo", "1111111"),
    }[name]
    for key, row in want.items():
        assert [gate_says(page, key, t) for t in range(T)] == [LEVELS[n] for n in row]


def test_all_gates_are_reached_and_worked_by_keys(page):
    page.get_by_role("button", name="Store and reveal").click()
    gate(page, "i", 0).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    focus = "document.activeElement.dataset"
    assert page.evaluate(f"[{focus}.gate, {focus}.step]") == ["f", "0"]
    page.keyboard.press("ArrowLeft")  # there is none: it stays
    assert page.evaluate(f"[{focus}.gate, {focus}.step]") == ["f", "0"]
    before = stage.say(page)
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert gate_says(page, "o", 1) == "half open"
    assert stage.say(page) != before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_can_be_read_and_has_no_barrier(load, theme, width):
    package = pytest.importorskip("axe_playwright_python")
    page = load(width=width, theme=theme)
    page.get_by_role("button", name="All half open").click()
    stage.slide(page, "Recurrent weight w", -4)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = page.locator(".gates-table td").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
    )
    assert outside == []
    sizes = page.locator(".gates-table :is(td, th, button)").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12
    boxes = page.locator(".gates-gate").evaluate_all(
        "all => all.map(e => [e.offsetWidth, e.offsetHeight])"
    )
    assert min(min(box) for box in boxes) >= 24
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(AXE) == []
    page.close()


def test_without_script_the_figure_and_the_text_are_there(load):
    page = load(java_script_enabled=False)
    assert page.get_by_text("The figure and the text.").is_visible()
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ('c * slope(a("f")) + g', "g", 5),
        ('slope(a("f"))', 'slope(a("i"))', 5),
        ("i * (1 - g * g)", "i * (1 - g)", 2),
        ("o * (1 - Math.tanh(c) ** 2)", "1 - Math.tanh(c) ** 2", 2),
        ("dh = step.of_c * dc + step.past_o * dh", "dh = step.of_c * dc", 2),
        ("slice(k + 1).reduce", "slice(k).reduce", 0),
        ("a / 6 + 0.5", "a / 5 + 0.5", 3),
        ("(Math.abs(a) < 3 ? 1 / 6 : 0)", "1 / 6", 1),
        ("c = f * c + i * g", "c = f * c + (1 - f) * g", 0),
        ("DRIVES[gates[name][t]] + w * h", "DRIVES[gates[name][t]]", 2),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, case):
    assert right in (stage.FOLDER / "gates.js").read_text()
    page = load(faults=((right, wrong),))
    set_up(page, **CASES[case])
    assert wrong_lines(page, CASES[case])
    page.close()
