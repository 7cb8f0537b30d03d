"""Where a label stands, and a link to it: what the roles that follow share.

The pages number their labels: ``row-26`` is where a row of coverage.yml is treated,
``err-17`` where an entry of the ledger is met, ``row-29-backward`` the second of its
kind. (Errors of other courses have names instead, ``err-b-length``.) So the build can
find them, and no page lists them by hand.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode


class Place(NamedTuple):
    """A label: its page, its name in the HTML, and the heading below it, if any."""

    page: str
    label: str
    heading: str


def key_of(label: str, kind: str) -> str | None:
    """Return what a label is about: "17" for ``err-17`` and ``err-17-start``.

    Args:
        label: As it stands in the page.
        kind: As ``"err"``.

    Returns:
        A number without zeros in front, a name such as "b-length", or None for a label
        of another kind.
    """
    match = re.fullmatch(rf"{kind}-(?:0*(\d+)|(b-[a-z]+))(?:-\w+)*", label)
    return (match[1] or match[2]) if match else None


def labelled(env: BuildEnvironment, kind: str) -> dict[str, list[Place]]:
    """Return the places of the labels of a kind, in order, by what they are about.

    Args:
        env: Sphinx's, once all pages are read.
        kind: As ``"row"``.
    """
    labels = env.domaindata["std"]["labels"]
    found: dict[str, list[Place]] = {}
    for name, (page, label) in env.domaindata["std"]["anonlabels"].items():
        if key := key_of(name, kind):
            heading = labels[name][2] if name in labels else ""
            found.setdefault(key, []).append(Place(page, label, heading))
    return {key: sorted(places) for key, places in found.items()}


def place_of(page: str) -> str:
    """Return a page's place in coverage.yml: its chapter's number, or its name."""
    number = re.match(r"(\d\d[a-z]?)_", page)
    return number[1] if number else page


def called(env: BuildEnvironment, page: str) -> str:
    """Return what a page is called in a sentence: "chapter 4", or its title.

    The second page of a chapter, in the order of the table of contents, is "12b".
    """
    place = place_of(page)
    if not place[0].isdigit():
        return env.titles[page].astext()
    pages = env.toctree_includes.get(env.config.root_doc, [])
    pages = [other for other in pages if place_of(other) == place]
    letter = " bcdef"[pages.index(page)].strip() if page in pages else ""
    return f"chapter {place.lstrip('0')}{letter}"


def link(app: Sphinx, here: str, place: Place, text: str) -> nodes.reference:
    """Return a link from the page ``here`` to a place."""
    words = nodes.inline("", text)
    return make_refnode(app.builder, here, place.page, place.label, words)


def listed(links: Iterable[nodes.Node], between: str = ", ") -> list[nodes.Node]:
    """Put a comma between links."""
    parts: list[nodes.Node] = []
    for node in links:
        parts += [nodes.Text(between), node] if parts else [node]
    return parts
