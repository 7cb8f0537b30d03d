r"""The directive ``{widget}``: a figure that a reader works, and what stands for it.

    ```{widget} unroller
    :name: fig-02-unroller
    :label: Unroller: the graph of an RNN, folded and step by step
    The figure and the text that say the same without script.
    ```

A widget NAME is ``book/_widgets/NAME.js`` and, where they exist, ``NAME.css`` and
``NAME.json``. It becomes the custom element ``<rnn-NAME>``. Only a page that asks for
a widget loads its files, and ``base.js`` and ``base.css`` before them; the JSON is
written into the page, since a page opened as a file cannot fetch.

What several widgets need lies in ``book/_widgets/shared``. A script names it in a line
such as ``// Needs: matrices, panel``; that is loaded before it, in this order.
"""

import html
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

FOLDER = "_widgets"
BASE, SHARED = "base", "shared"
NEEDS = re.compile(r"^// Needs: (\w+(?:, \w+)*)$", re.MULTILINE)


class widget(nodes.Element, nodes.General):  # noqa: N801 (docutils names nodes so)
    """A widget in a page; its children are what stands there without script."""


def read_data(path: Path) -> str:
    """Return the JSON of ``path``, compact and safe inside a ``<script>`` element."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def files(folder: Path, names: Iterable[str]) -> list[str]:
    """Return what a page with these widgets loads, in order, without endings.

    Args:
        folder: Of the widgets.
        names: The widgets of the page.

    Raises:
        FileNotFoundError: A widget needs a shared script that is not there.
    """
    names, shared = sorted(names), []
    for name in names:
        found = NEEDS.search((folder / f"{name}.js").read_text(encoding="utf-8"))
        for need in found[1].split(", ") if found else []:
            shared += [f"{SHARED}/{need}"]
    for script in shared:
        if not (folder / f"{script}.js").is_file():
            raise FileNotFoundError(f"{script}.js, which one of {names} needs")
    return [BASE, *dict.fromkeys(shared), *names]


class WidgetDirective(SphinxDirective):
    """Put a widget in the page, its body shown until the widget's script has run."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "name": directives.unchanged_required,
        "label": directives.unchanged_required,
        "data": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the widget's node."""
        name = self.arguments[0]
        self._refuse(name)
        node = widget(widget=name, label=self.options["label"])
        self.set_source_info(node)
        self.add_name(node)
        path = self._folder() / self.options.get("data", f"{name}.json")
        if path.is_file() or "data" in self.options:
            node["data"] = self._read(path)
            self.env.note_dependency(str(path))
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]

    def _folder(self) -> Path:
        return Path(self.env.srcdir) / FOLDER

    def _refuse(self, name: str) -> None:
        scripts = {path.stem for path in self._folder().glob("*.js")} - {BASE}
        if name not in scripts:
            there = ", ".join(sorted(scripts)) or "none"
            raise self.error(f"no widget {name!r} in book/{FOLDER}; there: {there}.")
        try:
            files(self._folder(), [name])
        except FileNotFoundError as problem:
            raise self.error(f"there is no book/{FOLDER}/{problem}.") from None
        if not self.options.get("label"):
            raise self.error(f"widget {name!r} needs a :label:, its accessible name.")
        if not self.content:
            raise self.error(
                f"widget {name!r} has no body: write the figure and the text that a "
                "reader without script sees in its place."
            )

    def _read(self, path: Path) -> str:
        try:
            return read_data(path)
        except (OSError, ValueError) as problem:
            raise self.error(f"{path.name} is no readable JSON: {problem}") from None


def _visit(self: HTML5Translator, node: widget) -> None:
    ids = f' id="{node["ids"][0]}"' if node["ids"] else ""
    label = html.escape(node["label"])
    self.body.append(
        f'<rnn-{node["widget"]} class="widget"{ids} role="group" aria-label="{label}">'
        '<div class="widget-fallback">'
    )


def _depart(self: HTML5Translator, node: widget) -> None:
    self.body.append("</div>")
    if "data" in node:
        kind = 'type="application/json" class="widget-data"'
        self.body.append(f"<script {kind}>{node['data']}</script>")
    self.body.append(f"</rnn-{node['widget']}>")


def _only_children(self: nodes.NodeVisitor, node: widget) -> None:
    """Other formats show the body alone."""


def _copy(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    source = Path(app.srcdir) / FOLDER
    target = Path(app.outdir) / "_static" / "widgets"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in [*source.rglob("*.js"), *source.rglob("*.css")]:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, copy)


def _load(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    names = {node["widget"] for node in doctree.findall(widget)} if doctree else set()
    if not names:
        return
    folder = Path(app.srcdir) / FOLDER
    for name in files(folder, names):
        app.add_js_file(f"widgets/{name}.js", loading_method="defer")
        if (folder / f"{name}.css").is_file():
            app.add_css_file(f"widgets/{name}.css")


def setup(app: Sphinx) -> None:
    """Register the directive, its node and the files of its page."""
    other = (_only_children, _only_children)
    app.add_node(widget, html=(_visit, _depart), latex=other, text=other)
    app.add_directive("widget", WidgetDirective)
    app.connect("builder-inited", _copy)
    app.connect("html-page-context", _load)
