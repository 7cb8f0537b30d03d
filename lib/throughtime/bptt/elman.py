r"""The Elman network, forward and backward, in NumPy, as the derivation reads.

One sequence, vectors as columns, as on the page; an array of T vectors has shape
``(T, D)``, and ``hs[t]`` is the page's h_{t+1}. For t = 1, ..., T:

.. math::
    a_t &= W_{xh} x_t + W_{hh} h_{t-1} + b_h, & h_t &= \tanh a_t, \\
    o_t &= W_{hy} h_t + b_y, & p_t &= \mathrm{softmax}(o_t), \\
    L_t &= -y_t^\top \log p_t, & L &= \textstyle\sum_t L_t \text{ (nats).}

The target y_t is one-hot; ``targets[t]`` is the id of y_{t+1}. The function to read is
:func:`backward`.
"""

from dataclasses import dataclass

import numpy as np

from throughtime.bptt.loss import (
    QUIET,
    check_arrays,
    check_ends,
    cross_entropies,
    draw,
    softmax,
)
from throughtime.shapes import check_shape


@dataclass
class Weights:
    """Hold the weights of an Elman network.

    Args:
        W_xh: Input weights, shape ``(H, D)``.
        W_hh: Recurrent weights, shape ``(H, H)``.
        W_hy: Output weights, shape ``(V, H)``.
        b_h: Bias of the state, shape ``(H,)``.
        b_y: Bias of the output, shape ``(V,)``.
    """

    W_xh: np.ndarray
    W_hh: np.ndarray
    W_hy: np.ndarray
    b_h: np.ndarray
    b_y: np.ndarray

    @classmethod
    def random(cls, D: int, H: int, V: int, rng: np.random.Generator) -> "Weights":
        r"""Draw every weight uniformly from ±1/√H, as ``torch.nn.RNN`` does.

        The biases are drawn too: a bias of zero would hide that somebody forgot it.
        """
        return cls(*draw([(H, D), (H, H), (V, H), (H,), (V,)], H, rng))

    @property
    def count(self) -> int:
        """Return the number of parameters, H (D + H + 1) + V (H + 1)."""
        return sum(W.size for W in vars(self).values())


@dataclass
class Trace:
    """Hold what the forward pass computed, for the backward pass to use.

    Args:
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        hs: States h_1 to h_T, shape ``(T, H)``.
        os: Logits o_1 to o_T, shape ``(T, V)``.
        ps: Probabilities p_1 to p_T, shape ``(T, V)``.
        losses: L_1 to L_T in nats, shape ``(T,)``.
        targets: Ids of the targets y_1 to y_T, shape ``(T,)``.
        h_0: State before the first step, shape ``(H,)``.
    """

    xs: np.ndarray
    hs: np.ndarray
    os: np.ndarray
    ps: np.ndarray
    losses: np.ndarray
    targets: np.ndarray
    h_0: np.ndarray

    @property
    def logits(self) -> np.ndarray:
        """Return ``os`` by the name that it has in the gated networks' traces."""
        return self.os

    @property
    def loss(self) -> float:
        """Return L, the sum of the losses, in nats."""
        return float(self.losses.sum())


@dataclass
class Gradients:
    """Hold dL/dW for each weight W, in W's shape, and dL/dh_0.

    With ``per_step`` each weight's gradient has a leading axis T, whose row t is what
    the copy of that weight at step t + 1 received.
    """

    dW_xh: np.ndarray
    dW_hh: np.ndarray
    dW_hy: np.ndarray
    db_h: np.ndarray
    db_y: np.ndarray
    dh_0: np.ndarray


@np.errstate(**QUIET)
def forward(
    weights: Weights, xs: np.ndarray, targets: np.ndarray, h_0: np.ndarray
) -> Trace:
    r"""Run the network over one sequence, and keep what the gradient needs.

    Args:
        weights: The network.
        xs: Inputs x_1 to x_T, shape ``(T, D)``.
        targets: Ids of the targets y_1 to y_T, each from 0 to V - 1, shape ``(T,)``.
        h_0: State before the first step, shape ``(H,)``.

    Raises:
        ShapeError: The sizes do not agree, or T is 0.
        KindError: ``xs`` or ``h_0`` is not floating-point, ``targets`` not integer.
        VocabularyError: A target is not from 0 to V - 1.
    """
    _check(weights, xs, targets, h_0)
    h_prev, hs = h_0, []
    for x_t in xs:
        a_t = weights.W_xh @ x_t + weights.W_hh @ h_prev + weights.b_h
        h_t = np.tanh(a_t)
        hs.append(h_t)
        h_prev = h_t
    hs = np.array(hs)
    # No output depends on another, so the page's W_hy h_t + b_y is one product of rows.
    os = hs @ weights.W_hy.T + weights.b_y
    return Trace(xs, hs, os, softmax(os), cross_entropies(os, targets), targets, h_0)


@np.errstate(**QUIET)
def backward(weights: Weights, trace: Trace, per_step: bool = False) -> Gradients:
    r"""Return the gradient of L = L_1 + ... + L_T: backpropagation through time.

    Give each step its own copy of the weights. The gradient of the shared weight is
    the sum of what its copies receive, and each copy's is a plain chain rule:

    .. math::
        do_t &= p_t - y_t \\
        dh_t &= W_{hy}^\top do_t + W_{hh}^\top da_{t+1}, \quad da_{T+1} = 0 \\
        da_t &= \mathrm{diag}(1 - h_t^2)\, dh_t

    - p - y is the gradient of softmax and cross-entropy together; softmax alone has
      the full Jacobian diag(p) - p pᵀ.
    - The map h -> W h has the Jacobian W, and a gradient goes back through its
      transpose: hence each Wᵀ.
    - tanh acts on each unit alone, so its Jacobian is diagonal: tanh'(a) = 1 - h².
    - A weight's gradient is an outer product: W[i, j] sends unit j's value to unit i.

    The weights stay fixed all the while. Their gradients start at 0 for each sequence,
    and each step adds to them.

    Args:
        weights: The network.
        trace: What :func:`forward` returned for it.
        per_step: Keep the T copies apart instead of summing them.

    Source:
        Werbos (1990).
    """
    T, H = trace.hs.shape
    hs_prev = np.vstack([trace.h_0, trace.hs[:-1]])  # h_0 to h_{T-1}
    ys = np.eye(len(weights.b_y))[trace.targets]
    dos = trace.ps - ys
    copies = T if per_step else 1
    dW_xh, dW_hh, dW_hy, db_h, db_y = grads = [
        np.zeros((copies, *W.shape)) for W in vars(weights).values()
    ]
    dh_next = np.zeros(H)  # no step comes after T to send h_T a gradient
    for t in reversed(range(T)):
        copy = t if per_step else 0
        x_t, h_t, h_prev, do_t = trace.xs[t], trace.hs[t], hs_prev[t], dos[t]
        dh_t = weights.W_hy.T @ do_t + dh_next
        da_t = (1 - h_t**2) * dh_t
        dW_hy[copy] += np.outer(do_t, h_t)
        db_y[copy] += do_t
        dW_hh[copy] += np.outer(da_t, h_prev)
        dW_xh[copy] += np.outer(da_t, x_t)
        db_h[copy] += da_t
        dh_next = weights.W_hh.T @ da_t
    return Gradients(*(d if per_step else d[0] for d in grads), dh_0=dh_next)


def _check(
    weights: Weights, xs: np.ndarray, targets: np.ndarray, h_0: np.ndarray
) -> None:
    check_arrays(**vars(weights), xs=xs, h_0=h_0)
    H, D = check_shape("W_xh", weights.W_xh, "H D")
    check_shape("W_hh", weights.W_hh, "H H", H=H)
    check_shape("b_h", weights.b_h, "H", H=H)
    check_shape("h_0", h_0, "H", H=H)
    check_ends(xs, targets, weights.W_hy, weights.b_y, H, D)
