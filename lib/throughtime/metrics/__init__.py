r"""Say how good a model is, in numbers that mean what they are called.

- ``likelihood``: cross-entropy in nats a token, bits, perplexity; accuracy.
- ``copying``: the longest run copied from another text.
- ``overlap``: BLEU, through sacrebleu.
- ``truth``: the share of captions that are true.
- ``looking``: how much of attention lies on the thing that a word names.

METEOR and the other scores by likeness are left out. Nothing here draws at random.
"""

from throughtime.metrics.copying import Copied, longest_copy
from throughtime.metrics.likelihood import accuracy, bits, cross_entropy, perplexity
from throughtime.metrics.looking import attention_mass, pointing
from throughtime.metrics.overlap import bleu
from throughtime.metrics.truth import truth_rate

__all__ = [
    "Copied",
    "accuracy",
    "attention_mass",
    "bits",
    "bleu",
    "cross_entropy",
    "longest_copy",
    "perplexity",
    "pointing",
    "truth_rate",
]
