r"""Tasks made by a generator, each with what is reached without memory.

- ``batch``: the one form in which every task comes.
- ``distance``: adding, copy memory, temporal order, delayed recall: how far back a
  network can look.
- ``language``: a^n b^n, Dyck words, small XML: how well it counts and stacks.
- ``sentences``: sentences of an own grammar, where the order of words decides.
- ``pairs``: the form of a task that reads one sequence and writes another.
- ``translation``: sentences in two languages, with the word that each word renders.
- ``parses``: sentences, and their trees written as sequences.
- ``walks``: the way told in words, through a plane of landmarks.
- ``steps``: an agent on that plane: where it stands, what it sees.
- ``latex``: structured documents as text, and a reader that finds their faults.
- ``sums``: sums written out, digit by digit.
- ``transcript``: lines by many speakers, and a question that comes later.

Every function takes a ``torch.Generator`` and gives tensors on its device, ``latex``
text. Real corpora are left out; they are in ``download``.
"""

from throughtime.tasks.batch import Batch
from throughtime.tasks.distance import (
    adding,
    copy_memory,
    delayed_recall,
    temporal_order,
)
from throughtime.tasks.language import anbn, dyck, xml
from throughtime.tasks.latex import latex, latex_depth, latex_faults
from throughtime.tasks.pairs import PairBatches, Pairs, written
from throughtime.tasks.parses import parse_vocabularies, parses, well_formed
from throughtime.tasks.sentences import sentiment, sentiment_vocabulary
from throughtime.tasks.steps import (
    ACTIONS,
    NO_ACTION,
    VIEW_SIZE,
    Standing,
    move,
    seen,
    stand,
    view,
)
from throughtime.tasks.sums import arithmetic
from throughtime.tasks.transcript import transcript
from throughtime.tasks.translation import translation, translation_vocabularies
from throughtime.tasks.walks import (
    Walks,
    blind_rate,
    walk_vocabulary,
    walks,
)

__all__ = [
    "ACTIONS",
    "NO_ACTION",
    "VIEW_SIZE",
    "Batch",
    "PairBatches",
    "Pairs",
    "Standing",
    "Walks",
    "adding",
    "anbn",
    "arithmetic",
    "blind_rate",
    "copy_memory",
    "delayed_recall",
    "dyck",
    "latex",
    "latex_depth",
    "latex_faults",
    "move",
    "parse_vocabularies",
    "parses",
    "seen",
    "sentiment",
    "sentiment_vocabulary",
    "stand",
    "temporal_order",
    "transcript",
    "translation",
    "translation_vocabularies",
    "view",
    "walk_vocabulary",
    "walks",
    "well_formed",
    "written",
    "xml",
]
