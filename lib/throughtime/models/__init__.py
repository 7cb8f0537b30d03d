r"""Whole networks on top of the layers, one a file.

- ``generator``: what decoding asks of a model: ``start``, ``step`` and ``select``.
- ``character``: ``CharLM``, which predicts the next symbol of a text.
- ``rwkv``: ``RWKV``, a linear recurrence that predicts the next symbol.
- ``sentiment``: ``SentimentLSTM``, which reads a sentence and names its class.
- ``translate``: ``Seq2Seq``, an encoder and a decoder.
- ``picture``: ``SmallCNN``, a picture as a grid of features.
- ``attention``: ``Attention``, a soft look at a grid.
- ``align``: ``AttentiveSeq2Seq``, a decoder that looks back at what was read.
- ``caption``: ``Captioner``, which describes a picture from one vector.
- ``attend``: ``AttentiveCaptioner``, which looks again before every word.
- ``question``: ``VQA``, which answers a question about a picture.
- ``dialog``: ``DialogReader``, which answers questions in a row, and remembers.
- ``agent``: ``Agent``, which is told the way, sees, and moves.
- ``glimpse``: ``GlimpseReader``, which chooses where to look.
- ``draw``: ``Draw``, which draws by strokes.

Models give logits, never probabilities, and know no loss and no optimizer: see
:mod:`throughtime.metrics` and :mod:`throughtime.train`. Call ``model.eval()`` before
decoding. No model here was trained elsewhere.
"""

from throughtime.models.agent import Agent, AgentState
from throughtime.models.align import AlignedState, AttentiveSeq2Seq
from throughtime.models.attend import AttentiveCaptioner, AttentiveState
from throughtime.models.attention import Attention
from throughtime.models.caption import Captioner, CaptionState
from throughtime.models.character import CharLM
from throughtime.models.dialog import DialogReader
from throughtime.models.draw import Draw, filterbank
from throughtime.models.generator import Generator, select_rows
from throughtime.models.glimpse import Glimpsed, GlimpseReader
from throughtime.models.picture import SmallCNN
from throughtime.models.question import VQA
from throughtime.models.rwkv import RWKV, BlockState
from throughtime.models.sentiment import SentimentLSTM
from throughtime.models.translate import Seq2Seq

__all__ = [
    "RWKV",
    "VQA",
    "Agent",
    "AgentState",
    "AlignedState",
    "Attention",
    "AttentiveCaptioner",
    "AttentiveSeq2Seq",
    "AttentiveState",
    "BlockState",
    "CaptionState",
    "Captioner",
    "CharLM",
    "DialogReader",
    "Draw",
    "Generator",
    "GlimpseReader",
    "Glimpsed",
    "SentimentLSTM",
    "Seq2Seq",
    "SmallCNN",
    "filterbank",
    "select_rows",
]
