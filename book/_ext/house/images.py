"""An image without alternative text fails the build.

Sphinx would print the file's name as the alternative text; no checker of web pages
notices, and a reader who cannot see the image hears a hash.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
REMEDY = (
    "this image has no alternative text. Say in a sentence what it shows: "
    "`mystnb: {image: {alt: ...}}` for a cell, `:alt:` for a directive."
)


def undescribed(doctree: nodes.document) -> list[nodes.image]:
    """Return the images whose alternative text is missing, empty or a file's name."""
    return [
        image
        for image in doctree.findall(nodes.image)
        if image.get("alt", "").strip() in {"", image["uri"]}
    ]


def _warn(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for image in undescribed(doctree):
        where = image if image.line or image.source else docname
        LOGGER.warning("%s (%s)", REMEDY, image["uri"], location=where, type="house")


def setup(app: Sphinx) -> None:
    """Look at each page once its images are chosen."""
    app.connect("doctree-resolved", _warn)
