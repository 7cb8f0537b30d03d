"""Answers to question 1."""

import numpy as np
import torch

from checks.mutants.a4_gates.logistic import logistic
from examiner.answers import right, wrong


def sums(x_t, h_prev, W, b, order=(0, 1, 2, 3)):
    """Return the four blocks of pre-activations, by default i, f, o, g."""
    blocks = np.split(np.hstack([h_prev, x_t]) @ W.T + b, 4, axis=1)
    return [blocks[k] for k in order]


def finish(c_prev, a_i, a_f, a_o, a_g):
    """Return h_t and c_t from the sums."""
    c_t = logistic(a_f) * c_prev + logistic(a_i) * np.tanh(a_g)
    return logistic(a_o) * np.tanh(c_t), c_t


@wrong("compact_step", "copied_from_chapter")
def compact_step_copied(x_t, h_prev, c_prev, W, b):
    """This is the chapter's order of gates, i, f, g, o.

    Here the last two blocks are o, then g.
    """
    return finish(c_prev, *sums(x_t, h_prev, W, b, (0, 1, 3, 2)))


@wrong("compact_step")
def input_on_top(x_t, h_prev, c_prev, W, b):
    """The first columns of W are multiplied with x_t.

    They belong to the state: W multiplies [h_prev; x_t].
    """
    return finish(c_prev, *sums(h_prev, x_t, W, b))


@wrong("compact_step")
def gates_swapped(x_t, h_prev, c_prev, W, b):
    """The forget and the input gate are swapped.

    The first block is i, which writes; the second is f, which keeps.
    """
    return finish(c_prev, *sums(x_t, h_prev, W, b, (1, 0, 2, 3)))


@wrong("compact_step")
def candidate_second(x_t, h_prev, c_prev, W, b):
    """The second block is taken for the candidate, as in old TensorFlow.

    The order is i, f, o, g.
    """
    return finish(c_prev, *sums(x_t, h_prev, W, b, (0, 2, 3, 1)))


@wrong("compact_step")
def rows_in_turns(x_t, h_prev, c_prev, W, b):
    """The rows of W are taken in turns: i, f, o, g of one unit, then of the next.

    The first H rows are those of i for all units, the next H those of f, and so on.
    """
    a = np.hstack([h_prev, x_t]) @ W.T + b
    return finish(c_prev, *(a[:, k::4] for k in range(4)))


@wrong("compact_step")
def forget_means_erase(x_t, h_prev, c_prev, W, b):
    """The old cell is multiplied by 1 - f.

    Despite its name the forget gate keeps: with f = 1 everything stays.
    """
    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    return finish(c_prev, a_i, -a_f, a_o, a_g)


@wrong("compact_step")
def candidate_is_the_cell(x_t, h_prev, c_prev, W, b):
    """The candidate is taken for the new cell state.

    It is only what may be written: c_t = f c_prev + i g.
    """
    _, _, a_o, a_g = sums(x_t, h_prev, W, b)
    c_t = np.tanh(a_g)
    return logistic(a_o) * np.tanh(c_t), c_t


@wrong("compact_step")
def candidate_is_logistic(x_t, h_prev, c_prev, W, b):
    """The candidate went through the logistic function.

    It is no gate: g is the tanh, so that the cell may go down, too.
    """
    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    c_t = logistic(a_f) * c_prev + logistic(a_i) * logistic(a_g)
    return logistic(a_o) * np.tanh(c_t), c_t


@wrong("compact_step")
def all_through_tanh(x_t, h_prev, c_prev, W, b):
    """The gates went through tanh.

    A gate is a share from 0 to 1, the logistic function; only g is a tanh.
    """
    i_t, f_t, o_t, g_t = (np.tanh(a) for a in sums(x_t, h_prev, W, b))
    c_t = f_t * c_prev + i_t * g_t
    return o_t * np.tanh(c_t), c_t


@wrong("compact_step")
def hard_gates(x_t, h_prev, c_prev, W, b):
    """The gates are hard sigmoids, clip(0.2 a + 0.5, 0, 1), as in old Keras.

    Here they are the logistic function.
    """
    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    i_t, f_t, o_t = (np.clip(0.2 * a + 0.5, 0, 1) for a in (a_i, a_f, a_o))
    c_t = f_t * c_prev + i_t * np.tanh(a_g)
    return o_t * np.tanh(c_t), c_t


@wrong("compact_step")
def torchs_hard_gates(x_t, h_prev, c_prev, W, b):
    """The gates are hard sigmoids, clip(a / 6 + 0.5, 0, 1), as torch defines them.

    Here they are the logistic function.
    """
    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    i_t, f_t, o_t = (np.clip(a / 6 + 0.5, 0, 1) for a in (a_i, a_f, a_o))
    c_t = f_t * c_prev + i_t * np.tanh(a_g)
    return o_t * np.tanh(c_t), c_t


@wrong("compact_step")
def writing_without_a_gate(x_t, h_prev, c_prev, W, b):
    """The candidate is added without its gate: c_t = f c_prev + i g."""
    _, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    c_t = logistic(a_f) * c_prev + np.tanh(a_g)
    return logistic(a_o) * np.tanh(c_t), c_t


@wrong("compact_step")
def output_without_tanh(x_t, h_prev, c_prev, W, b):
    """The output gate multiplies c_t itself; h_t = o tanh(c_t)."""
    _, c_t = compact_step_numpy(x_t, h_prev, c_prev, W, b)
    return logistic(sums(x_t, h_prev, W, b)[2]) * c_t, c_t


@wrong("compact_step")
def output_of_the_old_cell(x_t, h_prev, c_prev, W, b):
    """h_t shows the cell before the step: take the tanh of c_t, the new one."""
    _, c_t = compact_step_numpy(x_t, h_prev, c_prev, W, b)
    return logistic(sums(x_t, h_prev, W, b)[2]) * np.tanh(c_prev), c_t


@wrong("compact_step")
def bias_missing(x_t, h_prev, c_prev, W, b):
    """The bias b is missing: add it before the four functions."""
    return finish(c_prev, *sums(x_t, h_prev, W, 0 * b))


@wrong("compact_step")
def states_swapped(x_t, h_prev, c_prev, W, b):
    """You return c_t and h_t; the order is h_t, c_t."""
    return compact_step_numpy(x_t, h_prev, c_prev, W, b)[::-1]


@wrong("compact_step")
def logistic_overflows(x_t, h_prev, c_prev, W, b):
    """For a gate that is wide open e^a / (1 + e^a) is infinity by infinity, nan.

    1 / (1 + e^-a) is the same number, and stays finite.
    """

    def unsafe(a):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(a) / (1 + np.exp(a))

    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    c_t = unsafe(a_f) * c_prev + unsafe(a_i) * np.tanh(a_g)
    return unsafe(a_o) * np.tanh(c_t), c_t


@wrong("compact_step")
def cell_edited_in_place(x_t, h_prev, c_prev, W, b):
    """The numbers are right, but c_prev was overwritten.

    c_prev *= f changes the array that came in: make a new one, f * c_prev.
    """
    a_i, a_f, a_o, a_g = sums(x_t, h_prev, W, b)
    c_prev *= logistic(a_f)
    c_prev += logistic(a_i) * np.tanh(a_g)
    return logistic(a_o) * np.tanh(c_prev), c_prev


@right("compact_step", "numpy")
def compact_step_numpy(x_t, h_prev, c_prev, W, b):
    """Follow the page."""
    return finish(c_prev, *sums(x_t, h_prev, W, b))


@right("compact_step", "loop")
def compact_step_loop(x_t, h_prev, c_prev, W, b):
    """Go through the batch and the units, one by one."""
    B, H = h_prev.shape
    h_t, c_t = np.zeros((B, H)), np.zeros((B, H))
    for row in range(B):
        v = [*h_prev[row], *x_t[row]]
        for j in range(H):
            i, f, o, g = (
                sum(w * n for w, n in zip(W[k * H + j], v, strict=True)) + b[k * H + j]
                for k in range(4)
            )
            c_t[row, j] = logistic(f) * c_prev[row, j] + logistic(i) * np.tanh(g)
            h_t[row, j] = logistic(o) * np.tanh(c_t[row, j])
    return h_t.tolist(), c_t.tolist()


@right("compact_step", "einsum")
def compact_step_einsum(x_t, h_prev, c_prev, W, b):
    """Take W apart, with the plain formula for the gates."""
    H = h_prev.shape[1]
    blocks = W.reshape(4, H, -1)
    a = np.einsum("kij,bj->kbi", blocks[:, :, :H], h_prev)
    a += np.einsum("kij,bj->kbi", blocks[:, :, H:], x_t) + b.reshape(4, 1, H)
    with np.errstate(over="ignore"):
        i, f, o = 1 / (1 + np.exp(-a[:3]))
    c_t = f * c_prev + i * np.tanh(a[3])
    return o * np.tanh(c_t), c_t


@right("compact_step", "torch")
def compact_step_torch(x_t, h_prev, c_prev, W, b):
    """Let torch's cell do it, with the blocks in its order."""
    (H, D), order = (h_prev.shape[1], x_t.shape[1]), [0, 1, 3, 2]
    by_torch = torch.tensor(W).reshape(4, H, H + D)[order].reshape(4 * H, H + D)
    bias = torch.tensor(b).reshape(4, H)[order].ravel()
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    weights = by_torch[:, H:], by_torch[:, :H], bias, torch.zeros_like(bias)
    with torch.no_grad():
        for parameter, weight in zip(cell.parameters(), weights, strict=True):
            parameter.copy_(weight)
        return cell(torch.tensor(x_t), (torch.tensor(h_prev), torch.tensor(c_prev)))


@right("compact_step", "single_precision")
def compact_step_single(x_t, h_prev, c_prev, W, b):
    """Compute with half as many digits."""
    return compact_step_numpy(*(v.astype("f4") for v in (x_t, h_prev, c_prev, W, b)))
