"""What holds for assignment a5 alone."""

import numpy as np
import pytest
import torch
from questions import cells, copied, data, run

from checks import a5_sequences, oracles
from checks.mutants.a5_sequences import given
from throughtime import layers, metrics, models, text, unroll
from throughtime.download import reviews

T, B, D, H = 6, 3, 5, 4
SOLUTION, _ = run("a5_sequences")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("cell", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("both_ways", [False, True])
def test_the_copied_stack_is_still_the_librarys(cell, both_ways):
    stack = getattr(layers, cell)(D, H, 3, bidirectional=both_ways)
    shapes, count = copied(a5_sequences.stack_sizes)(D, H, 3, both_ways, cell.lower())
    for layer, shape in enumerate(shapes):
        W_x, W_h, _ = stack.weights(f"_l{layer}").values()
        assert shape == (len(W_x), W_h.shape[1] + W_x.shape[1])
    assert count == sum(p.numel() for p in stack.parameters())


def test_the_copied_dropout_is_still_that_of_the_librarys_layers(rng):
    hs, p = rng.normal(size=(T, B, H)), 0.3
    torch.manual_seed(0)
    factors = layers.recurrent.dropout(torch.ones(B, H), p, True).numpy()
    us = np.where(factors > 0, 1.0, 0.0)
    assert 0 < us.mean() < 1
    got = copied(a5_sequences.dropouts)(hs, us, p)
    for train, test in (got[:2], got[2:]):
        np.testing.assert_allclose(train, hs * factors, rtol=1e-6)
        np.testing.assert_array_equal(test, hs)


def test_the_copied_pass_is_still_the_librarys(rng):
    xs, h_0s = rng.normal(size=(T, B, H)), rng.normal(size=(2, B, H))
    lengths = np.array([6, 2, 4])
    hs, ends = copied(a5_sequences.both_ways)(
        given.halving, given.flipping, xs, lengths, *h_0s
    )
    mask = unroll.lengths_to_mask(lengths, T)
    want_hs, want_ends = unroll.unroll_bidirectional(
        given.halving, given.flipping, *map(torch.tensor, (xs, *h_0s)), mask
    )
    np.testing.assert_allclose(hs, want_hs)
    np.testing.assert_allclose(ends, torch.cat(want_ends, dim=1))


def test_the_copied_read_out_is_right_for_the_librarys_states(rng):
    xs, h_0 = torch.tensor(rng.normal(size=(T, B, H))), torch.zeros(B, H).double()
    mask = unroll.lengths_to_mask([6, 2, 4], T)
    hs, h_T = unroll.unroll(given.halving, xs, h_0, mask)
    last, _, largest = copied(a5_sequences.read_out)(hs.numpy(), mask.numpy())
    np.testing.assert_array_equal(last, unroll.last_real(hs, mask))
    np.testing.assert_array_equal(last, h_T)
    want = SOLUTION["read_out"](hs.numpy(), mask.numpy())
    np.testing.assert_array_equal(largest, want[2])


def test_the_copied_codes_are_still_those_of_the_librarys_loader():
    ranks = {"the": 1, "film": 2, "was": 3}
    batch = [["the", "film"], ["was"], ["zebra", "the", "the"]]
    ids, mask = copied(a5_sequences.encode_reviews)(batch, ranks, 2, 9)
    first, unknown = reviews._FIRST, text.UNK
    rows = [[1 + first, 2 + first], [unknown], [unknown, 1 + first, 1 + first]]
    want_ids, want_mask = text.pad([[text.START, *row] for row in rows])
    np.testing.assert_array_equal(ids, want_ids)
    np.testing.assert_array_equal(mask, want_mask)


def test_the_copied_score_is_still_the_librarys(rng):
    logits, labels = rng.normal(size=(4, 9)), np.arange(9) % 2
    args = logits, labels, logits, labels
    epoch, loss, accuracy = copied(a5_sequences.honest_score)(*args)
    z, y = torch.tensor(logits[epoch]), torch.tensor(labels)
    both = torch.stack([torch.zeros_like(z), z], dim=1)
    assert np.isclose(loss, float(metrics.cross_entropy(both, y)))
    assert np.isclose(accuracy, metrics.accuracy(both, y))


def test_the_known_answers_use_the_steps_that_students_are_given(rng):
    names = {"np": np}
    source = {data(c).get("grade_id"): c.source for c in cells("a5_sequences")}
    exec(source["a5_q3_given"], names)
    x_t, h_prev = rng.normal(size=(2, B, H))
    for name in ("halving", "flipping"):
        one, other = (step(x_t, h_prev) for step in (names[name], vars(given)[name]))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("closed_form", "step"),
    [
        (oracles.halved, given.halving),
        (oracles.alternating, given.flipping),
    ],
)
def test_the_closed_forms_are_what_the_steps_make(closed_form, step, rng):
    xs, h_t = rng.normal(size=(T, H)), rng.normal(size=H)
    found = closed_form(xs, h_t)
    for x_t, h_found in zip(xs, found, strict=True):
        h_t = step(x_t, h_t)
        np.testing.assert_allclose(h_found, h_t)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_on_average_the_next_layer_hears_the_same_in_training_and_at_test(rng, p):
    units = 1000
    us = (np.arange(units)[None] + 0.5) / units  # every u once
    hs = np.full((2, 1, units), rng.normal())
    results = SOLUTION["dropouts"](hs, us, p)
    plain_train, plain_test, inverted_train, inverted_test = (
        result.mean() for result in results
    )
    assert np.isclose(plain_train, plain_test)
    assert np.isclose(inverted_train, inverted_test)


def loss_of(case):
    """Return the validation loss of each epoch."""
    z, y = case.args["valid_logits"], case.args["valid_labels"]
    return np.logaddexp(0, -(2 * y - 1) * z).mean(axis=1)


@pytest.mark.parametrize("seed", range(20))
def test_no_wrong_choice_finds_the_honest_epoch(seed):
    cases = a5_sequences.honest_score.draw(seed)[:2]
    for case in cases:
        valid, valid_labels, test, labels = case.args.values()
        loss = [
            np.logaddexp(0, -(2 * y - 1) * z).mean(axis=1)
            for z, y in ((valid, valid_labels), (test, labels))
        ]
        hits = ((valid > 0) == valid_labels).sum(axis=1)
        epoch = loss[0].argmin()
        others = {loss[0].argmax(), hits.argmax(), loss[1].argmin(), len(valid) - 1}
        assert len(others) == 4
        assert epoch not in others
    assert cases[0].want == (loss_of(cases[0]).argmin(), ..., ...)


def test_a_mistake_of_a_thousand_is_asked_for():
    case = a5_sequences.honest_score.draw(1)[3]
    *_, test, labels = case.args.values()
    wrong = np.where(labels == 1, test, -test)
    assert wrong.min() < -np.log(np.finfo(float).max)
    assert np.isfinite(case.want[1])


@pytest.mark.parametrize("seed", range(20))
def test_no_wrong_way_to_count_comes_to_the_honest_accuracy(seed):
    *_, test, labels = a5_sequences.honest_score.draw(seed)[2].args.values()
    z, said = test[0], test[0] > 0
    assert np.sum((z == 0) & (labels == 1)) == 1
    share = [np.mean(said[labels == y] == y) for y in (0, 1)]
    precise = [np.mean(labels[said == y] == y) for y in (0, 1)]
    late = [np.mean((z >= 0)[labels == y] == y) for y in (0, 1)]
    ways = [share, [np.mean(said == labels)], precise, late, share[:1], share[1:]]
    honest, *others = (np.mean(way) for way in ways)
    assert np.abs(np.subtract([*others, 1 - honest], honest)).min() > 0.01


SIDE = ("The shapes are right", "The numbers are right", "The scores are right")


@pytest.mark.parametrize("seed", range(3))
def test_a_slip_beside_what_is_right_costs_a_part(seed):
    for check in vars(a5_sequences).values():
        for answer in getattr(check, "answers", []):
            if answer.wrong and answer.sentence.startswith(SIDE):
                assert check.examine(answer.fn, seed).points >= check.points / 2


def test_the_chapters_classifier_reads_the_last_real_state_too(rng):
    model = models.SentimentLSTM(7, H, pool="last").double()
    ids = torch.tensor(rng.integers(4, 7, size=(T, B)))
    mask = unroll.lengths_to_mask([6, 2, 4], T)
    hs, _ = model.layer(model.embed(ids), mask=mask)
    last, _, _ = SOLUTION["read_out"](hs.detach().numpy(), mask.numpy())
    want = model.output(torch.tensor(last))
    np.testing.assert_allclose(model(ids, mask).detach(), want.detach())
