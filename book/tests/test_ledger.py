"""The ledger of common errors: whole in itself, and held to the chapters' boxes."""

import re

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

BOOK = ROOT / "book"
LEDGER = (BOOK / "ledger.md").read_text(encoding="utf-8")
KEY = r"(\d+|b-[a-z]+)"  # a number of the list, or the name of another course's error
BOXES = {
    path.stem: re.findall(rf"^\((err-{KEY}(?:-\w+)*)\)=$", text, flags=re.MULTILINE)
    for path in sorted(BOOK.glob("[01]*.md"))
    if (text := path.read_text(encoding="utf-8"))
}
BOXED = {key for found in BOXES.values() for _, key in found}
ENTRIES = dict(
    re.findall(
        rf"^\(ledger-{KEY}\)=\n(.*?)(?=^\(ledger-|^## |\Z)",
        LEDGER,
        flags=re.MULTILINE | re.DOTALL,
    )
)
# Numbers without an entry, although a chapter may show them as something that breaks.
SLIPS = {
    "42": "a slip of a transcript: the update went into the gradient",
    "43": "slips of a transcript: a sign, a digit",
    "61": "slips of a transcript: letters lost",
}
# Entries that no chapter need state: why.
UNBOXED = {
    "b-reset": "chapter 7 says what both gates do, without the claim",
    "b-slope": "chapter 4 derives the slope, without the claim",
    "b-power": "chapter 5 writes the product with its order, without the claim",
    "b-sampling": "chapter 3 tells the two apart, without the claim",
    "b-start": "no chapter starts from chance",
}
NO_CELL = {"26": "a name", "53": "a citation"}


def test_every_error_of_the_list_has_its_entry_or_a_reason():
    numbers = {key for key in ENTRIES if key.isdecimal()}
    assert numbers | set(SLIPS) == {str(number) for number in range(1, 62)}
    assert not numbers & set(SLIPS)


def test_every_box_of_a_chapter_has_its_entry_or_a_reason():
    assert set(ENTRIES) | set(SLIPS) >= BOXED


def test_every_entry_is_met_in_a_chapter_or_has_a_reason():
    assert set(ENTRIES) - BOXED == set(UNBOXED)


def test_an_entry_stands_once():
    keys = re.findall(rf"^\(ledger-{KEY}\)=$", LEDGER, flags=re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(ENTRIES) == LEDGER.count("\n(ledger-")


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_an_entry_states_shows_corrects_and_asks(key):
    text = ENTRIES[key]
    assert text.startswith("### ")
    parts = ["**Commonly stated:**", "**Correct:**", ":::{dropdown} "]
    if key not in NO_CELL:
        parts.insert(1, "```{code-cell}")
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    question = re.search(r":::\{dropdown\} (.*)\n(.+)", text)
    assert question[1].endswith("?")
    assert question[2] != ":::", "the answer is empty"


@pytest.mark.parametrize("key", sorted(set(ENTRIES) - set(NO_CELL)))
def test_a_counter_example_shows_something(key):
    assert "print(" in ENTRIES[key]


def page(site, name):
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize("chapter", BOXES)
def test_the_build_leads_from_each_box_to_its_entry(site, chapter):
    lines = page(site, chapter).select("p.ledger-link a")
    there = {link["href"] for link in lines}
    wanted = {key for _, key in BOXES[chapter]} & set(ENTRIES)
    assert there == {f"ledger.html#ledger-{key}" for key in wanted}


def test_the_build_leads_from_each_entry_to_its_boxes(site):
    ledger = page(site, "ledger")
    for key in ENTRIES:
        section = ledger.find(id=f"ledger-{key}")
        section = section if section.name == "section" else section.parent
        there = {link["href"] for link in section.select("p.ledger-link a")}
        assert there == {
            f"{chapter}.html#{label}"
            for chapter, found in BOXES.items()
            for label, of in found
            if of == key
        }
