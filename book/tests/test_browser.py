"""The built site in a browser: two widths, light and dark, with and without script."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import readers

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = [(mode, width) for mode in ("light", "dark") for width in (1280, 390)]
# Bytes before compression, fonts and all: a chapter, and a page without formulas. Most
# are the theme, fonts and MathJax, which the next page has already.
LIMIT = 3_000_000
LIMIT_WITHOUT_FORMULAS = 1_300_000

# On top of axe's own choice: rules that it counts as experimental.
RULES = ["label-content-name-mismatch", "target-size", "td-has-header", "p-as-heading"]
# A header cell that holds only a formula is not empty: its MathML is read out.
AXE = f"""axe.run(document, {{
    preload: false, resultTypes: ["violations"],
    rules: Object.fromEntries({RULES}.map((rule) => [rule, {{enabled: true}}])),
}}).then((result) => result.violations.flatMap((violation) => violation.nodes
    .filter((node) => violation.id !== "empty-table-header"
        || !document.querySelector(node.target[0]).querySelector("math"))
    .map((node) => `${{violation.impact}} ${{violation.id}}: ${{node.target}}`)))"""

SETTLED = "() => !globalThis.MathJax || MathJax.startup?.promise?.then(() => true)"
UNREADY = """[...document.querySelectorAll("article .math, article .output_area")]
    .map((math) => math.innerText).filter((text) => /\\\\[(\\[]/.test(text))"""


@dataclass
class Visit:
    """Hold what happened when a page was opened in one setting."""

    where: str
    page: str
    errors: list[str]
    requests: list[str]
    width: int
    overflow: int
    violations: list[str]
    raw_formulas: list[str]
    formulas: int
    misset: int


def open_page(context, url):
    """Return a page that has settled, its errors and its requests."""
    page = context.new_page()
    errors, requests = [], []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(f"failed: {request.url}"))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url, wait_until="load")
    page.wait_for_function(SETTLED)
    page.wait_for_load_state("networkidle")
    return page, errors, requests


def visit(context, url, name, mode, width, axe):
    page, errors, requests = open_page(context, url)
    seen = {"errors": list(errors), "requests": list(requests)}
    page.evaluate(axe)
    visit = Visit(
        where=f"{name} {mode} {width}",
        page=name,
        width=width,
        overflow=page.evaluate("document.documentElement.scrollWidth"),
        violations=page.evaluate(AXE),
        raw_formulas=page.evaluate(UNREADY),
        formulas=page.locator("mjx-container").count(),
        misset=page.locator("mjx-merror").count(),
        **seen,
    )
    page.close()
    return visit


@pytest.fixture(scope="module")
def names(site):
    return [path.relative_to(site).as_posix() for path in readers.read_site(site)]


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def visits(browser, address, names, axe):
    visits = []
    for mode, width in SETTINGS:
        context = browser.new_context(
            color_scheme=mode, viewport={"width": width, "height": 850}
        )
        for name in names:
            visits.append(visit(context, f"{address}/{name}", name, mode, width, axe))
        context.close()
    return visits


def faults(visits, attribute):
    return {v.where: found for v in visits if (found := getattr(v, attribute))}


def test_no_page_has_an_error_in_the_console(visits):
    assert faults(visits, "errors") == {}


def test_no_page_asks_another_host_for_anything(visits, address):
    asked = {url for v in visits for url in v.requests if not url.startswith("data:")}
    assert [url for url in asked if not url.startswith(address)] == []


def test_axe_finds_nothing_to_mend(visits):
    assert faults(visits, "violations") == {}


def test_no_page_is_wider_than_its_window(visits):
    assert {v.where: v.overflow for v in visits if v.overflow > v.width} == {}


def test_every_formula_is_set(visits):
    assert sum(v.formulas for v in visits) > 0
    assert faults(visits, "raw_formulas") == {}
    assert faults(visits, "misset") == {}


def test_no_page_is_heavier_than_its_limit(visits, site, address):
    weights = defaultdict(int)
    for v in visits:
        files = {unquote(urlsplit(url).path) for url in v.requests if address in url}
        weight = sum((site / f.lstrip("/")).stat().st_size for f in files)
        limit = LIMIT if v.formulas else LIMIT_WITHOUT_FORMULAS
        if weight > limit:
            weights[v.where] = weight
    assert weights == {}


def test_a_page_opened_as_a_file_works_too(browser, site, names):
    context = browser.new_context()
    for name in names:
        page, errors, requests = open_page(context, (site / name).as_uri())
        assert errors == [], name
        assert {urlsplit(url).scheme for url in requests} <= {"file", "data"}, name
        assert page.evaluate(UNREADY) == [], name
        page.close()
    context.close()


def test_the_colours_follow_the_reader_and_the_button(browser, address):
    context = browser.new_context(color_scheme="dark")
    page, _, _ = open_page(context, f"{address}/index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    grounds = set()
    for _ in range(3):  # light, dark, as the system
        page.locator(".theme-switch-button:visible").click()
        grounds.add(page.evaluate(ground))
    assert len(grounds) == 2
    assert dark in grounds
    context.close()


def test_the_search_finds_a_page_from_any_page(browser, address):
    context = browser.new_context()
    page, errors, _ = open_page(context, f"{address}/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("unroll")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    assert "Unrolling" in page.locator("#search-results").inner_text()
    assert errors == []
    context.close()


def test_a_page_reads_without_script(browser, address, names):
    context = browser.new_context(java_script_enabled=False)
    for name in set(names) - {"search.html"}:
        page = context.new_page()
        page.goto(f"{address}/{name}")
        assert page.locator("article h1").is_visible(), name
        # Folds and tabs open by a click, script or not.
        texts = page.locator("article p:not(details p, .sd-tab-content p)").all()
        hidden = "".join(p.text_content() for p in texts if not p.is_visible())
        assert hidden.strip() == "", name
        page.close()
    context.close()
