r"""Train any module: one loop that can be stopped, stored and gone on with.

- ``history``: what happened, step by step.
- ``store``: files of tensors without pickle; ``save`` and ``load`` for weights.
- ``chance``: the state of every source of chance.
- ``batches``: an endless walk over batches that knows where it is.
- ``carry``: a loss that carries the recurrent state over batches.
- ``interrupt``: Ctrl-C between two steps.
- ``progress``: a bar on a terminal, a line in a notebook, nothing elsewhere.
- ``step``: one step of the optimizer, and the refusal of what is not finite.
- ``run``: everything that changes in a run, and how it is stored.
- ``loop``: ``fit``.

It knows no cell and no model: a loss is a function of the model and a batch. It seeds
nothing (``device.seed_all`` does, before the model is made) and moves nothing.
"""

from throughtime.train.carry import Carry
from throughtime.train.history import History
from throughtime.train.loop import fit
from throughtime.train.store import Saved, load, save

__all__ = ["Carry", "History", "Saved", "fit", "load", "save"]
