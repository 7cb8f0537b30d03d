"""The numbers that book/12_practice states by hand and in answers, its records."""

import json
import math
import re
import statistics
import sys
from pathlib import Path

import pytest
import torch
from test_chapter_12_practice import BOOK, PAGE

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import augment
import practising
import recipe
import transfer
from measuring import T_95, interval

from throughtime import images
from throughtime.testing import assert_close

LOOKS = (1.0, -0.2, -0.3)  # unit 1 of the state
RECORDS = ("augment", "recipe", "transfer")


def probabilities(h, step):
    """Return those of red, blue, ring and END by the formulas of chapter 12."""
    logits = torch.tensor([h - 3 * step + 1, -h - 3 * step + 1, 1, 3 * step - 3])
    return logits.double().softmax(0).tolist()


def answer(name):
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def test_the_looks_by_hand_have_the_numbers_of_their_table():
    number = r"([\d.]+)"
    row = rf"^\| \d \| \S+ \| {number} \| {number} \| {number} \| {number} \| \*(\w+)\*"
    rows = re.findall(row, PAGE, re.M)
    assert len(rows) == 3
    words = ["red", "blue", "ring", "END"]
    for h, (*stated, said) in zip(LOOKS, rows, strict=True):
        found = probabilities(h, 0)
        assert [float(p) for p in stated] == pytest.approx(found, abs=5e-4)
        assert words[found.index(max(found))] == said
    mean = [sum(p) / 3 for p in zip(*(probabilities(h, 0) for h in LOOKS), strict=True)]
    assert mean == pytest.approx([0.389, 0.308, 0.297, 0.005], abs=6e-4)
    costs = [-math.log(probabilities(h, 0)[0]) for h in LOOKS]
    assert costs == pytest.approx([0.412, 1.318, 1.434], abs=5e-4)
    assert sum(costs) / 3 == pytest.approx(1.055, abs=5e-4)
    assert -math.log(mean[0]) == pytest.approx(0.943, abs=5e-4)


def test_exercise_looks_tells_the_two_means_apart():
    whole, words = [], []
    for h in LOOKS:
        each = [probabilities(h, t)[k] for t, k in enumerate((0, 2, 3))]
        whole.append(math.prod(each))
        words.append(each)
    assert whole == pytest.approx([0.383, 0.160, 0.142], abs=6e-4)
    by_word = math.prod(sum(p) / 3 for p in zip(*words, strict=True))
    assert (round(sum(whole) / 3, 3), round(by_word, 3)) == (0.229, 0.230)
    first = [p[0] for p in words]
    assert round(100 * first[0] / sum(first)) == 57
    assert "57" in answer("ex-12-looks")


def test_exercise_recipe_has_its_numbers():
    assert round(100 * (1 - 0.9**30)) == 96
    assert 3**3 <= 30 < 4**3
    assert round(10**2.5) == 316
    assert 0.8 + 0.02 * math.sqrt(2 * math.log(30)) == pytest.approx(0.852, abs=5e-4)
    assert math.sqrt(0.8 * 0.2 / 400) == pytest.approx(0.02)


def test_exercise_transfer_counts_its_passes():
    assert 3 * 32 * 250 == 24_000
    assert practising.B == 32


def test_a_frozen_captioner_says_what_the_whole_one_says():
    old = practising.make().eval()
    _, pictures = practising.unseen(8)
    seen = transfer.features(old, pictures)
    new = transfer.frozen(old, seen).eval()
    ids, _ = images.encode_captions([("a", "red", "cross")] * 8)
    whole = old(transfer.negative(pictures), ids)
    assert torch.allclose(new(seen, ids), whole, atol=1e-5)


@pytest.mark.parametrize("name", transfer.TRAINED)
def test_a_move_trains_what_it_says_and_leaves_the_old_captioner_alone(name):
    old = practising.make().eval()
    before = {key: value.clone() for key, value in old.state_dict().items()}
    share = transfer.move(old, name, n=10, seed=0, steps=2)
    assert 0 <= share <= 1
    assert all((value == before[key]).all() for key, value in old.state_dict().items())


def test_new_means_are_those_of_the_new_pictures_and_no_weight_moves():
    old = practising.make().eval()
    new = transfer.adapt(old, 10, seed=0)
    seen = old.cnn.layers[0](transfer.negative(practising.Few(10, 0).pictures))
    norm = new.cnn.layers[1]
    assert_close(norm.running_mean, seen.mean((0, 2, 3)).detach(), rtol=1e-4, atol=1e-6)
    assert_close(norm.running_var, seen.var((0, 2, 3)).detach(), rtol=1e-4, atol=1e-6)
    assert (norm.running_mean != old.cnn.layers[1].running_mean).all()
    pairs = zip(old.parameters(), new.parameters(), strict=True)
    assert all((a == b).all() for a, b in pairs)


def test_a_part_is_trained_and_nothing_else():
    model = practising.make()
    before = {key: value.clone() for key, value in model.named_parameters()}
    practising.learn(model, practising.Few(8, 0), 2, of=model.output)
    moved = {k for k, v in model.named_parameters() if (v != before[k]).any()}
    assert moved == {"output.weight", "output.bias"}


def test_a_change_keeps_captions_true_or_breaks_them_as_the_page_says():
    few = practising.Few(40, 0)
    chance = torch.Generator().manual_seed(0)
    words = [captions[2] for captions in few.captions]  # with their places
    for swap in (False, True):
        change = augment.flip(swap)
        shown, said = change(few.pictures, words, chance.manual_seed(1))
        turned = (shown != few.pictures).flatten(1).any(1)
        assert 5 < turned.sum() < 35
        for k, before in enumerate(words):
            mirrored = images.mirror_words(before) if swap and turned[k] else before
            assert tuple(said[k]) == mirrored
    shown, said = augment.crop(few.pictures, words, chance)
    assert said == words
    assert shown.shape == few.pictures.shape


def test_a_vote_takes_the_caption_that_most_views_gave(monkeypatch):
    left, right = ("in", "the", "left"), ("in", "the", "right")
    # Views stand in blocks; the last two are of mirror images.
    said = [left, right, right, right, left, right]
    monkeypatch.setattr(augment, "describe", lambda model, pictures: list(said))
    monkeypatch.setattr(augment, "views", lambda pictures, looks: None)
    looks = [(augment.WHOLE, False), (augment.WHOLE, False), (augment.WHOLE, True)]
    found = augment.vote(None, torch.zeros(2, 3, 48, 48), looks)
    assert found == [right, right]


def test_settings_are_drawn_from_their_ranges_evenly_in_the_logarithm():
    chance = torch.Generator().manual_seed(0)
    drawn = [recipe.draw(1e-4, 1e-2, recipe.SHAPES, chance) for _ in range(400)]
    rates = [math.log10(row["rate"]) for row in drawn]
    assert min(rates) >= -4
    assert max(rates) <= -2
    assert statistics.fmean(rates) == pytest.approx(-3, abs=0.1)
    assert {row["H"] for row in drawn} == set(recipe.SHAPES["H"])
    near = recipe.around(drawn[:3], 50, chance)
    low, high = (f(row["rate"] for row in drawn[:3]) for f in (min, max))
    assert all(low <= row["rate"] <= high for row in near)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made(name):
    found = json.loads((BOOK / "records" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["command"].startswith(f"python lib/train/{name}.py --steps")
    assert {"seed", "date", "versions", "sha256"} <= set(found)


@pytest.mark.parametrize("name", ["augment", "transfer"])
def test_the_intervals_of_a_record_are_those_of_its_runs(name):
    found = json.loads((BOOK / "records" / f"{name}.json").read_text(encoding="utf-8"))
    for row, by in found["runs"].items():
        for key, values in by.items():
            half = T_95[len(values)] * statistics.stdev(values) / len(values) ** 0.5
            mean = statistics.fmean(values)
            ends = found["intervals"][row][key]
            assert ends == pytest.approx([mean - half, mean + half], abs=1e-4)


def test_the_recipe_chose_by_validation_and_its_first_loss_is_log_v():
    path = BOOK / "records" / "recipe.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["first"] == pytest.approx(math.log(30), abs=0.35)
    for part in ("coarse", "fine"):
        nats = [row["nats"] for row in found[part]]
        assert nats == sorted(nats)
    best = found["fine"][0]
    assert all(found["chosen"][key] == best[key] for key in found["chosen"])


def paired(name):
    """Return what compares two rows of a record seed by seed, by an interval."""
    path = BOOK / "records" / f"{name}.json"
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]

    def apart(one, other):
        pairs = zip(runs[one[0]][one[1]], runs[other[0]][other[1]], strict=True)
        low, high = interval([a - b for a, b in pairs])
        return "gain" if low > 0 else "open" if high > 0 else "loss"

    return runs, apart


def test_the_page_reads_the_paired_intervals_of_augmentation_rightly():
    runs, apart = paired("augment")
    plain = ("as they are", "whole")
    over = [apart((name, "whole"), plain) for name in list(runs)[1:]]
    assert over == ["open", "gain", "gain", "gain"]
    ten = [apart((name, "ten"), (name, "centre")) for name in runs]
    assert ten == ["gain", "gain", "open", "open", "open"]
    assert {apart((name, "ten"), (name, "vote of ten")) for name in runs} == {"open"}
    old, new = (f"mirrored, {which} words" for which in ("old", "its"))
    assert apart((new, "whole"), (old, "whole")) == "open"


def test_the_page_reads_the_paired_intervals_of_transfer_rightly():
    runs, apart = paired("transfer")
    assert list(runs) == list(transfer.TRAINED)
    layer, words = (f"{part}, new means" for part in ("output layer", "words"))
    every, scratch = "everything", "from scratch"
    said = {
        (every, scratch): ["gain", "gain", "gain", "gain"],
        (words, scratch): ["gain", "open", "open", "open"],
        (layer, scratch): ["gain", "open", "loss", "loss"],
        (every, words): ["open", "gain", "gain", "gain"],
        (every, layer): ["open", "gain", "gain", "gain"],
        (words, layer): ["open", "open", "gain", "gain"],
        (layer, "output layer"): ["gain", "gain", "gain", "gain"],
    }
    for (one, other), wanted in said.items():
        assert [apart((one, n), (other, n)) for n in runs[one]] == wanted


def test_the_page_reads_the_search_and_its_curves_rightly():
    path = BOOK / "records" / "recipe.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    rates = [row["rate"] for row in found["coarse"][:3]]
    assert {row["H"] for row in found["coarse"][:3]} == {max(recipe.SHAPES["H"])}
    assert max(rates) < 1.2 * min(rates)
    assert found["curves"]["validation"][-1] == min(found["curves"]["validation"])
