"""The script for photographs, run on made-up files in the real sets' forms."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from throughtime import metrics
from throughtime.errors import ThroughTimeError

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import photographs

FORMATS = Path(__file__).parent / "data" / "formats"
JSON = FORMATS / "dataset_tiny_flickr_style.json"


@pytest.fixture
def features(tmp_path):
    """An .npz with a row of made-up features for each image."""
    import json

    images = json.loads(JSON.read_text(encoding="utf-8"))["images"]
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(len(images), 5)).astype(np.float32)
    path = tmp_path / "features.npz"
    np.savez(path, names=[image["filename"] for image in images], features=rows)
    return path


def test_flickr8k_is_read_with_features_and_one_vocabulary(features):
    train = photographs.flickr8k("train", features, JSON)
    test = photographs.flickr8k("test", features, JSON, train.symbols)
    assert train.features.shape == (12, 5)
    assert train.ids.shape[1] == len(train.images) == 5 * 12
    assert test.symbols == train.symbols
    assert train.images.tolist() == [m for m in range(12) for _ in range(5)]
    for column, m in zip(train.ids.T, train.images, strict=True):
        words = [train.symbols[i] for i in column if i > 2]
        known = [
            [word if word in train.symbols else "<UNK>" for word in words]
            for words in train.captions[m]
        ]
        assert words in known


def test_an_image_without_features_is_named(features, tmp_path):
    with np.load(features) as file:
        np.savez(
            tmp_path / "few.npz", names=file["names"][1:], features=file["features"]
        )
    with pytest.raises(ThroughTimeError, match="has no row for made_up"):
        photographs.flickr8k("train", tmp_path / "few.npz", JSON)


def test_coco_is_read_as_cs231n_stores_it(tmp_path):
    h5py = pytest.importorskip("h5py")
    for path in FORMATS.glob("*2014*"):
        shutil.copy(path, tmp_path)
    for split, M in (("train", 12), ("val", 6)):
        with h5py.File(tmp_path / f"{split}2014_vgg16_fc7_pca.h5", "w") as file:
            file["features"] = np.ones((M, 5), np.float32)
    data = photographs.coco("train", tmp_path)
    assert [len(several) for several in data.captions] == [5] * 12
    assert all("<START>" not in words for words in data.captions[0])
    assert photographs.coco("test", tmp_path).features.shape == (6, 5)


def test_the_run_states_its_baselines_beside_the_captioner(features):
    train = photographs.flickr8k("train", features, JSON)
    test = photographs.flickr8k("test", features, JSON, train.symbols)
    found = photographs.run(train, test, steps=3, seed=0, H=8, D=4)
    assert list(found["BLEU-1 to -4"]) == [
        "most common caption",
        "caption of another image",
        "caption of the nearest image",
        "one person, the others",
        "captioner, greedy",
    ]
    assert set(found["nats"]) == {"test", "images exchanged"}


def test_the_nearest_image_is_the_one_in_the_same_direction(features):
    train = photographs.flickr8k("train", features, JSON)
    rows = torch.tensor([3, 0])
    twice = train._replace(features=2 * train.features)
    said = photographs.nearest(train, twice, rows)
    assert said == [train.captions[3][0], train.captions[0][0]]


def test_one_person_is_scored_against_the_others_alone(features):
    train = photographs.flickr8k("train", features, JSON)
    test = photographs.flickr8k("test", features, JSON, train.symbols)
    rows = torch.arange(len(test.features))
    found = photographs.baselines(train, test, rows)["one person, the others"]
    one = [several[0] for several in test.captions]
    others = [several[1:] for several in test.captions]
    assert found == pytest.approx(metrics.bleu(one, others), abs=1e-4)


def test_every_caption_counts_once_in_nats_a_token(features):
    data = photographs.flickr8k("train", features, JSON)
    model = photographs.make(data, 8, 4).eval()
    whole = photographs.nats(model, data)
    old, photographs.PART = photographs.PART, 7
    try:
        assert photographs.nats(model, data) == pytest.approx(whole, rel=1e-5)
    finally:
        photographs.PART = old
