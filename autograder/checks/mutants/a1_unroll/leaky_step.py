"""Answers to question 1."""

import numpy as np
import torch

from examiner.answers import right, wrong


@wrong("leaky_step", "copied_from_chapter")
def leaky_step_copied(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """This is the chapter's Elman step, which replaces the whole state.

    A leaky step keeps the part 1 - alpha of h_prev and adds alpha times what you have.
    """
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@wrong("leaky_step")
def bias_missing(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The bias b_h is missing: add it before tanh."""
    return (1 - alpha) * h_prev + alpha * np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T)


@wrong("leaky_step")
def bias_outside(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The bias b_h is added after tanh: put it inside the brackets."""
    h_new = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T) + b_h
    return (1 - alpha) * h_prev + alpha * h_new


@wrong("leaky_step")
def alpha_swapped(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """You swapped alpha and 1 - alpha: a small alpha must change the state little."""
    h_new = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    return alpha * h_prev + (1 - alpha) * h_new


@wrong("leaky_step")
def alpha_once(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The old state is scaled by 1 - alpha, but tanh is not scaled by alpha."""
    return (1 - alpha) * h_prev + np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@wrong("leaky_step")
def nothing_lost(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The old state is kept whole: scale it by 1 - alpha before you add."""
    return h_prev + alpha * np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@wrong("leaky_step")
def sigmoid(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The activation is the logistic function; the equation has tanh."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return (1 - alpha) * h_prev + alpha / (1 + np.exp(-a_t))


@wrong("leaky_step")
def leak_inside(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """You take tanh of everything: the part (1 - alpha) h_prev belongs outside it."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return np.tanh((1 - alpha) * h_prev + alpha * a_t)


@wrong("leaky_step")
def tanh_missing(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The tanh is missing: apply it to W_xh x_t + W_hh h_prev + b_h, then mix."""
    return (1 - alpha) * h_prev + alpha * (x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@wrong("leaky_step")
def recurrent_transposed(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """W_hh is used the wrong way round.

    States are rows here, so the page's W_hh h is h_prev @ W_hh.T; no error told you,
    because W_hh is square.
    """
    h_new = np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)
    return (1 - alpha) * h_prev + alpha * h_new


@wrong("leaky_step")
def not_transposed(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The sizes of a product do not fit.

    Inputs and states are rows here, so the page's W_xh x is x_t @ W_xh.T, and W_hh h is
    h_prev @ W_hh.T.
    """
    h_new = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return (1 - alpha) * h_prev + alpha * h_new


@wrong("leaky_step")
def one_row_only(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Only the first row is computed: B sequences must go through together.

    Keep the rows, as in x_t @ W_xh.T, instead of taking x_t[0].
    """
    h_new = np.tanh(W_xh @ x_t[0] + W_hh @ h_prev[0] + b_h)
    return ((1 - alpha) * h_prev[0] + alpha * h_new)[np.newaxis]


@wrong("leaky_step")
def edited_in_place(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """The numbers are right, but h_prev was overwritten, and the caller still needs it.

    Make a new array, h_t = (1 - alpha) * h_prev + ..., with no *= or += on h_prev.
    """
    h_new = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    h_prev *= 1 - alpha
    h_prev += alpha * h_new
    return h_prev


@wrong("leaky_step")
def scaled_too_early(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Inside tanh stands a state that is already scaled by 1 - alpha.

    Compute tanh from the old h_prev first, then mix.
    """
    h_prev = (1 - alpha) * h_prev
    return h_prev + alpha * np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@right("leaky_step", "loop")
def leaky_step_loop(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Loop over rows and units."""
    h_t = np.empty_like(h_prev)
    for b in range(len(x_t)):
        for i in range(len(b_h)):
            a = b_h[i]
            for j in range(x_t.shape[1]):
                a += W_xh[i, j] * x_t[b, j]
            for j in range(len(b_h)):
                a += W_hh[i, j] * h_prev[b, j]
            h_t[b, i] = h_prev[b, i] + alpha * (np.tanh(a) - h_prev[b, i])
    return h_t


@right("leaky_step", "einsum")
def leaky_step_einsum(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Sum over named axes."""
    from_x = np.einsum("hd,bd->bh", W_xh, x_t)
    from_h = np.einsum("hk,bk->bh", W_hh, h_prev)
    return (1 - alpha) * h_prev + alpha * np.tanh(from_x + from_h + b_h)


@right("leaky_step", "torch")
def leaky_step_torch(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Compute with torch."""
    x_t, h_prev, W_xh, W_hh, b_h = map(torch.tensor, (x_t, h_prev, W_xh, W_hh, b_h))
    h_new = torch.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    return torch.lerp(h_prev, h_new, alpha)


@right("leaky_step", "concatenated")
def leaky_step_concatenated(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Multiply state and input by one matrix."""
    both = np.concatenate([h_prev, x_t], axis=1) @ np.hstack([W_hh, W_xh]).T
    return (1 - alpha) * h_prev + alpha * np.tanh(both + b_h)


@right("leaky_step", "lists")
def leaky_step_lists(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    """Return lists of numbers."""
    return leaky_step_einsum(x_t, h_prev, W_xh, W_hh, b_h, alpha).tolist()
