r"""Turn a model's logits into a sequence.

- ``distribution``: temperature, top-k and nucleus, as probabilities.
- ``walk``: ``greedy`` and ``sample``: one symbol a row at a time.
- ``beam``: ``beam``, which keeps several beginnings open.
- ``exhaustive``: ``exhaustive``, which tries everything, on small models.

A model is seen only through ``step(ids, state) -> (logits, state)`` and, for the
searches, ``select(state, rows)``; see :mod:`throughtime.models`. Nothing is trained
here, and no model is put into evaluation mode: call ``model.eval()`` before. Beams that
are made to differ are left out.
"""

from throughtime.decode.beam import Hypothesis, beam
from throughtime.decode.distribution import distribution
from throughtime.decode.exhaustive import exhaustive
from throughtime.decode.walk import Decoded, greedy, sample

__all__ = [
    "Decoded",
    "Hypothesis",
    "beam",
    "distribution",
    "exhaustive",
    "greedy",
    "sample",
]
