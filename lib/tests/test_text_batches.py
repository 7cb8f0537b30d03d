"""Words, padding and the three ways to cut a text."""

import pytest
import torch

from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.text import RandomWindows, StatefulBatches, Vocabulary, pad, windows


def test_words_are_numbered_in_sorted_order_after_the_marks():
    vocabulary = Vocabulary.from_sentences(["b a b", ["c", "b"]])
    assert vocabulary.symbols[4:] == ("a", "b", "c")
    assert vocabulary.encode("b x c", ends=True).tolist() == [1, 5, 3, 6, 2]
    assert vocabulary.encode(["c", "a"]).tolist() == [6, 4]
    assert vocabulary.decode([1, 5, 6, 2]) == "<START> b c <END>"


def test_rare_words_are_left_out():
    vocabulary = Vocabulary.from_sentences(["b a b", "c c c"], min_count=2)
    assert vocabulary.symbols[4:] == ("b", "c")


def test_a_mark_among_the_words_keeps_its_id():
    vocabulary = Vocabulary(["<END>", "a"], marks=True, words=True)
    assert vocabulary.encode("a <END>").tolist() == [4, 2]
    assert len(vocabulary) == 5


def test_an_unknown_word_is_named_as_a_word():
    with pytest.raises(VocabularyError, match="word 'x' at place 1"):
        Vocabulary(["a"], words=True).encode("a x")


def test_ends_need_marks():
    with pytest.raises(VocabularyError, match="without marks; wanted <START>"):
        Vocabulary("ab").encode("a", ends=True)


def test_no_ids_decode_to_an_empty_text():
    assert Vocabulary("ab").decode(Vocabulary("ab").encode("")) == ""


def test_pad_keeps_each_row_and_masks_what_it_added():
    rows = [[5, 6, 7], torch.tensor([8]), [0, 9]]
    ids, mask = pad(rows)
    assert ids.dtype == torch.int64
    assert ids.T.tolist() == [[5, 6, 7], [8, 0, 0], [0, 9, 0]]
    assert mask.T.tolist() == [[True] * 3, [True, False, False], [True, True, False]]


@pytest.mark.parametrize("rows", [[], [[1], []], [[[1]]]])
def test_pad_refuses_what_is_no_row(rows):
    with pytest.raises(ShapeError, match=r"wanted rows of shape \(T,\)"):
        pad(rows)


def test_windows_overlap_and_targets_are_the_next_symbols():
    ids = torch.arange(10)
    inputs, targets = windows(ids, length=4, step=3)
    assert inputs.T.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6]]
    assert torch.equal(targets, inputs + 1)
    again, last = windows(ids, length=4, step=3, targets="last")
    assert torch.equal(again, inputs)
    assert last.tolist() == [4, 7]


def test_the_shortest_text_gives_one_window():
    assert windows(torch.arange(5), length=4)[0].shape == (4, 1)
    with pytest.raises(ShapeError, match="ids has 4 symbols; wanted 5"):
        windows(torch.arange(4), length=4)


def test_rows_of_stateful_batches_join_to_stretches_of_the_text():
    N, B, T = 7 * 3 * 4 + 10, 3, 7
    batches = list(StatefulBatches(torch.arange(N), B, T))
    inputs, targets = (torch.cat(parts) for parts in zip(*batches, strict=True))
    row = (N - 1) // B
    for b in range(B):
        used = row - row % T
        assert inputs[:, b].tolist() == list(range(b * row, b * row + used))
    assert torch.equal(targets, inputs + 1)
    assert {part.shape for part, _ in batches} == {(T, B)}


def test_the_last_partial_batch_is_dropped_or_kept_as_wished():
    ids = torch.arange(3 * 10 + 1)
    dropped, kept = (StatefulBatches(ids, 3, 4, keep_last=k) for k in (False, True))
    assert [len(x) for x, _ in dropped] == [4, 4]
    assert [len(x) for x, _ in kept] == [4, 4, 2]
    assert (len(dropped), len(kept)) == (2, 3)
    assert torch.cat([y for _, y in kept]).T.flatten().tolist() == list(range(1, 31))


def test_a_text_that_rows_divide_evenly_still_has_a_target_for_each_input():
    batches = list(StatefulBatches(torch.arange(12), 3, 1))
    rows = torch.cat([x for x, _ in batches]).T
    assert rows.tolist() == [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
    ]


def test_a_text_of_less_than_one_batch_is_kept_only_on_wish():
    ids = torch.arange(7)
    assert [len(x) for x, _ in StatefulBatches(ids, 3, 4, keep_last=True)] == [2]
    with pytest.raises(ShapeError, match="ids has 7 symbols; wanted 13"):
        StatefulBatches(ids, 3, 4)


def make(kind, seed=0):
    ids = torch.arange(100)
    if kind == "stateful":
        return StatefulBatches(ids, 3, 7)
    return RandomWindows(ids, 3, 7, torch.Generator().manual_seed(seed), step=2)


def columns(batch):
    return [part.tolist() for part in batch]


@pytest.mark.parametrize("kind", ["stateful", "random"])
@pytest.mark.parametrize("taken", [0, 1, 3])
def test_stored_batches_go_on_bit_for_bit_over_two_epochs(kind, taken):
    batches = make(kind)
    iterator = iter(batches)
    for _ in range(taken):
        next(iterator)
    state = batches.state_dict()
    want = [columns(batch) for batch in iterator]
    want += [columns(batch) for batch in batches]
    fresh = make(kind, seed=1)
    fresh.load_state_dict(state)
    got = [columns(batch) for batch in fresh] + [columns(batch) for batch in fresh]
    assert got == want


@pytest.mark.parametrize("kind", ["stateful", "random"])
def test_an_epoch_stored_at_its_end_has_no_more_batches(kind):
    batches = make(kind)
    iterator = iter(batches)
    for _ in range(len(batches)):
        next(iterator)
    fresh = make(kind)
    fresh.load_state_dict(batches.state_dict())
    assert list(fresh) == []
    assert len(list(fresh)) == len(batches)


def test_after_a_break_a_new_iteration_starts_at_the_start():
    batches = make("stateful")
    first = columns(next(iter(batches)))
    assert columns(next(iter(batches))) == first


def test_random_windows_show_each_window_once_in_an_order_of_the_seed():
    ids, B, T = torch.arange(61), 4, 5
    batches = RandomWindows(ids, B, T, torch.Generator().manual_seed(3))
    epochs = [[x[0].tolist() for x, _ in batches] for _ in range(2)]
    for epoch in epochs:
        starts = [start for batch in epoch for start in batch]
        assert sorted(starts) == list(range(0, 60, T))
    assert epochs[0] != epochs[1]
    again = RandomWindows(ids, B, T, torch.Generator().manual_seed(3))
    assert [x[0].tolist() for x, _ in again] == epochs[0]
    assert len(batches) == 3


def test_targets_of_random_windows_are_the_next_symbols():
    for inputs, targets in make("random"):
        assert torch.equal(targets, inputs + 1)
        assert torch.equal(inputs[1:], inputs[:-1] + 1)
        assert inputs.shape == (7, 3)


def test_other_draws_from_the_generator_do_not_change_an_epochs_order():
    generator = torch.Generator().manual_seed(5)
    batches = RandomWindows(torch.arange(50), 3, 7, generator)
    got = []
    for inputs, _ in batches:
        torch.rand(3, generator=generator)
        got.append(inputs.tolist())
    fresh = RandomWindows(torch.arange(50), 3, 7, torch.Generator().manual_seed(5))
    assert got == [x.tolist() for x, _ in fresh]


@pytest.mark.parametrize("name", ["length", "step"])
def test_sizes_below_one_are_refused(name):
    sizes = {"length": 2, "step": 1} | {name: 0}
    with pytest.raises(ThroughTimeError, match=f"{name} is 0; wanted 1"):
        windows(torch.arange(9), **sizes)


def test_other_targets_are_refused():
    with pytest.raises(ThroughTimeError, match="'first'; wanted all or last"):
        windows(torch.arange(9), 2, targets="first")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_windows_and_padding_stay_on_the_device():
    ids = torch.arange(50, device="cuda")
    generator = torch.Generator().manual_seed(5)
    here = RandomWindows(ids.cpu(), 3, 7, torch.Generator().manual_seed(5))
    there = RandomWindows(ids, 3, 7, generator)
    for (x, _), (y, _) in zip(here, there, strict=True):
        assert y.device == ids.device
        assert torch.equal(x, y.cpu())
    assert pad([ids[:3], ids[:2]])[1].device == ids.device
