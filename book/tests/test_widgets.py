"""The base of the widgets (book/_widgets/base.js), worked in a browser."""

import pytest
from conftest import ROOT

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>t</title>
<rnn-probe class="widget"><div class="widget-fallback">In words.</div>
<script type="application/json" class="widget-data">{"start": 3}</script></rnn-probe>
<button id="outside">outside</button>"""

PROBE = """
ThroughTime.define("probe", class extends ThroughTime.Widget {
  build(root, data) {
    this.n = data.start;
    const show = (by) => this.say(`n = ${(this.n += by)}`);
    root.append(this.button("More", () => show(1), {title: "One more"}),
      this.choice("Sign", [["+", "plus"], ["-", "minus"]], "+", (x) => this.say(x)),
      this.svg(40, 20, "A line"), this.svg(1, 1, ""), this.readout());
    this.keys({ArrowRight: () => show(1), ArrowLeft: () => show(-1)});
  }
});"""


@pytest.fixture
def load(browser):
    page = browser.new_page()
    folder = ROOT / "book" / "_widgets"

    def load(script):
        page.set_content(PAGE)
        page.add_style_tag(path=folder / "base.css")
        page.add_script_tag(path=folder / "base.js")
        page.add_script_tag(content=script)
        return page

    yield load
    page.close()


def test_a_widget_takes_the_place_of_its_fallback_and_reads_its_data(load):
    page = load(PROBE)
    assert not page.locator(".widget-fallback").is_visible()
    page.get_by_role("button", name="More").click()
    assert page.get_by_role("status").inner_text() == "n = 4"


def test_the_fallback_is_what_prints(load):
    page = load(PROBE)
    page.emulate_media(media="print")
    assert page.locator(".widget-fallback").is_visible()
    assert not page.locator(".widget-live").is_visible()


def test_a_widget_that_fails_leaves_its_fallback(load):
    script = PROBE.replace("this.n = data.start;", "throw new Error('broken');")
    page = load(script)
    assert page.locator(".widget-fallback").is_visible()
    assert page.locator(".widget-live").count() == 0


def test_keys_work_inside_and_only_there_and_not_in_a_field(load):
    page = load(PROBE)
    page.locator("#outside").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("status").inner_text() == ""
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("status").inner_text() == "n = 2"
    page.keyboard.press("Control+ArrowLeft")
    assert page.get_by_role("status").inner_text() == "n = 2"
    page.get_by_role("radio", name="plus").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("status").inner_text() == "-"


def test_a_drawing_has_a_name_or_is_decoration(load):
    page = load(PROBE)
    assert page.get_by_role("img", name="A line").count() == 1
    assert page.locator("svg[aria-hidden=true]").count() == 1


def test_a_widget_knows_whether_the_reader_wants_less_motion(load):
    page = load(PROBE)
    for motion in ("reduce", "no-preference"):
        page.emulate_media(reduced_motion=motion)
        calm = page.evaluate("document.querySelector('rnn-probe').calm")
        assert calm == (motion == "reduce")
