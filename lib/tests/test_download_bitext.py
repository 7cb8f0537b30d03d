"""Pairs of sentences, read from a made-up file in Tatoeba's form."""

import dataclasses
import hashlib
import io
import zipfile

import pytest

from throughtime import download
from throughtime.download import cards
from throughtime.errors import DownloadError, ThroughTimeError

LINES = "Go.\tVa !\nGo.\tMarche.\nI see it.\tJe le vois.\tCC-BY 2.0 (France)\n"


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Put a zip into the cache as if it were the set's."""
    monkeypatch.setenv("THROUGHTIME_CACHE", str(tmp_path))

    def put(text, member="fra-eng/fra.txt"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            file.writestr(member, text)
        digest = hashlib.sha1(packed.getvalue()).hexdigest()
        name = "tatoeba_french"
        about = dataclasses.replace(cards._CARDS[name], hash=f"sha1:{digest}")
        monkeypatch.setitem(cards._CARDS, name, about)
        (tmp_path / about.file).write_bytes(packed.getvalue())

    return put


def test_words_and_marks_are_cut_apart_and_names_of_authors_are_dropped(cached):
    cached(LINES)
    found = download.tatoeba("all")
    assert found == [
        (("go", "."), ("va", "!")),
        (("go", "."), ("marche", ".")),
        (("i", "see", "it", "."), ("je", "le", "vois", ".")),
    ]
    assert download.tatoeba("all", longest=2) == found[:2]


def test_all_renderings_of_a_sentence_are_in_one_split(cached):
    english = [f"Sentence {k}." for k in range(60)]
    cached("".join(f"{each}\tun\n{each}\tdeux\n" for each in english))
    parts = [download.tatoeba(split) for split in ("train", "val", "test")]
    sources = [{pair.source for pair in part} for part in parts]
    assert sum(map(len, parts)) == 120
    assert sum(map(len, sources)) == len(set.union(*sources)) == 60
    assert len(sources[0]) > 30


def test_another_file_is_refused(cached):
    cached("no tabs here\n")
    with pytest.raises(DownloadError, match="no tab in line 1; wanted two columns"):
        download.tatoeba()
    cached(LINES, member="fra-eng/other.txt")
    with pytest.raises(DownloadError, match=r"holds no member for fra\.txt"):
        download.tatoeba()
    with pytest.raises(ThroughTimeError, match="split is 'dev'"):
        download.tatoeba("dev")
