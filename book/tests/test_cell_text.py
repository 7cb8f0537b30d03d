"""The coloured text of chapter 10 shows what the shipped network's cells do."""

import json
import re
from functools import partial

import numpy as np
import pytest
import torch
from conftest import ROOT
from stage import on_the_site, plain

from throughtime import models, text
from throughtime.gated import lstm_step
from throughtime.spectrum import Recorder
from throughtime.train import load
from throughtime.unroll import unroll

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "book" / "_widgets"
DATA = json.loads((WIDGETS / "cell-text.json").read_text(encoding="utf-8"))
TEXT = DATA["text"]
STEP = 2 / 63  # a value is one of 64 letters
SHOWN = "rnn-cell-text .cell-text-code span"


@pytest.fixture(scope="module")
def truth():
    """Return tanh(c_t) of every cell over the text, from the checkpoint: (T, H)."""
    path = ROOT / "lib" / "throughtime" / "checkpoints" / "inside.npz"
    saved = load(path)
    model = models.CharLM(**saved.about["config"])
    model.load_state_dict(saved.weights)
    vocabulary = text.Vocabulary(text.SOURCE_CHARACTERS)
    kept = Recorder(partial(lstm_step, **model.layer.weights("_l0")))
    zeros = torch.zeros(1, model.layer.hidden_size)
    with torch.no_grad():
        read = model.embed(vocabulary.encode(DATA["before"] + TEXT)[:, None])
        unroll(kept, read, (zeros, zeros))
    values = torch.stack([c_t[0] for _, c_t in kept.states]).tanh()
    return values[len(DATA["before"]) :].numpy()


@pytest.fixture
def load_page(browser, address):
    with on_the_site(browser, f"{address}/10_inside.html", "cell-text") as load_page:
        yield load_page


def choose(page, cell):
    """Set the slider to a cell, counted from 0, as a hand does."""
    slider = page.get_by_role("slider", name="Cell")
    slider.evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", cell + 1
    )


def colours(page):
    """Return the value that each character's colour stands for."""
    found = page.locator(SHOWN).evaluate_all(
        "all => all.map(e => [e.style.getPropertyValue('--much'),"
        " e.classList.contains('minus')])"
    )
    return np.array([-float(much) if minus else float(much) for much, minus in found])


def words(page):
    return plain(page.locator("rnn-cell-text .widget-say").inner_text())


def wrong(page, truth, cell):
    """Say whether colours or words differ from the network's numbers."""
    off = np.abs(colours(page) - truth[:, cell]).max() > STEP / 2 + 1e-3
    form = rf"Cell {cell + 1} is at (-?[\d.]+) after “.+?”, character (\d+) of"
    value, place = re.match(form, words(page)).groups()
    off |= abs(float(value) - truth[int(place) - 1, cell]) > STEP / 2 + 6e-3
    shares = re.search(r"above 0.5 at (\d+)%.*below -0.5 at (\d+)%", words(page))
    for sign, share in zip((1, -1), shares.groups(), strict=True):
        values = sign * truth[:, cell]
        close = np.abs(values - 0.5) < STEP  # which way these went is not told
        low = ((values > 0.5) & ~close).mean()
        off |= not 100 * low - 0.6 <= int(share) <= 100 * (low + close.mean()) + 0.6
    return bool(off)


def test_every_cell_has_the_colours_and_words_of_the_shipped_network(load_page, truth):
    page = load_page()
    cells = range(0, truth.shape[1], 9)
    for cell in cells:
        choose(page, cell)
        assert not wrong(page, truth, cell), cell
    assert len(DATA["values"]) == truth.shape[1]


def test_it_shows_the_text_and_begins_with_the_cell_found_for_quotes(load_page, truth):
    page = load_page()
    shown = page.locator(".cell-text-code").evaluate("e => e.textContent")
    assert shown.replace("↵", "") == TEXT
    assert not wrong(page, truth, DATA["found"]["quotes"][0])


def test_a_cell_found_by_search_can_be_chosen_and_the_slider_follows(load_page, truth):
    page = load_page()
    for name, (cell, r) in DATA["found"].items():
        option = page.locator("rnn-cell-text option", has_text=f"{name}:")
        assert plain(option.first.text_content()).endswith(f"r = {r:.2f}")
        page.get_by_label("Found by search").select_option(str(cell))
        assert page.get_by_role("slider", name="Cell").input_value() == str(cell + 1)
        assert not wrong(page, truth, cell)


@pytest.mark.parametrize("name", ["quotes", "comments", "conditions", "brackets"])
def test_what_is_underlined_and_the_correlation_are_those_of_the_labels(
    load_page, truth, name
):
    page, cell = load_page(), DATA["found"]["quotes"][0]
    page.get_by_role("radio", name=name, exact=True).check()
    marks = np.array([int(mark) for mark in DATA["marks"][name]])
    underlined = page.locator(SHOWN).evaluate_all(
        "all => all.map(e => +e.classList.contains('marked'))"
    )
    assert underlined == marks.tolist()
    (r,) = re.findall(rf"With {name} it has r = (-?[\d.]+) in this piece", words(page))
    assert float(r) == pytest.approx(np.corrcoef(truth[:, cell], marks)[0, 1], abs=0.02)


def test_the_labels_of_the_piece_are_those_of_the_library():
    # A piece is read as if it began a file; these labels do not depend on that.
    labels = text.source_labels(TEXT)
    for name, label in (("quotes", labels.quote), ("comments", labels.comment)):
        assert "".join(str(int(yes)) for yes in label) == DATA["marks"][name]
    assert all("1" in DATA["marks"][name] for name in DATA["marks"])


def test_the_words_quote_the_longest_stretches_where_the_cell_is_on_and_off(load_page):
    page = load_page()
    for name in ("quotes", "depth", "position"):
        choose(page, DATA["found"][name][0])
        said = dict(zip((1, -1), words(page).split("; below"), strict=True))
        for sign, part in said.items():
            on = "".join("x" if sign * v > 0.5 else " " for v in colours(page))
            longest = max(re.finditer("x+", on), key=lambda f: len(f[0]), default=None)
            if longest:
                piece = TEXT[slice(*longest.span())].replace("\n", "↵")
                assert f"“{re.sub(' {2,}', ' ', piece).strip()[:24]}" in part


def test_arrow_keys_move_through_the_text_and_a_click_chooses_a_character(load_page):
    page = load_page()
    place = lambda: int(re.search(r"character (\d+) of", words(page))[1])  # noqa: E731
    page.locator(".cell-text-code").focus()
    for key, want in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        assert place() == want
    page.keyboard.press("ArrowDown")
    second = TEXT.index("\n") + 1
    assert place() == second + 2
    page.keyboard.press("ArrowUp")
    assert place() == 2
    page.keyboard.press("ArrowUp")
    assert place() == 2
    page.locator(SHOWN).nth(second + 20).click()
    assert place() == second + 21


def test_the_slider_works_by_keyboard(load_page, truth):
    page = load_page()
    page.get_by_role("slider", name="Cell").focus()
    page.keyboard.press("Home")
    assert not wrong(page, truth, 0)
    page.keyboard.press("ArrowRight")
    assert not wrong(page, truth, 1)


@pytest.mark.parametrize("width", [360, 390])
def test_it_fits_a_phone_and_its_letters_are_readable(load_page, width):
    page = load_page(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    size = page.locator(".cell-text-code").evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= 10


def test_without_script_a_figure_and_words_say_the_same(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/10_inside.html")
    assert page.locator("rnn-cell-text img").is_visible()
    fallback = page.locator("rnn-cell-text .widget-fallback").inner_text()
    assert "held-out file" in fallback
    page.close()


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("/ 63) * 2 - 1", "/ 64) * 2 - 1"),
        ("row[i] < 0", "row[i] > 0"),
        ("sign * v > ON", "sign * v > 0"),
        ("this.rows[this.cell], this.result", "this.rows[0], this.result"),
    ],
)
def test_a_planted_fault_is_found(load_page, truth, right, other):
    script = (WIDGETS / "cell-text.js").read_text(encoding="utf-8")
    planted = script.replace(right, other)
    assert planted != script
    page = load_page(script=planted)
    faults = []
    for name in ("quotes", "position"):
        cell = DATA["found"][name][0]
        choose(page, cell)
        faults.append(wrong(page, truth, cell))
    assert any(faults)
