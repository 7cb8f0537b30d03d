"""Scenes are the same each time, never shared by splits, and drawn where they lie."""

import itertools
import re

import numpy as np
import pytest
import torch

from throughtime import images
from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.images import HELD_OUT, Scene, Thing
from throughtime.images.drawing import BACKGROUND, RGB
from throughtime.images.scenes import SPLITS

THING = Thing("square", "purple", "big", x=20.0, y=30.0, r=10.0)


@pytest.mark.parametrize("split", SPLITS)
def test_scene_k_depends_on_split_seed_and_k_alone(split):
    many = images.scenes(split, 40, seed=3)
    assert images.scenes(split, 7, seed=3) == many[:7]
    assert images.scenes(split, 5, seed=3, start=20) == many[20:25]
    assert not set(many) & set(images.scenes(split, 40, seed=4))


def test_no_two_splits_share_a_scene():
    sets = [set(images.scenes(split, 500)) for split in SPLITS]
    assert [len(each) for each in sets] == [500] * len(SPLITS)
    for one, other in itertools.combinations(sets, 2):
        assert not one & other


@pytest.mark.parametrize("split", SPLITS)
def test_held_out_pairs_are_in_every_scene_of_pairs_and_nowhere_else(split):
    for scene in images.scenes(split, 400):
        held = [(t.shape, t.colour) in HELD_OUT for t in scene.things]
        assert any(held) == (split == "pairs")


def test_every_other_pair_and_every_size_comes_in_training_about_equally_often():
    things = [t for s in images.scenes("train", 2000) for t in s.things]
    counts = {}
    for t in things:
        key = (t.shape, t.colour, t.size)
        counts[key] = counts.get(key, 0) + 1
    share = np.array(list(counts.values())) / len(things)
    assert len(counts) == 40
    assert abs(share - 1 / 40).max() < 5 * (1 / 40 / len(things)) ** 0.5


@pytest.mark.parametrize(
    ("split", "wanted"), [("train", {1, 2}), ("pairs", {1, 2}), ("count", {3})]
)
def test_a_split_has_its_number_of_things(split, wanted):
    assert {len(s.things) for s in images.scenes(split, 60)} == wanted


@pytest.mark.parametrize("things", [1, 2, 3, 4])
def test_the_number_of_things_can_be_set(things):
    found = images.scenes("pairs", 30, things=things)
    assert {len(s.things) for s in found} == {things}
    assert all(
        any((t.shape, t.colour) in HELD_OUT for t in scene.things) for scene in found
    )


def test_things_neither_overlap_nor_leave_the_picture_and_sizes_are_apart():
    for scene in images.scenes("test", 300) + images.scenes("count", 300):
        masks = images.object_masks(scene)
        assert ((masks > 0).sum(0) <= 1).all()
        for thing, mask in zip(scene.things, masks, strict=True):
            words = thing.shape, thing.colour, thing.size
            moved = Thing(*words, thing.x + 16, thing.y + 16, thing.r)
            (whole,) = images.object_masks(Scene([moved], side=80))
            assert mask.sum().item() == pytest.approx(whole.sum().item(), abs=0.3)
            assert (thing.r > 7) == (thing.size == "big")
            assert abs(thing.r - 7) > 1


def test_a_picture_without_noise_is_background_and_colour_by_the_masks():
    for scene in images.scenes("count", 20) + images.scenes("train", 20):
        picture = images.render(scene, noise=0)
        masks = images.object_masks(scene)
        wanted = torch.full_like(picture, BACKGROUND) * (1 - masks.sum(0))
        for thing, mask in zip(scene.things, masks, strict=True):
            wanted += torch.tensor(RGB[thing.colour])[:, None, None] * mask
        torch.testing.assert_close(picture, wanted)


def _covered(shape):
    """Return the area of a big shape, and its mean place, by its mask."""
    (mask,) = images.object_masks(Scene([Thing(shape, "red", "big", 30.5, 25, 20)], 60))
    grid = torch.arange(60) + 0.5
    area = mask.sum()
    return area, (mask.sum(0) * grid).sum() / area, (mask.sum(1) * grid).sum() / area


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ("circle", 3.14159),
        ("square", 1.6**2),
        ("triangle", 3 * 3**0.5 * 0.55**2),
        ("cross", 2 * 1.9 * 0.6 - 0.6**2),
    ],
)
def test_a_shape_covers_its_area_about_its_centre(shape, area):
    covered, x, y = _covered(shape)
    assert covered.item() == pytest.approx(area * 20**2, rel=0.01)
    assert (x.item(), y.item()) == pytest.approx((30.5, 25), abs=0.1)


def test_a_triangle_points_up():
    (mask,) = images.object_masks(Scene([Thing("triangle", "red", "big", 24, 24, 9)]))
    widths = (mask > 0.5).sum(1)
    widths = widths[widths > 0]
    assert (widths.diff() >= 0).all()
    assert widths[0] < 3 < 15 < widths[-1]


def test_a_later_thing_is_drawn_over_an_earlier_one():
    under, over = (Thing("circle", c, "big", 24, 24, 9) for c in ("red", "blue"))
    picture = images.render(Scene([under, over]), noise=0)
    assert picture[:, 24, 24].tolist() == pytest.approx(RGB["blue"])


def test_noise_belongs_to_scene_and_seed_and_not_to_the_company():
    found = images.scenes("train", 70)  # more than one block
    pictures = images.render_all(found)
    assert pictures.shape == (70, 3, 48, 48)
    assert pictures.dtype == torch.float32
    assert 0 <= pictures.min() < pictures.max() <= 1
    for k in (0, 31, 32, 69):
        assert torch.equal(pictures[k], images.render(found[k]))
    assert not torch.equal(pictures[0], images.render(found[0], seed=1))
    plain = images.render_all(found, noise=0)
    inside = plain > BACKGROUND + 0.1  # where no noise is cut off at 0
    spread = (pictures - plain)[inside & (plain < 0.85)].std()
    assert spread.item() == pytest.approx(0.03, rel=0.02)


def test_two_scenes_have_different_noise():
    one, other = (Scene([Thing("cross", "red", "big", x, 9, 9)]) for x in (9, 9.5))
    noise = [images.render(s) - images.render(s, noise=0) for s in (one, other)]
    right = [n[:, :, 24:] for n in noise]
    assert not torch.allclose(*right)


def test_no_scenes_and_no_things_are_no_fault():
    assert images.scenes("train", 0) == []
    assert images.render_all([]).shape == (0, 3, 48, 48)
    assert images.render(Scene(()), noise=0).unique().tolist() == pytest.approx([0.08])
    assert images.object_masks(Scene(())).shape == (0, 48, 48)
    assert images.near_duplicates([], []).shape == (0,)


def test_cells_count_where_more_than_a_tenth_is_covered():
    (cells,) = images.object_cells(Scene([THING]), grid=6)
    # A square from 12 to 28 and 22 to 38: columns 1 to 3, rows 2 to 4, all by half.
    assert cells.nonzero().tolist() == [[r, c] for r in (2, 3, 4) for c in (1, 2, 3)]


def test_a_layout_forgets_pixels_and_order_and_keeps_cells_and_words():
    other = Thing("cross", "cyan", "small", 44.0, 3.0, 5.0)
    moved = Thing("square", "purple", "big", x=23.9, y=24.1, r=9.0)
    far = Thing("square", "purple", "big", x=24.1, y=24.1, r=9.0)
    scene = Scene([THING, other])
    found = images.near_duplicates(
        [Scene([other, moved]), Scene([other, far]), Scene([moved])], [scene]
    )
    assert found.tolist() == [True, False, False]
    assert images.layout(scene) == images.layout(Scene([other, moved]))


def test_test_scenes_of_one_thing_are_near_duplicates_and_of_two_are_not():
    train = images.scenes("train", 4000)
    for things, low, high in ((1, 0.7, 1.0), (2, 0.0, 0.05)):
        found = images.near_duplicates(images.scenes("test", 400, things=things), train)
        assert low < found.mean() < high


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dev", 3), "split is 'dev'; wanted one of train"),
        (("train", -1), "n is -1"),
        (("train", 3, -2), "seed -2"),
        (("train", 3, 0, 5), "things is 5; wanted 1 to 4"),
        (("train", 3, 0, 0), "things is 0; wanted 1 to 4"),
        (("train", 3, 0, None, -1), "start -1"),
    ],
)
def test_a_wrong_wish_for_scenes_is_refused(arguments, message):
    with pytest.raises(ThroughTimeError, match=re.escape(message)):
        images.scenes(*arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": "star"}, "shape is 'star'; wanted one of circle"),
        ({"colour": "pink"}, "colour is 'pink'; wanted one of red"),
        ({"size": "huge"}, "size is 'huge'; wanted one of small"),
        ({"r": 0}, "r is 0; wanted a radius above 0"),
        ({"r": float("nan")}, "r is nan"),
    ],
)
def test_a_thing_that_the_world_lacks_is_refused(change, message):
    words = {"shape": "cross", "colour": "red", "size": "big", "x": 9, "y": 9, "r": 5}
    with pytest.raises(ThroughTimeError, match=message):
        Thing(**{**words, **change})


def test_wrong_wishes_for_pictures_are_refused():
    with pytest.raises(ThroughTimeError, match="side is 0; wanted 1 pixel"):
        Scene([], side=0)
    with pytest.raises(ShapeError, match=r"sides \[32, 48\]; wanted one side"):
        images.render_all([Scene([]), Scene([], side=32)])
    with pytest.raises(ThroughTimeError, match="noise -1; wanted both 0 or more"):
        images.render(Scene([]), noise=-1)
    for grid in (0, 7):
        with pytest.raises(ShapeError, match=f"grid is {grid}; wanted a divisor"):
            images.object_cells(Scene([THING]), grid)


def test_strong_noise_is_cut_off_at_0_and_1():
    picture = images.render(Scene([THING]), noise=1)
    assert (picture.min().item(), picture.max().item()) == (0, 1)
