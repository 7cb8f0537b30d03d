"""The windows of chapter 04 show the terms that throughtime's windows leave."""

import json
import re

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime.cells import rnn_step
from throughtime.unroll import unroll, unroll_windows

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
UNIT = json.loads((WIDGETS / "windows.json").read_text())
T = len(UNIT["xs"])
CASES = [(1, "carried"), (3, "carried"), (4, "zero"), (5, "zero"), (8, "carried")]


def states(w, length, border):
    """Return h_1 to h_T from unroll_windows, with copies of w and of a bias of 0."""
    copies = [torch.tensor(w).double().requires_grad_() for _ in range(T)]
    biases = [torch.zeros(1).double().requires_grad_() for _ in range(T)]
    used, one = zip(copies, biases, strict=True), torch.eye(1).double()

    def step(x_t, h_prev):
        w_t, b_t = next(used)
        weights = (one, w_t.reshape(1, 1), b_t)
        return rnn_step(x_t, h_prev, *weights, activation="identity")

    xs = torch.tensor(UNIT["xs"]).double().reshape(T, 1, 1)
    h_0 = torch.tensor([[UNIT["h_0"]]]).double()
    if border == "carried":
        parts = [hs for hs, _ in unroll_windows(step, xs, h_0, length)]
    else:
        parts = [unroll(step, xs[t : t + length], h_0)[0] for t in range(0, T, length)]
    return copies, biases, torch.cat(parts).flatten()


def terms(w, length, border):
    """Return {(t, k): gradient of L_t for copy k}, for the terms that survive.

    Copy k survives for h_t if a bias at step k would reach it, which is never by 0.
    """
    copies, biases, hs = states(w, length, border)
    found = {}
    for t, (h_t, y_t) in enumerate(zip(hs, UNIT["ys"], strict=True), start=1):
        grads = torch.autograd.grad((h_t - y_t) ** 2 / 2, copies, retain_graph=True)
        reach = torch.autograd.grad(h_t, biases, retain_graph=True)
        for k, (gradient, way) in enumerate(zip(grads, reach, strict=True), start=1):
            if way.item() != 0:
                found[t, k] = gradient.item()
    return found


def plain(text):
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")


def shown(page):
    """Return what the triangle shows: {(t, k): (text, kept)}."""
    texts = page.locator("rnn-windows [data-value]").evaluate_all(
        "all => all.map(e => [e.dataset.value, e.textContent,"
        " e.classList.contains('kept')])"
    )
    return {
        tuple(map(int, place.split(","))): (plain(text), kept)
        for place, text, kept in texts
    }


def wrong_terms(page, w, length, border, digits=2):
    """Return what differs from the truth: which survive, and how large they are."""
    seen, kept = shown(page), terms(w, length, border)
    whole = terms(w, T, "carried")
    wrong = [] if set(seen) == set(whole) else ["not the whole triangle"]
    for place, (text, survives) in seen.items():
        value = kept.get(place, whole[place] if border == "carried" else None)
        right = text == "·" if value is None else _near(text, value, digits)
        if not right or survives != (place in kept):
            wrong.append((place, text, survives, value))
    return wrong


def _near(text, value, digits):
    number = re.fullmatch(r"-?\d+(\.\d+)?", text)
    return bool(number) and abs(float(text) - value) <= 0.50001 * 10**-digits


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/04_bptt.html", "windows") as load:
        yield load


def press(page, name):
    page.locator("rnn-windows").get_by_role("button", name=name, exact=True).click()


def choose(page, name):
    page.locator("rnn-windows").get_by_role("radio", name=name, exact=True).check()


def resize(page, length):
    for _ in range(T):
        press(page, "Shorter")
    for _ in range(length - 1):
        press(page, "Longer")


def say(page):
    return plain(page.locator("rnn-windows [role=status]").inner_text())


@pytest.mark.parametrize(("length", "border"), CASES)
@pytest.mark.parametrize("w", UNIT["ws"])
def test_the_triangle_shows_which_terms_survive_and_their_size(load, w, length, border):
    page = load()
    choose(page, str(w))
    choose(page, {"carried": "carried", "zero": "starts at 0"}[border])
    resize(page, length)
    assert not wrong_terms(page, w, length, border)


def test_on_a_phone_the_same_with_one_digit(load):
    page = load(360)
    assert not wrong_terms(page, 0.9, 4, "carried", digits=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize(("length", "border"), CASES)
def test_the_words_give_both_gradients_and_say_whether_the_sign_is_right(
    load, length, border
):
    page = load()
    choose(page, {"carried": "carried", "zero": "starts at 0"}[border])
    resize(page, length)
    kept, whole = terms(0.9, length, border), sum(terms(0.9, T, "carried").values())
    words = say(page)
    assert words.startswith(f"{len(kept)} of 36 terms survive, w = 0.9.")
    ours = sum(kept.values())
    if length == T:
        assert float(re.search(r"whole: (-?[\d.]+)\.$", words)[1]) == pytest.approx(
            whole, abs=1e-4
        )
    else:
        numbers = re.search(r"is (-?[\d.]+) instead of (-?[\d.]+)\. The", words)
        assert float(numbers[1]) == pytest.approx(ours, abs=1e-4)
        assert float(numbers[2]) == pytest.approx(whole, abs=1e-4)
        assert words.endswith(f"sign is {'right' if ours * whole > 0 else 'wrong'}.")


def test_the_keys_change_the_windows_and_the_loss(load):
    page = load()
    press(page, "Longer")
    for key, length in [("ArrowRight", 6), ("ArrowLeft", 5), *[("ArrowLeft", 4)]]:
        page.keyboard.press(key)
        assert not wrong_terms(page, 0.9, length, "carried")
    page.keyboard.press("ArrowUp")
    assert say(page).startswith("The loss at step 7 reaches copies 5 to 7.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # there is no loss after the last
    assert say(page).startswith("The loss at step 8 reaches copies 5 to 8.")


def test_a_press_on_a_row_explains_it_with_products_that_are_right(load):
    page = load()
    page.locator('rnn-windows [data-row="6"] text').first.click()
    assert say(page).startswith("The loss at step 6 reaches copies 5 to 6.")
    kept = terms(0.9, 4, "carried")
    lines = page.locator(".windows-sums > div").all_inner_texts()
    assert len(lines) == 2
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    for k, line in zip((5, 6), lines, strict=True):
        found = re.fullmatch(
            r"copy (\d): (-?[\d.]+) · 0\.9(\S+) · (-?[\d.]+) = (-?[\d.]+)", plain(line)
        )
        power = int(found[3].translate(raised))
        product = float(found[2]) * 0.9**power * float(found[4])
        assert int(found[1]) == k
        assert product == pytest.approx(kept[6, k], abs=2e-4)
        assert float(found[5]) == pytest.approx(kept[6, k], abs=1e-4)


def test_its_letters_are_readable_on_a_phone_and_off_each_other(load):
    page = load(390)
    texts = page.locator("rnn-windows .windows-stage svg text")
    sizes = texts.evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 12
    widest = page.locator("rnn-windows [data-value]").evaluate_all(
        "all => Math.max(...all.map(e => e.getBBox().width))"
    )
    assert widest < 32.5, "a number is wider than its field"


def test_without_script_a_figure_and_the_numbers_stand_in_words(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/04_bptt.html")
    assert page.locator("rnn-windows img").is_visible()
    words = plain(page.locator("rnn-windows .widget-fallback").inner_text())
    for length in (1, 2, 4, 8):
        assert f"{sum(terms(0.9, length, 'carried').values()):.2f}" in words
    assert f"{sum(terms(0.9, 4, 'zero').values()):.2f}" in words
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong", "border"),
    [
        ("kept: k >= start", "kept: k > start", "carried"),
        ("w ** (t - k)", "w ** (t - k + 1)", "carried"),
        ("t - (t % length)", "t - length + 1", "carried"),
        ("t === start && t > 0", "false", "zero"),
        ("h - ys[t]", "h", "carried"),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, border):
    script = (WIDGETS / "windows.js").read_text()
    assert right in script
    page = load(script=script.replace(right, wrong))
    choose(page, {"carried": "carried", "zero": "starts at 0"}[border])
    assert wrong_terms(page, 0.9, 4, border)
