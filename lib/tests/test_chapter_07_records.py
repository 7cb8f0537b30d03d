"""The records behind book/07_gru are of this code, and the page says what they show."""

import itertools
import json
import math
import statistics
import sys
from pathlib import Path

import pytest
from chapter_07 import BOOK, PAGE

sys.path.append(str(Path(__file__).resolve().parents[1] / "train"))
import measuring
import search
import variants


def _record(name):
    path = BOOK / "records" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["variants", "search"])
def test_a_record_says_how_it_was_made_and_with_which_settings(name):
    found = _record(name)
    assert found["command"].startswith(f"python lib/train/{name}.py")
    assert {"seed", "date", "versions"} <= set(found)
    wanted = {"T": measuring.T, "B": measuring.B, "lr": measuring.LR}
    assert found["settings"] == wanted | {
        "clip": measuring.CLIP,
        "new_rows": measuring.NEW_ROWS,
    }


@pytest.mark.parametrize("name", ["variants", "search"])
def test_the_rows_of_a_record_are_drawn_again_and_cost_a_constant_as_much(name):
    found = _record(name)
    again = measuring.constants(found["seed"])
    for task, losses in found["constant"].items():
        assert losses == pytest.approx(again[task], abs=2e-6)


def _of_all_runs(found, what):
    """Return the losses or shares with the constant that each belongs to."""
    if "tried" not in found:
        constant = found["constant"]
        groups = [(by, constant) for by in what.values()]
    else:
        first = {task: [c[0]] for task, c in found["constant"].items()}
        later = {task: c[1:] for task, c in found["constant"].items()}
        short = [*what["tried"].values(), *what["beside"].values()]
        groups = [({t: [v] for t, v in by.items()}, first) for by in short]
        groups += [(by, later) for by in what["again"].values()]
    return [
        (value, constant)
        for by, constants in groups
        for task in measuring.TASKS
        for value, constant in zip(by[task], constants[task], strict=True)
    ]


@pytest.mark.parametrize("name", ["variants", "search"])
def test_a_share_is_a_loss_over_the_constants_on_the_same_rows(name):
    found = _record(name)
    shares = found if name == "search" else found["shares"]
    pairs = zip(
        _of_all_runs(found, found["losses"]), _of_all_runs(found, shares), strict=True
    )
    for (loss, constant), (share, _) in pairs:
        assert share == pytest.approx(loss / constant, abs=1e-4)


def _runs():
    again = _record("search")["again"]
    return _record("variants")["shares"] | {f"again {k}": v for k, v in again.items()}


def test_every_mean_is_over_five_seeds_at_least_on_every_task():
    for by_task in _runs().values():
        assert list(by_task) == list(measuring.TASKS)
        for shares in by_task.values():
            assert len(shares) >= 5
            assert all(0 <= share <= measuring.DIVERGED for share in shares)


def test_the_variants_are_the_codes_with_its_sizes():
    found = _record("variants")
    assert list(found["shares"]) == list(variants.VARIANTS)
    assert found["parameters"] == {
        name: variants.count(variants.make(name, 2)) for name in variants.VARIANTS
    }


def test_the_search_tried_the_first_words_of_its_seed_and_took_the_best():
    found = _record("search")
    number = int(found["command"].split("--words ")[1].split()[0])
    drawn = [str(word) for word in search.draw(number, 0)]
    known = {str(word) for word in (search.GRU, search.LSTM, search.ELMAN)}
    assert list(found["tried"]) == [word for word in drawn if word not in known]
    assert found["words"] == len(search.words())
    best = min(found["tried"], key=lambda word: search.mean(found["tried"][word]))
    assert found["winner"] == best


def _against_vanilla():
    """Return the intervals of the differences that leave out 0."""
    shares, found = _record("variants")["shares"], {}
    for name in list(shares)[1:]:
        for task in measuring.TASKS:
            pairs = zip(shares[name][task], shares["vanilla"][task], strict=True)
            low, high = measuring.interval([a - b for a, b in pairs])
            if low > 0 or high < 0:
                found[name, task] = (low, high)
    return found


def test_the_three_that_hold_at_once_are_those_that_the_page_names():
    shares, found = _record("variants")["shares"], set()
    for name, task in itertools.product(list(shares)[1:], measuring.TASKS):
        pairs = zip(shares[name][task], shares["vanilla"][task], strict=True)
        gaps = [a - b for a, b in pairs]
        half = 7.10 * statistics.stdev(gaps) / math.sqrt(5)  # t at 0.05/24
        found |= {(name, task)} if abs(statistics.fmean(gaps)) > half else set()
    assert found == {
        ("coupled gates", "adding"),
        ("no output function", "recall"),
        ("gates see gates", "recall"),
    }


def test_what_the_page_says_of_recall():
    differ = {
        name: ends
        for (name, task), ends in _against_vanilla().items()
        if task == "recall"
    }
    worse = {name for name, (low, _) in differ.items() if low > 0}
    better = set(differ) - worse
    assert worse == {"no forget gate"}
    parts = {"no input gate", "no output gate", "no output function"}
    assert better == parts | {"gates see gates"}
    means = {
        name: sum(by["recall"]) for name, by in _record("variants")["shares"].items()
    }
    assert min(means, key=means.get) == "gates see gates"
    sizes = _record("variants")["parameters"]
    assert 2.5 < sizes["gates see gates"] / sizes["vanilla"] < 3


def test_what_the_page_says_of_adding():
    shares = {k: by["adding"] for k, by in _record("variants")["shares"].items()}
    learn = {k: sum(v < 0.2 for v in values) for k, values in shares.items()}
    assert learn.pop("coupled gates") == 5
    assert learn.pop("no forget gate") == 3
    assert set(learn.values()) == {0}
    assert sorted(shares["no forget gate"])[3] > 0.9, "two do not"
    assert measuring.interval(shares["no forget gate"])[0] < 0
    assert ("no output gate", "adding") in _against_vanilla()
    assert min(*shares["no output gate"], *shares["vanilla"]) > 0.95, "nothing learnt"


def test_what_the_page_says_of_order():
    shares = {k: by["order"] for k, by in _record("variants")["shares"].items()}
    means = {name: sum(values) / len(values) for name, values in shares.items()}
    left = [(name, v) for name, values in shares.items() for v in values if v > 0.05]
    assert [name for name, _ in left] == ["no forget gate"]
    low, _ = _against_vanilla()["coupled gates", "order"]
    assert low > 0
    assert means["coupled gates"] - means["vanilla"] < 0.01


def _mean(by_task):
    return sum(sum(v) / len(v) for v in by_task.values()) / len(by_task)


def test_what_the_page_says_of_the_short_race():
    found = _record("search")
    scores = {word: search.mean(by_task) for word, by_task in found["tried"].items()}
    gru = search.mean(found["beside"]["GRU"])
    assert sum(score < gru for score in scores.values()) == 6
    assert len(scores) == 20
    recall = [
        by["recall"] for by in (*found["tried"].values(), *found["beside"].values())
    ]
    assert min(recall) == found["beside"]["Elman"]["recall"]
    assert "after the sixth" in PAGE


def test_what_the_page_says_of_the_winner_on_new_seeds():
    again = _record("search")["again"]
    assert _mean(again["GRU"]) < _mean(again["winner"]) < _mean(again["LSTM"])
    for other in ("GRU", "LSTM"):
        for task in measuring.TASKS:
            pairs = zip(again["winner"][task], again[other][task], strict=True)
            low, high = measuring.interval([a - b for a, b in pairs])
            assert (low > 0) if task == "recall" else (low < 0 < high)
