"""Right answers to question 3."""

import numpy as np

from examiner.answers import right


def outer(das, others):
    """Return the outer product of each step."""
    return das[:, :, None] * others[:, None, :]


def walk_back(dhs, one_step):
    """Go from the last step to the first; return each step's da_t, and dh_0."""
    das, dh_next = np.zeros(dhs.shape), np.zeros(dhs.shape[1])
    for t in reversed(range(len(dhs))):
        das[t], dh_next = one_step(t, dhs[t] + dh_next)
    return das, dh_next


def slopes(xs, hs, h_0, W_xh, W_hh, b_h):
    """Return tanh(a_t) of each step, its slope, and the state before the step."""
    hs_prev = np.vstack([h_0, hs[:-1]])
    n = np.tanh(xs @ W_xh.T + hs_prev @ W_hh.T + b_h)
    return n, 1 - n**2, hs_prev


def results(xs, hs_prev, das, dh_0):
    """Return what is asked for, in its order."""
    return outer(das, xs), outer(das, hs_prev), das, dh_0


def walk(dhs, slope, W, alpha):
    """Go back with a given slope and a given matrix."""

    def one_step(t, dh_t):
        da_t = alpha * slope[t] * dh_t
        return da_t, (1 - alpha) * dh_t + W @ da_t

    return walk_back(dhs, one_step)


@right("leaky_backward", "numpy")
def leaky_backward_numpy(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Walk back, then take all outer products at once."""
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    return results(xs, hs_prev, *walk(dhs, slope, W_hh.T, alpha))


@right("leaky_backward", "loop")
def leaky_backward_loop(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Do everything in one loop, and find tanh(a_t) from the two states."""
    T, D, H = len(xs), xs.shape[1], len(h_0)
    dW_xh, dW_hh = np.zeros((T, H, D)), np.zeros((T, H, H))
    db_h, dh_t = np.zeros((T, H)), np.zeros(H)
    for t in range(T - 1, -1, -1):
        h_prev = hs[t - 1] if t else h_0
        dh_t = dh_t + dhs[t]
        n = (hs[t] - (1 - alpha) * h_prev) / alpha
        da_t = alpha * (1 - n * n) * dh_t
        dW_xh[t], dW_hh[t] = np.outer(da_t, xs[t]), np.outer(da_t, h_prev)
        db_h[t] = da_t
        dh_t = dh_t - alpha * dh_t + da_t @ W_hh
    return dW_xh, dW_hh, db_h, dh_t


@right("leaky_backward", "jacobians")
def leaky_backward_jacobians(xs, hs, h_0, dhs, W_xh, W_hh, b_h, alpha):
    """Multiply by the Jacobian of each step, with einsum."""
    _, slope, hs_prev = slopes(xs, hs, h_0, W_xh, W_hh, b_h)
    through_tanh = alpha * slope  # d h_t / d a_t, the diagonal
    J = (1 - alpha) * np.eye(len(h_0)) + np.einsum("ti,ij->tij", through_tanh, W_hh)
    dhs = [*dhs]
    for t in reversed(range(1, len(xs))):
        dhs[t - 1] = dhs[t - 1] + np.einsum("i,ij->j", dhs[t], J[t])
    das = np.einsum("ti,ti->ti", through_tanh, np.array(dhs))
    first = np.einsum("i,ij->j", dhs[0], J[0])
    dW_xh = np.einsum("ti,tj->tij", das, xs)
    return dW_xh, np.einsum("ti,tj->tij", das, hs_prev), das, first
