"""Each topic of coverage.yml is in the built pages, in every form that it needs."""

import json
import re

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

FORMS = "TCFIELG"
ROWS = yaml.safe_load((ROOT / "book" / "coverage.yml").read_text(encoding="utf-8"))
TOC = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
PAGES = dict(re.findall(r"^ *- file: ((\d\d)_\w+|[a-z]\w+)", TOC, flags=re.M))
PLACES = {  # a chapter may have more than one page
    place: [name for name, number in PAGES.items() if (number or name) == place]
    for place in {number or name for name, number in PAGES.items()}
}
GRADED = {
    cell["metadata"]["nbgrader"]["grade_id"]
    for path in (ROOT / "solutions").glob("*/*.ipynb")
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if cell["metadata"].get("nbgrader", {}).get("grade")
}
ASSIGNMENTS = {grade_id.split("_")[0] for grade_id in GRADED}


def place_of(label):
    """Return the chapter or the assignment that a label belongs to."""
    number = re.match(r"[a-z]+-(\d\d)-|(a\d)_", label)
    return (number[1] or number[2]) if number else label.split("-")[1]


class Book:
    """The built pages, by the number of their chapter, or their name."""

    def __init__(self, site):
        self.site, self.pages = site, {}

    def find(self, label):
        """Return the element with a label: a section, a figure, an equation..."""
        place = place_of(label)
        if place not in self.pages:
            files = [self.site / f"{name}.html" for name in PLACES[place]]
            text = "".join(file.read_text(encoding="utf-8") for file in files)
            self.pages[place] = BeautifulSoup(text, "html.parser")
        page = self.pages[place]
        found = page.find(id=label) or page.find(id=f"equation-{label}")
        empty = found is not None and found.name == "span" and not found.contents
        return found.find_parent("section") if empty else found

    def fault(self, form, label):
        """Say what is wrong with a label of some form; "" if nothing is."""
        found = self.find(label)
        if found is None:
            return f"{label} is not in the page"
        return "" if KINDS[form](found) else f"{label} is no {form}"


def has_solution(exercise):
    page = exercise.find_parent("article")
    name = exercise["id"]
    return "exercise" in exercise.get("class", []) and any(
        solution.find("a", href=f"#{name}") for solution in page.select(".solution")
    )


def is_code(element):
    return "cell" in element.get("class", []) or bool(element.select(".cell_input"))


KINDS = {
    "T": lambda e: "math" in e.get("class", []) or bool(e.select(".math")),
    "C": is_code,
    "F": lambda e: bool(e.select("img, svg")),
    "I": lambda e: e.name.startswith("rnn-"),
    "E": has_solution,
    "L": lambda e: len(e.select("a.reference.internal")) > 3,
}


@pytest.fixture(scope="module")
def book(site):
    return Book(site)


def is_there(place):
    return place in PLACES or place in ASSIGNMENTS


def due(row):
    """Yield the forms that a row must have by now, each with its place."""
    for place, forms in row["needs"].items():
        if is_there(place):
            yield from ((place, form) for form in forms.split())


def test_all_topics_are_listed_once():
    assert sorted(ROWS) == list(range(1, 93))


@pytest.mark.parametrize("number", sorted(ROWS))
def test_a_topic_has_each_form_that_it_needs(number):
    row = ROWS[number]
    missing = [
        f"{place}: {form}"
        for place, form in due(row)
        if place not in map(place_of, row.get(form, []))
    ]
    assert missing == []


@pytest.mark.parametrize("number", sorted(ROWS))
def test_a_topic_names_only_what_is_there(book, number):
    row = ROWS[number]
    assert set(row) <= {"topic", "needs", *FORMS}
    assert {place_of(label) for form in FORMS for label in row.get(form, [])} <= set(
        row["needs"]
    )
    faults = [
        book.fault(form, label)
        for form in FORMS[:-1]
        for label in row.get(form, [])
        if is_there(place_of(label))
    ]
    faults += [name for name in row.get("G", []) if name not in GRADED]
    assert list(filter(None, faults)) == []


WRONG = {
    "T": '<section><span id="sec-02-x"></span><p>words</p></section>',
    "C": '<section id="sec-02-x"><p>words</p></section>',
    "F": '<figure id="sec-02-x"></figure>',
    "I": '<div id="sec-02-x"><img></div>',
    "E": '<article><div id="sec-02-x" class="exercise"></div></article>',
    "L": '<section id="sec-02-x"><a class="reference external">a</a></section>',
}


@pytest.mark.parametrize("form", WRONG)
def test_what_is_not_of_its_kind_is_found(book, form):
    other = Book(book.site)
    other.pages["02"] = BeautifulSoup(WRONG[form], "html.parser")
    assert other.fault(form, "sec-02-x") == f"sec-02-x is no {form}"
    assert other.fault(form, "sec-02-y") == "sec-02-y is not in the page"
