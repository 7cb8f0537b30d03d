"""The numbers that book/12_captioning states by hand and in answers."""

import math
import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch
from chapter_12 import PAGE, answer, functions

from throughtime import images
from throughtime.testing import assert_close

WORDS = ["red", "blue", "ring", "END"]
W_I = torch.tensor([[1.0, -1], [0, 0]]).double()


def logits(h):
    """Return the four formulas of the page."""
    return torch.stack(
        [h[0] - 3 * h[1] + 1, -h[0] - 3 * h[1] + 1, 0 * h[0] + 1, 3 * h[1] - 3]
    )


def walk(f, targets):
    """Return the losses of the small network, step by step."""
    h, found = W_I @ f, []
    for t, target in enumerate(targets):
        h = h + torch.tensor([0.0, float(t > 0)]).double()
        found.append(-logits(h).log_softmax(0)[WORDS.index(target)])
    return torch.stack(found)


def test_the_caption_by_hand_has_the_numbers_of_its_table():
    f = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    losses = walk(f, ["red", "ring", "END"])
    rows = re.findall(r"^\| ([123]) \| .* \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.M)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    for (_, p, loss), found in zip(rows, losses.tolist(), strict=True):
        assert float(p) == pytest.approx(math.exp(-found), abs=5e-4)
        assert float(loss) == pytest.approx(found, abs=5e-4)
    assert losses.sum().item() == pytest.approx(0.960, abs=5e-4)
    blue = walk(torch.tensor([0.0, 1.0]).double(), ["red", "ring", "END"])
    assert blue[0].item() == pytest.approx(2.412, abs=5e-4)
    assert_close(blue[1:], losses[1:].detach())
    (df,) = torch.autograd.grad(losses.sum(), f)
    assert_close(df, torch.tensor([-0.350, 0.350]).double(), atol=5e-4)


def test_the_three_terms_of_the_first_units_gradient_are_those_of_the_text():
    f = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    each = [
        torch.autograd.grad(loss, f, retain_graph=True)[0][0].item()
        for loss in walk(f, ["red", "ring", "END"])
    ]
    assert each == pytest.approx([-0.427, 0.077, 0.001], abs=5e-4)
    assert "-0.427 + 0.077 + 0.001 = -0.350" in PAGE


def test_the_two_captions_by_hand_have_three_means():
    f = torch.tensor([1.0, 0.0]).double()
    long, short = walk(f, ["red", "ring", "END"]), walk(f, ["ring", "END"])
    assert short.tolist() == pytest.approx([1.412, 1.420], abs=5e-4)
    total = (long.sum() + short.sum()).item()
    assert total == pytest.approx(3.791, abs=5e-4)
    assert total / 5 == pytest.approx(0.758, abs=5e-4)
    assert total / 6 == pytest.approx(0.632, abs=5e-4)
    means = (long.mean() + short.mean()).item() / 2
    assert means == pytest.approx(0.868, abs=5e-4)


def test_exercise_mask_has_its_means():
    nats = [[Fraction(6, 10)] * 3, [Fraction(3, 10)] * 9]
    total = sum(map(sum, nats))
    assert total / 12 == Fraction(375, 1000)
    assert total / 18 == Fraction(1, 4)
    assert total / 24 == Fraction(1875, 10_000)
    assert (nats[0][0] + nats[1][0]) / 2 == Fraction(45, 100)
    assert round(math.exp(0.375), 3) == 1.455
    for text in ("0.375", "0.25", "0.45", "0.1875", "1.455"):
        assert text in answer("ex-12-mask")
    weights = torch.zeros(9, 2, dtype=torch.float64, requires_grad=True)
    real = torch.arange(9)[:, None] < torch.tensor([3, 9])
    of_means = ((weights * real).sum(0) / real.sum(0)).mean()
    (per_token,) = torch.autograd.grad(of_means, weights)
    assert_close(per_token[0], [1 / 6, 1 / 18])


def test_exercise_small_has_the_blind_floor():
    assert 16 * math.log(16) / 120 == pytest.approx(0.370, abs=5e-4)
    assert math.log(30) == pytest.approx(3.40, abs=5e-3)


def test_exercise_gallery_has_its_chances():
    found = [round(q**8, 3) for q in (0.5, 0.9, 0.99)]
    assert found == [0.004, 0.430, 0.923]
    assert "0.004, 0.430 and 0.923" in answer("ex-12-gallery")


def test_a_film_and_its_frames_backwards_are_one_bag(monkeypatch):
    # The exercise's claim: for each film to the left there may be one to the right
    # with the same frames, unless its end would lie outside of the middle.
    monkeypatch.setattr(images, "render_all", list)
    moves = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
    film = functions(MOVES=moves, STEP=2.5, SIDE=32)["film"]
    chance = np.random.default_rng(1)
    spans = []
    for _ in range(500):
        scenes, words = film(chance)
        if words[4:] == ["left"]:
            spans.append([s.things[0].x for s in scenes])
    back = [xs[0] <= 20 for xs in spans]  # where a film to the right could end, too
    assert any(back)
    assert not all(back)


def test_a_fault_is_named_by_what_is_wrong():
    fault = functions()["fault"]
    red, blue = (
        ("circle", "red", "big", 10, 24, 6),
        ("cross", "blue", "small", 38, 24, 5),
    )
    scene = images.Scene((images.Thing(*red), images.Thing(*blue)))
    cases = {
        "a red square in the left": "shape",
        "a green circle in the left": "colour",
        "a red cross in the left": "of two things",
        "a green square in the left": "both",
        "a small red circle in the left": "size",
        "a red circle in the right": "place",
        "a red circle above a blue cross": "relation",
        "a red circle": "left out",
    }
    for words, kind in cases.items():
        assert not images.is_true(words.split(), scene)
        assert fault(tuple(words.split()), scene) == kind


def test_a_falsified_caption_is_never_true():
    scenes = images.scenes("val", 40)
    falsify = functions(chance=np.random.default_rng(0))["falsify"]
    for scene in scenes:
        for caption in images.captions(scene):
            words = falsify(caption.words, scene)
            assert len(words) == len(caption.words)
            assert not images.is_true(words, scene)


def test_captions_by_lot_are_drawn_as_the_training_draws_them():
    probabilities = functions(ONE_THING=0.35)["probabilities"]
    (scene,) = images.scenes("val", 1, things=2)
    share = Counter()
    for words, q in probabilities(scene).items():
        share["in" in words] += q
    assert share[True] == pytest.approx(0.35)
    assert share[False] == pytest.approx(0.65)


def test_a_place_is_elsewhere_if_some_thing_is_there():
    red = images.Thing("circle", "red", "big", 10, 10, 6)
    blue = images.Thing("cross", "blue", "small", 38, 38, 5)
    elsewhere, scene = functions()["elsewhere"], images.Scene((red, blue))
    for place, there in {"bottom right": True, "top right": False}.items():
        assert elsewhere(f"a red circle in the {place}".split(), scene) == there
