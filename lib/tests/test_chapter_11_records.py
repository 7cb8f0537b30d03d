"""The records behind book/11_decoding are of this code, and say what the page says."""

import json
import math
import re
import sys
from pathlib import Path

import pytest

from throughtime import images

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import describe
import translate
import trees

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "11_decoding.md").read_text(encoding="utf-8")
WAYS, WIDTHS = "true_different_unlike", "found_score_true_by_width"


def _record(name):
    return json.loads((BOOK / "records" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", [describe, translate, trees])
def test_a_record_says_how_it_was_made_and_with_which_settings(script):
    found = _record(script.__name__)
    assert found["command"].startswith(f"python lib/train/{script.__name__}.py")
    assert {"seed", "date", "versions", "sha256"} <= set(found)
    assert (found["units"], found["tested"]) == (script.H, script.TESTED)


def test_the_widgets_scenes_are_the_first_of_the_test_set_with_their_true_captions():
    data = json.loads((BOOK / "_widgets" / "beam.json").read_text(encoding="utf-8"))
    scenes = images.scenes("test", describe.SHOWN, 0, things=2)
    for stored, scene in zip(data["scenes"], scenes, strict=True):
        assert stored["read"] == describe.read(scene)
        true = {str(caption) for caption in images.captions(scene)}
        assert set(stored["captions"]) == true
        least = min(p for ways in stored["nodes"] for _, p, _ in ways)
        assert math.exp(least) >= describe.LEAST
    assert tuple(data["words"]) == images.caption_vocabulary().symbols


def test_wide_beams_find_the_best_caption_and_a_beam_of_two_less_often_than_greedy():
    found = {name: share for name, (share, _, _) in _record("describe")[WIDTHS].items()}
    assert found["exact"] == found["20"] == 1
    assert found["2"] < found["1"] < found["3"] < found["10"]
    assert "*less* often than greedy decoding does" in PAGE
    scores = {
        name: score for name, (_, score, _) in _record("describe")[WIDTHS].items()
    }
    assert scores["exact"] == max(scores.values())


def test_groups_differ_more_and_find_no_more_true_captions_than_a_plain_beam():
    ways = _record("describe")[WAYS]
    _, plain_different, plain_unlike = ways["plain"]
    for penalty in ("0.5", "1.0", "2.0", "4.0"):
        _, different, unlike = ways[f"diverse, {penalty}"]
        assert different <= plain_different
        assert unlike > plain_unlike
    assert ways["diverse, 4.0"][0] < ways["diverse, 1.0"][0]
    assert ways["diverse, 0.0"][1] < 2, "the same two captions three times"
    assert "no more different true ones than one wide beam" in PAGE


def test_parsing_beats_the_nearest_noun_by_ten_points_with_every_seed():
    for run in _record("trees")["results"]:
        counts = {
            kind: [sum(each) for each in zip(*run["test"][kind].values(), strict=True)]
            for kind in ("exact", "well_formed")
        }
        exact, whole = (r / n for r, n in counts.values())
        assert run["nearest_noun"] + 0.1 < exact <= whole
        assert counts["exact"][1] == trees.TESTED


def test_translations_are_scored_by_length_over_all_seeds():
    found = _record("translate")
    for runs in found["results"].values():
        assert len(runs) == len(found["seeds"]) >= 3
        for run in runs:
            right, of = (
                sum(each) for each in zip(*run["by_length"].values(), strict=True)
            )
            assert of == translate.TESTED
            assert right / of == pytest.approx(run["exact"])
    seeds = re.search(r"(\w+) seeds together", PAGE)[1]
    assert {"Three": 3, "Five": 5}[seeds] == len(found["seeds"])


def _shares(runs, lengths):
    counts = [run["by_length"][str(n)] for run in runs for n in lengths]
    right, of = map(sum, zip(*counts, strict=True))
    return right / of


def test_reading_from_the_end_wins_with_every_seed_and_both_fall_with_the_length():
    results = _record("translate")["results"]
    pairs = zip(results["forward"], results["from the end"], strict=True)
    assert all(one["exact"] < two["exact"] for one, two in pairs)
    for name, at_16, at_20 in (("forward", 0.45, 0.05), ("from the end", 0.6, 0.25)):
        runs = results[name]
        assert _shares(runs, range(5, 10)) > 0.995, "hardly a mistake to nine words"
        assert _shares(runs, [16]) == pytest.approx(at_16, abs=0.025)
        assert _shares(runs, [20]) == pytest.approx(at_20, abs=0.025)
        assert _shares(runs, [20]) < _shares(runs, [10]) ** 2
    alt = re.search(r"Read from the end stays above: (.+?)\.\"", PAGE)[1]
    assert alt == "about 0.6 against 0.45 at sixteen words, 0.25 against 0.05 at twenty"
