"""The decks' reading list is in references.bib and on the page, each work by name."""

import re

import pytest
from conftest import ROOT

BIB = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
PAGE = (ROOT / "book" / "bibliography.md").read_text(encoding="utf-8")
LISTS = dict(re.findall(r"^### (Deck \d).*?$(.*?)(?=^##|\Z)", PAGE, re.M | re.S))
# Whom the reading list names, a word of the title, and the decks that name the work.
WORKS = [
    ("Elman", "Finding Structure in Time", "2 4"),
    ("Schmidhuber", "Long Short-Term Memory", "0 1 2 4"),
    ("Bengio", "Learning Long-Term Dependencies", "0 1 2 4"),
    ("Pascanu", "Difficulty of Training", "0 1 2 4"),
    ("Graves", "Supervised Sequence Labelling", "0"),
    ("Cho", "Encoder--Decoder", "0 1 2 4"),
    ("Greff", "Search Space Odyssey", "1 2"),
    ("Jozefowicz", "Empirical Exploration", "1 2 4"),
    ("Zoph", "Architecture Search", "2"),
    ("Peng", "RWKV", "2"),
    ("Karpathy", "Visualizing and Understanding", "0 1 4"),
    ("Ba, Jimmy", "Multiple Object Recognition", "1"),
    ("Gregor", "DRAW", "1"),
    ("He, Kaiming", "Deep Residual Learning", "1 2"),
    ("Huang, De-An", "Connectionist Temporal", "2"),
    ("Donahue", "DeCAF", "2"),
    ("Donahue", "Long-Term Recurrent Convolutional", "1 2"),
    ("Razavian", "Off-the-Shelf", "2"),
    ("Mao", "Explain Images", "1 2"),
    ("Mao", "m-RNN", "0"),
    ("Karpathy", "Deep Visual-Semantic", "0 1 2"),
    ("Vinyals", "Show and Tell", "1 2"),
    ("Chen, Xinlei", "Recurrent Visual Representation", "1 2"),
    ("Xu, Kelvin", "Show, Attend and Tell", "1 4"),
    ("Zhu", "Visual7W", "1 4"),
    ("Das", "Visual Dialog", "2"),
    ("Wang, Xin", "Cross-Modal Matching", "2"),
    ("Vijayakumar", "Diverse Beam Search", "4"),
    ("Mikolov", "Distributed Representations of Words", "0"),
    ("Krizhevsky", "ImageNet", "1"),
    ("Simonyan", "Very Deep Convolutional", "1 4"),
]
PAGES = [
    ("awesome-rnn", "0"),
    ("CS231n", "0"),
    ("CS224d", "0"),
    ("min-char-rnn", "1 4"),
    ("neuraltalk2", "4"),
    ("imdb_lstm", "0"),
    ("recurrent layers", "0"),
    ("BasicRNNCell", "0"),
    ("Stacks project", "1 2"),
    ("Linux", "1"),
    ("cloudcv", "4"),
]
KNOWN = ("copy seen", "not seen", "gone", "moved")


def entries():
    """Return the text of each entry of references.bib, by its key."""
    found = re.findall(r"^@\w+\{([\w]+),\n(.*?)^\}", BIB, flags=re.M | re.S)
    return {key: re.sub(r"[{}]|\s+", " ", text) for key, text in found}


def squeezed(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


@pytest.mark.parametrize(("author", "title", "decks"), WORKS)
def test_a_work_of_the_reading_list_is_in_the_lists_of_its_decks(author, title, decks):
    keys = [
        key
        for key, text in entries().items()
        if squeezed(author) in squeezed(text) and squeezed(title) in squeezed(text)
    ]
    assert len(keys) == 1
    for deck in decks.split():
        assert re.search(rf"\{{cite:t\}}`{keys[0]}`", LISTS[f"Deck {deck}"]), deck


@pytest.mark.parametrize(("name", "decks"), PAGES)
def test_a_page_or_program_is_in_the_lists_of_its_decks(name, decks):
    for deck in decks.split():
        assert name.lower() in LISTS[f"Deck {deck}"].lower(), deck


def test_every_link_says_how_far_it_is_known():
    rows = re.findall(r"^\|(?: [^|]* \|){3} ([^|]*) \|$", PAGE, flags=re.M)
    states = [row for row in rows if row not in {"link", ":--"}]
    assert len(states) > 12
    assert [state for state in states if not state.startswith(KNOWN)] == []


def test_what_is_gone_or_moved_is_no_link():
    for row in re.findall(r"^\|.*\| (?:gone|moved).*$", PAGE, flags=re.M):
        assert "](" not in row


def test_no_work_stands_twice():
    titles = [
        squeezed(re.search(r"title *= *(.*?), [a-z]+ *=", text)[1])
        for text in entries().values()
    ]
    assert len(titles) == len(set(titles))
    assert BIB.count("\n@") + BIB.startswith("@") == len(entries())


def test_each_list_says_where_its_works_are_cited():
    for text in LISTS.values():
        for row in re.findall(r"^\| .*\{cite:t\}.*$", text, flags=re.M):
            assert "{cited}" in row or row.endswith("see there |"), row


def test_every_work_of_the_lists_is_cited_in_a_chapter():
    chapters = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "book").glob("[01][0-9]_*.md")
    )
    cited = ",".join(re.findall(r"\{cite:[a-z]+\}`([^`]+)`", chapters)).split(",")
    named = set(re.findall(r"\{cited\}`(\w+)`", PAGE))
    assert len(named) > 25
    assert named - {key.strip() for key in cited} == set()
