"""Every labelled equation of the book is evaluated by a test of the library."""

import re
from pathlib import Path

import pytest
from pages import BOOK

LABELS = {
    page.stem: re.findall(r"\((eq-[a-z0-9-]+)\)$", page.read_text("utf-8"), re.M)
    for page in sorted(BOOK.glob("*.md"))
}
TESTS = Path(__file__).parent.glob("test_*.py")
MARKS = {
    label
    for path in TESTS
    for label in re.findall(r'equation\("(eq-[a-z0-9-]+)"\)', path.read_text("utf-8"))
}


@pytest.mark.parametrize("page", [page for page, labels in LABELS.items() if labels])
def test_each_label_of_a_page_stands_there_once_and_has_a_test(page):
    assert len(LABELS[page]) == len(set(LABELS[page]))
    assert set(LABELS[page]) <= MARKS


def test_every_chapter_has_labels_and_no_test_names_one_that_is_gone():
    chapters = [page for page in LABELS if re.match(r"\d\d_", page)]
    assert len(chapters) == 16
    assert all(LABELS[page] for page in chapters)
    assert {label for labels in LABELS.values() for label in labels} >= MARKS
