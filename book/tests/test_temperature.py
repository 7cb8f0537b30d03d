"""The temperature widget of chapter 03 shows throughtime's numbers."""

import json
import re

import pytest
import torch
from conftest import ROOT
from stage import on_the_site

from throughtime import decode, metrics

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
DATA = json.loads((WIDGETS / "temperature.json").read_text(encoding="utf-8"))
SYMBOLS = DATA["symbols"]
START = 3  # the place that the widget shows first
WISHES = [
    (1, None, None),
    (0.2, None, None),
    (1.2, 5, None),
    (2, None, 0.6),
    (1, 5, 0.6),
    (0.5, 40, 0.9),
    (0, None, None),
    (0, 3, 0.05),
]


def truth(place, temperature, k=None, mass=None):
    logs = torch.tensor(DATA["places"][place]["log_p"], dtype=torch.float64)
    return decode.distribution(logs, temperature, k, mass)


def shown(page):
    """Return what the bars stand for: {id: probability}, and that of the rest."""
    found = page.locator("rnn-temperature [data-p]").evaluate_all(
        "all => all.map(e => [...e.dataset.p.split(' '), e.textContent])"
    )
    return {name: (float(p), text) for name, p, text in found}


def wrong(page, place, *wish):
    """Return what differs from throughtime's numbers."""
    p, seen = truth(place, *wish), shown(page)
    rest = 1 - sum(p[int(i)].item() for i in seen if i != "rest")
    faults = [abs(seen.pop("rest")[0] - rest) > 1e-9]
    for i, (value, text) in seen.items():
        want = p[int(i)].item()
        faults.append(abs(value - want) > 1e-9)
        digits = {"0": 0.0, "< 0.001": 0.0005}.get(text)
        faults.append(
            abs((digits if digits is not None else float(text)) - want) > 6e-4
        )
    return any(faults) or len(seen) != 12


def wish(page, temperature, k=None, mass=None):
    values = {"temperature": temperature, "k": k or len(SYMBOLS), "mass": mass or 1}
    for name, value in values.items():
        page.locator(f"rnn-temperature input[name={name}]").fill(str(value))


@pytest.fixture
def load(browser, address):
    with on_the_site(browser, f"{address}/03_characters.html", "temperature") as load:
        yield load


def say(page):
    return page.locator("rnn-temperature [role=status]").inner_text()


@pytest.mark.parametrize("place", range(len(DATA["places"])))
def test_every_place_shows_throughtimes_probabilities_under_every_wish(load, place):
    page = load()
    page.locator("rnn-temperature select").select_option(str(place))
    for each in WISHES:
        wish(page, *each)
        assert not wrong(page, place, *each), each


@pytest.mark.parametrize("each", WISHES)
def test_the_words_count_what_can_come_and_give_entropies_in_bits(load, each):
    page = load()
    wish(page, *each)
    p, own = truth(START, *each), truth(START, 1)
    entropies = [
        metrics.bits(-torch.special.xlogy(q, q).sum().item()) for q in (p, own)
    ]
    words = say(page)
    assert words.startswith(f"{int((p > 0).sum())} of {len(SYMBOLS)} characters")
    bits = re.search(r"Entropy ([\d.]+) bits; the network's own ([\d.]+)\.$", words)
    assert [float(b) for b in bits.groups()] == pytest.approx(entropies, abs=0.0051)


def test_a_button_sets_the_temperature_and_the_slider_follows(load):
    page = load()
    for tau in (0.2, 0.5, 1.2, 1):
        page.get_by_role("button", name=f"τ = {tau}", exact=True).click()
        assert not wrong(page, START, tau)
        assert page.get_by_label("Temperature τ").input_value() == str(tau)


def test_the_sliders_work_by_keyboard_and_say_their_value(load):
    page = load()
    slider = page.get_by_role("slider", name="Top-k")
    slider.focus()
    assert slider.get_attribute("aria-valuetext") == "all"
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "1"
    assert not wrong(page, START, 1, 1)
    page.keyboard.press("ArrowRight")
    assert not wrong(page, START, 1, 2)


def test_draws_are_those_of_the_distribution(load):
    page = load()
    us = [0.0, 0.25, 0.5, 0.75, 0.999999]
    wish(page, 1.2, 30)
    button = page.get_by_role("button", name="Draw 20")
    chance = f"us = {us}; n = 0; Math.random = () => us[n++ % us.length]"
    button.evaluate(f"(e) => {{ {chance}; e.click(); }}")  # nothing else draws between
    drawn = page.locator(".temperature-drawn").inner_text().split()
    sums = truth(START, 1.2, 30).cumsum(0)
    marks = {" ": "␣", "\n": "↵"}
    want = [SYMBOLS[int((sums <= u).sum())] for u in us]
    assert drawn == [marks.get(c, c) for c in want] * 4


def test_the_data_are_distributions_over_the_alphabet():
    assert len(DATA["places"]) >= 6
    for place in DATA["places"]:
        logs = torch.tensor(place["log_p"], dtype=torch.float64)
        assert len(logs) == len(SYMBOLS) == len(set(SYMBOLS))
        assert logs.exp().sum().item() == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_a_phone_and_its_letters_are_readable(load, width):
    page = load(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    sizes = page.locator("rnn-temperature svg text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 10


def test_without_script_a_figure_and_words_say_the_same(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/03_characters.html")
    assert page.locator("rnn-temperature img").is_visible()
    assert "At 0.2" in page.locator("rnn-temperature .widget-fallback").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("/ temperature)", "* temperature)"),
        ("order.slice(k)", "order.slice(k + 1)"),
        ("before >= mass - 1e-12", "before + p[i] > mass"),
        ("p = scaled(p);", ""),
    ],
)
def test_a_planted_fault_is_found(load, right, other):
    script = (WIDGETS / "temperature.js").read_text()
    assert right in script
    page = load(script=script.replace(right, other))
    found = False
    for each in WISHES[1:6]:
        wish(page, *each)
        found |= wrong(page, START, *each)
    assert found
