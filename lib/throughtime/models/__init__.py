r"""Whole networks on top of the layers, one a file.

- ``generator``: what decoding asks of a model: ``start``, ``step`` and ``select``.
- ``character``: ``CharLM``, which predicts the next symbol of a text.
- ``sentiment``: ``SentimentLSTM``, which reads a sentence and names its class.
- ``translate``: ``Seq2Seq``, an encoder and a decoder.
- ``picture``: ``SmallCNN``, a picture as a grid of features.
- ``attention``: ``Attention``, a soft look at a grid.
- ``caption``: ``Captioner``, which describes a picture from one vector.
- ``attend``: ``AttentiveCaptioner``, which looks again before every word.
- ``question``: ``VQA``, which answers a question about a picture.

Models give logits, never probabilities, and know no loss and no optimizer: see
:mod:`throughtime.metrics` and :mod:`throughtime.train`. Call ``model.eval()`` before
decoding. No model here was trained elsewhere.
"""

from throughtime.models.attend import AttentiveCaptioner, AttentiveState
from throughtime.models.attention import Attention
from throughtime.models.caption import Captioner, CaptionState
from throughtime.models.character import CharLM
from throughtime.models.generator import Generator, select_rows
from throughtime.models.picture import SmallCNN
from throughtime.models.question import VQA
from throughtime.models.sentiment import SentimentLSTM
from throughtime.models.translate import Seq2Seq

__all__ = [
    "VQA",
    "Attention",
    "AttentiveCaptioner",
    "AttentiveState",
    "CaptionState",
    "Captioner",
    "CharLM",
    "Generator",
    "SentimentLSTM",
    "Seq2Seq",
    "SmallCNN",
    "select_rows",
]
