"""The unroller of chapter 02 shows throughtime's numbers, by mouse and by keyboard."""

import json
import re
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime.cells import rnn_step
from throughtime.unroll import unroll, unroll_from

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
KINDS = ("N-N", "N-1", "1-N")


def truth(kind):
    """Return what throughtime computes, in order of time: [(name, numbers), ...]."""
    numbers = json.loads((WIDGETS / "unroller.json").read_text())
    net = SimpleNamespace(**{k: torch.tensor(v).double() for k, v in numbers.items()})
    weights = {"W_xh": net.W_xh, "W_hh": net.W_hh, "b_h": net.b_h}
    step = partial(rnn_step, **weights, activation="relu")

    def readout(h):
        return h @ net.W_hy.T + net.b_y

    xs, h_0 = net.xs[:, None], net.h_0[None]
    T = len(xs)
    if kind == "1-N":
        hs, _ = unroll_from(step, readout, xs[0], h_0, T)
        xs = torch.cat([xs[:1], readout(hs[:-1])])
    else:
        hs, _ = unroll(step, xs, h_0)
    moments, h_prev = [("h_0", net.h_0)], h_0
    for t in range(T):
        a_t = rnn_step(xs[t], h_prev, **weights, activation="identity")
        moments += [(f"x_{t + 1}", xs[t, 0]), (f"a_{t + 1}", a_t[0])]
        moments += [(f"h_{t + 1}", hs[t, 0])]
        if kind != "N-1" or t == T - 1:
            moments += [(f"o_{t + 1}", readout(hs[t])[0])]
        h_prev = hs[t]
    return [(name, vector.tolist()) for name, vector in moments]


def plain(text):
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")


def shown(page):
    """Return what the graph shows: {"h_1[0]": "2", ...}."""
    texts = page.locator("rnn-unroller [data-value]")
    return texts.evaluate_all(
        "all => Object.fromEntries(all.map(e => [e.dataset.value, e.textContent]))"
    )


def wrong_entries(seen, kind, at):
    """Return what differs from throughtime's numbers after operation ``at``."""
    wrong = []
    for place, (name, vector) in enumerate(truth(kind)):
        for i, value in enumerate(vector):
            text = plain(seen.pop(f"{name}[{i}]", "missing"))
            done = re.fullmatch(r"-?[\d.]+", text) and float(text) == value
            if not (text == "·" if place > at else done):
                wrong.append((name, i, text, value))
    return wrong + [(name, "should not be there") for name in seen]


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/02_unrolling.html", "unroller") as load:
        yield load


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def choose(page, kind):
    page.get_by_role("radio", name=kind).check()


def say(page):
    return plain(page.locator("rnn-unroller [role=status]").inner_text())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1280, 390])
def test_each_press_shows_throughtimes_next_numbers(load, kind, width):
    page = load(width)
    choose(page, kind)
    for at in range(len(truth(kind))):
        assert not wrong_entries(shown(page), kind, at)
        press(page, "Next")
    assert not wrong_entries(shown(page), kind, len(truth(kind)) - 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_arrow_keys_go_on_and_back_and_home_and_end_to_the_ends(load, kind):
    page, last = load(), len(truth(kind)) - 1
    choose(page, kind)
    page.get_by_role("button", name="Fold").focus()
    for key, at in [
        *(("ArrowRight", min(at, last)) for at in range(1, last + 3)),
        *(("ArrowLeft", max(at, 0)) for at in range(last - 1, -3, -1)),
        *(("End", last), ("Home", 0)),
    ]:
        page.keyboard.press(key)
        assert not wrong_entries(shown(page), kind, at), (key, at)


def test_the_buttons_start_back_and_end_go_there(load):
    page = load()
    for name, at in [("End", 12), ("Back", 11), ("Back", 10), ("Start", 0)]:
        press(page, name)
        assert not wrong_entries(shown(page), "N-N", at)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_name_the_operation_and_its_numbers(load, kind):
    page = load()
    choose(page, kind)
    for at, (name, vector) in enumerate(truth(kind)[1:], start=1):
        press(page, "Next")
        words = say(page)
        assert words.startswith(f"Operation {at} of {len(truth(kind)) - 1}.")
        assert f"Time t = {name[2]}." in words
        letter = name[0] + "₀₁₂₃"[int(name[2])]
        found = re.search(rf"{letter} = \(?([^()=]*?)\)?\.$", words)
        assert [float(part) for part in found[1].split(",")] == vector


@pytest.mark.parametrize("kind", KINDS)
def test_the_arithmetic_below_the_graph_is_right(load, kind):
    page = load()
    choose(page, kind)
    sums = 0
    for name, vector in truth(kind)[1:]:
        press(page, "Next")
        lines = page.locator(".unroller-sums > div").all_inner_texts()
        for line, value in zip(lines, vector, strict=True):
            left, right = plain(line).split(": ")[-1].split("=")
            assert float(right) == value
            if name[0] in "ao":
                left = left.replace("·", "*")
                assert re.fullmatch(r"[-+*. \d]+", left)
                assert eval(left) == value  # digits and signs only
                sums += 1
    assert sums == sum(len(v) for name, v in truth(kind) if name[0] in "ao")


def test_folding_shows_one_cell_with_the_current_numbers_and_unfolding_all(load):
    page = load()
    visible = "all => all.filter(e => getComputedStyle(e).opacity === '1').length"
    cells = page.locator("rnn-unroller .step")
    for _ in range(6):
        press(page, "Next")
    assert cells.evaluate_all(visible) == 4  # h_0 and three steps
    press(page, "Fold")
    assert cells.evaluate_all(visible) == 1
    current = page.locator("rnn-unroller .step.current")
    assert current.locator('[data-value="a_2[1]"]').text_content() == "3"
    assert "(2, 0)" in plain(current.locator(".loop").text_content())
    assert current.locator(".loop").evaluate("e => getComputedStyle(e).opacity") == "1"
    assert say(page).startswith("Folded:")
    press(page, "Unfold")
    assert cells.evaluate_all(visible) == 4
    assert say(page).startswith("Unfolded:")


def test_a_new_graph_begins_at_the_start_and_is_named(load):
    page = load()
    press(page, "End")
    choose(page, "1-N")
    assert not wrong_entries(shown(page), "1-N", 0)
    assert say(page).startswith("1-N: one input")


def test_the_focus_is_seen_and_motion_can_be_had_or_not(load):
    moving = "e => getComputedStyle(e).transitionDuration"
    for motion, seconds in [("reduce", {"0s"}), ("no-preference", {"0.5s", "0.4s"})]:
        page = load(motion=motion)
        step = page.locator("rnn-unroller .step").first.evaluate(moving)
        assert set(step.split(", ")) == seconds
    page.keyboard.press("Tab")  # focus is drawn for keyboards
    button = page.get_by_role("button", name="Next", exact=True)
    button.focus()
    assert button.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_its_smallest_letters_are_readable_on_a_phone(load):
    page = load(390)
    sizes = page.locator("rnn-unroller svg text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 12
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_script_a_graph_and_the_numbers_stand_in_words(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/02_unrolling.html")
    assert page.locator("rnn-unroller img").is_visible()
    words = plain(page.locator("rnn-unroller .widget-fallback").inner_text())
    states = [v for name, v in truth("1-N") if name in ("h_1", "h_2", "h_3")]
    outputs = [v[0] for name, v in truth("1-N") if name[0] == "o"]
    assert ", ".join(f"({a:g}, {b:g})" for a, b in states) in words
    assert ", ".join(f"{o:g}" for o in outputs) in words
    assert f"{truth('N-1')[-1][1][0]:g}" in words
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("dot(row, v) + b[i]", "dot(row, v)", "N-N"),
        ("dot(row, v) + b[i]", "dot(row, v) + b[i] + 0.0001", "N-1"),
        ("Math.max(0, v)", "v", "N-N"),
        ("affine(net.W_hh, h, net.b_h)", "affine(net.W_hh, net.h_0, net.b_h)", "N-N"),
        ("fed ? o :", "fed ? net.xs[0] :", "1-N"),
        ('kind !== "N-1" || t === T', "true", "N-1"),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, kind):
    script = (WIDGETS / "unroller.js").read_text()
    assert right in script
    page = load(script=script.replace(right, wrong))
    choose(page, kind)
    press(page, "End")
    assert wrong_entries(shown(page), kind, len(truth(kind)) - 1)
