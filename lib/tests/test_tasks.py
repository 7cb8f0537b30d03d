"""Tasks over a distance: their answers by another road, their baselines measured."""

import math

import pytest
import torch

from throughtime import tasks
from throughtime.errors import KindError, ThroughTimeError


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


MAKERS = {
    "adding": lambda g: tasks.adding(7, 3, g),
    "copy_memory": lambda g: tasks.copy_memory(7, 3, g),
    "temporal_order": lambda g: tasks.temporal_order(23, 3, g),
    "delayed_recall": lambda g: tasks.delayed_recall(7, 3, 2, g),
    "anbn": lambda g: tasks.anbn(3, 5, g),
    "dyck": lambda g: tasks.dyck(3, 5, g),
    "xml": lambda g: tasks.xml(29, 3, g),
    "arithmetic": lambda g: tasks.arithmetic(3, 2, g, distractors=2),
    "sentiment": lambda g: tasks.sentiment(3, g, nested=1, distractor=2),
    "transcript": lambda g: tasks.transcript(5, 3, g, pause=2),
}


def same(one, other):
    pairs = zip(one[:4], other[:4], strict=True)
    return all(a is b is None or torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_decides_a_batch(name):
    make = MAKERS[name]
    assert same(make(seeded(1)), make(seeded(1)))
    assert not torch.equal(make(seeded(1)).inputs, make(seeded(2)).inputs)


@pytest.mark.parametrize("name", MAKERS)
def test_a_batch_is_time_first_and_its_parts_fit(name):
    batch = MAKERS[name](seeded())
    T, B = batch.inputs.shape[:2]
    assert B == 3
    assert batch.mask.shape == (T, B)
    assert batch.mask.dtype == torch.bool
    if batch.scored is None:
        assert batch.targets.shape == (B,)
    else:
        assert batch.targets.shape[:2] == batch.scored.shape == (T, B)
        assert not (batch.scored & ~batch.mask).any()
    if batch.vocabulary is not None:
        assert 0 <= batch.inputs.min() <= batch.inputs.max() < len(batch.vocabulary)


@pytest.mark.parametrize("name", MAKERS)
def test_the_global_source_of_chance_is_left_alone(name):
    before = torch.get_rng_state()
    MAKERS[name](seeded())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", MAKERS)
def test_a_batch_lies_where_its_generator_does(name):
    batch = MAKERS[name](torch.Generator("cuda").manual_seed(0))
    assert {x.device.type for x in batch[:4] if x is not None} == {"cuda"}


def test_adding_marks_one_number_in_each_half_and_sums_them():
    T, B = 7, 500
    inputs, sums = tasks.adding(T, B, seeded())[:2]
    values, marks = inputs.unbind(-1)
    assert set(marks.unique().tolist()) == {0, 1}
    assert (marks[:3].sum(0) == 1).all()
    assert (marks[3:].sum(0) == 1).all()
    want = [sum(values[t, b].item() for t in range(T) if marks[t, b]) for b in range(B)]
    assert torch.allclose(sums, torch.tensor(want))
    assert (marks.sum(1) > 0).all()


def test_answering_one_to_the_adding_problem_errs_by_a_sixth():
    batch = tasks.adding(11, 200_000, seeded())
    assert batch.baseline == pytest.approx(1 / 6)
    assert (batch.targets - 1).square().mean() == pytest.approx(1 / 6, abs=2e-3)
    assert batch.targets.mean() == pytest.approx(1, abs=3e-3)


def test_copy_memory_shows_waits_signs_and_asks():
    inputs, targets = tasks.copy_memory(5, 3, seeded())[:2]
    assert inputs.shape == (25, 3)
    assert torch.equal(inputs[:10], targets[15:])
    assert set(inputs[:10].unique().tolist()) <= set(range(1, 9))
    assert (inputs[10:14] == 0).all()
    assert (inputs[14] == 9).all()
    assert (inputs[15:] == 0).all()
    assert (targets[:15] == 0).all()


def test_copy_memorys_baseline_is_the_loss_of_guessing_the_symbols():
    batch = tasks.copy_memory(100, 4000, seeded())
    assert batch.baseline == pytest.approx(10 * math.log(8) / 120)
    p = torch.full((120, 10), 1e-30)
    p[:110, 0], p[110:, 1:9] = 1, 1 / 8
    loss = -p.log()[torch.arange(120)[:, None], batch.targets].mean()
    assert loss == pytest.approx(batch.baseline, rel=1e-5)
    counts = batch.inputs[:10].flatten().bincount(minlength=10)[1:9]
    assert counts.double().div(40_000) == pytest.approx(0.125, abs=0.01)


@pytest.mark.parametrize(
    ("bits", "stretches"),
    [(2, [(10, 19), (50, 59)]), (3, [(10, 19), (33, 42), (66, 75)])],
)
def test_temporal_order_names_the_order_of_x_and_y(bits, stretches):
    batch = tasks.temporal_order(100, 600, seeded(), bits)
    places = [[] for _ in range(bits)]
    for b in range(600):
        text = batch.vocabulary.decode(batch.inputs[:, b])
        assert (text[0], text[-1]) == ("E", "B")
        assert set(text[1:-1]) <= set("abcdXY")
        found = [t for t, symbol in enumerate(text) if symbol in "XY"]
        binary = "".join("01"[text[t] == "Y"] for t in found)
        assert len(binary) == bits
        assert int(binary, 2) == batch.targets[b]
        for seen, t in zip(places, found, strict=True):
            seen.append(t)
    assert [(min(seen), max(seen)) for seen in places] == stretches
    shares = batch.targets.bincount(minlength=2**bits) / 600
    assert batch.baseline == 2**-bits
    assert shares == pytest.approx(batch.baseline, abs=0.06)


def test_delayed_recall_asks_for_what_came_before():
    batch = tasks.delayed_recall(50, 200, 3, seeded(), symbols=5)
    for t in range(3, 50):
        assert torch.equal(batch.targets[t], batch.inputs[t - 3])
    assert batch.scored.sum(0).eq(47).all()
    assert not batch.scored[:3].any()
    guess = (batch.targets == batch.inputs)[batch.scored].double().mean()
    assert guess == pytest.approx(batch.baseline, abs=0.02)
    assert batch.baseline == 1 / 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: tasks.adding(1, 3, g), "T is 1; wanted 2"),
        (lambda g: tasks.copy_memory(0, 3, g), "blanks is 0; wanted 1"),
        (lambda g: tasks.temporal_order(9, 3, g), "T is 9; wanted 10"),
        (lambda g: tasks.temporal_order(20, 3, g, 4), "bits is 4; wanted 2 or 3"),
        (lambda g: tasks.delayed_recall(3, 3, 3, g), "T is 3; wanted 4"),
        (lambda g: tasks.anbn(0, 3, g), "B is 0; wanted 1"),
        (lambda g: tasks.dyck(3, 3, g, kinds=5), "kinds is 5; wanted 1 to 4"),
        (lambda g: tasks.xml(9, 3, g, longest=1), "longest is 1; wanted 2"),
        (lambda g: tasks.arithmetic(3, 10, g), "digits.* wanted"),
        (lambda g: tasks.sentiment(3, g, "dev"), "'dev'; wanted train, val or test"),
    ],
)
def test_what_no_task_can_be_made_of_is_refused(call, words):
    with pytest.raises(ThroughTimeError, match=words):
        call(seeded())


def test_a_seed_in_the_place_of_a_generator_is_refused():
    with pytest.raises(KindError, match=r"generator is a int; wanted a torch"):
        tasks.adding(7, 3, 0)
