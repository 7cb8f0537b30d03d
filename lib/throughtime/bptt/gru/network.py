r"""The GRU's forward pass, in NumPy, with its loss.

One sequence, vectors as columns, as on the page; an array of T vectors has shape
``(T, D)``, and ``hs[t]`` is the page's h_{t+1}. For t = 1, ..., T, with three blocks of
H rows in each of W_x, W_h and b, stacked r, z, n:

.. math::
    r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r), \quad
    z_t = \sigma(W_{xz} x_t + W_{hz} h_{t-1} + b_z), \\
    n_t &= \tanh(W_{xn} x_t + W_{hn} (r_t \odot h_{t-1}) + b_n)
    \quad \text{(reset before), or} \\
    n_t &= \tanh(W_{xn} x_t + b_n + r_t \odot (W_{hn} h_{t-1} + b_{hn}))
    \quad \text{(reset after)}, \\
    h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot n_t
    \quad \text{(z keeps), or} \\
    h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t
    \quad \text{(z writes)}, \\
    p_t &= \mathrm{softmax}(W_{hy} h_t + b_y), \quad
    L_t = -y_t^\top \log p_t, \quad L = \textstyle\sum_t L_t \text{ (nats).}

The two resets are two functions; the two z are one, with z and 1 - z swapped.
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
    """Hold the weights of a GRU, its gates stacked r, z, n.

    Args:
        W_x: Input weights, shape ``(3H, D)``.
        W_h: Recurrent weights, shape ``(3H, H)``.
        W_hy: Output weights, shape ``(V, H)``.
        b: Bias of the gates, shape ``(3H,)``.
        b_y: Bias of the output, shape ``(V,)``.
        b_hn: Second bias of the candidate, inside the reset, shape ``(H,)``. Only with
            reset after; None there means zeros.
    """

    W_x: np.ndarray
    W_h: np.ndarray
    W_hy: np.ndarray
    b: np.ndarray
    b_y: np.ndarray
    b_hn: np.ndarray | None = None

    @classmethod
    def random(
        cls,
        D: int,
        H: int,
        V: int,
        rng: np.random.Generator,
        reset_after: bool = False,
    ) -> "Weights":
        r"""Draw every weight uniformly from ±1/√H, as ``torch.nn.GRU`` does."""
        shapes = [(3 * H, D), (3 * H, H), (V, H), (3 * H,), (V,)]
        return cls(*draw([*shapes, (H,)] if reset_after else shapes, H, rng))

    @property
    def count(self) -> int:
        """Return the number of parameters, 3H (D + H + 1) + V (H + 1), and b_hn's H."""
        return sum(W.size for W in vars(self).values() if W is not None)


@dataclass
class Trace:
    """Hold what the forward pass computed, for the backward pass to use.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        gates: r_t, z_t, n_t for each step, after sigmoid and tanh, shape ``(T, 3H)``.
        hs: States h_1 to h_T, shape ``(T, H)``.
        logits: W_hy h_t + b_y for each step, shape ``(T, V)``.
        ps: Probabilities p_1 to p_T, shape ``(T, V)``.
        losses: L_1 to L_T in nats, shape ``(T,)``.
        targets: Ids of the targets y_1 to y_T, shape ``(T,)``.
        h_0: State before the first step, shape ``(H,)``.
        reset_after: Where the reset is.
        z: What z does, ``"keeps"`` or ``"writes"``.
    """

    xs: np.ndarray
    gates: np.ndarray
    hs: np.ndarray
    logits: np.ndarray
    ps: np.ndarray
    losses: np.ndarray
    targets: np.ndarray
    h_0: np.ndarray
    reset_after: bool
    z: str

    @property
    def loss(self) -> float:
        """Return L, the sum of the losses, in nats."""
        return float(self.losses.sum())

    @property
    def hs_prev(self) -> np.ndarray:
        """Return h_0 to h_{T-1}, shape ``(T, H)``."""
        return np.vstack([self.h_0, self.hs[:-1]])


@np.errstate(**QUIET)
def forward(
    weights: Weights,
    xs: np.ndarray,
    targets: np.ndarray,
    h_0: np.ndarray,
    *,
    reset_after: bool = False,
    z: str = "keeps",
) -> Trace:
    r"""Run the network over one sequence, and keep what the gradient needs.

    Args:
        weights: The network.
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        targets: Ids of the targets y_1 to y_T, each from 0 to V - 1, shape ``(T,)``.
        h_0: State before the first step, shape ``(H,)``.
        reset_after: Put the reset after the product with W_hn, as torch does.
        z: ``"keeps"``: z multiplies h_{t-1}; ``"writes"``: z multiplies n_t.

    Raises:
        ShapeError: The sizes do not agree, or T is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, ``targets`` not integer.
        VocabularyError: A target is not from 0 to V - 1.
        ThroughTimeError: Another ``z``, or b_hn with reset before.

    Source:
        Cho et al. (2014), eqs. 5-8; book/07_gru.
    """
    _check(weights, xs, targets, h_0, reset_after, z)
    h_prev, gates, hs = h_0, [], []
    for x_t in xs:
        r_t, z_t, n_t = _gates(weights, x_t, h_prev, reset_after)
        keep_t = z_t if z == "keeps" else 1 - z_t
        h_t = keep_t * h_prev + (1 - keep_t) * n_t
        gates.append(np.concatenate([r_t, z_t, n_t]))
        hs.append(h_t)
        h_prev = h_t
    gates, hs = np.array(gates), np.array(hs)
    logits = hs @ weights.W_hy.T + weights.b_y
    ps, losses = softmax(logits), cross_entropies(logits, targets)
    return Trace(xs, gates, hs, logits, ps, losses, targets, h_0, reset_after, z)


def _gates(
    weights: Weights, x_t: np.ndarray, h_prev: np.ndarray, reset_after: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    W_hr, W_hz, W_hn = np.split(weights.W_h, 3)
    a_r, a_z, a_n = np.split(weights.W_x @ x_t + weights.b, 3)
    r_t = sigmoid(a_r + W_hr @ h_prev)
    z_t = sigmoid(a_z + W_hz @ h_prev)
    if reset_after:
        b_hn = 0 if weights.b_hn is None else weights.b_hn
        n_t = np.tanh(a_n + r_t * (W_hn @ h_prev + b_hn))
    else:
        n_t = np.tanh(a_n + W_hn @ (r_t * h_prev))
    return r_t, z_t, n_t


def _check(
    weights: Weights,
    xs: np.ndarray,
    targets: np.ndarray,
    h_0: np.ndarray,
    reset_after: bool,
    z: str,
) -> None:
    if z not in ("keeps", "writes"):
        raise ThroughTimeError(
            f'z is {z!r}; wanted "keeps" (z multiplies h_prev) or "writes" (z '
            'multiplies n). Try "keeps".'
        )
    arrays = {name: W for name, W in vars(weights).items() if W is not None}
    if "b_hn" in arrays and not reset_after:
        raise ThroughTimeError(
            "b_hn came with reset_after=False; wanted None, as that GRU has one bias a "
            "gate. Try reset_after=True, or Weights without b_hn."
        )
    check_arrays(**arrays, xs=xs, h_0=h_0)
    H, D = check_gates(3, weights.W_x, weights.W_h, weights.b)
    if weights.b_hn is not None:
        check_shape("b_hn", weights.b_hn, "H", H=H)
    check_shape("h_0", h_0, "H", H=H)
    check_ends(xs, targets, weights.W_hy, weights.b_y, H, D)
