"""Trees as sequences: read by another road than they are made by."""

import ast
import re

import pytest
from pairs import rows, seeded

from throughtime import tasks


def nest(symbols):
    """Read a tree as nested lists, by turning it into Python's own brackets."""
    text = " ".join(symbols)
    text = re.sub(r"\((\w+)", r"['\1',", text).replace(")", "],")
    return ast.literal_eval(re.sub(r"(?<![\w'])([DANVP])(?![\w'])", r"'\1',", text))[0]


def spans(tree, at=0):
    """Return the phrases of a nested list as (name, words from, words up to)."""
    found, begin = [], at
    for part in tree[1:]:
        if isinstance(part, str):
            at += 1
        else:
            inner, at = spans(part, at)
            found += inner
    return [(tree[0], begin, at), *found], at


@pytest.mark.parametrize("nested", [(0, 0), (0, 3), (5, 5)])
def test_every_tree_is_well_formed_and_its_classes_stand_in_order(nested):
    for source, target, alignment in rows(tasks.parses(200, seeded(), nested=nested)):
        assert tasks.well_formed(target, len(source))
        assert [place for place in alignment if place >= 0] == list(
            range(len(source) + 1)
        )
        found, end = spans(nest(target))
        assert end == len(source)
        assert found[0] == ("S", 0, len(source))
        assert sum(name == "PP" for name, _, _ in found) in range(
            nested[0], nested[1] + 1
        )


def test_the_noun_inside_decides_what_a_preposition_belongs_to():
    of_verb = set(
        [
            "telescope",
            "camera",
            "lamp",
            "mirror",
            "monday",
            "tuesday",
            "holiday",
            "birthday",
        ]
    )
    seen = {True: 0, False: 0}
    for source, target, _ in rows(tasks.parses(400, seeded(5))):
        found, _ = spans(nest(target))
        phrases = set(found)
        verb = next(begin for name, begin, _ in found if name == "VP")
        for name, begin, end in found:
            if name != "PP":
                continue
            noun = next(w for w in source[begin + 2 : end] if w not in _small())
            holder = min(
                (p for p in phrases if p[1] < begin and p[2] >= end),
                key=lambda p: p[2] - p[1],
            )
            assert (holder[0] == "VP") == (noun in of_verb)
            assert holder[1] == verb or holder[0] == "NP"
            seen[noun in of_verb] += 1
    assert min(seen.values()) > 100


def _small():
    return {"tall", "small", "red", "quiet"}


@pytest.mark.parametrize(
    "tree",
    [
        "",
        "(S",
        "(S )",
        "(S N ) )",
        "(S N ) (S N )",
        "N",
        "(S N ) N",
        "(S (NP ) N )",
        "(S <UNK> N )",
        "(S N N )",
    ],
)
def test_what_is_no_tree_of_one_word_is_told_from_one(tree):
    assert not tasks.well_formed(tree.split(), 1)
    assert tasks.well_formed(["(S", "(NP", "N", ")", ")"], 1)
