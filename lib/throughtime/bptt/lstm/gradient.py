r"""The LSTM's gradients, in NumPy, as the derivation reads.

The equations are in ``network``. The functions to read are :func:`backward_step`,
where each gate gets its gradient, and :func:`backward`, which repeats it through time.
"""

from dataclasses import dataclass

import numpy as np

from throughtime.bptt.loss import QUIET
from throughtime.bptt.lstm.network import Trace, Weights
from throughtime.errors import ThroughTimeError


@dataclass
class Gradients:
    """Hold dL/dW for each weight W, in W's shape, and dL/dh_0 and dL/dc_0.

    With ``per_step`` each weight's gradient has a leading axis T, whose row t is what
    the copy of that weight at step t + 1 received.
    """

    dW_x: np.ndarray
    dW_h: np.ndarray
    dW_hy: np.ndarray
    db: np.ndarray
    db_y: np.ndarray
    dh_0: np.ndarray
    dc_0: np.ndarray


@np.errstate(**QUIET)
def backward_step(
    gates: np.ndarray,
    c_t: np.ndarray,
    c_prev: np.ndarray,
    dh_t: np.ndarray,
    dc_next: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Take the gradient back through one step, to the gates and to c_{t-1}.

    c_t reaches the loss on two ways: through h_t, and through c_{t+1}.

    .. math::
        do_t &= dh_t \odot \tanh(c_t) \\
        dc_t &= dh_t \odot o_t \odot (1 - \tanh^2(c_t)) + f_{t+1} \odot dc_{t+1} \\
        di_t &= dc_t \odot g_t, \quad df_t = dc_t \odot c_{t-1}, \quad
        dg_t = dc_t \odot i_t

    Then each gate's own slope: s (1 - s) for a sigmoid s, 1 - tanh² for tanh.

    Args:
        gates: i_t, f_t, g_t, o_t, shape ``(4H,)``.
        c_t: Cell state after the step, shape ``(H,)``.
        c_prev: Cell state before it, shape ``(H,)``.
        dh_t: Gradient of h_t, from the loss and from later gates, shape ``(H,)``.
        dc_next: What c_{t+1} sends to c_t, f_{t+1} dc_{t+1}, shape ``(H,)``.

    Returns:
        The gradient of the four pre-activations, shape ``(4H,)``, and f_t dc_t, what
        c_t sends to c_{t-1}, shape ``(H,)``.
    """
    i_t, f_t, g_t, o_t = np.split(gates, 4)
    do_t = dh_t * np.tanh(c_t)
    dc_t = dh_t * o_t * (1 - np.tanh(c_t) ** 2) + dc_next
    di_t = dc_t * g_t
    df_t = dc_t * c_prev
    dg_t = dc_t * i_t
    da_i = i_t * (1 - i_t) * di_t
    da_f = f_t * (1 - f_t) * df_t
    da_g = (1 - g_t**2) * dg_t
    da_o = o_t * (1 - o_t) * do_t
    return np.concatenate([da_i, da_f, da_g, da_o]), f_t * dc_t


@np.errstate(**QUIET)
def backward(weights: Weights, trace: Trace, per_step: bool = False) -> Gradients:
    r"""Return the gradient of L = L_1 + ... + L_T: backpropagation through time.

    As in ``elman``: each step has its own copy of the weights, and the gradient of the
    shared weight is the sum of what its copies receive.

    .. math::
        dh_t = W_{hy}^\top (p_t - y_t) + W_h^\top da_{t+1}, \quad da_{T+1} = 0

    W_hᵀ gathers what h_t did to all four gates of step t + 1.

    Args:
        weights: The network.
        trace: What :func:`forward` returned for it.
        per_step: Keep the T copies apart instead of summing them.

    Source:
        Greff et al. (2017), appendix A; book/06_lstm.
    """
    T, H = trace.hs.shape
    hs_prev, cs_prev = trace.hs_prev, trace.cs_prev
    dlogits = trace.ps - np.eye(len(weights.b_y))[trace.targets]
    copies = T if per_step else 1
    dW_x, dW_h, dW_hy, db, db_y = grads = [
        np.zeros((copies, *W.shape)) for W in vars(weights).values()
    ]
    dh_next, dc_next = np.zeros(H), np.zeros(H)  # no step comes after T
    for t in reversed(range(T)):
        copy = t if per_step else 0
        dh_t = weights.W_hy.T @ dlogits[t] + dh_next
        da_t, dc_next = backward_step(
            trace.gates[t], trace.cs[t], cs_prev[t], dh_t, dc_next
        )
        dW_hy[copy] += np.outer(dlogits[t], trace.hs[t])
        db_y[copy] += dlogits[t]
        dW_h[copy] += np.outer(da_t, hs_prev[t])
        dW_x[copy] += np.outer(da_t, trace.xs[t])
        db[copy] += da_t
        dh_next = weights.W_h.T @ da_t
    sums = (d if per_step else d[0] for d in grads)
    return Gradients(*sums, dh_0=dh_next, dc_0=dc_next)


@np.errstate(**QUIET)
def cell_jacobian(
    weights: Weights, trace: Trace, t: int, full: bool = True
) -> np.ndarray:
    r"""Return the derivative of c_{t+1} with respect to c_t, as a matrix.

    .. math::
        \frac{dc_t}{dc_{t-1}} = \mathrm{diag}(f_t) + \Big(
        \mathrm{diag}(c_{t-1} f_t (1-f_t)) W_{hf} +
        \mathrm{diag}(g_t i_t (1-i_t)) W_{hi} +
        \mathrm{diag}(i_t (1-g_t^2)) W_{hg} \Big)
        \mathrm{diag}\big(o_{t-1} (1 - \tanh^2 c_{t-1})\big)

    diag(f_t) is the direct way, with the gates frozen. The rest goes through h_{t-1},
    which i, f and g all see.

    Args:
        weights: The network.
        trace: What :func:`forward` returned for it.
        t: Row of ``trace.cs`` to differentiate, from 0 to T - 1: ``cs[t]`` with respect
            to the cell state before it. At t = 0 that is c_0, and h_0 is given apart,
            so only the direct way is left.
        full: Without it, diag(f_t) alone.

    Returns:
        Row: an element of the later cell state; column: of the earlier. ``(H, H)``.

    Raises:
        ThroughTimeError: ``t`` is not from 0 to T - 1.
    """
    T, _ = trace.hs.shape
    if not 0 <= t < T:
        raise ThroughTimeError(
            f"t is {t}; wanted a row of trace.cs, from 0 to {T - 1}. Try t={T - 1}."
        )
    i_t, f_t, g_t, _ = np.split(trace.gates[t], 4)
    if not full or t == 0:
        return np.diag(f_t)
    c_prev, o_prev = trace.cs[t - 1], np.split(trace.gates[t - 1], 4)[3]
    W_hi, W_hf, W_hg, _ = np.split(weights.W_h, 4)
    dc_dh = (c_prev * f_t * (1 - f_t))[:, None] * W_hf
    dc_dh += (g_t * i_t * (1 - i_t))[:, None] * W_hi
    dc_dh += (i_t * (1 - g_t**2))[:, None] * W_hg
    return np.diag(f_t) + dc_dh * (o_prev * (1 - np.tanh(c_prev) ** 2))
