"""The book's own Sphinx extension: what the theme and myst-nb leave to mend.

Files, in reading order:
    cells.py    one cache of executed cells for each state of the library
    images.py   an image without alternative text fails the build
    links.py    the role ``{repo}``, a link into the repository
    widgets.py  the directive ``{widget}`` for figures that a reader works
    theme.py    faults of the default theme
    places.py   where a label stands, for the four below
    rows.py     the role ``{row}``, the sections that treat a topic of coverage.yml
    cited.py    the role ``{cited}``, the pages that cite a work
    ledger.py   links between the ledger of common errors and the chapters' boxes
    assignments.py  the directive ``{assignments}``, a table from the notebooks
"""

from typing import Any

from sphinx.application import Sphinx

from house import (
    assignments,
    cells,
    cited,
    images,
    ledger,
    links,
    rows,
    theme,
    widgets,
)

PARTS = (cells, images, links, widgets, theme, rows, cited, ledger, assignments)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the parts with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
