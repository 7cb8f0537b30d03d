"""The book's own Sphinx extension: what the theme and myst-nb leave to mend.

Files, in reading order:
    cells.py    one cache of executed cells for each state of the library
    images.py   an image without alternative text fails the build
    links.py    the role ``{repo}``, a link into the repository
    widgets.py  the directive ``{widget}`` for figures that a reader works
    theme.py    faults of the default theme
"""

from typing import Any

from sphinx.application import Sphinx

from house import cells, images, links, theme, widgets


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the parts with Sphinx."""
    for part in (cells, images, links, widgets, theme):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
