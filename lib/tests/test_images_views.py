"""What is done to a picture is done to its scene and its captions alike."""

import numpy as np
import pytest
import torch

from throughtime import images
from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.testing import assert_close

SCENES = images.scenes("val", 30, seed=4)
PICTURES = images.render_all(SCENES, noise=0)


def test_the_mirror_image_is_the_picture_of_the_mirrored_scene():
    mirrored = [images.mirror_scene(scene) for scene in SCENES]
    want = images.render_all(mirrored, noise=0)
    assert_close(images.mirror(PICTURES), want, atol=1e-5)
    back = images.render_all([images.mirror_scene(s) for s in mirrored], noise=0)
    assert_close(back, PICTURES, atol=1e-5)


def test_the_true_captions_of_a_mirrored_scene_are_the_mirrored_captions():
    for scene in SCENES:
        here = {images.mirror_words(c.words) for c in images.captions(scene)}
        there = {c.words for c in images.captions(images.mirror_scene(scene))}
        assert here == there


@pytest.mark.parametrize("at", [(0, 0, 48), (3, 5, 42), (8, 0, 40)])
def test_a_window_shows_the_scene_of_the_window(at):
    scenes = [images.window_scene(scene, *at) for scene in SCENES]
    want = images.render_all(scenes, noise=0)
    found = images.window(PICTURES, *at)
    # Edges of things are softer where they were enlarged; a thing that was cut off,
    # with its centre outside, is in one of the two only.
    same = [len(a.things) == len(b.things) for a, b in zip(scenes, SCENES, strict=True)]
    assert sum(same) > 15
    off = (want - found).abs().mean((1, 2, 3))[torch.tensor(same)]
    assert off.max() < 0.006
    moved = images.window(PICTURES, 0, 0, 40)
    assert (moved - PICTURES).abs().mean() > 0.01


def test_between_pixels_a_window_goes_along_straight_lines():
    pictures = torch.arange(16.0).reshape(1, 1, 4, 4)  # 4 row + column
    found = images.window(pictures, 1, 2, 2)[0, 0]
    column = torch.tensor([0.75, 1.25, 1.75, 2.25])  # middles of the four new pixels
    row = torch.tensor([1.75, 2.25, 2.75, 3.0])  # the last lies beyond the last middle
    assert_close(found, 4 * row[:, None] + column, rtol=1e-5, atol=1e-5)


def test_each_picture_may_have_its_own_window():
    left, top, size = torch.tensor([0.0, 4.0]), torch.tensor([2.0, 0.0]), 40.0
    both = images.window(PICTURES[:2], left, top, size)
    for k in range(2):
        own = images.window(PICTURES[k : k + 1], left[k], top[k], size)
        assert_close(both[k : k + 1], own)


def test_a_scenes_window_takes_numpys_numbers():
    (scene,) = images.scenes("val", 1, things=1)
    whole = images.window_scene(scene, *np.array([0.0, 0.0, 48.0]))
    assert all(images.is_true(c.words, whole) for c in images.captions(scene))


def test_a_thing_outside_of_the_window_is_left_out():
    thing = images.Thing("cross", "red", "small", 10, 40, 5)
    scene = images.Scene((thing,))
    assert images.window_scene(scene, 20, 20, 28).things == ()
    (seen,) = images.window_scene(scene, 0, 24, 24).things
    assert (seen.x, seen.y, seen.r, seen.size) == (20, 32, 10, "small")


def test_windows_beyond_the_picture_and_wrong_shapes_are_refused():
    with pytest.raises(ThroughTimeError, match=r"reach from 10 to 50.*wanted 0 to 48"):
        images.window(PICTURES, 10, 10, 40)
    with pytest.raises(ShapeError, match=r"wanted numbers or \(30,\)"):
        images.window(PICTURES, torch.zeros(3), 0, 40)
