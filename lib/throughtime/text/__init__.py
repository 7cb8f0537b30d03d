r"""Symbols to numbers and back, batches of them, and corpora that need no download.

- ``vocabulary``: numbers characters or words in a fixed order; one-hot vectors; rows
  of several lengths in one batch.
- ``batches``: cuts one long text into windows, in order or shuffled.
- ``source``: the standard library's own source, and Python's help topics in English.
- ``labels``: what each character of a source text is: quote, comment, depth and so on.
- ``ngram``: how well counting alone predicts a text; what a network has to beat.
- ``counting``: the same model as a writer.
- ``company``: words by number and by company: bags, TF-IDF, word vectors.

Subword units are left out: the course reads characters and words.
"""

from throughtime.text.batches import RandomWindows, StatefulBatches, windows
from throughtime.text.company import (
    bags,
    cooccurrences,
    rarity,
    skip_gram_loss,
    tf_idf,
    word_vectors,
)
from throughtime.text.counting import NgramModel
from throughtime.text.labels import SourceLabels, source_labels
from throughtime.text.ngram import ngram_floors
from throughtime.text.source import SOURCE_CHARACTERS, pydoc_topics, stdlib_source
from throughtime.text.vocabulary import (
    END,
    MARKS,
    NULL,
    START,
    UNK,
    Vocabulary,
    one_hot,
    pad,
)

__all__ = [
    "END",
    "MARKS",
    "NULL",
    "SOURCE_CHARACTERS",
    "START",
    "UNK",
    "NgramModel",
    "RandomWindows",
    "SourceLabels",
    "StatefulBatches",
    "Vocabulary",
    "bags",
    "cooccurrences",
    "ngram_floors",
    "one_hot",
    "pad",
    "pydoc_topics",
    "rarity",
    "skip_gram_loss",
    "source_labels",
    "stdlib_source",
    "tf_idf",
    "windows",
    "word_vectors",
]
