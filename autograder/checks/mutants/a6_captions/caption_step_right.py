"""Right answers to question 2, and what the wrong ones share with them."""

import numpy as np
import torch

from examiner.answers import right

NULL, START = 0, 1


def log_softmax(logits, axis=1):
    """Return log-probabilities, safe for large logits."""
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def state(ids, h_prev, f, w, **changed):
    """Return h_t; what is changed is done in another way."""
    starts = changed.get("starts", ids == START)
    recurrent = changed.get("recurrent", h_prev @ w["W_hh"].T)
    bias = changed.get("bias", w["b_h"])
    picture = starts[:, None] * (f @ w["W_I"].T)
    return np.tanh(w["E"][ids] @ w["W_xh"].T + recurrent + bias + picture)


def said(h_t, w, banned=(NULL, START), nothing=-np.inf):
    """Return the log-probabilities of what may be said."""
    logits = h_t @ w["W_hy"].T + w["b_y"]
    logits[:, list(banned)] = nothing
    return log_softmax(logits)


@right("caption_step", "numpy")
def caption_step_numpy(ids, h_prev, f, weights):
    """Follow the page."""
    h_t = state(ids, h_prev, f, weights)
    return said(h_t, weights), h_t


@right("caption_step", "loop")
def caption_step_loop(ids, h_prev, f, weights):
    """Go row by row, and over the symbols from END on."""
    w, rows, states = weights, [], []
    for b, word in enumerate(ids):
        a = w["W_xh"] @ w["E"][word] + w["W_hh"] @ h_prev[b] + w["b_h"]
        if word == START:
            a = a + w["W_I"] @ f[b]
        h = np.tanh(a)
        o = (w["W_hy"] @ h + w["b_y"])[2:]
        total = np.logaddexp.reduce(o)
        rows.append([-np.inf, -np.inf, *(o - total)])
        states.append(h)
    return rows, states


@right("caption_step", "torch")
def caption_step_torch(ids, h_prev, f, weights):
    """Compute with torch."""
    E, W_xh, W_hh, W_I, b_h, W_hy, b_y = map(torch.tensor, weights.values())
    ids, h_prev, f = map(torch.tensor, (ids, h_prev, f))
    picture = torch.where((ids == START)[:, None], f @ W_I.T, 0.0)
    h_t = torch.tanh(E[ids] @ W_xh.T + torch.addmm(b_h, h_prev, W_hh.T) + picture)
    logits = torch.addmm(b_y, h_t, W_hy.T)
    logits[:, :2] = -torch.inf
    return torch.log_softmax(logits, dim=1), h_t
