"""Readers of the real sets' formats, on tiny made-up files in those formats."""

import dataclasses
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from throughtime import download
from throughtime.download import cards, corpora
from throughtime.errors import DownloadError, ThroughTimeError
from throughtime.text import pad

DATA = os.environ.get("THROUGHTIME_DATA")


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Put content into the cache as if it were a set's file."""
    monkeypatch.setenv("THROUGHTIME_CACHE", str(tmp_path))

    def put(name, content):
        digest = hashlib.sha256(content).hexdigest()
        about = dataclasses.replace(cards._CARDS[name], hash=f"sha256:{digest}")
        monkeypatch.setitem(cards._CARDS, name, about)
        (tmp_path / about.file).write_bytes(content)
        return tmp_path / about.file

    return put


def test_a_text_is_cut_at_nine_tenths(cached):
    cached("tiny_shakespeare", b"0123456789abcdefghij-")
    assert download.tiny_shakespeare() == "0123456789abcdefgh"
    assert download.tiny_shakespeare("test") == "ij-"
    assert len(download.tiny_shakespeare("all")) == 21


MADE_UP = "Krieg und\nFrieden.\n" * 10


def as_warpeace(monkeypatch, text, length):
    digest = hashlib.sha256(text.encode()).hexdigest()
    monkeypatch.setattr(corpora, "_WAR_AND_PEACE", (digest, length, None))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_make_no_difference(
    end, mark, cached, monkeypatch
):
    as_warpeace(monkeypatch, MADE_UP, 0)
    cached("war_and_peace", (mark + MADE_UP.replace("\n", end)).encode())
    parts = [download.war_and_peace(split) for split in ("train", "val", "test")]
    assert "".join(parts) == MADE_UP
    assert [len(part) for part in parts] == [152, 19, 19]


def test_a_copy_with_another_hash_but_the_right_size_is_taken(cached, monkeypatch):
    as_warpeace(monkeypatch, "another", len(MADE_UP))
    cached("war_and_peace", MADE_UP.encode())
    assert download.war_and_peace("all") == MADE_UP


def test_another_text_is_refused_and_not_kept(cached, monkeypatch):
    path = cached("nietzsche", b"not him")
    with pytest.raises(
        DownloadError, match=r"7 characters and 7 sym.*wanted 600893 an"
    ):
        download.nietzsche()
    assert not path.exists()


NAMES = ["Bé", "Ada", "Zoë", *(f"Ada{i}" for i in range(27))]


@pytest.fixture
def all_names(cached):
    for name in download.names_of_sets():
        if name.startswith("names_"):
            cached(name, "\n".join([*NAMES[:3], "", *NAMES, ""]).encode())


@pytest.mark.usefixtures("all_names")
def test_names_come_once_a_language_and_splits_never_share_one():
    everything = download.names("all")
    assert len(everything) == 18
    assert everything["Arabic"] == tuple(NAMES)
    splits = [download.names(split) for split in ("train", "val", "test")]
    for language in everything:
        parts = [part[language] for part in splits]
        assert sorted(name for part in parts for name in part) == sorted(
            everything[language]
        )
    assert len({part["Irish"] for part in splits}) == 3
    assert splits[0]["Irish"] == splits[0]["Greek"]


def test_made_up_first_names_keep_the_files_order(cached):
    cached("makemore_names", b"emma\nolivia\nava\n")
    assert download.makemore_names("all") == ("emma", "olivia", "ava")


def write_imdb(cached, tmp_path, rows, labels):
    archive = tmp_path / "made.npz"
    ragged = np.empty(len(rows), dtype=object)
    ragged[:] = rows
    np.savez(archive, x_train=ragged, y_train=labels, x_test=ragged, y_test=labels)
    return cached("imdb", archive.read_bytes())


def test_reviews_have_the_courses_ids_and_the_words_to_read_them(cached, tmp_path):
    write_imdb(cached, tmp_path, [[1, 5, 2], [3]], [1, 0])
    ranks = {"the": 1, "and": 2, "a": 3, "of": 4, "film": 5}
    cached("imdb_words", json.dumps(ranks).encode())
    reviews, words = download.imdb(most_common=3), download.imdb_words(most_common=3)
    assert [row.tolist() for row in reviews.ids] == [[1, 4, 3, 5], [1, 6]]
    assert reviews.labels.tolist() == [1, 0]
    read = [[words[i] for i in row] for row in reviews.ids]
    assert read == [["<START>", "the", "<UNK>", "and"], ["<START>", "a"]]
    ids, mask = pad(reviews.ids)
    assert ids.shape == (4, 2)
    assert mask.sum(0).tolist() == [4, 2]


def test_reviews_are_cut_at_their_start(cached, tmp_path):
    write_imdb(cached, tmp_path, [[1, 5, 2], [3]], [1, 0])
    ids = download.imdb("test", longest=2).ids
    assert [row.tolist() for row in ids] == [[8, 5], [1, 6]]


def test_reviews_that_do_not_pair_with_labels_are_refused(cached, tmp_path):
    write_imdb(cached, tmp_path, [[1, 5, 2], [3]], [1, 0, 1])
    with pytest.raises(DownloadError, match="with 2 reviews; wanted 3, as labels"):
        download.imdb()


@pytest.mark.parametrize(
    "call",
    [
        download.tiny_shakespeare,
        download.nietzsche,
        download.war_and_peace,
        download.names,
        download.makemore_names,
        download.imdb,
        download.cs231n,
        lambda split: download.karpathy("coco", split),
        download.flickr8k_tokens,
    ],
)
def test_an_unknown_split_is_refused_before_anything_is_fetched(call):
    with pytest.raises(ThroughTimeError, match=r"'dev'; wanted .*Try split"):
        call("dev")


@pytest.mark.parametrize("wrong", [{"most_common": 0}, {"longest": 0}])
def test_sizes_below_one_are_refused(wrong):
    with pytest.raises(ThroughTimeError, match="is 0; wanted 1 or more"):
        download.imdb(**wrong)


@pytest.mark.skipif(not DATA, reason="THROUGHTIME_DATA is not set")
def test_the_real_files_pass_their_own_cards(tmp_path, monkeypatch):
    monkeypatch.setenv("THROUGHTIME_CACHE", str(tmp_path))
    for folder in ("text", "names", "names/by_language"):
        for path in (Path(DATA) / folder).glob("*.txt"):
            prefix = "names_" if folder.endswith("language") else ""
            shutil.copyfile(path, tmp_path / f"{prefix}{path.name}")
    text = download.tiny_shakespeare("all")
    assert (len(text), len(set(text))) == (1_115_394, 65)
    assert len(download.tiny_shakespeare()) == 1_003_854
    assert len(download.nietzsche("all")) == 600_893
    assert len(download.war_and_peace("all")) == 3_196_214
    assert len(download.makemore_names("all")) == 29_494
    names = download.names("all")
    assert sum(map(len, names.values())) == 18_012
    monkeypatch.setattr(corpora, "_NIETZSCHE", ("unknown", 600_893, 57))
    monkeypatch.setattr(corpora, "_WAR_AND_PEACE", ("unknown", 3_196_214, None))
    assert len(download.nietzsche("all")) == 600_893
    assert len(download.war_and_peace("all")) == 3_196_214
