"""Pairs that keep their order, against every possible choice."""

import random
from itertools import combinations

import pytest

from examiner.intake.match import in_order, share
from examiner.intake.text import words


def best_by_trying(worth, rows, columns):
    """Return the highest sum of any choice of pairs in order."""
    return max(
        sum(pairs)
        for size in range(min(rows, columns) + 1)
        for rs in combinations(range(rows), size)
        for cs in combinations(range(columns), size)
        for pairs in [[worth[r][c] for r, c in zip(rs, cs, strict=True)]]
        if all(pairs)
    )


@pytest.mark.parametrize("seed", range(50))
def test_no_other_pairs_in_order_are_worth_more(seed):
    dice = random.Random(seed)
    rows, columns = dice.randint(1, 4), dice.randint(0, 5)
    worth = [
        [dice.choice([0, 0, 1, 2, 5]) for _ in range(columns)] for _ in range(rows)
    ]
    pairs = in_order(rows, columns, lambda r, c: worth[r][c])
    assert pairs == sorted(pairs)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    assert all(worth[r][c] for r, c in pairs)
    total = sum(worth[r][c] for r, c in pairs)
    assert total == best_by_trying(worth, rows, columns)


def test_of_equal_pairs_the_first_is_taken():
    assert in_order(1, 3, lambda r, c: 1.0) == [(0, 0)]


def test_texts_share_what_they_have_in_common():
    assert share(words("a b c d"), words("d c b a")) == 1
    assert share(words("a b c d"), words("a b c e")) == 0.75
    assert share(words("a b"), words("a " * 100)) == 0
    assert share(words(""), words("")) == 0
