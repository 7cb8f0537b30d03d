"""Answers to question 2."""

import numpy as np
import torch

from checks.mutants.a4_gates.logistic import logistic
from examiner.answers import right, wrong


def peep(p, c):
    """Return what a gate sees of the cell."""
    return c * p if p.ndim == 1 else c @ p.T


def sums(x_t, h_prev, W_x, W_h, b):
    """Return the blocks of the sums without peepholes: i, g, o."""
    return np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 3, axis=1)


def step(a, c_prev, P, look=peep):
    """Do everything right but, maybe, the looking."""
    a_i, a_g, a_o = a
    i_t = logistic(a_i + look(P[0], c_prev))
    c_t = (1 - i_t) * c_prev + i_t * np.tanh(a_g)
    return logistic(a_o + look(P[1], c_t)) * np.tanh(c_t), c_t


@wrong("coupled_step", "copied_from_chapter")
def coupled_step_copied(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """This is the chapter's coupling, i = 1 - f: its gate keeps.

    Here the gate with weights is i, which writes, and f = 1 - i keeps the rest.
    """
    a_f, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    f_t = logistic(a_f + peep(P[0], c_prev))
    c_t = f_t * c_prev + (1 - f_t) * np.tanh(a_g)
    return logistic(a_o + peep(P[1], c_t)) * np.tanh(c_t), c_t


@wrong("coupled_step")
def output_sees_the_old_cell(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The output gate looks at c_prev.

    It comes last, and sees c_t, the new one.
    """
    a_i, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    i_t = logistic(a_i + peep(P[0], c_prev))
    c_t = (1 - i_t) * c_prev + i_t * np.tanh(a_g)
    return logistic(a_o + peep(P[1], c_prev)) * np.tanh(c_t), c_t


@wrong("coupled_step")
def peepholes_forgotten(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The gates do not look at the cell: add the peepholes before the functions."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, 0 * P)


@wrong("coupled_step")
def peepholes_into_the_state(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The peephole of the input gate looks at h_prev, what the gate sees anyway.

    It looks at the cell, c_prev.
    """
    a_i, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    a_i = a_i + peep(P[0], h_prev) - peep(P[0], c_prev)
    return step((a_i, a_g, a_o), c_prev, P)


@wrong("coupled_step")
def peepholes_swapped(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The two peepholes are swapped: P[0] is the input gate's, P[1] the output's."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P[::-1])


@wrong("coupled_step")
def one_peephole_for_both(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Both gates use P[0]: the output gate has a peephole of its own, P[1]."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P[[0, 0]])


@wrong("coupled_step")
def candidate_looks_too(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The candidate looks at the cell, too.

    Only gates have peepholes: g sees x_t and h_prev.
    """
    a_i, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    return step((a_i, a_g + peep(P[0], c_prev), a_o), c_prev, P)


@wrong("coupled_step")
def full_transposed(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """A full peephole is transposed.

    Row i of P holds what gate i sees of all cells; with rows as sequences that is c @
    P.T.
    """

    def turned(p, c):
        return peep(p.T, c)

    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P, turned)


@wrong("coupled_step")
def always_diagonal(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Of a full peephole only the diagonal is used.

    Where P has the shape (2, H, H) each gate sees all cells.
    """

    def own_cell(p, c):
        return peep(p if p.ndim == 1 else np.diag(p), c)

    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P, own_cell)


@wrong("coupled_step")
def always_by_entries(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """A full peephole is multiplied entry by entry: where P[0] is a matrix use @."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P, lambda p, c: p * c)


@wrong("coupled_step")
def diagonal_as_a_dot_product(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """A diagonal peephole adds up all cells.

    There each gate sees its own cell alone: c * p, number by number.
    """

    def dot(p, c):
        return (c @ p)[:, None] if p.ndim == 1 else c @ p.T

    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P, dot)


@wrong("coupled_step")
def output_sees_the_tanh(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The output gate looks at tanh(c_t); a peephole shows c_t itself."""
    a_i, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    _, c_t = step((a_i, a_g, a_o), c_prev, P)
    o_t = logistic(a_o + peep(P[1], np.tanh(c_t)))
    return o_t * np.tanh(c_t), c_t


@wrong("coupled_step")
def old_cell_kept_whole(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Nothing is forgotten: c_t = (1 - i) c_prev + i g."""
    a_i, a_g, a_o = sums(x_t, h_prev, W_x, W_h, b)
    c_t = c_prev + logistic(a_i + peep(P[0], c_prev)) * np.tanh(a_g)
    return logistic(a_o + peep(P[1], c_t)) * np.tanh(c_t), c_t


@wrong("coupled_step")
def blocks_in_another_order(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The blocks are taken in the order i, o, g; here it is i, g, o."""
    a_i, a_o, a_g = sums(x_t, h_prev, W_x, W_h, b)
    return step((a_i, a_g, a_o), c_prev, P)


@wrong("coupled_step")
def output_without_tanh(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The output gate multiplies c_t itself; here h_t is o times tanh(c_t)."""
    h_t, c_t = step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P)
    return h_t / np.tanh(c_t) * c_t, c_t


@wrong("coupled_step")
def states_swapped(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """You return c_t and h_t; the order is h_t, c_t."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P)[::-1]


@wrong("coupled_step")
def cell_edited_in_place(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """The numbers are right, but c_prev was overwritten.

    c_prev *= f changes the array that came in: make a new one, f * c_prev.
    """
    h_t, c_t = step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P)
    c_prev[:] = c_t
    return h_t, c_prev


@right("coupled_step", "numpy")
def coupled_step_numpy(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Follow the page."""
    return step(sums(x_t, h_prev, W_x, W_h, b), c_prev, P)


@right("coupled_step", "matrices")
def coupled_step_matrices(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Make a diagonal peephole a matrix, and work with columns."""
    P_i, P_o = P if P.ndim == 3 else (np.diag(P[0]), np.diag(P[1]))
    H = c_prev.shape[1]
    a = W_x @ x_t.T + W_h @ h_prev.T + b[:, None]
    i = 1 / (1 + np.exp(-a[:H] - P_i @ c_prev.T))
    c = c_prev.T + i * (np.tanh(a[H : 2 * H]) - c_prev.T)
    return (np.tanh(c) / (1 + np.exp(-a[2 * H :] - P_o @ c))).T, c.T


@right("coupled_step", "loop")
def coupled_step_loop(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Go through the sequences one by one."""
    rows = []
    for x, h, c in zip(x_t, h_prev, c_prev, strict=True):
        a_i, a_g, a_o = (W_x @ x + W_h @ h + b).reshape(3, -1)
        see = np.multiply if P.ndim == 2 else np.matmul
        i = logistic(a_i + see(P[0], c))
        c_t = (1 - i) * c + i * np.tanh(a_g)
        rows.append((logistic(a_o + see(P[1], c_t)) * np.tanh(c_t), c_t))
    h_t, c_t = zip(*rows, strict=True)
    return np.array(h_t), np.array(c_t)


@right("coupled_step", "torch")
def coupled_step_torch(x_t, h_prev, c_prev, W_x, W_h, b, P):
    """Compute with torch, and einsum."""
    x, h, c, P = (torch.tensor(v) for v in (x_t, h_prev, c_prev, P))
    rule = "bj,j->bj" if P.ndim == 2 else "bj,ij->bi"
    a = x @ torch.tensor(W_x).T + h @ torch.tensor(W_h).T + torch.tensor(b)
    a_i, a_g, a_o = a.chunk(3, 1)
    c = torch.lerp(c, a_g.tanh(), torch.sigmoid(a_i + torch.einsum(rule, c, P[0])))
    return torch.sigmoid(a_o + torch.einsum(rule, c, P[1])) * c.tanh(), c
