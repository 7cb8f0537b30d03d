"""What the widgets of chapter 05 share: controls, lines, words, and their readers."""

import math
import re
from pathlib import Path

import pytest
import stage
from test_browser import AXE

pytestmark = pytest.mark.browser

NAMES = ["spectral-lab", "cliff", "relu-demo", "gradient-flow"]
every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def load(browser, tmp_path):
    opened = []

    def load(name, **options):
        context = stage.stage(browser, tmp_path, name)
        opened.append(context)
        return context.__enter__()(**options)

    yield load
    for context in opened:
        context.__exit__(None, None, None)


@every
def test_a_widget_takes_its_fallbacks_place_and_leaves_it_without_script(load, name):
    page = load(name)
    assert not page.get_by_text("The figure and the text.").is_visible()
    assert page.get_by_role("status").inner_text() != ""
    page = load(name, java_script_enabled=False)
    assert page.get_by_text("The figure and the text.").is_visible()


@every
def test_it_fits_a_small_phone_in_letters_that_can_be_read(load, name):
    page = load(name, width=360)
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    sizes = page.locator("svg text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize)"
        " * e.ownerSVGElement.getBoundingClientRect().width"
        " / e.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 12
    outside = """all => all.filter(e => {
        const [box, room] = [e.getBBox(), e.ownerSVGElement.viewBox.baseVal];
        return box.x < -0.5 || box.x + box.width > room.width + 0.5
            || box.y < -0.5 || box.y + box.height > room.height + 0.5;
    }).map(e => e.textContent)"""
    assert page.locator("svg text").evaluate_all(outside) == []


@every
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(load, name, theme):
    package = pytest.importorskip("axe_playwright_python")
    page = load(name, width=390, theme=theme)
    page.locator("summary").click()
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text("utf-8"))
    assert page.evaluate(AXE) == []


@every
def test_all_of_it_works_by_keyboard_and_each_change_is_told(load, name):
    page = load(name)
    wanted = page.locator("input:enabled, button, summary, [tabindex='0']:visible")
    radios = page.locator("input[type=radio]:not(:checked)").count()
    seen, said = set(), stage.say(page)
    for _ in range(wanted.count() - radios):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => {
                const { id, type, localName, className } = document.activeElement;
                const style = getComputedStyle(document.activeElement);
                return [id || className || localName, type, style.outlineStyle];
            }"""
        )
        seen.add(focus[0])
        assert focus[2] != "none", focus
        if focus[1] in ("range", "radio"):
            value = page.evaluate("document.activeElement.value")
            page.keyboard.press("ArrowLeft")
            assert page.evaluate("document.activeElement.value") != value
    sliders = page.locator("input[type=range]:enabled")
    ids = sliders.evaluate_all("all => all.map(e => e.id)")
    assert set(ids) <= seen
    assert stage.say(page) != said


@every
def test_a_sliders_words_are_its_value_for_eyes_and_ears(load, name):
    page = load(name)
    for slider in page.locator("input[type=range]:enabled").all():
        slider.focus()
        page.keyboard.press("ArrowLeft")
        shown = slider.evaluate(
            "e => e.parentElement.querySelector('.panel-value').textContent"
        )
        assert shown == slider.get_attribute("aria-valuetext")
        assert re.search(r"\d", shown)


@every
def test_nothing_moves_by_itself_and_no_error_is_logged(browser, tmp_path, name):
    page = browser.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(stage.write_page(tmp_path / "page.html", name).as_uri())
    page.locator(".is-live").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    assert errors == []
    page.close()


def test_a_seed_that_is_none_becomes_one(load):
    page = load("relu-demo")
    for typed, read in (("12", 12), ("-3", 0), ("99999", 9999), ("2.6", 3), ("", 0)):
        page.get_by_role("spinbutton", name="Seed").fill(typed)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert stage.say(page).startswith(f"Seed {read}: ")
    page.get_by_role("spinbutton", name="Seed").fill("9999")
    page.get_by_role("button", name="Next seed").click()
    assert stage.say(page).startswith("Seed 0: ")


NUMBERS = [0, 1, -1, 0.5, 2.0, 0.000123456, 0.00123, 99999, 99949, 1e5, 123456.0]
NUMBERS += [-0.04567, 1e-300, 6.02e23, -1.6e-19, 9.999, 0.00009999]


def test_numbers_are_written_with_three_digits(load):
    page = load("cliff")
    for number in NUMBERS:
        text = page.evaluate("v => ThroughTime.panel.said(v)", number)
        assert stage.number(text) == pytest.approx(float(f"{number:.2e}"), rel=1e-12)
        assert len(re.sub(r"^0[.0]*|[-.]|e.*", "", stage.plain(text))) <= 6
    assert page.evaluate("ThroughTime.panel.said(1 / 0)") == "beyond all numbers"


CHART = """page => {
    const [ticks, lines] = [[], {}];
    for (const e of page.querySelectorAll('svg:has(.panel-line[data-line]) > text')) {
        const [x, y] = [e.x.baseVal[0].value, e.y.baseVal[0].value];
        ticks.push([e.textContent, e.getAttribute('text-anchor'), x, y]);
    }
    for (const e of page.querySelectorAll('[data-line]')) {
        lines[e.dataset.line] = e.getAttribute('d');
    }
    return [ticks, lines];
}"""


def read_lines(page):
    """Return each line's points, read off the axes: {name: [(steps, log10), ...]}."""
    ticks, lines = page.locator(".widget").evaluate(CHART)
    ups = [
        (10 ** stage.number(t[2:]), y - 4) for t, side, _, y in ticks if side == "end"
    ]
    across = [
        (int(t), x) for t, side, x, _ in ticks if side == "middle" and t.isdigit()
    ]
    (v0, y0), (v1, y1) = ups[0], ups[-1]
    (n0, x0), (n1, x1) = across[0], across[-1]
    slope = (math.log10(v1) - math.log10(v0)) / (y1 - y0)
    read = {}
    for name, d in lines.items():
        points = [map(float, point.split()) for point in re.split("[ML]", d)[1:]]
        read[name] = [
            (n0 + (x - x0) * (n1 - n0) / (x1 - x0), math.log10(v0) + (y - y0) * slope)
            for x, y in points
        ]
    return read


@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("spectral-lab", {k: k for k in ("largest", "one", "bound", "trend")}),
        ("relu-demo", {"gradient": "norms"}),
    ],
)
@pytest.mark.parametrize("T", [5, 50, 100])
def test_the_lines_lie_at_the_numbers_on_their_axes(load, name, lines, width, T):
    page = load(name, width=width)
    stage.slide(page, "Length T", T)
    read, result = read_lines(page), stage.result(page)
    for line, key in lines.items():
        span = max(1.0, *(abs(y) for _, y in read[line]))
        for k, value in enumerate(result[key]):
            steps, log = read[line][k]
            assert steps == pytest.approx(k, abs=0.02 * T / 5)
            assert log == pytest.approx(math.log10(value), abs=0.01 * span)
