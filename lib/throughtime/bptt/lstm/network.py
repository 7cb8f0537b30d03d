r"""The LSTM's forward pass, in NumPy, with its loss.

One sequence, vectors as columns, as on the page; an array of T vectors has shape
``(T, D)``, and ``hs[t]`` is the page's h_{t+1}. For t = 1, ..., T, with four blocks of
H rows in each of W_x, W_h and b, stacked i, f, g, o:

.. math::
    (a_i, a_f, a_g, a_o) &= W_x x_t + W_h h_{t-1} + b, \\
    i_t = \sigma(a_i), \quad f_t &= \sigma(a_f), \quad
    g_t = \tanh(a_g), \quad o_t = \sigma(a_o), \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g_t, \\
    h_t &= o_t \odot \tanh(c_t), \\
    p_t &= \mathrm{softmax}(W_{hy} h_t + b_y), \\
    L_t &= -y_t^\top \log p_t, \quad L = \textstyle\sum_t L_t \text{ (nats).}
"""

from dataclasses import dataclass

import numpy as np

from throughtime.bptt.loss import (
    QUIET,
    check_arrays,
    check_ends,
    check_gates,
    cross_entropies,
    draw,
    sigmoid,
    softmax,
)
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_shape


@dataclass
class Weights:
    """Hold the weights of an LSTM, its gates stacked i, f, g, o.

    Args:
        W_x: Input weights, shape ``(4H, D)``.
        W_h: Recurrent weights, shape ``(4H, H)``.
        W_hy: Output weights, shape ``(V, H)``.
        b: Bias of the gates, shape ``(4H,)``.
        b_y: Bias of the output, shape ``(V,)``.
    """

    W_x: np.ndarray
    W_h: np.ndarray
    W_hy: np.ndarray
    b: np.ndarray
    b_y: np.ndarray

    @classmethod
    def random(cls, D: int, H: int, V: int, rng: np.random.Generator) -> "Weights":
        r"""Draw every weight uniformly from ±1/√H, as ``torch.nn.LSTM`` does."""
        return cls(*draw([(4 * H, D), (4 * H, H), (V, H), (4 * H,), (V,)], H, rng))

    @property
    def count(self) -> int:
        """Return the number of parameters, 4H (D + H + 1) + V (H + 1)."""
        return sum(W.size for W in vars(self).values())


@dataclass
class Trace:
    """Hold what the forward pass computed, for the backward pass to use.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        gates: i_t, f_t, g_t, o_t for each step, after sigmoid and tanh,
            shape ``(T, 4H)``.
        cs: Cell states c_1 to c_T, shape ``(T, H)``.
        hs: States h_1 to h_T, shape ``(T, H)``.
        logits: W_hy h_t + b_y for each step, shape ``(T, V)``.
        ps: Probabilities p_1 to p_T, shape ``(T, V)``.
        losses: L_1 to L_T in nats, shape ``(T,)``.
        targets: Ids of the targets y_1 to y_T, shape ``(T,)``.
        h_0: State before the first step, shape ``(H,)``.
        c_0: Cell state before the first step, shape ``(H,)``.
    """

    xs: np.ndarray
    gates: np.ndarray
    cs: np.ndarray
    hs: np.ndarray
    logits: np.ndarray
    ps: np.ndarray
    losses: np.ndarray
    targets: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray

    @property
    def loss(self) -> float:
        """Return L, the sum of the losses, in nats."""
        return float(self.losses.sum())

    @property
    def hs_prev(self) -> np.ndarray:
        """Return h_0 to h_{T-1}, shape ``(T, H)``."""
        return np.vstack([self.h_0, self.hs[:-1]])

    @property
    def cs_prev(self) -> np.ndarray:
        """Return c_0 to c_{T-1}, shape ``(T, H)``."""
        return np.vstack([self.c_0, self.cs[:-1]])


@np.errstate(**QUIET)
def forward(
    weights: Weights,
    xs: np.ndarray,
    targets: np.ndarray,
    state: tuple[np.ndarray, np.ndarray],
) -> Trace:
    r"""Run the network over one sequence, and keep what the gradient needs.

    Args:
        weights: The network.
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        targets: Ids of the targets y_1 to y_T, each from 0 to V - 1, shape ``(T,)``.
        state: ``(h_0, c_0)``, before the first step, shape ``(H,)`` each.

    Raises:
        ShapeError: The sizes do not agree, or T is 0.
        KindError: ``xs`` or the state is not floating-point, ``targets`` not integer.
        VocabularyError: A target is not from 0 to V - 1.
        ThroughTimeError: ``state`` is not a pair.

    Source:
        Gers, Schmidhuber and Cummins (2000); book/06_lstm.
    """
    h_0, c_0 = _check(weights, xs, targets, state)
    h_prev, c_prev, steps = h_0, c_0, []
    for x_t in xs:
        a_t = weights.W_x @ x_t + weights.W_h @ h_prev + weights.b
        a_i, a_f, a_g, a_o = np.split(a_t, 4)
        i_t, f_t, g_t, o_t = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c_t = f_t * c_prev + i_t * g_t
        h_t = o_t * np.tanh(c_t)
        steps.append((np.concatenate([i_t, f_t, g_t, o_t]), c_t, h_t))
        h_prev, c_prev = h_t, c_t
    gates, cs, hs = (np.array(column) for column in zip(*steps, strict=True))
    logits = hs @ weights.W_hy.T + weights.b_y
    ps, losses = softmax(logits), cross_entropies(logits, targets)
    return Trace(xs, gates, cs, hs, logits, ps, losses, targets, h_0, c_0)


def _check(
    weights: Weights,
    xs: np.ndarray,
    targets: np.ndarray,
    state: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(state, tuple) or len(state) != 2:
        raise ThroughTimeError(
            f"state is a {type(state).__name__}; wanted the pair (h_0, c_0). Try "
            "(np.zeros(H), np.zeros(H))."
        )
    h_0, c_0 = state
    check_arrays(**vars(weights), xs=xs, h_0=h_0, c_0=c_0)
    H, D = check_gates(4, weights.W_x, weights.W_h, weights.b)
    check_shape("h_0", h_0, "H", H=H)
    check_shape("c_0", c_0, "H", H=H)
    check_ends(xs, targets, weights.W_hy, weights.b_y, H, D)
    return h_0, c_0
