"""What book/13_dialog says of the shipped network that follows dialogs."""

from collections import Counter

import numpy as np
import pytest
import torch
from chapter_13_dialog import features_of, functions, shipped

from throughtime import images, models
from throughtime.images.dialogs import POINTING


@pytest.fixture(scope="module")
def listener():
    """Return the shipped network, dialogs, their scenes, and the scenes' features."""
    model, _ = shipped("dialogs", models.DialogReader)
    scenes = images.dialog_scenes("test", 60, seed=31)
    return model, images.dialogs(scenes, seed=31), scenes, features_of(scenes)


@torch.no_grad()
def answers(model, seen, turns, scene_index):
    rows = images.encode_dialogs([images.Dialog(turns, scene_index)])
    logits, maps = model(seen[rows.scene_index], rows.ids, rows.asked)
    return [images.answer_words()[i] for i in logits.argmax(1)], maps


def test_after_two_names_the_listener_says_no_to_every_other(listener):
    model, told, scenes, seen = listener
    said = Counter()
    for dialog in told[:100]:
        names = [t for t in dialog.turns if t.kind == "named"]
        (third,) = {0, 1, 2} - {t.refers for t in names}
        thing = scenes[dialog.scene_index].things[third]
        word = thing.shape if names[0].words[-1] in images.SHAPES else thing.colour
        words = ("is", "there", "a", word)
        words = (*words, "thing") if word in images.COLOURS else words
        asked = images.Turn(words, "yes", "named", third, 0)
        turns = (*dialog.turns, asked)
        said[answers(model, seen, turns, dialog.scene_index)[0][-1]] += 1
    assert said["no"] >= 99
    for first, second in zip(told[:40:2], told[1:40:2], strict=True):
        both, _ = answers(model, seen, first.turns + second.turns, first.scene_index)
        for turn, word in zip(second.turns, both[len(first.turns) :], strict=True):
            assert word == "no" or turn.kind in POINTING


def test_the_listeners_map_often_lies_elsewhere_with_the_remaining_one(listener):
    model, told, scenes, seen = listener
    most, right = {kind: [] for kind in POINTING}, []
    for dialog in told:
        said, maps = answers(model, seen, dialog.turns, dialog.scene_index)
        cells = images.object_cells(scenes[dialog.scene_index], 6).flatten(1).float()
        rows = zip(dialog.turns, said, maps[1, :, :], strict=True)
        for turn, word, alpha in rows:
            if turn.kind in POINTING:
                most[turn.kind].append((cells @ alpha).argmax().item() == turn.refers)
            if turn.kind == "remaining":
                right.append(word == turn.answer)
    assert np.mean(most["remaining"]) < 0.5 < np.mean(most["first"])
    assert np.mean(most["first"]) < np.mean(most["it"])
    assert np.mean(right) > 0.97


def test_without_the_turn_of_it_the_first_one_is_a_toss_of_a_coin(listener):
    model, told, scenes, seen = listener
    page = functions(seen=seen, scenes=scenes)
    asked = [d for d in told if any(t.kind == "first" for t in d.turns)]
    found = Counter(page["first_without_it"](model, dialog) for dialog in asked)
    share = found["named first"] / (found["named first"] + found["named last"])
    assert share == pytest.approx(1 / 2, abs=0.15)
    assert found["neither"] < 0.15 * len(asked)
    for dialog in asked[:50]:  # with it, it is right
        said, _ = answers(model, seen, dialog.turns, dialog.scene_index)
        k = [t.kind for t in dialog.turns].index("first")
        right = said[k] == dialog.turns[k].answer
        found["right"] += right
    assert found["right"] >= 45
