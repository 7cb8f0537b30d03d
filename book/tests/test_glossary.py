"""The glossary: each word in two languages, once, with the section that defines it."""

import re

import pytest
from conftest import ROOT

PAGE = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
ROW = r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$"
WORDS = [
    row
    for row in re.findall(ROW, PAGE, flags=re.MULTILINE)
    if row[0] != "English" and not row[0].startswith(":")
]


@pytest.mark.parametrize("row", WORDS, ids=[row[0] for row in WORDS])
def test_a_word_has_chinese_ones_and_a_section(row):
    _, chinese, _, section = row
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert re.fullmatch(r"\{ref\}`[a-z0-9-]+`", section)


def test_a_word_stands_once():
    english = [row[0] for row in WORDS]
    assert len(english) > 100
    assert len(english) == len(set(english))


@pytest.mark.parametrize("chapter", [f"{n:02}" for n in range(1, 15)])
def test_each_chapter_defines_words(chapter):
    assert any(f"`sec-{chapter}-" in row[3] for row in WORDS)


def test_only_the_recursive_network_is_called_recursive_in_chinese():
    for english, chinese, *_ in WORDS:
        if "递归" in chinese:
            assert english == "recursive neural network"
        if english.startswith("recurrent"):
            assert "循环" in chinese
