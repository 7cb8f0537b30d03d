"""BLEU against its definition, written out, and values by hand."""

import math
from collections import Counter

import pytest

from throughtime import images, metrics
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.testing import assert_close


def plain_bleu(hypotheses, references):
    """Compute corpus BLEU-1 to -4 from its definition."""
    right, whole = [0] * 4, [0] * 4
    ours = nearest = 0
    for words, several in zip(hypotheses, references, strict=True):
        ours += len(words)
        nearest += min((abs(len(r) - len(words)), len(r)) for r in several)[1]
        for n in range(1, 5):
            count = Counter(zip(*(words[k:] for k in range(n)), strict=False))
            most = Counter()
            for r in several:
                most |= Counter(zip(*(r[k:] for k in range(n)), strict=False))
            right[n - 1] += (count & most).total()
            whole[n - 1] += count.total()
    brevity = min(1.0, math.exp(1 - nearest / ours)) if ours else 0.0
    found = []
    for n in range(1, 5):
        shares = [
            r / w if w else 0.0 for r, w in zip(right[:n], whole[:n], strict=True)
        ]
        found.append(brevity * math.prod(shares) ** (1 / n))
    return tuple(found)


def test_bleu_is_its_definition_on_captions_with_several_references():
    scenes = images.scenes("test", 40)
    hypotheses = [images.references(s, seed=1, n=1)[0].words for s in scenes]
    hypotheses = [(*words[:-1], "circle") for words in hypotheses]
    references = [
        [c.words for c in images.references(s, seed=2, n=1 + k % 4)]
        for k, s in enumerate(scenes)
    ]
    found = metrics.bleu(hypotheses, references)
    assert_close(found, plain_bleu(hypotheses, references), rtol=1e-9)
    assert 0 < found[3] < found[2] < found[1] < found[0] < 1


@pytest.mark.parametrize(
    ("words", "references", "first"),
    [
        ("the the the the", ["the cat sat down"], 1 / 4),  # clipped
        ("the the the the", ["the cat", "the the dog here"], 2 / 4),
        ("a red", ["a red ring is here"], math.exp(1 - 5 / 2)),  # brevity
        ("a red ring", ["a red ring is here", "ring"], 1),  # as near: the shorter
        ("A Red", ["a red"], 0),  # capitals are kept
        ("it 's a", ["it 's a"], 1),  # and words not cut again
        ("a,b", ["a c"], 0),
    ],
)
def test_bleu_1_by_hand(words, references, first):
    several = [r.split() for r in references]
    found = metrics.bleu([words.split()], [several])
    assert_close(found[0], first, rtol=1e-9)
    assert_close(found, plain_bleu([words.split()], [several]), rtol=1e-9)


def test_bleu_of_a_perfect_text_is_1_and_of_a_foreign_one_0():
    several = [["a", "b", "c", "d", "e"]]
    assert_close(metrics.bleu(several, [several]), (1.0,) * 4)
    assert metrics.bleu([["x", "y", "z", "u"]], [several]) == (0.0,) * 4


def test_an_empty_hypothesis_only_lowers_the_score():
    several = [["a", "b", "c", "d"]]
    found = metrics.bleu([several[0], []], [several, several])
    assert_close(found, (math.exp(1 - 8 / 4),) * 4)
    assert metrics.bleu([[]], [several]) == (0.0,) * 4


def test_bleu_writes_nothing(capfd, caplog):
    metrics.bleu([["a", "."]] * 200, [[["a", "b", "."]]] * 200)
    assert tuple(capfd.readouterr()) == ("", "")
    assert not caplog.records


def test_wrong_texts_are_refused():
    with pytest.raises(ShapeError, match="1 hypotheses and 2 lists of references"):
        metrics.bleu([["a"]], [[["a"]], [["a"]]])
    with pytest.raises(ShapeError, match="0 hypotheses"):
        metrics.bleu([], [])
    with pytest.raises(ThroughTimeError, match=r"hypothesis 0 has \[\] as references"):
        metrics.bleu([["a"]], [[]])
    with pytest.raises(KindError, match="text 0 has 'a b'; wanted a list of words"):
        metrics.bleu(["a b"], [[["a", "b"]]])
    with pytest.raises(KindError, match="without white space"):
        metrics.bleu([["a b"]], [[["a", "b"]]])
