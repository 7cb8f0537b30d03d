"""Characters to numbers and back; the standard library's source as a corpus."""

import os
import subprocess
import sys
import sysconfig

import numpy as np
import pytest
import torch

from throughtime.errors import KindError, ShapeError, ThroughTimeError, VocabularyError
from throughtime.text import (
    END,
    MARKS,
    NULL,
    SOURCE_CHARACTERS,
    START,
    UNK,
    Vocabulary,
    one_hot,
    stdlib_source,
)


def test_symbols_are_sorted_and_counted_once():
    vocabulary = Vocabulary.from_text("hello, world")
    assert vocabulary.symbols == tuple(" ,dehlorw")
    assert len(vocabulary) == 9


def test_encode_and_decode_are_inverse():
    vocabulary = Vocabulary.from_text("hello")
    ids = vocabulary.encode("hello")
    assert ids.tolist() == [1, 0, 2, 2, 3]
    assert ids.dtype == torch.int64
    assert vocabulary.decode(ids) == "hello"
    assert vocabulary.decode([3, 0]) == "oe"
    assert vocabulary.decode(np.array([3, 0])) == "oe"


def test_order_and_split_are_the_same_in_every_process():
    program = (
        "from throughtime.text import Vocabulary, stdlib_source\n"
        "print(Vocabulary.from_text('the quick brown fox').symbols)\n"
        "print(repr(stdlib_source(1000, split='test')))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    symbols = tuple(sorted(set("the quick brown fox")))
    start = stdlib_source(1000, split="test")
    assert outputs == {f"{symbols}\n{start!r}\n".encode()}


def test_marks_come_first_at_their_fixed_ids():
    vocabulary = Vocabulary.from_text("ab", marks=True)
    assert vocabulary.symbols == ("<NULL>", "<START>", "<END>", "<UNK>", "a", "b")
    assert (NULL, START, END, UNK) == (0, 1, 2, 3)
    assert [vocabulary.symbols[i] for i in (NULL, START, END, UNK)] == list(MARKS)


def test_an_unknown_character_is_unk_with_marks():
    vocabulary = Vocabulary.from_text("ab", marks=True)
    assert vocabulary.encode("a?b").tolist() == [4, 3, 5]
    assert vocabulary.decode([4, 3]) == "a<UNK>"


def test_an_unknown_character_is_refused_without_marks():
    with pytest.raises(VocabularyError, match=r"'\?' at place 1 .*the 2 of .*marks"):
        Vocabulary.from_text("ab").encode("a?b")


@pytest.mark.parametrize("i", [-1, 2])
def test_an_unknown_id_is_refused_by_its_place(i):
    with pytest.raises(VocabularyError, match=f"id {i} at place 1 .* wanted 0 to 1"):
        Vocabulary.from_text("ab").decode([0, i])


def test_ids_of_a_whole_batch_are_refused():
    with pytest.raises(ShapeError, match=r"ids has shape \(2, 3\); wanted \(T,\)"):
        Vocabulary.from_text("ab").decode(torch.zeros(2, 3, dtype=torch.int64))


def test_an_empty_text_has_no_ids():
    assert Vocabulary.from_text("ab").encode("").shape == (0,)


def test_one_hot_equals_torchs_for_any_shape():
    ids = torch.tensor([[0, 3, 1], [2, 2, 0]])
    want = torch.nn.functional.one_hot(ids, 4)
    got = one_hot(ids, 4)
    assert got.dtype == torch.get_default_dtype()
    assert torch.equal(got, want.to(got.dtype))
    assert one_hot(ids, 4, torch.float64).dtype == torch.float64


def test_one_hot_takes_lists_and_numpy_arrays():
    assert one_hot([1, 0], 2).tolist() == [[0, 1], [1, 0]]
    assert one_hot(np.array([1, 0], np.int32), 2).tolist() == [[0, 1], [1, 0]]


def test_a_weight_times_one_hot_looks_up_a_column():
    W = torch.arange(12.0).reshape(3, 4)
    assert torch.equal(one_hot([2], 4) @ W.T, W[:, 2][None])


def test_one_hot_refuses_what_is_no_id():
    with pytest.raises(VocabularyError, match="ids run from 0 to 4; wanted 0 to 3"):
        one_hot([0, 4], 4)
    with pytest.raises(VocabularyError, match="ids run from -1"):
        one_hot([-1], 4)
    with pytest.raises(KindError, match=r"ids hold torch\.float32; wanted integers"):
        one_hot(torch.zeros(2), 4)


def test_the_corpus_has_about_the_size_that_the_chapters_state():
    everything = stdlib_source(split="all")
    assert 6_500_000 < len(everything) < 9_000_000
    assert 150_000 < everything.count("\n") < 300_000
    for word in ("def __init__(self", "import sys", "class Thread"):
        assert word in everything


def test_the_corpus_uses_every_printable_ascii_character_and_no_other():
    assert len(SOURCE_CHARACTERS) == len(set(SOURCE_CHARACTERS)) == 96
    assert set(stdlib_source(split="all")) == set(SOURCE_CHARACTERS)


def test_train_and_test_are_the_whole_and_share_no_file():
    train, test = stdlib_source(), stdlib_source(split="test")
    assert len(train) + len(test) == len(stdlib_source(split="all"))
    assert 0.05 < len(test) / len(train) < 0.2
    assert test[:2000] not in train


def test_the_corpus_is_cut_at_max_chars_and_is_the_same_each_time():
    start = stdlib_source(max_chars=100_000)
    assert len(start) == 100_000
    assert stdlib_source()[:100_000] == start


@pytest.fixture
def small_library(tmp_path, monkeypatch):
    files = {
        "b.py": b"b = 1\r\n",
        "a.py": b"a = 1\x0c\n",
        "pack/__init__.py": b"p = 1\n",
        "latin.py": "# \u03c0\n".encode(),
        "tabs.py": b"if 1:\n\tpass\n",
        "_sysconfigdata_x.py": b"built = 1\n",
        "note.txt": b"no source\n",
        "test/test_a.py": b"skipped = 1\n",
        "site-packages/other.py": b"skipped = 1\n",
        "config-3.11-here/made.py": b"skipped = 1\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})


@pytest.mark.usefixtures("small_library")
def test_files_come_in_order_and_what_is_not_source_stays_out():
    assert stdlib_source(split="all") == "a = 1\nb = 1\np = 1\n"


@pytest.mark.parametrize("folder", [".", "python311.zip"])
def test_a_python_without_source_is_told_what_to_try(folder, tmp_path, monkeypatch):
    root = str(tmp_path / folder)
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": root})
    with pytest.raises(ThroughTimeError, match=r"no source files in .*Try a Python"):
        stdlib_source()


def test_an_unknown_split_is_refused():
    with pytest.raises(ThroughTimeError, match="'valid'; wanted train, test or all"):
        stdlib_source(split="valid")


@pytest.mark.parametrize("max_chars", [0, -1])
def test_no_characters_are_refused(max_chars):
    with pytest.raises(ThroughTimeError, match=f"max_chars is {max_chars}; wanted 1"):
        stdlib_source(max_chars, split="test")
