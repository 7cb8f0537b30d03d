r"""The GRU's gradients, in NumPy, as the derivation reads.

The equations are in ``network``. The functions to read are :func:`backward_step`,
where each gate gets its gradient, and :func:`backward`, which repeats it through time.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from throughtime.bptt.gru.network import Trace, Weights
from throughtime.bptt.loss import QUIET


@dataclass
class Gradients:
    """Hold dL/dW for each weight W, in W's shape, and dL/dh_0.

    With ``per_step`` each weight's gradient has a leading axis T, whose row t is what
    the copy of that weight at step t + 1 received. db_hn is None with reset before.
    """

    dW_x: np.ndarray
    dW_h: np.ndarray
    dW_hy: np.ndarray
    db: np.ndarray
    db_y: np.ndarray
    db_hn: np.ndarray | None
    dh_0: np.ndarray


class StepGradients(NamedTuple):
    """Hold what one step passes on.

    Args:
        da_t: Gradient of the pre-activations without h's part, so of W_x x_t + b,
            stacked r, z, n, shape ``(3H,)``.
        dW_h: Gradient of this step's copy of W_h, shape ``(3H, H)``.
        dq_t: Gradient of what the reset multiplies, W_hn h_{t-1} + b_hn, with reset
            after, shape ``(H,)``; None with reset before.
        dh_prev: Gradient of h_{t-1}, shape ``(H,)``.
    """

    da_t: np.ndarray
    dW_h: np.ndarray
    dq_t: np.ndarray | None
    dh_prev: np.ndarray


@np.errstate(**QUIET)
def backward_step(
    weights: Weights, trace: Trace, t: int, dh_t: np.ndarray
) -> StepGradients:
    r"""Take the gradient back through one step, to the gates and to h_{t-1}.

    h_{t-1} reaches h_t on four ways: kept as it is, and through n, r and z. With z
    keeps (with z writes, 1 - z stands for z, and dz changes its sign):

    .. math::
        dz_t = dh_t \odot (h_{t-1} - n_t), \quad dn_t = dh_t \odot (1 - z_t)

    The reset is inside the product with W_hn, or outside it:

    .. math::
        \text{before: } & s_t = r_t \odot h_{t-1}, &
        ds_t &= W_{hn}^\top da_n, & dr_t &= ds_t \odot h_{t-1} \\
        \text{after: } & q_t = W_{hn} h_{t-1} + b_{hn}, &
        dq_t &= da_n \odot r_t, & dr_t &= da_n \odot q_t

    Then each gate's own slope: s (1 - s) for a sigmoid s, 1 - tanh² for tanh.

    Args:
        weights: The network.
        trace: What ``forward`` returned for it.
        t: Row of ``trace.hs``, from 0 to T - 1.
        dh_t: Gradient of that state, from the loss and from later steps, ``(H,)``.
    """
    r_t, z_t, n_t = np.split(trace.gates[t], 3)
    h_prev = trace.hs[t - 1] if t > 0 else trace.h_0
    W_hr, W_hz, W_hn = np.split(weights.W_h, 3)
    keep_t, sign = (z_t, 1) if trace.z == "keeps" else (1 - z_t, -1)
    dz_t = sign * dh_t * (h_prev - n_t)
    dn_t = dh_t * (1 - keep_t)
    da_n = (1 - n_t**2) * dn_t
    dh_prev = keep_t * dh_t
    if trace.reset_after:
        b_hn = 0 if weights.b_hn is None else weights.b_hn
        dr_t = da_n * (W_hn @ h_prev + b_hn)
        dq_t = da_n * r_t
        dW_hn = np.outer(dq_t, h_prev)
        dh_prev = dh_prev + W_hn.T @ dq_t
    else:
        ds_t = W_hn.T @ da_n
        dr_t = ds_t * h_prev
        dq_t = None
        dW_hn = np.outer(da_n, r_t * h_prev)
        dh_prev = dh_prev + ds_t * r_t
    da_r = r_t * (1 - r_t) * dr_t
    da_z = z_t * (1 - z_t) * dz_t
    dh_prev = dh_prev + W_hr.T @ da_r + W_hz.T @ da_z
    dW_h = np.vstack([np.outer(da_r, h_prev), np.outer(da_z, h_prev), dW_hn])
    return StepGradients(np.concatenate([da_r, da_z, da_n]), dW_h, dq_t, dh_prev)


@np.errstate(**QUIET)
def backward(weights: Weights, trace: Trace, per_step: bool = False) -> Gradients:
    r"""Return the gradient of L = L_1 + ... + L_T: backpropagation through time.

    As in ``elman``: each step has its own copy of the weights, and the gradient of the
    shared weight is the sum of what its copies receive.

    Args:
        weights: The network.
        trace: What ``forward`` returned for it.
        per_step: Keep the T copies apart instead of summing them.

    Source:
        book/07_gru.
    """
    T, H = trace.hs.shape
    dlogits = trace.ps - np.eye(len(weights.b_y))[trace.targets]
    copies = T if per_step else 1
    names = ("W_x", "W_h", "W_hy", "b", "b_y")
    dW_x, dW_h, dW_hy, db, db_y = grads = [
        np.zeros((copies, *getattr(weights, name).shape)) for name in names
    ]
    db_hn = np.zeros((copies, H)) if trace.reset_after else None
    dh_next = np.zeros(H)  # no step comes after T to send h_T a gradient
    for t in reversed(range(T)):
        copy = t if per_step else 0
        dh_t = weights.W_hy.T @ dlogits[t] + dh_next
        step = backward_step(weights, trace, t, dh_t)
        dW_hy[copy] += np.outer(dlogits[t], trace.hs[t])
        db_y[copy] += dlogits[t]
        dW_h[copy] += step.dW_h
        dW_x[copy] += np.outer(step.da_t, trace.xs[t])
        db[copy] += step.da_t
        if trace.reset_after:
            db_hn[copy] += step.dq_t
        dh_next = step.dh_prev
    sums = [d if d is None or per_step else d[0] for d in (*grads, db_hn)]
    return Gradients(*sums, dh_0=dh_next)
