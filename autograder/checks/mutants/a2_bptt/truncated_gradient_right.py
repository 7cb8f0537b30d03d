"""Right answers to question 5."""

import numpy as np

from examiner.answers import right


def logistic(a):
    """Return the logistic function; exp may overflow to inf, and 1 / inf is 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def forward(xs, h_0, W_xh, W_hh, b_h, f=logistic):
    """Return h_0 to h_T."""
    hs = [h_0]
    for x_t in xs:
        hs.append(f(W_xh @ x_t + W_hh @ hs[-1] + b_h))
    return np.array(hs)


def backward(hs, dhs, W, cut, slopes=None):
    """Return dW_hh, with nothing coming from step t + 1 back to t where cut(t + 1)."""
    slopes = hs[1:] * (1 - hs[1:]) if slopes is None else slopes
    dW_hh, dh_next = 0, 0
    for t in reversed(range(len(dhs))):
        da_t = slopes[t] * (dhs[t] + (0 if cut(t + 1) else dh_next))
        dW_hh = dW_hh + np.outer(da_t, hs[t])
        dh_next = W.T @ da_t
    return dW_hh


def each(length):
    """Return a cut at the first step of each window."""
    return lambda t: t % length == 0


@right("truncated_gradient", "cut")
def truncated_gradient_cut(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Walk back once, and cut at each border."""
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    return hs[-1], backward(hs, dhs, W_hh, each(length))


@right("truncated_gradient", "loop")
def truncated_gradient_loop(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Go window by window, there and back."""
    dW_hh, start = np.zeros(W_hh.shape), h_0
    for first in range(0, len(xs), length):
        hs = [start]
        for x_t in xs[first : first + length]:
            a_t = W_xh @ x_t + W_hh @ hs[-1] + b_h
            hs.append((1 + np.tanh(a_t / 2)) / 2)
        dh_t = 0
        for j in range(len(hs) - 1, 0, -1):
            da_t = (dhs[first + j - 1] + dh_t) * hs[j] * (1 - hs[j])
            dW_hh += np.outer(da_t, hs[j - 1])
            dh_t = da_t @ W_hh
        start = hs[-1]
    return start, dW_hh


@right("truncated_gradient", "einsum")
def truncated_gradient_einsum(xs, dhs, h_0, W_xh, W_hh, b_h, length):
    """Send each loss back to the start of its own window."""
    hs = forward(xs, h_0, W_xh, W_hh, b_h)
    slopes, dW_hh = hs[1:] * (1 - hs[1:]), 0
    for t in range(len(xs)):
        dh = dhs[t]
        for k in range(t, t // length * length - 1, -1):
            dW_hh = dW_hh + np.einsum("i,i,j->ij", slopes[k], dh, hs[k])
            dh = np.einsum("i,i,ij->j", slopes[k], dh, W_hh)
    return hs[-1], dW_hh
