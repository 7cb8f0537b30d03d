"""Wrong answers to question 3."""

import numpy as np

from checks.mutants.a4_gates.lstm_backward_right import (
    gate_gradients,
    results,
    shifted,
    slopes,
    walk,
)
from examiner.answers import wrong


@wrong("lstm_backward", "copied_from_chapter")
def lstm_backward_copied(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """This is the chapter's backward pass, of h_t = o_t tanh(c_t).

    Here h_t is o_t c_t: c_t hears dh_t o_t, and o_t hears dh_t c_t.
    """

    def to_cell(dh_t, o_t, c_t):
        return dh_t * o_t * (1 - np.tanh(c_t) ** 2)

    def of_gates(gate, c_t, c_prev, dh_t, dc_t):
        return gate_gradients(gate, np.tanh(c_t), c_prev, dh_t, dc_t)

    back = walk(gates, cs, c_0, dhs, dc_T, W_h, to_cell=to_cell, of_gates=of_gates)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def slopes_forgotten(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """These are the gradients of the gates; das are those of what went into them.

    Multiply by each gate's slope: s (1 - s) for i, f, o, and 1 - g² for g.
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h, slopes=np.ones_like)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def candidate_sloped_as_a_gate(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The candidate has the slope of the logistic function.

    It is a tanh: 1 - g².
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h, slopes=lambda s: s * (1 - s))
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def slopes_of_tanh(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """All four have the slope of tanh, 1 - s².

    Of the gates i, f and o it is s (1 - s).
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h, slopes=lambda s: 1 - s**2)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def slopes_in_another_order(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The last two slopes are swapped: the third block is g, the fourth o."""

    def other(gates):
        i, f, o, g = np.split(gates, 4, axis=1)
        return np.hstack([i * (1 - i), f * (1 - f), o * (1 - o), 1 - g**2])

    back = walk(gates, cs, c_0, dhs, dc_T, W_h, slopes=other)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def cell_path_forgotten(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Nothing comes back along the cell.

    c_t also reaches c_{t+1}: add f_{t+1} times the gradient of c_{t+1}. That path is
    what an LSTM is made for.
    """

    def nothing(f_t, dc_t):
        return 0 * dc_t

    back = walk(gates, cs, c_0, dhs, dc_T, W_h, back=nothing)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def forget_gate_forgotten(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The gradient of the cell goes back whole.

    c_{t-1} was multiplied by f_t on its way, and so is its gradient.
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h, back=lambda f_t, dc_t: dc_t)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def forget_gate_of_the_step_before(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """What comes back along the cell is multiplied by the wrong step's forget gate.

    From c_{t+1} to c_t it is f_{t+1}, the gate of the later step.
    """
    T, H = cs.shape
    das, dh_next, dc_next = np.zeros(gates.shape), np.zeros(H), dc_T
    for t in reversed(range(T)):
        dh_t, f_t = dhs[t] + dh_next, gates[t, H : 2 * H]
        dc_t = dh_t * gates[t, 3 * H :] + (f_t if t < T - 1 else 1) * dc_next
        c_prev = shifted(c_0, cs)[t]
        das[t] = slopes(gates)[t] * gate_gradients(gates[t], cs[t], c_prev, dh_t, dc_t)
        dh_next, dc_next = W_h.T @ das[t], dc_t
    return results(das, dh_next, gates[0, H : 2 * H] * dc_next, hs, h_0)


@wrong("lstm_backward")
def only_the_cell_carries(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Nothing comes back along h.

    h_{t-1} speaks to all four gates of step t: add W_h.T @ da_t.
    """
    das, _, dc_0 = walk(gates, cs, c_0, dhs, dc_T, 0 * W_h)
    return results(das, W_h.T @ das[0], dc_0, hs, h_0)


@wrong("lstm_backward")
def output_path_forgotten(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The cell hears nothing from its own h.

    h_t = o_t c_t, so c_t hears dh_t o_t besides what comes along the cell.
    """

    def silent(dh_t, o_t, c_t):
        return 0 * dh_t

    return results(*walk(gates, cs, c_0, dhs, dc_T, W_h, to_cell=silent), hs, h_0)


@wrong("lstm_backward")
def output_gate_forgotten(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The cell hears all of dh_t.

    h_t shows only a part of it, o_t c_t, so it hears dh_t o_t.
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h, to_cell=lambda dh_t, o_t, c_t: dh_t)
    return results(*back, hs, h_0)


@wrong("lstm_backward")
def factors_swapped(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The input gate is paired with itself, and the candidate, too.

    In a product each factor hears the other: i hears dc_t g, and g hears dc_t i.
    """

    def of_gates(gate, c_t, c_prev, dh_t, dc_t):
        i_t, _, g_t, _ = np.split(gate, 4)
        return np.concatenate([dc_t * i_t, dc_t * c_prev, dc_t * g_t, dh_t * c_t])

    return results(*walk(gates, cs, c_0, dhs, dc_T, W_h, of_gates=of_gates), hs, h_0)


@wrong("lstm_backward")
def forget_gate_meets_the_new_cell(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The forget gate is paired with c_t.

    It multiplied the cell before the step, c_{t-1}, and that is c_0 for the first.
    """

    def of_gates(gate, c_t, c_prev, dh_t, dc_t):
        return gate_gradients(gate, c_t, c_t, dh_t, dc_t)

    return results(*walk(gates, cs, c_0, dhs, dc_T, W_h, of_gates=of_gates), hs, h_0)


@wrong("lstm_backward")
def output_gate_meets_the_old_cell(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The output gate is paired with c_{t-1}; it multiplied c_t."""

    def of_gates(gate, c_t, c_prev, dh_t, dc_t):
        return gate_gradients(gate, c_prev, c_prev, dh_t, dc_t)

    return results(*walk(gates, cs, c_0, dhs, dc_T, W_h, of_gates=of_gates), hs, h_0)


@wrong("lstm_backward")
def last_cell_not_heard(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """What comes to c_T from outside is left out: begin with dc_T instead of zeros."""
    return results(*walk(gates, cs, c_0, dhs, 0 * dc_T, W_h), hs, h_0)


@wrong("lstm_backward")
def cells_heard_at_each_step(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """dc_T is added at each step: it comes to the last cell state only."""
    T, H = cs.shape
    das, dh_next, dc_next = np.zeros(gates.shape), np.zeros(H), 0 * dc_T
    for t in reversed(range(T)):
        part = slice(t, t + 1)
        before = shifted(c_0, cs)[t]
        late, now = dhs[part] + dh_next, dc_next + dc_T
        das[part], dh_next, dc_next = walk(
            gates[part], cs[part], before, late, now, W_h
        )
    return results(das, dh_next, dc_next, hs, h_0)


@wrong("lstm_backward")
def last_loss_only(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Only the loss of the last step is sent back.

    Each h has a loss of its own: add dhs[t] at each step.
    """
    late = np.zeros_like(dhs)
    late[-1] = dhs[-1]
    return results(*walk(gates, cs, c_0, late, dc_T, W_h), hs, h_0)


@wrong("lstm_backward")
def starts_taken_for_zero(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The states before the first step are taken as zeros; they are h_0 and c_0."""
    return results(*walk(gates, cs, 0 * c_0, dhs, dc_T, W_h), hs, 0 * h_0)


@wrong("lstm_backward")
def new_state_in_the_product(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Your dW_h pairs da_t with h_t.

    W_h multiplies the state before the step, h_{t-1}, and that is h_0 for the first.
    """
    das, dh_0, dc_0 = walk(gates, cs, c_0, dhs, dc_T, W_h)
    return das, das.T @ hs, dh_0, dc_0
