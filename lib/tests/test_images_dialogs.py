"""Dialogs have right answers, and none that a question gives away on its own."""

from collections import Counter, defaultdict

import pytest
import torch

from throughtime import images
from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.images import COLOURS, SHAPES
from throughtime.images.dialogs import KINDS, MARK, POINTING

SCENES = images.dialog_scenes("train", 60)
TALKS = images.dialogs(SCENES, 3)


def _heard(dialog, scene):
    """Read a dialog as a listener would; yield answer, thing and turns back."""
    named = []  # (thing, turn), in the order in which they were named
    for k, turn in enumerate(dialog.turns):
        if turn.words[0] == "is":
            (word,) = {*turn.words} & {*SHAPES, *COLOURS}
            things = enumerate(scene.things)
            found = [i for i, t in things if word in (t.shape, t.colour)]
            if found:
                named.append((found[0], k))
            yield ("yes", found[0], 0) if found else ("no", -1, 0)
            continue
        asked, pointer = turn.words[1], " ".join(turn.words[3:])
        if pointer == "it":
            thing, at = named[-1]
        elif pointer == "the first one":
            thing, at = named[0]
        else:
            assert pointer == "the remaining one"
            ((thing,), at) = {0, 1, 2} - {i for i, _ in named}, named[0][1]
        yield getattr(scene.things[thing], asked), thing, k - at


def test_answers_are_what_a_listener_would_say_who_remembers():
    for dialog in TALKS:
        want = list(_heard(dialog, SCENES[dialog.scene_index]))
        assert [(t.answer, t.refers, t.since) for t in dialog.turns] == want


def test_a_scene_has_six_dialogs_that_name_its_things_in_all_orders():
    by_scene = defaultdict(list)
    for dialog in TALKS:
        by_scene[dialog.scene_index].append(dialog.turns)
    assert len(by_scene) == 60
    for six in by_scene.values():
        orders = {tuple(t.refers for t in ts if t.kind == "named") for ts in six}
        assert len(orders) == len(six) == 6
        assert len({tuple(t.kind for t in turns) for turns in six}) == 1


def test_without_history_a_third_of_what_points_can_be_right_and_no_more():
    counts = defaultdict(Counter)
    for dialog in TALKS:
        for turn in dialog.turns:
            if turn.kind in POINTING:
                counts[dialog.scene_index, turn.words][turn.answer] += 1
    assert len(counts) > 120
    for answers in counts.values():
        assert len(answers) == 3
        assert len(set(answers.values())) == 1


def test_nothing_is_asked_whose_answer_was_said():
    for dialog in TALKS:
        said = [t.refers for t in dialog.turns if t.kind in POINTING]
        assert len(set(said)) == len(said) == 3
        for turn in dialog.turns:
            if turn.kind in POINTING:
                assert turn.answer not in turn.words


def test_some_answers_lie_far_back_and_all_kinds_come():
    turns = [turn for dialog in TALKS for turn in dialog.turns]
    assert {turn.kind for turn in turns} == set(KINDS)
    assert max(t.since for t in turns) >= 7
    assert {t.since for t in turns if t.kind == "it"} == {1, 2, 3}


def test_scenes_of_dialogs_have_three_things_that_differ_in_all():
    for scene in SCENES:
        assert len({t.shape for t in scene.things}) == 3
        assert len({t.colour for t in scene.things}) == 3
    assert images.dialog_scenes("train", 5) == SCENES[:5]
    assert images.dialog_scenes("test", 5) != SCENES[:5]
    assert images.dialogs(images.scenes("train", 50)) == []


def test_dialogs_come_by_seed():
    assert images.dialogs(SCENES, 3) == TALKS
    assert images.dialogs(SCENES, 4) != TALKS
    with pytest.raises(ThroughTimeError, match="seed is -1; wanted"):
        images.dialogs(SCENES, -1)


def test_the_words_of_dialogs_are_those_in_use():
    used = {w for d in TALKS for t in d.turns for w in (*t.words, t.answer)}
    assert used | {MARK} == set(images.dialog_words())
    assert str(TALKS[0]).count("?") == len(TALKS[0].turns)


@pytest.mark.parametrize("history", [True, False])
def test_dialogs_read_back_from_their_ids(history):
    rows = images.encode_dialogs(TALKS[:40], history)
    vocabulary, answers = images.dialog_vocabulary(), images.answer_words()
    told = [(d.turns, d.scene_index) for d in TALKS[:40]]
    if not history:
        told = [((turn,), i) for turns, i in told for turn in turns]
    assert rows.ids.shape[1] == len(told)
    for k, (turns, index) in enumerate(told):
        text = [w for t in turns for w in (*t.words, MARK, t.answer)]
        text = text if history else text[:-1]
        assert vocabulary.decode(rows.ids[:, k][rows.mask[:, k]]).split() == text
        assert rows.scene_index[k] == index
        at = rows.asked[:, k]
        assert [answers[i] for i in rows.answers[at, k]] == [t.answer for t in turns]
        assert [KINDS[i] for i in rows.kinds[at, k]] == [t.kind for t in turns]
        assert rows.since[at, k].tolist() == [t.since for t in turns]
        assert {vocabulary.symbols[i] for i in rows.ids[at, k]} == {MARK}
    assert rows.mask.any(1).all(), "a step that no row has"
    assert not rows.answers[~rows.asked].any()
    assert rows.ids.dtype == rows.answers.dtype == torch.int64


def test_no_dialog_is_refused():
    with pytest.raises(ShapeError, match="dialogs is empty; wanted one"):
        images.encode_dialogs([])
