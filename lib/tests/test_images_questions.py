"""Questions have right answers, and none that the words alone give away."""

from collections import Counter, defaultdict

import numpy as np
import pytest
import torch

from throughtime import images
from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.images import COLOURS, Question, Scene, Thing
from throughtime.images.questions import CHOICES, NUMBERS, _count
from throughtime.text import END, START

SCENES = {split: images.scenes(split, 900) for split in ("train", "pairs", "count")}
ASKED = {split: images.questions(found, 5) for split, found in SCENES.items()}
SPLITS = pytest.mark.parametrize("split", SCENES)


def _answer(words, scene):
    """Answer a question by reading it, with the things that the answer is about."""
    text = " ".join(words)
    things = list(enumerate(scene.things))
    if words[:3] == ("what", "colour", "is"):
        ((i, thing),) = [(i, t) for i, t in things if t.shape == words[-1]]
        return thing.colour, {i}
    if words[:4] == ("what", "shape", "is", "the"):
        ((i, thing),) = [(i, t) for i, t in things if t.colour == words[-2]]
        return thing.shape, {i}
    if words[:3] == ("what", "shape", "is"):
        ((i, known),) = [(i, t) for i, t in things if t.colour == words[-2]]
        how = text.removeprefix("what shape is ").split(" the ")[0]
        ((j, there),) = [(j, t) for j, t in things if j != i and _lies(t, how, known)]
        return there.shape, {i, j}
    if words[0] == "how":
        name = words[2]
        if words[3] == "things":
            found = {i for i, t in things if t.colour == name}
        else:
            found = {i for i, t in things if t.shape == name[: len(t.shape)]}
        return ("zero", "one", "two", "three")[len(found)], found
    if words[:3] == ("is", "there", "a"):
        found = {i for i, t in things if (t.colour, t.shape) == words[3:]}
        return ("yes" if found else "no"), found
    ((i, one),) = [(i, t) for i, t in things if t.shape == words[2]]
    ((j, other),) = [(j, t) for j, t in things if t.shape == words[5]]
    return ("yes" if one.colour == other.colour else "no"), {i, j}


def _lies(one, how, other):
    angle = np.degrees(np.arctan2(one.y - other.y, one.x - other.x)) % 360
    quarter = int((angle + 45) // 90) % 4
    return ("right of", "below", "left of", "above")[quarter] == how


@SPLITS
def test_answers_are_right_and_refer_to_what_they_depend_on(split):
    assert {q.kind for q in ASKED[split]} == set(CHOICES)
    for q in ASKED[split]:
        answer, found = _answer(q.words, SCENES[split][q.scene_index])
        assert (q.answer, set(q.refers)) == (answer, found), q
        assert len(q.refers) == len(found)


@SPLITS
def test_each_set_of_choices_to_a_text_has_each_choice_as_answer_equally_often(split):
    groups = defaultdict(Counter)
    for q in ASKED[split]:
        assert len(set(q.choices)) == len(q.choices) == CHOICES[q.kind]
        groups[q.words, frozenset(q.choices)][q.answer] += 1
    for (_, choices), counts in groups.items():
        assert counts.keys() == choices
        assert len(set(counts.values())) == 1


@SPLITS
def test_the_place_of_the_answer_among_the_choices_tells_nothing(split):
    places = defaultdict(list)
    for q in ASKED[split]:
        places[len(q.choices)].append(q.choices.index(q.answer))
    for size, found in places.items():
        counts = np.bincount(found, minlength=size)
        assert abs(counts - len(found) / size).max() < 4 * (len(found) / size) ** 0.5


@SPLITS
def test_learning_from_words_alone_leaves_one_at_chance(split):
    rates = images.question_only_rate(ASKED["train"], ASKED[split])
    for kind, rate in rates.items():
        n = sum(q.kind == kind for q in ASKED[split])
        assert rate == pytest.approx(1 / CHOICES[kind], abs=2 * n**-0.5)


@SPLITS
def test_the_majority_answer_is_near_chance(split):
    rates = images.majority_rate(ASKED[split])
    assert rates.keys() == CHOICES.keys()
    assert all(rate < 1 / CHOICES[kind] + 0.06 for kind, rate in rates.items())
    assert rates["exists"] == rates["same"] == 0.5


def test_baselines_notice_what_the_words_give_away():
    def ask(text, answer):
        return Question(tuple(text.split()), answer, ("no", "yes"), "exists", 0, ())

    told = [ask("is there a red cross", "yes"), ask("is there a red circle", "no")]
    assert images.question_only_rate(told, told) == {"exists": 1.0}
    assert images.majority_rate(told) == {"exists": 0.5}
    more = [*told, ask("is there a red cross", "yes")]
    assert images.majority_rate(more) == {"exists": pytest.approx(2 / 3)}
    new = [ask("is there a blue cross", "yes"), ask("is there a blue cross", "no")]
    assert images.question_only_rate(more, new) == {"exists": 0.5}
    assert images.question_only_rate(more, new[:1]) == {"exists": 1.0}


@SPLITS
def test_a_scene_is_asked_at_most_one_question_of_a_kind(split):
    asked = [(q.scene_index, q.kind) for q in ASKED[split]]
    assert len(asked) == len(set(asked)) > 900


def test_every_colour_is_asked_about_in_training():
    for kind in ("shape", "beside"):
        texts = {q.words for q in ASKED["train"] if q.kind == kind}
        assert {w for words in texts for w in words} >= set(COLOURS)


def test_held_out_pairs_are_answers_in_pairs_only():
    for split in SCENES:
        blue = [
            q
            for q in ASKED[split]
            if q.words == ("what", "colour", "is", "the", "circle")
            and q.answer == "blue"
        ]
        assert (len(blue) > 4) == bool(blue) == (split == "pairs")


def test_questions_come_by_seed_and_kind():
    found = SCENES["train"][:200]
    once = images.questions(found, 1)
    assert once == images.questions(found, 1)
    assert once != images.questions(found, 2)
    some = images.questions(found, 1, kinds=["same", "count"])
    assert {q.kind for q in some} == {"same", "count"}
    assert set(some) == {q for q in once if q.kind in ("same", "count")}
    kinds = [q.kind for q in once]
    assert kinds != sorted(kinds, key=kinds.index), "one kind after the other"


def test_too_few_scenes_give_no_question():
    thing = Thing("cross", "red", "big", 24, 24, 9)
    for nothing in ([], [Scene([])], [Scene([thing])] * 20):
        kinds = ["colour", "shape", "beside", "count", "same"]
        assert images.questions(nothing, 0, kinds) == []


def test_more_things_than_there_are_numbers_are_not_counted():
    thing = Thing("cross", "red", "big", 24, 24, 9)
    crowd = Scene([thing] * len(NUMBERS))
    texts = {candidate.text for candidate in _count(crowd)}
    assert len(texts) == 8  # ten, but for red things and crosses
    assert not {"how many red things are there", "how many crosses are there"} & texts


def test_wrong_wishes_for_questions_are_refused():
    with pytest.raises(ThroughTimeError, match=r"kinds holds \['size'\].*wanted some"):
        images.questions([], 0, ["colour", "size"])
    with pytest.raises(ThroughTimeError, match="seed is -1; wanted"):
        images.questions([], -1)


@SPLITS
def test_questions_and_answers_read_back_from_their_ids(split):
    asked = ASKED[split][:300]
    ids, mask = images.encode_questions(asked)
    targets, offered = images.encode_answers(asked)
    vocabulary, answers = images.question_vocabulary(), images.answer_words()
    assert offered.shape == (300, len(answers))
    for k, q in enumerate(asked):
        start, *words, end = ids[mask[:, k], k].tolist()
        assert (start, end) == (START, END)
        assert vocabulary.decode(words) == " ".join(q.words)
        assert answers[targets[k]] == q.answer
        assert {answers[i] for i in offered[k].nonzero()} == set(q.choices)
    assert targets.dtype == torch.int64


def test_the_words_of_questions_and_answers_are_those_in_use():
    asked = [q for split in SCENES for q in ASKED[split]]
    assert images.question_words() == tuple(sorted({w for q in asked for w in q.words}))
    answers = set(images.answer_words())
    assert {q.answer for q in asked} <= answers
    assert answers - {q.answer for q in asked} <= {"three", "four"}


def test_what_is_no_question_is_not_encoded():
    odd = Question(("why",), "yes", ("no", "yes"), "exists", 0, ())
    with pytest.raises(VocabularyError, match="word 'why' of number 0"):
        images.encode_questions([odd])
    with pytest.raises(ShapeError, match="no rows"):
        images.encode_questions([])


def test_the_baseline_does_not_mind_the_order_of_choices():
    def ask(answer, choices):
        return Question(("is", "there", "a"), answer, choices, "exists", 0, ())

    a, b = ("no", "yes"), ("yes", "no", "x")
    told = [ask("yes", a), ask("no", b), ask("no", b)]
    assert images.question_only_rate(told, [ask("yes", a[::-1])]) == {"exists": 1.0}
