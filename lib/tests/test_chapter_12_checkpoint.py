"""The captioner that is shipped for book/12_captioning, and its record."""

import json
import zipfile

import numpy as np
import pytest
import torch
from chapter_12 import BOOK, functions

from throughtime import images, metrics, models
from throughtime.train import load

CHECKPOINT = BOOK.parent / "lib" / "throughtime" / "checkpoints" / "captioner.npz"


@pytest.fixture(scope="module")
def saved():
    return load(CHECKPOINT)


def test_the_checkpoint_is_small_holds_no_pickle_and_says_how_it_was_made(saved):
    assert CHECKPOINT.stat().st_size < 1_000_000
    with zipfile.ZipFile(CHECKPOINT) as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
    wanted = {"config", "channels", "command", "seed", "held_out_nats", "scenes"}
    assert wanted <= set(saved.about)
    assert saved.about["command"].startswith("python lib/train/captioner.py")


@torch.no_grad()
def test_the_checkpoint_has_the_held_out_loss_that_it_states(saved):
    cnn = models.SmallCNN(saved.about["channels"])
    model = models.Captioner(**saved.about["config"], cnn=cnn).eval()
    model.load_state_dict(saved.weights)
    scenes = images.scenes("test", 400, 3)
    rng = np.random.default_rng(0)
    drawn = functions(ONE_THING=0.35)["probabilities"]
    words = []
    for scene in scenes:
        captions, q = zip(*drawn(scene).items(), strict=True)
        words.append(captions[rng.choice(len(q), p=q)])
    ids, mask = images.encode_captions(words)
    logits = model(images.render_all(scenes, 3), ids[:-1])
    nats = metrics.cross_entropy(logits, ids[1:], mask[1:]).item()
    assert nats == pytest.approx(saved.about["held_out_nats"], abs=0.05)


def test_the_record_is_of_the_run_that_made_the_checkpoint(saved):
    record = json.loads((BOOK / "records" / "captioner.json").read_text("utf-8"))
    for name in ("command", "seed", "held_out_nats"):
        assert record[name] == saved.about[name]
    assert len(record["curve"]) * record["every"] * 64 == saved.about["scenes"]
