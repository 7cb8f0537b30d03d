r"""The derivation as fast functions: a hand-written backward for every cell.

Each function takes what the step of the same name takes, over a whole sequence, and
gives the same values and gradients as :func:`throughtime.unroll.unroll` of that step
under autograd, faster and with less memory:

- the inputs of all steps go through their weights in one product, before the loop;
- the loop writes gates and states into storage that was made once;
- everything in the backward pass that does not depend on the gradient is computed for
  many steps at once, so that the loop back only multiplies, adds and goes through W_h;
- the weights' gradients are one product each, after the loop.

Files, in reading order:

- ``product``: a product with the same weights at every step.
- ``shared``: the input projection, derivatives from outputs, the second backward.
- ``elman``: the easiest to read.
- ``lstm``: the LSTM in every variant, and ``lstm_loops``: its way forth and back.
- ``gru``: the GRU whose reset comes after the product.
- ``reset``: the cells whose reset comes before it: the GRU of 2014, and
- ``mutants``: MUT1, MUT2 and MUT3.

``mask`` (T, B) is True for a real token; elsewhere the row's state stays. ``drop``
(B, H) is recurrent dropout: it multiplies h_{t-1}, alike at every step, where it enters
a product with W_h. The second derivative is there (but for ``drop``): the functions
then go through the plain loop.
"""

from throughtime.bptt.functions.elman import rnn
from throughtime.bptt.functions.gru import gru
from throughtime.bptt.functions.lstm import lstm, residual
from throughtime.bptt.functions.mutants import mut1, mut2, mut3

__all__ = ["gru", "lstm", "mut1", "mut2", "mut3", "residual", "rnn"]
