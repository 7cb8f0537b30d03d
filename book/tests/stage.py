"""A page that holds one widget and what the extension loads for it, from a file."""

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ROOT
from house import widgets

BOOK = ROOT / "book"
FOLDER = BOOK / widgets.FOLDER
FRAME = """<!doctype html><html lang="en" data-theme="{theme}"><head>
<meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body class="bd-article"><main><h1>{name}</h1>
<rnn-{name} class="widget" role="group" aria-label="{name}">
<div class="widget-fallback"><p>The figure and the text.</p></div></rnn-{name}>
</main>{scripts}</body></html>"""
LETTERS = {
    "\N{MINUS SIGN}": "-",
    "\N{NO-BREAK SPACE}": " ",
    "\N{GREEK SMALL LETTER RHO}": "rho",
    "\N{GREEK SMALL LETTER SIGMA}": "sigma",
}
PLAIN = "body { margin: 0 1rem; background: var(--tt-paper); color: var(--tt-ink); }"


def write_page(
    path: Path,
    name: str,
    theme: str = "light",
    faults: tuple[tuple[str, str], ...] = (),
) -> Path:
    """Write the page of the widget ``name``; ``faults`` are replaced in its scripts."""
    files = widgets.files(FOLDER, {name})
    scripts = [_read(FOLDER / f"{file}.js", faults) for file in files]
    styles = [BOOK / "_static" / "book.css"]
    styles += [css for file in files if (css := FOLDER / f"{file}.css").is_file()]
    page = FRAME.format(
        name=html.escape(name),
        theme=theme,
        style="\n".join([*(_read(path) for path in styles), PLAIN]),
        scripts="".join(f"<script>{script}</script>" for script in scripts),
    )
    path.write_text(page, encoding="utf-8")
    return path


def _read(path: Path, faults: tuple[tuple[str, str], ...] = ()) -> str:
    text = path.read_text(encoding="utf-8")
    for right, wrong in faults:
        text = text.replace(right, wrong)
    return text


@contextmanager
def stage(browser: Any, folder: Path, name: str) -> Iterator[Callable[..., Any]]:
    """Yield ``load(width, theme, faults)``, which opens the page of a widget."""
    pages = []

    def load(
        width: int = 800,
        theme: str = "light",
        faults: tuple[tuple[str, str], ...] = (),
        **options: Any,
    ) -> Any:
        size = {"width": width, "height": 900}
        page = browser.new_page(viewport=size, **options)
        pages.append(page)
        path = write_page(folder / f"{len(pages)}.html", name, theme, faults)
        page.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            page.locator(f"rnn-{name}.is-live").wait_for()
        return page

    yield load
    for page in pages:
        if not page.is_closed():
            page.close()


def result(page: Any) -> Any:
    """Return the numbers that the widget's own script computed."""
    return page.locator(".widget").evaluate("e => e.result")


def say(page: Any) -> str:
    """Return what the widget says in words."""
    return plain(page.get_by_role("status").inner_text())


def rows(page: Any) -> list[list[str]]:
    """Return the cells of the folded table, row by row."""
    table = ".panel-numbers tbody tr"
    return page.locator(table).evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )


def number(text: str) -> float:
    """Read a number as the page writes it."""
    return float(plain(text))


def plain(text: str) -> str:
    """Return a text in the letters and signs that a keyboard has."""
    return text.translate(str.maketrans(LETTERS))


def slide(page: Any, label: str, value: float) -> None:
    """Set the slider that is called so, as a reader's hand does."""
    slider = page.get_by_role("slider", name=label)
    slider.evaluate(
        "(e, value) => { e.value = value;"
        " e.dispatchEvent(new Event('input', { bubbles: true })); }",
        str(value),
    )


@contextmanager
def on_the_site(browser: Any, address: str, name: str) -> Iterator[Callable[..., Any]]:
    """Yield ``load(width, script, motion)``, which opens a built page of a widget.

    A ``script`` stands in the place of the widget's own.
    """
    pages = []

    def load(
        width: int = 1280, script: str | None = None, motion: str = "reduce"
    ) -> Any:
        size = {"width": width, "height": 900}
        page = browser.new_page(viewport=size, reduced_motion=motion)
        pages.append(page)
        if script is not None:
            page.route(f"**/{name}.js*", lambda route: route.fulfill(body=script))
        page.route("**/mathjax/**", lambda route: route.abort())  # not needed here
        page.goto(address, wait_until="domcontentloaded")
        page.locator(f"rnn-{name}.is-live").wait_for()
        return page

    yield load
    for page in pages:
        page.close()
