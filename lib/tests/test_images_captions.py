"""Captions are exactly the true ones: two judges, who share no code, agree."""

import itertools
import re

import numpy as np
import pytest

from throughtime import images
from throughtime.errors import (
    KindError,
    ThroughTimeError,
)
from throughtime.images import COLOURS, SHAPES, SIZES, Scene, Thing

TWINS = Scene(
    [
        Thing("circle", "red", "small", 8, 8, 5),
        Thing("circle", "red", "small", 24, 8, 5),
    ]
)


def _everything():
    """Yield every caption of the grammar, by nesting loops over its words."""
    plain = [f"{c} {s}" for c in COLOURS for s in SHAPES]
    for nouns in (plain, [f"{z} {noun}" for z in SIZES for noun in plain]):
        for noun in nouns:
            yield f"a {noun}"
            yield f"there is a {noun}"
            for row in ("", "top", "bottom"):
                for column in ("", "left", "right"):
                    where = f"{row} {column}".strip() or "middle"
                    yield f"a {noun} in the {where}"
        for one, other in itertools.product(nouns, repeat=2):
            yield f"a {one} and a {other}"
            for how in ("left of", "right of", "above", "below"):
                yield f"a {one} {how} a {other}"
                yield f"there is a {one} {how} a {other}"


EVERYTHING = [tuple(text.split()) for text in _everything()]


def _some_scenes(n):
    return [s for split in ("train", "pairs", "count") for s in images.scenes(split, n)]


def test_of_all_captions_that_there_are_the_judge_takes_the_listed_ones_only():
    assert len(set(EVERYTHING)) == len(EVERYTHING) == 26712
    twins = Scene([*TWINS.things, Thing("cross", "cyan", "big", 20, 38, 9)])
    for scene in [TWINS, twins, *_some_scenes(3)]:
        listed = {caption.words for caption in images.captions(scene)}
        assert listed == {w for w in EVERYTHING if images.is_true(w, scene)}


def test_listed_captions_are_true_to_the_judge_on_many_scenes():
    for scene in _some_scenes(200):
        for caption in images.captions(scene):
            assert images.is_true(caption.words, scene), (caption.words, scene)


def test_the_two_judges_agree_on_captions_with_something_changed():
    rng = np.random.default_rng(0)
    words, true, false = images.caption_words(), 0, 0
    for scene in _some_scenes(150):
        listed = [caption.words for caption in images.captions(scene)]
        for caption in listed:
            changed = list(caption)
            at = rng.integers(len(changed))
            kind = rng.integers(3)
            if kind == 0:
                changed[at] = words[rng.integers(len(words))]
            elif kind == 1:
                changed.insert(at, words[rng.integers(len(words))])
            else:
                del changed[at]
            judged = images.is_true(changed, scene)
            assert judged == (tuple(changed) in listed), (changed, scene)
            true, false = true + judged, false + (not judged)
    assert true > 100 < false


@pytest.mark.parametrize(
    ("x", "y", "where"),
    [
        (8, 8, "top left"),
        (24, 15.9, "top"),
        (40, 8, "top right"),
        (15.9, 24, "left"),
        (16, 16, "middle"),
        (32, 32, "middle"),
        (32.1, 24, "right"),
        (8, 32.1, "bottom left"),
        (24, 40, "bottom"),
        (40, 40, "bottom right"),
    ],
)
def test_a_place_has_one_region_by_thirds(x, y, where):
    scene = Scene([Thing("circle", "red", "small", x, y, 5)])
    text = f"a red circle in the {where}"
    assert tuple(text.split()) in [c.words for c in images.captions(scene)]
    assert images.is_true(text.split(), scene)


@pytest.mark.parametrize(
    ("dx", "dy", "how"),
    [
        (9, 8, "left of"),
        (9, -8, "left of"),
        (-9, 8, "right of"),
        (-9, -8, "right of"),
        (8, 9, "above"),
        (-8, 9, "above"),
        (8, -9, "below"),
        (-8, -9, "below"),
        (9, 9, "above"),  # on the diagonal
        (9, -9, "below"),
    ],
)
def test_a_relation_goes_by_the_axis_on_which_things_are_farther(dx, dy, how):
    one = Thing("circle", "red", "small", 20, 20, 5)
    other = Thing("cross", "blue", "small", 20 + dx, 20 + dy, 5)
    said = [
        h
        for h in ("left of", "right of", "above", "below")
        if images.is_true(f"a red circle {h} a blue cross".split(), Scene([one, other]))
    ]
    assert said == [how] == [" ".join(images.relation(one, other))]


def test_every_named_thing_has_the_words_that_name_it():
    for scene in _some_scenes(60):
        for words, refers in images.captions(scene):
            assert len(words) == len(refers)
            named = {}
            for word, i in zip(words, refers, strict=True):
                if word in SHAPES + COLOURS + SIZES:
                    assert i >= 0
                if word in ("a", "and", "the", "is", "above", "of"):
                    assert i == -1
                named.setdefault(i, []).append(word)
            for i in named.keys() - {-1}:
                thing = scene.things[i]
                nouns = {thing.size, thing.colour, thing.shape}
                where = set(images.region(thing, scene.side))
                assert {thing.colour, thing.shape} <= set(named[i]) <= nouns | where


def test_words_of_a_region_name_the_thing_that_lies_there():
    scene = Scene(
        [
            Thing("cross", "blue", "big", 30, 24, 9),
            Thing("circle", "red", "small", 8, 8, 5),
        ]
    )
    found = {str(c): c.refers for c in images.captions(scene)}
    assert found["a red circle in the top left"] == (-1, 1, 1, -1, -1, 1, 1)
    assert found["there is a red circle left of a blue cross"] == (
        *(-1, -1, -1, 1, 1),
        *(-1, -1, -1, 0, 0),
    )


def test_one_thing_has_six_true_captions_and_two_have_sixteen():
    for things, count in ((1, 6), (2, 16)):
        for scene in images.scenes("test", 20, things=things):
            assert len(images.captions(scene)) == count


def test_twins_have_an_alignment_each():
    words = ("a", "small", "red", "circle", "in", "the", "top")
    assert images.alignments(words, TWINS) == ((-1, 1, 1, 1, -1, -1, 1),)
    both = images.alignments(
        [*("a", "red", "circle", "and"), *("a", "red", "circle")], TWINS
    )
    assert both == ((-1, 0, 0, -1, -1, 1, 1), (-1, 1, 1, -1, -1, 0, 0))
    assert images.alignments(["a"], TWINS) == ()


def test_references_are_true_distinct_and_drawn_from_all():
    for k, scene in enumerate(_some_scenes(40)):
        drawn = images.references(scene, seed=k)
        assert len({caption.words for caption in drawn}) == len(drawn) == 5
        assert all(images.is_true(caption.words, scene) for caption in drawn)
        assert drawn == images.references(scene, seed=k)
    (scene,) = images.scenes("test", 1, things=2)
    drawn = [str(c) for k in range(300) for c in images.references(scene, k)]
    counts = [drawn.count(str(caption)) for caption in images.captions(scene)]
    assert abs(np.array(counts) - 300 * 5 / 16).max() < 5 * (300 * 5 / 16) ** 0.5


def test_wrong_wishes_for_references_are_refused():
    (scene,) = images.scenes("test", 1, things=1)
    assert len(images.references(scene, n=6)) == 6
    for arguments in ((0, 7), (0, -1), (-1, 5)):
        with pytest.raises(ThroughTimeError, match="wanted n from 0 to 6"):
            images.references(scene, *arguments)


def test_a_string_is_no_caption_to_the_judge():
    with pytest.raises(KindError, match=re.escape("Try words.split().")):
        images.is_true("a red circle", TWINS)
    assert not images.is_true([], TWINS)
    assert not images.is_true(["a"], Scene([]))


def test_references_of_twins_have_different_words():
    for seed in range(20):
        drawn = images.references(TWINS, seed)
        assert len({caption.words for caption in drawn}) == 5


@pytest.mark.parametrize(
    "text",
    [
        "there is a red circle in the top left",
        "there is a red circle and a red circle",
        "a small red circle and a red circle",
        "a red circle in the left top",
        "a red circle in the",
        "a red circle left a red circle",
        "red circle left of red circle",
    ],
)
def test_what_the_grammar_lacks_is_no_true_caption(text):
    scene = Scene([*TWINS.things])
    assert not images.is_true(text.split(), scene)
