"""The longest copied run, against trying every piece."""

import random

import pytest

from throughtime.metrics import longest_copy


def slowly(text, source):
    pieces = {text[i:j] for i in range(len(text)) for j in range(i, len(text) + 1)}
    return max(len(piece) for piece in pieces if piece in source)


@pytest.mark.parametrize("seed", range(30))
def test_the_run_is_as_long_as_the_longest_piece_that_both_have(seed):
    chance = random.Random(seed)
    text, source = ("".join(chance.choices("ab", k=k)) for k in (20, 40))
    found = longest_copy(text, source)
    assert found.length == slowly(text, source)
    piece = text[found.begin : found.begin + found.length]
    assert source[found.source : found.source + found.length] == piece


def test_a_text_inside_the_source_is_copied_whole():
    assert longest_copy("cde", "abcdefg") == (3, 0, 2)
    assert longest_copy("abcdefg", "cde") == (3, 2, 0)


def test_texts_that_share_nothing_share_nothing():
    assert longest_copy("abc", "xyz").length == 0
    assert longest_copy("", "xyz") == (0, 0, 0)
