"""Every labelled equation of book/12_practice, evaluated against an oracle."""

import itertools
import math
import re
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from throughtime import decode, images
from throughtime.device import seed_all
from throughtime.testing import assert_close

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import augment
import practising

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "12_practice.md").read_text(encoding="utf-8")


def test_no_label_is_also_one_of_the_chapters_first_page():
    first = (BOOK / "12_captioning.md").read_text(encoding="utf-8")
    own = r"(?:^\(|^\$\$.*\(|^:label: |name: )((?:eq|sec|cell|fig|ex)-12-[a-z-]+)"
    labels = [set(re.findall(own, page, re.MULTILINE)) for page in (first, PAGE)]
    assert all(len(some) > 30 for some in labels)
    assert labels[0] & labels[1] == set()


@pytest.mark.equation("eq-12-chance")
def test_dropouts_mean_over_all_masks_is_that_of_many_draws():
    generator = torch.Generator().manual_seed(0)
    x, q = torch.tensor([1.0, -2.0, 0.5]), 0.5
    W = torch.randn(4, 3, generator=generator)
    masks = torch.tensor(list(itertools.product([0.0, 1.0], repeat=3)))
    exact = ((masks * x / q) @ W.T).softmax(-1).mean(0)
    torch.manual_seed(0)
    drawn = nn.functional.dropout(x.expand(60_000, 3), 1 - q) @ W.T
    assert_close(drawn.softmax(-1).mean(0), exact, rtol=0.02)
    at_mean = (W @ x).softmax(0)  # one pass with the mean of the mask
    assert (at_mean - exact).abs().max() > 0.05
    linear = ((masks * x / q) @ W.T).mean(0)
    assert_close(linear, W @ x, rtol=1e-5)  # exact if affine


@pytest.mark.equation("eq-12-jensen")
def test_the_average_costs_no_more_than_its_parts_and_as_much_if_they_are_alike():
    generator = torch.Generator().manual_seed(1)
    p = torch.randn(200, 10, 7, generator=generator, dtype=torch.float64).softmax(-1)
    of_mean, mean_of = -p.mean(1).log(), -p.log().mean(1)
    assert (of_mean <= mean_of).all()
    assert (of_mean < mean_of - 0.05).any()
    alike = p[:, :1].expand(-1, 10, -1)
    assert_close(-alike.mean(1).log(), -alike.log().mean(1))
    best = (-p.log()).amin(1)
    assert (of_mean > best).any(), "it may cost more than the best of them"


@pytest.fixture(scope="module")
def captioner():
    seed_all(0)
    model = practising.make().double().eval()
    scenes = images.scenes("val", 5, things=1)
    pictures = images.render_all(scenes).double()
    ids, _ = images.encode_captions([images.captions(s)[2].words for s in scenes])
    return model, pictures, ids


def averaged(model, pictures, ids, looks):
    """Return log-probabilities with the captions fed in, ``(T, B, V)``."""
    both = decode.Averaged(model, augment.names(looks))
    state, found = model.start(augment.views(pictures, looks)), []
    for read in ids:
        log_p, state = both.step(read, state)
        found.append(log_p)
    return torch.stack(found)


@pytest.mark.equation("eq-12-views")
@torch.no_grad()
def test_the_average_of_ten_is_the_mean_of_ten_models_that_read_their_own_words(
    captioner,
):
    model, pictures, ids = captioner
    looks = augment.LOOKS["ten"]
    total = 0.0
    for (left, top, size), turned in looks:
        view = images.window(pictures, left, top, size)
        own, order = ids, list(range(30))
        if turned:
            view = view.flip(-1)
            words = images.caption_vocabulary()
            swap = {
                words.encode(a).item(): words.encode(b).item()
                for a, b in (("left", "right"), ("right", "left"))
            }
            own = torch.tensor([[swap.get(i, i) for i in row] for row in ids.tolist()])
            order = [swap.get(v, v) for v in range(30)]
        total = total + model(view, own).softmax(-1)[..., order]
    assert_close(averaged(model, pictures, ids, looks).exp(), total / 10, rtol=1e-8)


@pytest.mark.equation("eq-12-equivariant")
@torch.no_grad()
def test_the_mean_over_a_picture_and_its_mirror_image_is_equivariant(captioner):
    model, pictures, ids = captioner
    looks = augment.LOOKS["mirror"]
    pi = augment.names(looks)[1]
    here = averaged(model, pictures, ids, looks)
    there = averaged(model, images.mirror(pictures), pi[ids], looks)
    assert_close(here, there[..., pi], rtol=1e-8)
    one = augment.LOOKS["whole"]
    alone = averaged(model, images.mirror(pictures), pi[ids], one)[..., pi]
    assert (averaged(model, pictures, ids, one) - alone).abs().max() > 1e-3


@pytest.mark.equation("eq-12-vote")
@pytest.mark.parametrize("K", [1, 3, 5])
def test_the_bounds_of_a_vote_hold_for_every_pattern_and_are_reached(K):
    seen = {}
    for right in itertools.product(range(K + 1), repeat=4):  # right answers a picture
        q, v = sum(right) / (4 * K), sum(r > K / 2 for r in right) / 4
        low, high = (2 * K * q - K + 1) / (K + 1), 2 * K * q / (K + 1)
        assert max(0, low) - 1e-12 <= v <= min(1, high) + 1e-12
        seen.setdefault("low", []).append(abs(v - low) < 1e-12)
        seen.setdefault("high", []).append(abs(v - high) < 1e-12)
    assert any(seen["low"])
    assert any(seen["high"])


def test_three_views_of_nine_in_ten_are_between_the_two_numbers_of_the_text():
    K, q = 3, 0.9
    low = (2 * K * q - K + 1) / (K + 1)
    assert low == pytest.approx(0.85)
    assert 2 * K * q / (K + 1) > 1
    assert "0.85 to 1" in PAGE


@pytest.mark.equation("eq-12-draws")
@pytest.mark.parametrize(("n", "s"), [(1, 0.3), (10, 0.05), (59, 0.05)])
def test_draws_hit_the_best_share_as_a_binomial_says(n, s):
    some = sum(math.comb(n, k) * s**k * (1 - s) ** (n - k) for k in range(1, n + 1))
    assert 1 - (1 - s) ** n == pytest.approx(some, rel=1e-12)


def test_the_numbers_of_draws_in_the_text_are_right():
    assert 1 - 0.95**59 >= 0.95 > 1 - 0.95**58
    assert round(1 - 0.95**10, 2) == 0.40
    assert "59 draws" in PAGE


def largest(n):
    """Return the mean of the largest of n normal numbers, by an integral."""
    x = torch.linspace(-9, 9, 40_001, dtype=torch.float64)
    normal = torch.distributions.Normal(0.0, 1.0)
    density = n * normal.log_prob(x).exp() * normal.cdf(x) ** (n - 1)
    return torch.trapezoid(x * density, x).item()


@pytest.mark.equation("eq-12-winner")
def test_the_best_of_many_is_too_good_and_never_more_than_the_bound():
    for n in (1, 2, 3, 10, 30, 1000):
        assert largest(n) <= math.sqrt(2 * math.log(n)) + 1e-9
    assert largest(2) == pytest.approx(1 / math.sqrt(math.pi))
    assert round(largest(2), 2) == 0.56
    assert round(largest(10), 2) == 1.54
    assert r"0.56\, \sigma" in PAGE
    assert r"1.54\, \sigma" in PAGE


@pytest.mark.equation("eq-12-passes")
def test_a_pass_back_through_the_convolutions_costs_about_two():
    model = practising.make()
    pictures = images.render_all(images.scenes("val", 4))
    with FlopCounterMode(display=False) as there:
        features = model.cnn(pictures)
    with FlopCounterMode(display=False) as back:
        features.sum().backward()
    ratio = back.get_total_flops() / there.get_total_flops()
    assert 1.7 < ratio <= 2.0  # the first layer needs no gradient of the picture


@pytest.mark.equation("eq-12-running")
def test_running_means_forget_what_they_were():
    generator = torch.Generator().manual_seed(2)
    m, k, norm = 0.1, 50, nn.BatchNorm2d(3).double()
    norm.running_mean[:] = torch.tensor([5.0, -4.0, 3.0])
    start, means = norm.running_mean.clone(), []
    for _ in range(k):
        x = torch.randn(4, 3, 5, 5, generator=generator, dtype=torch.float64)
        means.append(x.mean((0, 2, 3)))
        norm(x)
    want = (1 - m) ** k * start
    want = want + m * sum((1 - m) ** (k - j) * means[j - 1] for j in range(1, k + 1))
    assert_close(norm.running_mean, want)
    assert round(0.9**50, 3) == 0.005
