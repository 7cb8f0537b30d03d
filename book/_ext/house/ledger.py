"""Links between the ledger of common errors and the boxes of the chapters.

A box is labelled ``err-17``, a second one on the same error ``err-17-word``; the entry
of the ledger is the section ``ledger-17``. Each box gets a line that leads to its
entry, and each entry a line that leads to its boxes.
"""

import sys

from docutils import nodes
from sphinx.application import Sphinx

from house.places import Place, called, key_of, labelled, link, listed


def _line(words: str, links: list[nodes.Node]) -> nodes.paragraph:
    return nodes.paragraph("", words, *listed(links), classes=["ledger-link"])


def _marked(doctree: nodes.document, kind: str) -> list[tuple[nodes.Element, str]]:
    """Return each element with a label of a kind, and what the label is about."""
    return [
        (node, key)
        for node in doctree.findall(nodes.Element)
        for name in node.get("ids", [])
        if not isinstance(node, nodes.target) and (key := key_of(name, kind))
    ]


def _frame(node: nodes.Element) -> nodes.Element:
    """Return the box, or else the section, that an element stands in."""
    while not isinstance(node, (nodes.admonition, nodes.section)):
        node = node.parent
    return node


def _order(key: str) -> tuple[int, str]:
    return (int(key) if key.isdecimal() else sys.maxsize, key)


def _name(key: str) -> str:
    return f"entry {key}" if key.isdecimal() else f"entry on {key[2:]}"


def _to_box(app: Sphinx, here: str, place: Place) -> nodes.Node:
    return link(app, here, place, called(app.env, place.page))


def _resolve(app: Sphinx, doctree: nodes.document, here: str) -> None:
    entries, boxes = labelled(app.env, "ledger"), labelled(app.env, "err")
    frames: dict[nodes.Element, set[str]] = {}
    for node, key in _marked(doctree, "err"):
        frames.setdefault(_frame(node), set()).add(key)
    for frame, keys in frames.items():
        links = [
            link(app, here, place, _name(key))
            for key in sorted(keys, key=_order)
            for place in entries.get(key, [])
        ]
        if not links:
            continue
        # A section's line stands before the sections inside it, a box's at its end.
        below = frame.first_child_matching_class(nodes.section)
        line = _line("In the ledger of common errors: ", links)
        frame.insert(len(frame) if below is None else below, line)
    for node, key in _marked(doctree, "ledger"):
        links = [_to_box(app, here, place) for place in boxes.get(key, [])]
        words = _name(key).capitalize() + (", met in " if links else "")
        node.insert(1, _line(words, links))


def setup(app: Sphinx) -> None:
    """Put the links in once all pages are read."""
    app.connect("doctree-resolved", _resolve)
