"""The role ``{row}``: where the book treats a row of coverage.yml.

{row}`26` becomes a link to each section that is labelled ``row-26``, or the chapter
in which it is planned. A row whose chapter is there, but without the label, and a
number that coverage.yml does not have, fail the build.
"""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from house.places import Place, called, labelled, link, listed, place_of

LOGGER = logging.getLogger(__name__)


class row(nodes.Inline, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Stands for the links until all pages are read."""


class _Row(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node that the links replace."""
        node = row(key=self.text)
        self.set_source_info(node)
        return [node], []


def _planned(needs: dict[str, str], pages: set[str]) -> tuple[str, bool]:
    """Return where a row is planned, and whether that page is there already."""
    there = any(place_of(page) in needs for page in pages)
    chapters = [place.lstrip("0") for place in needs if place[0].isdigit()]
    return f"chapter {chapters[0]}, planned" if chapters else "planned", there


def _name(app: Sphinx, place: Place) -> str:
    page = called(app.env, place.page)
    return f"{page}, {place.heading}" if place.heading else page


def _resolve(app: Sphinx, doctree: nodes.document, here: str) -> None:
    if not (wanted := list(doctree.findall(row))):
        return
    path = Path(app.srcdir) / "coverage.yml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    needs = {str(number): topic["needs"] for number, topic in rows.items()}
    places = labelled(app.env, "row")
    for node in wanted:
        key = node["key"]
        if key in places:
            links = (link(app, here, p, _name(app, p)) for p in places[key])
            node.replace_self(listed(links, "; "))
            continue
        text, there = _planned(needs.get(key, {}), app.env.found_docs)
        if key not in needs or there:
            message = "no section is labelled row-%s"
            LOGGER.warning(message, key, location=node, type="house")
        node.replace_self(nodes.Text(text))


def setup(app: Sphinx) -> None:
    """Register the role, and put the links in once all pages are read."""
    app.add_role("row", _Row())
    app.connect("doctree-resolved", _resolve)
