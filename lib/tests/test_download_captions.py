"""Readers of captions, on tiny made-up files in the real sets' formats."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from throughtime import download
from throughtime.errors import DownloadError, ThroughTimeError

FORMATS = Path(__file__).parent / "data" / "formats"


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_karpathys_json_and_the_token_files_say_the_same(split):
    tokens = download.flickr8k_tokens(split, FORMATS)
    listed = download.karpathy(FORMATS / "dataset_tiny_flickr_style.json", split)
    assert tokens == listed
    assert len(tokens) == {"train": 12, "val": 3, "test": 3}[split]
    assert all(len(image.captions) == 5 for image in tokens)


def test_restval_counts_as_train_or_is_left_out():
    path = FORMATS / "dataset_tiny_coco_style.json"
    with_it = download.karpathy(path)
    without = download.karpathy(path, restval=False)
    assert (len(with_it), len(without)) == (12, 8)
    assert {image.split for image in with_it} == {"train"}
    assert with_it[0].file == "val2014/made_up_0000.png"
    assert with_it[1].file == "train2014/made_up_0001.png"


def write_json(tmp_path, **changes):
    image = {"split": "test", "filename": "a.png"} | changes
    path = tmp_path / "made.json"
    path.write_text(json.dumps({"images": [image], "dataset": "made"}))
    return path


def test_blanked_captions_empty_ones_and_long_ones_are_read(tmp_path):
    path = write_json(tmp_path, sentences=[])
    assert download.karpathy(path, "test") == [("a.png", (), "test")]
    said = [{"tokens": list("abcd")}, {"tokens": []}, {"tokens": ["e"]}]
    path = write_json(tmp_path, sentences=said)
    (image,) = download.karpathy(path, "test", longest=3)
    assert image.captions == (("a", "b", "c"), ("e",))


def test_a_file_of_another_form_is_refused(tmp_path):
    with pytest.raises(DownloadError, match="of split 'dev'; wanted train, val"):
        download.karpathy(write_json(tmp_path, sentences=[], split="dev"))
    with pytest.raises(DownloadError, match=r"KeyError.*wanted Karp"):
        download.karpathy(write_json(tmp_path))
    with pytest.raises(DownloadError, match=r"FileNotFoundError.*wanted Karp"):
        download.karpathy(tmp_path / "none.json")
    (tmp_path / "cut.json").write_text('{"images": [{"spl')
    with pytest.raises(DownloadError, match=r"JSONDecodeError.*Try images"):
        download.karpathy(tmp_path / "cut.json")


def test_token_files_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(DownloadError, match=r"0 files \*\.token\.txt; wanted one"):
        download.flickr8k_tokens("train", tmp_path)
    (tmp_path / "a.token.txt").write_text('b.jpg#0\tA dog \'s "t-shirt" , here .\n')
    (tmp_path / "a.trainImages.txt").write_text("b.jpg\n")
    (tmp_path / "a.testImages.txt").write_text("c.jpg\n")
    (image,) = download.flickr8k_tokens("train", tmp_path)
    assert image.captions == (("a", "dog", "'s", "t", "shirt", "here"),)
    with pytest.raises(DownloadError, match=r"names c\.jpg; wanted images that"):
        download.flickr8k_tokens("test", tmp_path)
    (tmp_path / "a.token.txt").write_text("b.jpg no caption\n")
    with pytest.raises(DownloadError, match=r"line 1 of .* wanted name"):
        download.flickr8k_tokens("train", tmp_path)


@pytest.fixture
def h5_folder(tmp_path):
    """The made-up captions with made-up features beside them."""
    h5py = pytest.importorskip("h5py")
    for path in FORMATS.glob("*2014*"):
        shutil.copy(path, tmp_path)
    rng = np.random.default_rng(0)
    for split, M in (("train", 12), ("val", 6)):
        with h5py.File(tmp_path / f"{split}2014_vgg16_fc7_pca.h5", "w") as file:
            file["features"] = rng.normal(size=(M, 5)).astype(np.float32)
    return tmp_path


@pytest.mark.parametrize(("split", "M"), [("train", 12), ("val", 6)])
def test_cs231ns_files_say_the_same_as_the_json_they_were_made_of(h5_folder, split, M):
    data = download.cs231n(split, h5_folder)
    assert data.captions.shape == (17, 5 * M)
    assert data.features.shape == (M, 5)
    assert (data.captions[0] == 1).all()
    path = FORMATS / "dataset_tiny_flickr_style.json"
    images = download.karpathy(path, split)
    images += download.karpathy(path, "test") if split == "val" else []
    want = [words for image in images for words in image.captions]
    for n, words in enumerate(want):
        known = [word if word in data.words else "<UNK>" for word in words]
        row = [data.words[i] for i in data.captions[:, n]]
        filled = ["<START>", *known, "<END>"]
        assert row == filled + ["<NULL>"] * (17 - len(filled))
    assert data.images.tolist() == [m for m in range(M) for _ in range(5)]


def test_cs231n_files_that_do_not_fit_are_refused(h5_folder):
    import h5py

    with pytest.raises(DownloadError, match=r"cannot be read .*Try images"):
        download.cs231n("train", h5_folder, pca=False)
    urls = h5_folder / "train2014_urls.txt"
    urls.write_text("one\n")
    with pytest.raises(DownloadError, match="1 addresses for 12 images; wanted"):
        download.cs231n("train", h5_folder)
    with h5py.File(h5_folder / "train2014_vgg16_fc7_pca.h5", "w") as file:
        file["features"] = np.zeros((11, 5), np.float32)
    with pytest.raises(DownloadError, match="image numbers beyond the 11 features"):
        download.cs231n("train", h5_folder)
    vocabulary = h5_folder / "coco2014_vocab.json"
    words = json.loads(vocabulary.read_text())
    del words["idx_to_word"][9:]
    vocabulary.write_text(json.dumps(words))
    with pytest.raises(DownloadError, match=r"ids beyond the \d+ words"):
        download.cs231n("val", h5_folder)


def test_without_h5py_the_install_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ThroughTimeError, match=r'pip install "throughtime\[coco\]"'):
        download.cs231n(folder=FORMATS)
