r"""How good is it? Numbers for language, for captions and for attention.

- ``language``: cross-entropy a token, perplexity, bits; accuracy.
- ``captions``: BLEU by ``sacrebleu``, and the share of captions that are true.
- ``attention``: how much of it lies on what a word names.

Metrics only compare what they are given; nothing here runs a model.
"""

from throughtime.metrics.attention import attention_mass, pointing
from throughtime.metrics.captions import bleu, truth_rate
from throughtime.metrics.language import accuracy, bits, cross_entropy, perplexity

__all__ = [
    "accuracy",
    "attention_mass",
    "bits",
    "bleu",
    "cross_entropy",
    "perplexity",
    "pointing",
    "truth_rate",
]
