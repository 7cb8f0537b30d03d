"""The numbers of book/13_dialog: by hand, in answers, in its records."""

import math
import re

import numpy as np
import pytest
import torch
from chapter_13_dialog import (
    BOOK,
    PAGE,
    answer,
    features_of,
    functions,
    record,
    shipped,
)

from throughtime import decode, images, models, tasks
from throughtime.images.dialogs import KINDS

NAMES = sorted(set(re.findall(r'record\("(\w+)"\)', PAGE)))


@pytest.mark.parametrize(
    ("gates", "red", "heard"),
    [
        ((1, 0, 0), 0.8, -0.2 * math.log(4)),
        ((1, 0.5, 0.5), 0.586, None),
        ((0, 0, 0), 0.5, 0.0),
    ],
)
def test_the_three_turns(gates, red, heard):
    got, dx = functions()["talk_by_hand"](gates)
    assert got == pytest.approx(red, abs=5e-4)
    if heard is not None:
        assert dx.tolist() == pytest.approx([heard, -heard], abs=1e-6)
    assert f"{red:g}" in PAGE
    assert "(-0.277, 0.277)" in PAGE


def test_half_open_gates_leave_a_quarter():
    root = math.sqrt(2)
    assert root / (1 + root) == pytest.approx(0.586, abs=5e-4)
    _, dx = functions()["talk_by_hand"]((1, 0.5, 0.5))
    dh = math.log(4) * (root / (1 + root) - 1)
    assert dx[0].item() == pytest.approx(dh / 4)


def test_the_answer_on_two_things():
    assert "$R = 1/2$" in answer("ex-13-third")


def test_the_answer_on_gates_that_leak():
    bound = math.log(1.5) / math.log(4)
    assert f"{bound:.4f}" in answer("ex-13-kept")
    assert f"{math.log(bound) / math.log(0.9):.2f}" in answer("ex-13-kept")

    def red(d):
        return 1 / (1 + math.exp(-(0.9**d) * math.log(4)))

    assert red(11) > 0.6 > red(12)
    assert "after 12 turns" in answer("ex-13-kept")


def test_the_answer_on_the_best_blind_agent():
    assert tasks.blind_rate([False, False, True]) == pytest.approx(1 / 25)
    assert "1/25" in answer("ex-13-blind")


def test_the_bounds_that_the_text_names():
    rates = [tasks.blind_rate(t) for t in ([0], [1], [0, 1], [0, 0])]
    assert rates == pytest.approx([1 / 5, 1 / 5, 1 / 25, 1 / 5])


def test_right_moves_multiply():
    assert round(0.99**30, 2) == 0.74
    assert f"{0.9 ** (1 / 20):.4f}" in answer("ex-13-chain")


@pytest.mark.parametrize("name", NAMES)
def test_a_record_says_how_it_was_made_and_names_no_path(name):
    found = record(name)
    assert {"command", "seed", "date", "versions", "sha256"} <= set(found)
    assert (BOOK.parent / found["command"].split()[1]).is_file()
    text = (BOOK / "records" / f"{name}.json").read_text(encoding="utf-8")
    assert not re.search(r"/(tmp|work|home|root)/", text)
    for runs in found["runs"].values():
        assert [run["seed"] for run in runs] == [0, 1, 2]


def test_history_and_eyes_are_worth_ten_points_at_least():
    runs = record("dialogs")["runs"]
    rates = {way: [run["pointing"] for run in runs[way]] for way in runs}
    lacking = max(*rates["without history"], *rates["without picture"])
    assert min(*rates["with history"], *rates["after questions"]) > lacking + 0.1
    gone = record("walks")
    success = {
        way: [np.mean([*run["success"].values()][:4]) for run in runs]
        for way, runs in gone["runs"].items()
    }
    bound = np.mean([*gone["best blind"].values()][:4])
    others = max(*success["blind"], *success["deaf"], bound)
    assert min(success["seeing"]) > others + 0.1


def test_with_its_history_a_network_follows_what_was_named():
    runs = record("dialogs")["runs"]
    crossed = 11 / 18
    assert min(run["pointing"] for run in runs["with history"]) > crossed + 0.1
    assert min(run["pointing"] for run in runs["after questions"]) > crossed + 0.1
    pairs = zip(runs["with history"], runs["after questions"], strict=True)
    for full, started in pairs:  # the better start ends lower, with "the first one"
        assert full["pointing"] > started["pointing"]
        assert full["by kind"]["first"] > started["by kind"]["first"] + 0.1
        kinds = full["by kind"]
        assert kinds["first"] < min(kinds["it"], kinds["remaining"])
        assert full["curve"][2] < started["curve"][2]
        assert full["curve"][-1] > started["curve"][-1]
        assert kinds["it"] > 5 / 6 + 0.1  # names in no order have less
    early = np.mean([run["curve"] for run in runs["with history"]], 0)[5]
    assert record("dialogs")["every"] == 100
    assert 1 / 3 + 0.1 < early < crossed
    assert max(max(run["curve"]) for run in runs["without picture"]) < crossed


def test_alone_with_its_answers_the_listener_is_still_above_a_third():
    # Without feedback of right answers, crossing out is worth nothing.
    model, _ = shipped("dialogs", models.DialogReader)
    scenes = images.dialog_scenes("test", 20, seed=29)
    rows = images.encode_dialogs(images.dialogs(scenes, seed=29))
    hits = functions()["on_its_own"](model, features_of(scenes), rows)
    points = rows.kinds[rows.asked] >= KINDS.index("it")
    assert hits[points].double().mean().item() > 1 / 3 + 0.2


def test_nobody_in_the_records_exceeds_what_is_possible():
    found = record("dialogs")
    for run in found["runs"]["without history"]:
        assert 0.25 < run["pointing"] < 1 / 3 + 1e-4
    gone = record("walks")
    for run in gone["runs"]["blind"]:
        for legs, rate in run["success"].items():
            bound = gone["best blind"][legs]
            slack = 4 * (bound * (1 - bound) / gone["ways"]) ** 0.5
            assert rate < bound + slack


def test_the_shipped_listener_is_as_good_as_it_says():
    model, about = shipped("dialogs", models.DialogReader)
    scenes = images.dialog_scenes("test", 50, seed=17)
    rows = images.encode_dialogs(images.dialogs(scenes, seed=17))
    hits, kinds = functions()["right"](model, features_of(scenes), rows)
    points = kinds >= KINDS.index("it")
    rate = hits[points].double().mean().item()
    assert rate == pytest.approx(about["pointing"], abs=0.05)
    assert record("dialogs")["command"] == about["command"]


def test_a_listener_on_its_own_reads_its_own_answers():
    model, _ = shipped("dialogs", models.DialogReader)
    scenes = images.dialog_scenes("test", 4, seed=19)
    dialogs, features = images.dialogs(scenes, seed=19), features_of(scenes)
    page = functions()
    rows = images.encode_dialogs(dialogs[:1])
    got = page["on_its_own"](model, features, rows)
    words = images.dialog_vocabulary()
    heard, hits = [], []
    for turn in dialogs[0].turns:
        heard += [*turn.words, "?"]
        ids = words.encode(heard)[:, None]
        asked = torch.zeros_like(ids, dtype=torch.bool)
        asked[-1] = True
        with torch.no_grad():
            logits, _ = model(features[rows.scene_index], ids, asked)
        said = images.answer_words()[int(logits.argmax())]
        hits.append(said == turn.answer)
        heard.append(said)
    assert got.tolist() == hits


def test_the_shipped_agent_is_as_good_as_it_says():
    agent, about = shipped("walks", models.Agent)
    walks = tasks.walks(200, torch.Generator().manual_seed(23), (3, 3))
    rate = decode.follow(agent, walks).arrived.double().mean().item()
    assert rate == pytest.approx(about["success"]["3"], abs=0.12)
    blind = decode.follow(agent, walks, see=functions()["nothing"])
    assert blind.arrived.double().mean().item() < rate - 0.1
    assert record("walks")["command"] == about["command"]
