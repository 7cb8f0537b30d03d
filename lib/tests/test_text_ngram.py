"""n-gram floors against a slow definition and the reference's own figures."""

import math
import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.text import ngram_floors, pydoc_topics, stdlib_source

DATA = os.environ.get("THROUGHTIME_DATA")
with_data = pytest.mark.skipif(not DATA, reason="THROUGHTIME_DATA is not set")


def slow_floor(train, test, n, order):
    """Follow Witten and Bell's formula character by character."""
    size = len(set(train) | set(test))
    followers = defaultdict(list)
    for length in range(n):
        for i in range(length, len(train)):
            followers[train[i - length : i]].append(train[i])

    def probability(character, context):
        shorter = probability(character, context[1:]) if context else 1 / size
        seen = followers.get(context)
        if not seen:
            return shorter
        kinds = len(set(seen))
        return (seen.count(character) + kinds * shorter) / (len(seen) + kinds)

    losses = [
        -math.log(probability(test[i], test[i - n + 1 : i]))
        for i in range(order - 1, len(test))
    ]
    return sum(losses) / len(losses)


def test_floors_equal_the_formula_character_by_character():
    text = stdlib_source(1700)
    train, test = text[:1400], text[1400:] + "@~"
    want = [slow_floor(train, test, n, order=4) for n in range(1, 5)]
    assert ngram_floors(train, test, order=4) == pytest.approx(want, rel=1e-12)


def test_a_context_never_seen_leaves_the_shorter_ones_word():
    one, two = ngram_floors("aab", "cbcb", order=2)
    assert two == pytest.approx(slow_floor("aab", "cbcb", 2, 2))
    assert one == pytest.approx(slow_floor("aab", "cbcb", 1, 2))


def test_the_help_topics_are_english_of_the_stated_size_and_floor():
    text = pydoc_topics(split="all")
    assert 400_000 < len(text) < 600_000
    cut = int(0.9 * len(text))
    floors = ngram_floors(text[:cut], text[cut:], order=5)
    assert floors == pytest.approx((3.238, 2.318, 1.712, 1.404, 1.320), abs=0.1)


def test_topics_are_in_one_split_only():
    train, test = pydoc_topics(), pydoc_topics(split="test")
    assert 0.02 < len(test) / len(train) < 0.3
    assert test[:1000] not in train
    assert pydoc_topics(500) == train[:500]


def test_a_python_without_topics_is_told_what_to_try(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(ThroughTimeError, match=r"wanted its help.*Try text\.stdlib"):
        pydoc_topics()


@pytest.mark.parametrize(
    ("name", "fold", "shares", "known"),
    [
        ("tinyshakespeare", str, (0.9, 1.0), (3.347, 2.486, 2.049, 1.774, 1.669)),
        ("nietzsche", str.lower, (0.9, 1.0), (2.988, 2.418, 1.954, 1.585, 1.434)),
        ("warpeace", str, (0.8, 0.9), (3.065, 2.439, 1.956, 1.575, 1.382, 1.344)),
    ],
)
@with_data
@pytest.mark.slow
def test_real_texts_have_the_measured_floors(name, fold, shares, known):
    text = fold((Path(DATA) / "text" / f"{name}.txt").read_text(encoding="utf-8"))
    first, last = (int(share * len(text)) for share in shares)
    test = text[first:] if last == len(text) else text[last:]
    floors = ngram_floors(text[:first], test, order=len(known))
    assert floors == pytest.approx(known, abs=0.002)


@pytest.mark.parametrize("order", [0, 70])
def test_an_order_that_cannot_be_counted_is_refused(order):
    with pytest.raises(ThroughTimeError, match=f"order is {order} .* wanted 1"):
        ngram_floors("abc" * 99, "abc" * 99, order)


def test_a_text_shorter_than_the_order_is_refused():
    with pytest.raises(ShapeError, match="test has 2 characters; wanted 3"):
        ngram_floors("abcabc", "ab", order=3)
