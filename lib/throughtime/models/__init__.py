r"""Networks for whole tasks, built of the layers.

- ``charlm``: the next character.
- ``sentiment``: one judgement of a sentence.
- ``seq2seq``: a sequence in, another one out.
- ``cnn``: a picture as a grid of features.
- ``captioner``: a picture in, a sentence out.
- ``attentive``: the same, looking again before each word.
- ``vqa``: a picture and a question in, an answer out.

A model that writes has ``start``, ``step`` and ``select``, by which ``decode`` sees it.
Their sizes are for a laptop; nothing here is pretrained.
"""

from throughtime.models.attentive import AttentiveCaptioner
from throughtime.models.captioner import Captioner
from throughtime.models.charlm import CharLM
from throughtime.models.cnn import SmallCNN
from throughtime.models.parts import CELLS, select
from throughtime.models.sentiment import SentimentLSTM
from throughtime.models.seq2seq import Seq2Seq
from throughtime.models.vqa import VQA

__all__ = [
    "CELLS",
    "VQA",
    "AttentiveCaptioner",
    "Captioner",
    "CharLM",
    "SentimentLSTM",
    "Seq2Seq",
    "SmallCNN",
    "select",
]
