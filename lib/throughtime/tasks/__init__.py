r"""Tasks made by a generator, each with what is reached without memory.

- ``batch``: the one form in which every task comes.
- ``distance``: adding, copy memory, temporal order, delayed recall: how far back a
  network can look.
- ``language``: a^n b^n, Dyck words, small XML: how well it counts and stacks.
- ``sentences``: sentences of an own grammar, where the order of words decides.
- ``latex``: structured documents as text, and a reader that finds their faults.
- ``sums``: sums written out, digit by digit.

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
from throughtime.tasks.sentences import sentiment, sentiment_vocabulary
from throughtime.tasks.sums import arithmetic

__all__ = [
    "Batch",
    "adding",
    "anbn",
    "arithmetic",
    "copy_memory",
    "delayed_recall",
    "dyck",
    "latex",
    "latex_depth",
    "latex_faults",
    "sentiment",
    "sentiment_vocabulary",
    "temporal_order",
    "xml",
]
