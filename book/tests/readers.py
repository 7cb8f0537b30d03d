"""Read a built site, and list what is wrong in it. Each list is empty in a good one."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("source", "src")}


@dataclass
class Page:
    """Hold what the tests want to know of a page."""

    path: Path
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # all href and src
    loads: list[str] = field(default_factory=list)  # what a browser fetches by itself
    images: list[dict[str, str | None]] = field(default_factory=list)  # of the article
    drawings: list[dict[str, str | None]] = field(default_factory=list)  # inline SVG
    widgets: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.in_article = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, attributes = self.page, dict(attrs)
        page.ids += [attributes["id"]] if attributes.get("id") else []
        for name in ("href", "src"):
            if attributes.get(name):
                page.links.append(attributes[name])
                if (tag, name) in LOADS:
                    page.loads.append(attributes[name])
        self.in_article |= tag == "article"
        if self.in_article:
            self._read_article(tag, attributes)

    def _read_article(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "img":
            self.page.images.append(attributes)
        if tag == "svg":
            self.page.drawings.append(attributes)
        if tag.startswith("rnn-"):
            self.page.widgets.add(tag.removeprefix("rnn-"))

    def handle_endtag(self, tag: str) -> None:
        self.in_article &= tag != "article"


def tables_left_as_text(page: Page) -> list[str]:
    """List the tables that markdown did not set."""
    return re.findall(r"<p>(\|[^<\n]{,60})", page.path.read_text(encoding="utf-8"))


def read_page(path: Path) -> Page:
    """Return what is in one page."""
    page = Page(path)
    _Reader(page).feed(path.read_text(encoding="utf-8"))
    return page


def read_site(folder: Path) -> dict[Path, Page]:
    """Return the pages of a site, by path; ``_static`` holds none."""
    paths = [p for p in folder.rglob("*.html") if "_static" not in p.parts]
    return {path: read_page(path) for path in sorted(paths)}


def broken_links(pages: dict[Path, Page]) -> list[str]:
    """List the links inside the site that lead nowhere."""
    return [
        f"{page.path.name} -> {link}"
        for page in pages.values()
        for link in page.links
        if not urlsplit(link).scheme and not link.startswith("//")
        if not _leads_somewhere(page, link, pages)
    ]


def _leads_somewhere(page: Page, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = page.path
    if parts.path:
        target = (page.path.parent / unquote(parts.path)).resolve()
    if not target.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or target not in pages or anchor in pages[target].ids


def foreign_loads(page: Page) -> list[str]:
    """List what the page's HTML would fetch from another host."""
    return [x for x in page.loads if urlsplit(x).netloc or urlsplit(x).scheme == "http"]


def repeated_ids(page: Page) -> list[str]:
    """List the ids that more than one element has."""
    return [name for name, count in Counter(page.ids).items() if count > 1]


def nameless_images(page: Page) -> list[str]:
    """List the images whose alternative text is no sentence, and nameless drawings."""
    nameless = [
        f"img {image.get('src')} alt={image.get('alt')!r}"
        for image in page.images
        if len((image.get("alt") or "").split()) < 3
    ]
    for drawing in page.drawings:
        named = drawing.get("aria-label") or drawing.get("aria-labelledby")
        if drawing.get("aria-hidden") != "true" and not named:
            nameless.append(f"svg {drawing}")
    return nameless


def scripts_of_widgets(page: Page) -> list[str]:
    """Return the widget scripts that a page loads, in order: ["base", ...]."""
    paths = [urlsplit(load).path for load in page.loads]
    return [
        path.partition("/widgets/")[2].removesuffix(".js")
        for path in paths
        if "/widgets/" in path and path.endswith(".js")
    ]
