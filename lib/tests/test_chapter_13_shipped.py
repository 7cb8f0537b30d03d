"""The records and the checkpoints of book/13_attention."""

import json
import re

import numpy as np
import pytest
import torch
from chapter_13 import BOOK, PAGE, asked, functions, loaded

from throughtime import images, metrics

RECORDS = sorted(set(re.findall(r'record\("(\w+)"\)', PAGE)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made_and_names_no_path(name):
    path = BOOK / "records" / f"{name}.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {"command", "seed", "date", "versions", "sha256"} <= set(found)
    assert (BOOK.parent / found["command"].split()[1]).is_file()
    assert not re.search(r"/(tmp|work|home|root)/", path.read_text(encoding="utf-8"))


def test_each_network_of_the_records_has_three_seeds():
    for name, part in (("questions", "runs"), ("pieces", "looking")):
        found = json.loads((BOOK / "records" / f"{name}.json").read_text("utf-8"))
        for runs in found[part].values():
            assert [run["seed"] for run in runs] == [0, 1, 2]


def test_attention_beats_what_lacks_the_question_or_the_picture_by_ten_points():
    found = json.loads((BOOK / "records" / "questions.json").read_text("utf-8"))
    means = {
        name: np.mean([run["right"]["all"] for run in runs])
        for name, runs in found["runs"].items()
    }
    others = (means["image only"], means["question only"])
    assert means["attention"] > max(others) + 0.1


def test_the_record_of_the_captioner_is_at_least_what_the_trial_reached():
    found = json.loads((BOOK / "records" / "attention.json").read_text("utf-8"))["test"]
    for split, least in (("test", 0.846), ("pairs", 0.242), ("count", 0.398)):
        assert found[split]["true"] >= least
    assert found["test"]["mass"] >= 0.566


def test_the_looks_of_one_caption_are_as_the_page_says():
    model, _ = loaded("attention")
    page = functions(model=model, words=images.caption_vocabulary())
    scenes = images.scenes("test", 20, seed=29)
    scene = next(s for s in scenes if len(s.things) == 2)
    text, maps = page["describe"]([scene])[0]
    assert images.is_true(text, scene)
    cross, circle = (maps * images.object_cells(scene, 6)[:, None]).sum((2, 3))
    at = {word: text.index(word) for word in ("cyan", "cross", "circle")}
    assert cross[at["cyan"]] < circle[at["cyan"]]
    assert cross[at["cross"]] > 0.5 < circle[at["circle"]]
    told = page["describe"](scenes)
    pairs = [zip(said, page["breadth"](m), strict=True) for said, m in told]
    wide = [pair for each in pairs for pair in each]
    glue = [n for w, n in wide if w in ("a", "in", "the")]
    assert np.mean(glue) > 20
    for kind in (images.SIZES, images.COLOURS, images.SHAPES):
        assert np.mean([n for w, n in wide if w in kind]) < 16


def test_the_shipped_captioner_says_and_sees_what_its_record_says():
    model, about = loaded("attention")
    found = json.loads((BOOK / "records" / "attention.json").read_text("utf-8"))
    for name in ("command", "seed", "held_out_nats"):
        assert found[name] == about[name]
    page = functions(model=model, words=images.caption_vocabulary())
    scenes = images.scenes("test", 200, seed=13)
    told = page["describe"](scenes)
    true = metrics.truth_rate([text for text, _ in told], scenes, images.is_true)
    mass = np.mean([row[1] for row in page["looks"](scenes, told)])
    assert true == pytest.approx(found["test"]["test"]["true"], abs=0.05)
    assert mass == pytest.approx(found["test"]["test"]["mass"], abs=0.05)
    assert true > 0.84
    assert mass > 0.56


def test_the_shipped_answerer_is_as_good_as_it_says():
    model, about = loaded("questions")
    found = json.loads((BOOK / "records" / "questions.json").read_text("utf-8"))
    assert found["command"] == about["command"]
    scenes, questions = asked(200, seed=41)
    pictures = images.render_all(scenes)[[q.scene_index for q in questions]]
    ids, mask = images.encode_questions(questions)
    answers, offered = images.encode_answers(questions)
    with torch.no_grad():
        hits = model(pictures, ids, mask, offered)[0].argmax(1) == answers
    assert hits.double().mean().item() == pytest.approx(about["right"], abs=0.03)
