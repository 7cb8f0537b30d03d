"""n-grams that write: against the floors, and against counting by hand."""

import math

import numpy as np
import pytest
import torch

from throughtime.errors import ShapeError, ThroughTimeError, VocabularyError
from throughtime.text import NgramModel, ngram_floors, stdlib_source


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("order", [1, 3, 6])
def test_its_probabilities_are_those_of_the_floors(order):
    seen = stdlib_source(3000)
    known = seen[500:560] + seen[2000:2060]
    model = NgramModel(seen, order)
    nats = [
        -math.log(
            model.distribution(known[:i])[model.vocabulary.symbols.index(known[i])]
        )
        for i in range(order - 1, len(known))
    ]
    want = ngram_floors(seen, known, order)[-1]
    assert np.mean(nats) == pytest.approx(want, rel=1e-12)


def test_a_distribution_sums_to_one_after_any_context():
    model = NgramModel("abracadabra", order=4)
    for before in ("", "a", "ab", "bra", "dddd", "cabracad"):
        p = model.distribution(before)
        assert p.shape == (5,)
        assert p.sum() == pytest.approx(1)
        assert (p > 0).all()


def test_what_it_writes_follows_its_probabilities():
    model = NgramModel("aaab" * 10 + "b", order=1)
    written = model.write("", 4000, generator())
    want = model.distribution("")[0]
    assert written.count("a") / 4000 == pytest.approx(want, abs=0.03)


def test_it_reads_what_it_wrote_and_what_it_began_with():
    model = NgramModel("abc" * 400, order=3)
    written = model.write("ab", 30, generator())
    assert written == "cab" * 10
    assert model.write("bc", 4, generator()) == "abca"


def test_it_stops_at_the_end_and_does_not_return_it():
    model = NgramModel("abc." * 400, order=3)
    assert model.write(".a", 30, generator(), end=".") == "bc"


def test_wrong_arguments_are_told():
    with pytest.raises(ShapeError, match="train has 3 characters; wanted 6 or more"):
        NgramModel("abc")
    with pytest.raises(ThroughTimeError, match="order is 0"):
        NgramModel("abc", order=0)
    with pytest.raises(VocabularyError, match="'x'"):
        NgramModel("abcabc", order=2).distribution("x")
