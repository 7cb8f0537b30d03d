r"""From a model of the next token to sequences.

- ``generator``: what a model must offer, and what comes out.
- ``sampling``: chance, with temperature, top-k and nucleus; greedy is its limit.
- ``search``: beam search, and exhaustive search as the truth on small models.

A model is seen only through ``step`` and ``select``, so everything here works for
characters, captions and translations alike. Diverse beams are left out for now.
"""

from throughtime.decode.generator import Decoded, Generator, Hypothesis
from throughtime.decode.sampling import distribution, greedy, sample
from throughtime.decode.search import beam, exhaustive

__all__ = [
    "Decoded",
    "Generator",
    "Hypothesis",
    "beam",
    "distribution",
    "exhaustive",
    "greedy",
    "sample",
]
