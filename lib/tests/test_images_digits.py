"""Digits are whole, of unseen faces in test, and labelled right."""

import pytest
import torch

from throughtime import images
from throughtime.errors import ThroughTimeError
from throughtime.images.digits import FACES, _face, _ink


@pytest.mark.parametrize("fonts", FACES)
def test_digits_are_pictures_in_0_to_1_with_all_labels(fonts):
    pictures, labels = images.digits(600, 0, fonts)
    assert pictures.shape == (600, 28, 28)
    assert pictures.dtype == torch.float32
    assert labels.dtype == torch.int64
    assert 0 == pictures.min() < pictures.max() <= 1
    assert (pictures.amax((1, 2)) > 0.5).all()
    counts = labels.bincount()
    assert len(counts) == 10
    assert (counts - 60).abs().max() < 5 * 60**0.5


def test_digit_k_depends_on_seed_fonts_and_k_alone():
    pictures, labels = images.digits(50, seed=2)
    fewer, fewer_labels = images.digits(20, seed=2)
    assert torch.equal(pictures[:20], fewer)
    assert torch.equal(labels[:20], fewer_labels)
    assert not torch.equal(images.digits(20, seed=3)[0], fewer)
    assert not torch.equal(images.digits(20, 2, "val")[1], fewer_labels)


def test_no_face_is_in_two_sets():
    faces = [face for names in FACES.values() for face in names]
    assert len(faces) == len(set(faces)) == 22


def test_the_largest_digits_of_all_faces_fit_and_are_whole():
    for name in (name for names in FACES.values() for name in names):
        for label in range(10):
            for angle in (-12, 0, 12):
                one, twice = (_ink(_face(name), label, s, angle) for s in (29, 58))
                assert max(one.shape) <= 28
                # Twice as large: four times the ink, up to the hinting of the font.
                ratio = twice.sum(dtype=float) / one.sum(dtype=float)
                assert 3.4 < ratio < 5.2, (name, label, angle)


def test_a_digit_reads_as_its_label_by_its_nearest_neighbour():
    # Another face of the same label is nearer than any other label, as a rule.
    known, labels = images.digits(3000)
    asked, wanted = images.digits(400, 1, "test")
    nearest = torch.cdist(asked.flatten(1), known.flatten(1)).argmin(1)
    rate = (labels[nearest] == wanted).float().mean()
    assert rate > 0.5, "chance is 0.1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 0, "serif"), "fonts is 'serif'; wanted one of train, val, test"),
        ((-1,), "n is -1 and seed 0; wanted"),
        ((3, -1), "n is 3 and seed -1; wanted"),
    ],
)
def test_a_wrong_wish_for_digits_is_refused(arguments, message):
    with pytest.raises(ThroughTimeError, match=message):
        images.digits(*arguments)


def test_a_missing_face_is_named_with_a_remedy(monkeypatch):
    monkeypatch.setitem(FACES, "val", ("NoSuchFace",))
    with pytest.raises(ThroughTimeError, match=r"no font file NoSuchFace.ttf.*Try to"):
        images.digits(1, fonts="val")


def test_labels_are_the_digits_that_are_drawn():
    pictures, labels = images.digits(2000)
    ink = pictures.sum(2)
    place = (ink * torch.arange(28)).sum(1) / ink.sum(1)
    lit = (ink > 0).float()
    middle = (lit * torch.arange(28)).sum(1) / lit.sum(1)
    low = torch.stack([(place - middle)[labels == k].mean() for k in range(10)])
    width = (pictures > 0).any(1).sum(1).float()
    wide = torch.stack([width[labels == k].mean() for k in range(10)])
    assert wide.argmin() == 1
    assert low.argmin() == 7, "a seven has its ink on top"
    assert low[6] > 0 > low[9], "a six is heavy below, a nine above"
