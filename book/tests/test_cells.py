"""What holds for the code cells in the sources of all pages."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[1]
PAGES = {path.stem: path for path in sorted(BOOK.glob("*.md"))}
CELL = re.compile(r"^```\{code-cell\}.*\n([\s\S]*?)^```$", re.MULTILINE)
OPTIONS = re.compile(r"\A(?:---\n[\s\S]*?^---\n|(?::[\w-]+:.*\n)+)", re.MULTILINE)
MOST_LINES = 15


def lines_of_code(page):
    """Return the lines of each cell, without its tags and other options."""
    cells = (OPTIONS.sub("", cell).strip("\n") for cell in CELL.findall(page))
    return [cell.split("\n") for cell in cells]


@pytest.mark.parametrize("name", PAGES)
def test_no_cell_is_longer_than_a_reader_takes_in(name):
    page = PAGES[name].read_text(encoding="utf-8")
    cells = lines_of_code(page)
    assert len(cells) == len(re.findall(r"^ *`+\{code-cell\}", page, re.MULTILINE))
    long = {cell[0]: len(cell) for cell in cells if len(cell) > MOST_LINES}
    assert long == {}, "by its first line, how many lines a cell has"


@pytest.mark.parametrize(
    "options", ["", ":tags: [hide-input]\n\n", "---\ntags: [a]\nmystnb:\n  b: c\n---\n"]
)
def test_options_are_no_lines_of_code(options):
    page = f"```{{code-cell}} ipython3\n{options}a = 1\n\nb = 2\n```\n"
    assert lines_of_code(f"text\n{page}{page}") == [["a = 1", "", "b = 2"]] * 2
