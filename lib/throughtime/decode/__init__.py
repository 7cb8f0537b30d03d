r"""Turn a model's logits into a sequence.

- ``distribution``: temperature, top-k and nucleus, as probabilities.
- ``walk``: ``greedy`` and ``sample``: one symbol a row at a time.
- ``beam``: ``beam``, which keeps several beginnings open.
- ``diverse``: ``diverse_beam``, several beams that are made to differ.
- ``exhaustive``: ``exhaustive``, which tries everything, on small models.
- ``averaged``: ``Averaged``, several views of one thing as one model.
- ``follow``: an agent that sees, moves and sees again.

A model is seen only through ``step(ids, state) -> (logits, state)`` and, for the
searches, ``select(state, rows)``; see :mod:`throughtime.models`. Nothing is trained
here, and no model is put into evaluation mode: call ``model.eval()`` before.
"""

from throughtime.decode.averaged import Averaged
from throughtime.decode.beam import Hypothesis, beam
from throughtime.decode.distribution import distribution
from throughtime.decode.diverse import diverse_beam
from throughtime.decode.exhaustive import exhaustive
from throughtime.decode.follow import Followed, follow
from throughtime.decode.walk import Decoded, greedy, sample

__all__ = [
    "Averaged",
    "Decoded",
    "Followed",
    "Hypothesis",
    "beam",
    "distribution",
    "diverse_beam",
    "exhaustive",
    "follow",
    "greedy",
    "sample",
]
