"""The role ``{cited}``: the pages that cite a work of references.bib.

{cited}`elman1990` becomes "chapter 2, chapter 4", each a link. A key that
references.bib does not have fails the build; a work that no page cites yet says so.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from house.places import Place, called, link, listed

LOGGER = logging.getLogger(__name__)


class cited(nodes.Inline, nodes.Element):  # noqa: N801 (docutils names nodes so)
    """Stands for the links until all pages are read."""


class _Cited(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node that the links replace."""
        node = cited(key=self.text)
        self.set_source_info(node)
        return [node], []


def _resolve(app: Sphinx, doctree: nodes.document, here: str) -> None:
    if not (wanted := list(doctree.findall(cited))):
        return
    domain = app.env.get_domain("cite")
    known = set(domain.bibdata.data.entries)
    for node in wanted:
        key = node["key"]
        if key not in known:
            message = "references.bib has no entry %s"
            LOGGER.warning(message, key, location=node, type="house")
        pages = {ref.docname for ref in domain.citation_refs if key in _keys(ref)}
        links = [
            link(app, here, Place(page, "", ""), called(app.env, page))
            for page in sorted(pages - {here})
        ]
        node.replace_self(listed(links) or [nodes.Text("not cited yet")])


def _keys(reference: object) -> set[str]:
    return {target.key for target in reference.targets}


def setup(app: Sphinx) -> None:
    """Register the role, and put the links in once all pages are read."""
    app.add_role("cited", _Cited())
    app.connect("doctree-resolved", _resolve)
