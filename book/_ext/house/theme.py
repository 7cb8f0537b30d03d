"""Faults of the default theme, mended.

- sphinx-thebe declares a constant twice on every page (a script error) and would load
  from another host: the extension is taken out.
- pydata's fontawesome.js (1.5 MB) draws icons that the web font already draws.
- The repository has the mark of one host, from a font of 118 KB: a branch stands there.
- The summary above a folded cell is named otherwise than it reads.
- The list of citations has roles that HTML does not allow there.
- sphinx-exercise and sphinx-proof give one id to all their boxes.
- Every page loads the search index, which only the search page reads.
- Sphinx loads MathJax (0.8 MB) on the front page for the formulas of other pages.
- Logo and search button: see ``templates``.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

ICON_SCRIPT = "fontawesome.js"
TEMPLATES = Path(__file__).parent / "templates"
FAULTS = (
    (re.compile(rf"\s*<script[^>]*{re.escape(ICON_SCRIPT)}[^>]*></script>"), ""),
    (re.compile(r'(<i class=")fab fa-github"'), r'\1fas fa-code-branch"'),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    (
        re.compile(r'<div role="list" class="citation-list">'),
        '<div class="citation-list">',
    ),
    (re.compile(r'(<div class="citation"[^>]*?) role="doc-biblioentry"'), r"\1"),
    (re.compile(r'(<section[^>]*?) id="(?:exercise|solution|proof)-content"'), r"\1"),
)
SEARCH = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>'
)


def mend(page: str) -> str:
    """Return the HTML of a page without the theme's faults."""
    for fault, cure in FAULTS:
        page = fault.sub(cure, page)
    return page if 'id="search-results"' in page else SEARCH.sub("", page)


def _drop_thebe(app: Sphinx, config: Config) -> None:
    for listeners in app.events.listeners.values():
        listeners[:] = [x for x in listeners if x.handler.__module__ != "sphinx_thebe"]
    files = app.registry.css_files
    files[:] = [entry for entry in files if entry[0] != "sphinx-thebe.css"]


def _add_templates(app: Sphinx, config: Config) -> None:
    config.templates_path.insert(0, str(TEMPLATES))


def _drop_idle_mathjax(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    formulas = (nodes.math, nodes.math_block)
    if doctree and any(isinstance(node, formulas) for node in doctree.findall()):
        return
    context["script_files"] = [
        script
        for script in context["script_files"]
        if app.config.mathjax_path not in str(getattr(script, "filename", ""))
        and "window.MathJax" not in getattr(script, "attributes", {}).get("body", "")
    ]


def _mend_pages(app: Sphinx, problem: Exception | None) -> None:
    if problem or app.builder.format != "html":
        return
    root = Path(app.outdir)
    for path in root.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if (mended := mend(page)) != page:
            path.write_text(mended, encoding="utf-8")
    for path in (root / "_static" / "scripts").glob(f"{ICON_SCRIPT}*"):
        path.unlink()


def setup(app: Sphinx) -> None:
    """Mend what can be mended before the build, and the pages after it."""
    app.connect("config-inited", _drop_thebe, priority=900)
    app.connect("config-inited", _add_templates, priority=900)
    app.connect("html-page-context", _drop_idle_mathjax, priority=900)
    app.connect("build-finished", _mend_pages)
