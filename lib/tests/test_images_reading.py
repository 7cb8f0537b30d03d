"""A picture read as a sequence loses no pixel; glimpses lie where they should."""

import pytest
import torch

from throughtime import images
from throughtime.errors import KindError, ShapeError, ThroughTimeError

T, B, SIDE = 7, 3, 12


@pytest.fixture
def pictures():
    return torch.rand(B, SIDE, SIDE, generator=torch.Generator().manual_seed(1))


def test_rows_are_a_pictures_rows_from_the_top(pictures):
    rows = images.as_rows(pictures)
    assert rows.shape == (SIDE, B, SIDE)
    assert torch.equal(rows[4, 2], pictures[2, 4])


def test_pixels_come_in_reading_order_or_in_one_fixed_order(pictures):
    pixels = images.as_pixels(pictures)
    assert pixels.shape == (SIDE * SIDE, B, 1)
    assert pixels[3 * SIDE + 5, 2, 0] == pictures[2, 3, 5]
    mixed = images.as_pixels(pictures, seed=4)
    assert not torch.equal(mixed, pixels)
    assert torch.equal(images.as_pixels(pictures[1:], seed=4), mixed[:, 1:])
    assert not torch.equal(images.as_pixels(pictures, seed=5), mixed)
    for b in range(B):
        order = [pixels[:, b].flatten().tolist().index(p) for p in mixed[:, b, 0]]
        assert sorted(order) == list(range(SIDE * SIDE))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_glimpse_is_the_window_about_its_centre(pictures, size):
    for row, column in ((6, 5), (0, 0), (11, 11), (0, 11), (2, 9)):
        # The pixel, or for an even size the corner after it, is the middle.
        centre = torch.tensor([row, column]) + (0.0 if size % 2 else 0.5)
        centre = centre.clamp(0, SIDE - 1)
        found = images.glimpse(pictures, size, centre.expand(B, 2))
        found = found.reshape(B, size, size)
        for i in range(size):
            for j in range(size):
                y = row - (size - 1) // 2 + i
                x = column - (size - 1) // 2 + j
                inside = 0 <= y < SIDE and 0 <= x < SIDE
                if size % 2 == 0 and 11 in (row, column):
                    continue  # no corner after the last pixel
                wanted = pictures[:, y, x] if inside else torch.zeros(B)
                assert torch.equal(found[:, i, j], wanted)


def test_each_picture_has_its_own_centre(pictures):
    centres = torch.tensor([[1.0, 2.0], [8.0, 3.0], [5.0, 11.0]])
    found = images.glimpse(pictures, 3, centres)
    for b, (row, column) in enumerate(centres.int().tolist()):
        assert found[b, 4] == pictures[b, row, column]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 12])
def test_glimpses_in_a_raster_tile_the_picture(pictures, size):
    tiles = images.glimpses(pictures, size, images.raster(SIDE, size))
    count = SIDE // size
    assert tiles.shape == (count * count, B, size * size)
    back = tiles.reshape(count, count, B, size, size).permute(2, 0, 3, 1, 4)
    assert torch.equal(back.reshape(B, SIDE, SIDE), pictures)


def test_glimpses_at_given_centres_are_glimpses_one_by_one(pictures):
    generator = torch.Generator().manual_seed(2)
    centres = torch.rand(T, B, 2, generator=generator) * (SIDE - 1)
    found = images.glimpses(pictures, 5, centres)
    assert found.shape == (T, B, 25)
    for t in range(T):
        assert torch.equal(found[t], images.glimpse(pictures, 5, centres[t]))


def test_a_policy_sees_the_glimpses_so_far(pictures):
    seen = []

    def policy(so_far):
        seen.append(so_far)
        return torch.full((B, 2), float(len(so_far)))

    found = images.glimpses(pictures, 3, policy, steps=T)
    assert [each.shape for each in seen] == [(t, B, 9) for t in range(T)]
    assert torch.equal(seen[-1], found[:-1])
    diagonal = torch.stack([torch.tensor([t, t]) for t in range(T)]).float()
    assert torch.equal(found, images.glimpses(pictures, 3, diagonal))


def test_gradients_reach_the_pixels_that_were_seen(pictures):
    pictures.requires_grad_()
    images.glimpse(pictures, 3, torch.tensor([[5.0, 5.0]] * B)).sum().backward()
    wanted = torch.zeros(B, SIDE, SIDE)
    wanted[:, 4:7, 4:7] = 1
    assert torch.equal(pictures.grad, wanted)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: images.as_rows(p[:, :5]), ShapeError, "images has shape"),
        (lambda p: images.as_pixels(p[0]), ShapeError, "it has 2 axes, not 3"),
        (lambda p: images.as_rows(p.long()), KindError, "wanted floating-point"),
        (
            lambda p: images.glimpse(p, 3, torch.zeros(B + 1, 2)),
            ShapeError,
            "B = 3",
        ),
        (
            lambda p: images.glimpse(p, 0, torch.zeros(B, 2)),
            ThroughTimeError,
            "size is 0; wanted 1 pixel",
        ),
        (
            lambda p: images.glimpse(p, 3, torch.full((B, 2), 11.5)),
            ThroughTimeError,
            "centres run from 11.5 to 11.5; wanted 0 to 11",
        ),
        (
            lambda p: images.glimpse(p, 3, torch.full((B, 2), torch.nan)),
            ThroughTimeError,
            "centres run from nan",
        ),
        (
            lambda p: images.glimpses(p, 3, lambda seen: torch.zeros(B, 2)),
            ThroughTimeError,
            "steps is None",
        ),
        (
            lambda p: images.glimpses(p, 3, torch.zeros(T, 2), steps=T),
            ThroughTimeError,
            "steps is 7 and centres a Tensor",
        ),
        (
            lambda p: images.glimpses(p, 3, torch.zeros(0, 2)),
            ShapeError,
            "T is 0",
        ),
        (lambda p: images.raster(12, 5), ShapeError, "size is 5; wanted a divisor"),
        (lambda p: images.raster(12, 0), ShapeError, "size is 0; wanted a divisor"),
    ],
)
def test_wrong_readings_are_refused(pictures, call, error, message):
    with pytest.raises(error, match=message):
        call(pictures)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_readings_on_the_gpu_are_those_on_the_cpu_and_stay_there(pictures):
    there, centres = pictures.cuda(), images.raster(SIDE, 4)
    for read in (
        images.as_rows,
        images.as_pixels,
        lambda p: images.as_pixels(p, seed=3),
        lambda p: images.glimpses(p, 4, centres.to(p.device)),
    ):
        found = read(there)
        assert found.is_cuda
        assert torch.equal(found.cpu(), read(pictures))


def test_a_centre_between_pixels_is_rounded_to_the_nearest(pictures):
    for centre, pixel in ((5.4, 5), (5.6, 6)):
        found = images.glimpse(pictures, 3, torch.full((B, 2), centre))
        assert torch.equal(found[:, 4], pictures[:, pixel, pixel])
