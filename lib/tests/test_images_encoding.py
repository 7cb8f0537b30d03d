"""Captions become ids and back, and what needs no picture scores low."""

import numpy as np
import pytest
import torch

from throughtime import images
from throughtime.errors import (
    KindError,
    ShapeError,
    ThroughTimeError,
    VocabularyError,
)
from throughtime.images import Caption, Scene, Thing
from throughtime.text import END, NULL, START


def _some_scenes(n):
    return [s for split in ("train", "pairs", "count") for s in images.scenes(split, n)]


def test_the_vocabulary_is_the_words_that_captions_use():
    used = {w for s in _some_scenes(300) for c in images.captions(s) for w in c.words}
    assert images.caption_words() == tuple(sorted(used))
    assert len(used) == 26
    vocabulary = images.caption_vocabulary()
    assert vocabulary.symbols[4:] == images.caption_words()
    assert len(vocabulary) == 30


def test_encoded_captions_read_back_between_their_marks():
    drawn = [c for k, s in enumerate(_some_scenes(9)) for c in images.references(s, k)]
    ids, mask = images.encode_captions(drawn)
    longest = max(len(caption.words) for caption in drawn)
    assert ids.shape == mask.shape == (longest + 2, len(drawn))
    assert (ids.dtype, mask.dtype) == (torch.int64, torch.bool)
    for column, real, caption in zip(ids.T, mask.T, drawn, strict=True):
        start, *words, end = column[real].tolist()
        assert (start, end) == (START, END)
        assert images.caption_vocabulary().decode(words) == str(caption)
        assert (column[~real] == NULL).all()
        assert real[: len(words) + 2].all()
    plain = [caption.words for caption in drawn]
    assert torch.equal(images.encode_captions(plain)[0], ids)


def test_what_is_no_caption_is_not_encoded():
    with pytest.raises(VocabularyError, match="word 'star' of number 1"):
        images.encode_captions([("a",), ("a", "star")])
    with pytest.raises(VocabularyError, match="word '<END>' of number 0"):
        images.encode_captions([("a", "<END>")])
    with pytest.raises(KindError, match="caption 0 is the string 'a red cross'"):
        images.encode_captions(["a red cross"])
    with pytest.raises(ShapeError, match="no rows"):
        images.encode_captions([])


def test_without_the_picture_hardly_a_caption_is_true():
    train, test = images.scenes("train", 2000), images.scenes("test", 3000)
    drawn = [c for k, s in enumerate(train) for c in images.references(s, k)]
    common = images.most_common_caption(drawn)
    # One thing (1/2), of one of 20 pairs: "a red cross" and its like.
    rate = np.mean([images.is_true(common, scene) for scene in test])
    assert rate == pytest.approx(1 / 40, abs=4 * (1 / 40 / 3000) ** 0.5)
    chance = np.random.default_rng(0).integers(len(drawn), size=len(test))
    pairs = zip(chance, test, strict=True)
    rate = np.mean([images.is_true(drawn[i].words, scene) for i, scene in pairs])
    assert 0.004 < rate < 0.016


def test_uniform_attention_has_the_share_of_cells_that_things_cover():
    # A square from 16 to 32: the four middle cells of 36, and no edge of another.
    scene = Scene([Thing("square", "red", "big", 24, 24, 10)])
    assert images.uniform_attention_mass([scene]) == pytest.approx(4 / 36)
    mass = images.uniform_attention_mass(images.scenes("test", 300))
    assert 0.105 < mass < 0.125
    for nothing in ([], [Scene([])]):
        with pytest.raises(ThroughTimeError, match="wanted scenes of one thing"):
            images.uniform_attention_mass(nothing)


def test_the_most_common_caption_is_counted_by_its_words():
    one, other = Caption(("a",), (0,)), Caption(("a",), (1,))
    assert images.most_common_caption([Caption(("b",), (0,)), one, other]) == ("a",)
    with pytest.raises(ThroughTimeError, match="seen is empty; wanted"):
        images.most_common_caption([])


def test_uniform_attention_weighs_things_by_the_words_that_name_them():
    big, small = (
        Thing("square", "red", "big", 16, 16, 10),
        Thing("square", "blue", "small", 44, 44, 5),
    )
    assert images.uniform_attention_mass([Scene([big, small])]) == pytest.approx(
        _mass_by_hand(Scene([big, small]))
    )


def _mass_by_hand(scene):
    cells = [c.sum().item() for c in images.object_cells(scene)]
    named = [i for c in images.captions(scene) for i in c.refers if i != -1]
    return sum(cells[i] for i in named) / len(named) / 36
