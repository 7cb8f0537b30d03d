"""Translation: read by another road than it is made by."""

import pytest
import torch
from pairs import rows, seeded

from throughtime import tasks
from throughtime.errors import KindError, ThroughTimeError
from throughtime.text import END, NULL, START

ADJECTIVES = ["tall", "young", "small", "large", "red", "green", "quiet", "happy"]
PREPOSITIONS = ["near", "behind", "under", "above"]
DROPPED = {"the", "does"}


def mirrored(source):
    """Return in which order a sentence's places are rendered, from its words alone."""

    def phrase(places):
        for i, place in enumerate(places):
            if source[place] in PREPOSITIONS:
                return [*phrase(places[i + 1 :]), place, *phrase(places[:i])]
        article, *adjectives, noun = places
        return [noun, *adjectives[::-1], *([article] if source[article] == "a" else [])]

    verb = next(
        i
        for i, word in enumerate(source)
        if word in {"sees", "finds", "likes", "hears", "follows", "paints"}
        or (i and source[i - 1] == "not")
    )
    negated = source[verb - 1] == "not"
    subject = list(range(verb - 2 if negated else verb))
    order = [*phrase(subject), *phrase(list(range(verb + 1, len(source)))), verb]
    return [*order, verb - 1] if negated else order


def test_the_alignment_is_the_order_that_the_two_grammars_ask_for():
    for source, target, alignment in rows(tasks.translation(300, seeded())):
        order = mirrored(source)
        assert alignment[: len(target)] == order
        assert alignment[len(target)] == len(source), "the end renders the end"
        assert set(alignment[len(target) + 1 :]) <= {-1}
        left = {source[i] for i in set(range(len(source))) - set(order)}
        assert left <= DROPPED


def test_each_word_is_rendered_by_one_word_but_for_an_adjectives_ending():
    seen = {}
    for source, target, alignment in rows(tasks.translation(600, seeded(1))):
        for word, place in zip(target, alignment, strict=False):
            said = source[place].removesuffix("s")  # a verb with its ending or without
            seen.setdefault(said, set()).add(word)
    for word, renderings in seen.items():
        stems = {each[:-1] for each in renderings}
        assert len(renderings) == (2 if word in ADJECTIVES else 1), word
        assert len(stems) == 1


def test_an_adjective_ends_as_its_noun_does():
    agreed = 0
    for source, target, alignment in rows(tasks.translation(300, seeded(2))):
        for i, place in enumerate(alignment[: len(target)]):
            if source[place] in ADJECTIVES:
                noun = next(
                    target[j]
                    for j in range(i - 1, -1, -1)
                    if source[alignment[j]] not in ADJECTIVES
                )
                assert target[i][-1] == noun[-1]
                agreed += 1
    assert agreed > 300


def test_a_pair_is_laid_out_for_teacher_forcing():
    pairs = tasks.translation(40, seeded())
    S, T = len(pairs.source), len(pairs.target)
    assert pairs.alignment.shape == (T - 1, 40)
    for ids, mask in (
        (pairs.source, pairs.source_mask),
        (pairs.target, pairs.target_mask),
    ):
        assert torch.equal(mask, ids != NULL)
        assert torch.equal(
            ids.gather(0, mask.sum(0)[None] - 1)[0], torch.full((40,), END)
        )
    assert (pairs.target[0] == START).all()
    assert torch.equal(pairs.alignment >= 0, pairs.target_mask[1:])
    assert int(pairs.alignment.max()) == S - 1
    assert len(set(pairs.source_mask.sum(0).tolist())) > 5


def test_rows_that_are_taken_are_cut_to_their_longest():
    pairs = tasks.translation(30, seeded())
    chosen = torch.tensor([7, 2, 7])
    few = pairs.take(chosen)
    assert rows(few) == [
        (*row[:2], row[2][: len(few.alignment)])
        for row in (rows(pairs)[b] for b in chosen.tolist())
    ]
    assert few.source_mask.any(1).all()
    assert few.target_mask.any(1).all()
    assert len(few.alignment) == len(few.target) - 1


def test_batches_give_each_pair_once_an_epoch_with_little_padding():
    pairs = tasks.translation(330, seeded())
    batches = tasks.PairBatches(pairs, 16, seeded(1))
    names = [" ".join(source) for source, _, _ in rows(pairs)]
    for _ in range(2):
        seen = list(batches)
        given = [" ".join(s) for batch in seen for s, _, _ in rows(batch)]
        assert len(seen) == len(batches) == 20
        assert len(given) == 320
        assert all(given.count(name) <= names.count(name) for name in given)
    padded = sum((~batch.target_mask).sum().item() for batch in seen)
    assert padded < 0.2 * (~pairs.target_mask).sum().item()
    lengths = [len(batch.target) for batch in seen]
    assert lengths != sorted(lengths)


@pytest.mark.parametrize("nested", [(0, 0), (1, 1), (4, 4)])
def test_a_sentence_has_as_many_prepositions_as_wished(nested):
    for source, _, _ in rows(tasks.translation(100, seeded(), nested=nested)):
        count = sum(word in PREPOSITIONS for word in source)
        assert count == nested[0]
        assert 5 + 3 * count <= len(source) <= 11 + 5 * count


@pytest.mark.parametrize("task", [tasks.translation, tasks.parses])
def test_no_sentence_is_in_two_splits(task):
    splits = [
        {" ".join(source) for source, _, _ in rows(task(800, seeded(i), split))}
        for i, split in enumerate(("train", "val", "test"))
    ]
    assert len(set.union(*splits)) == sum(map(len, splits))


@pytest.mark.parametrize("task", [tasks.translation, tasks.parses])
def test_one_seed_gives_one_batch_and_another_seed_another(task):
    first, same, other = (task(20, seeded(seed)) for seed in (3, 3, 4))
    assert torch.equal(first.source, same.source)
    assert torch.equal(first.alignment, same.alignment)
    assert first.source.shape != other.source.shape or bool(
        (first.source != other.source).any()
    )


@pytest.mark.parametrize("task", [tasks.translation, tasks.parses])
def test_wrong_wishes_are_refused(task):
    with pytest.raises(ThroughTimeError, match="split is 'dev'; wanted"):
        task(2, seeded(), "dev")
    with pytest.raises(ThroughTimeError, match="the most of nested is 1; wanted 2"):
        task(2, seeded(), nested=(2, 1))
    with pytest.raises(ThroughTimeError, match="B is 0"):
        task(0, seeded())
    with pytest.raises(KindError, match="generator is a int"):
        task(2, 3)


def test_what_is_written_stands_between_start_and_end():
    assert tasks.written([START, 5, 6, END, NULL]) == [5, 6]
    assert tasks.written([5, 6]) == [5, 6]
    assert tasks.written([END]) == []
