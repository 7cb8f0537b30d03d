"""Right answers to question 3, and the way back that the wrong ones share."""

import numpy as np

from examiner.answers import right


def slopes(gates):
    """Return each gate's own slope (T, 4H), from its value."""
    i, f, g, o = np.split(gates, 4, axis=1)
    return np.hstack([i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)])


def shifted(first, rows):
    """Return what was there before each step."""
    return np.vstack([first, rows[:-1]])


def gate_gradients(gate, c_t, c_prev, dh_t, dc_t):
    """Return the gradients of i, f, g and o of one step."""
    i_t, _, g_t, _ = np.split(gate, 4)
    return np.concatenate([dc_t * g_t, dc_t * c_prev, dc_t * i_t, dh_t * c_t])


def walk(gates, cs, c_0, dhs, dc_T, W_h, **changed):
    """Go back through time; what is changed is done in another way.

    Args:
        gates: After their functions (T, 4H).
        cs: Cell states (T, H).
        c_0: The start (H,).
        dhs: What the losses say (T, H).
        dc_T: What comes to c_T (H,).
        W_h: Recurrent weights (4H, H).
        changed: ``slopes`` of the gates, ``of_gates`` (the gradients of a step's
            gates), ``to_cell`` (what c_t hears from h_t), ``back`` (what c_prev hears).
    """
    own = changed.get("slopes", slopes)(gates)
    of_gates = changed.get("of_gates", gate_gradients)
    to_cell = changed.get("to_cell", lambda dh_t, o_t, c_t: dh_t * o_t)
    back = changed.get("back", lambda f_t, dc_t: f_t * dc_t)
    cs_prev, das = shifted(c_0, cs), np.zeros(gates.shape)
    dh_next, dc_next = np.zeros(c_0.shape), dc_T
    for t in reversed(range(len(gates))):
        _, f_t, _, o_t = np.split(gates[t], 4)
        dh_t = dhs[t] + dh_next
        dc_t = to_cell(dh_t, o_t, cs[t]) + dc_next
        das[t] = own[t] * of_gates(gates[t], cs[t], cs_prev[t], dh_t, dc_t)
        dh_next, dc_next = W_h.T @ das[t], back(f_t, dc_t)
    return das, dh_next, dc_next


def results(das, dh_0, dc_0, hs, h_0):
    """Return what is asked for."""
    return das, das.T @ shifted(h_0, hs), dh_0, dc_0


@right("lstm_backward", "numpy")
def lstm_backward_numpy(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Follow the three questions of the page."""
    return results(*walk(gates, cs, c_0, dhs, dc_T, W_h), hs, h_0)


@right("lstm_backward", "by_blocks")
def lstm_backward_by_blocks(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Give each gate a matrix of its own, and add outer products."""
    T, H = cs.shape
    W, gates = W_h.reshape(4, H, H), gates.reshape(T, 4, H)
    das, dW = np.zeros((T, 4, H)), np.zeros((4, H, H))
    dh, dc = dhs[-1].copy(), dc_T.copy()
    for t in range(T - 1, -1, -1):
        h_prev, c_prev = (hs[t - 1], cs[t - 1]) if t else (h_0, c_0)
        i, f, g, o = gates[t]
        das[t, 3] = dh * cs[t] * (o - o * o)
        dc = dc + dh * o
        das[t, 0] = dc * g * (i - i * i)
        das[t, 1] = dc * c_prev * (f - f * f)
        das[t, 2] = dc * i * (1 - g) * (1 + g)
        dc = dc * f
        dh = dhs[t - 1] if t else np.zeros(H)
        for k in range(4):
            dW[k] += np.outer(das[t, k], h_prev)
            dh = dh + das[t, k] @ W[k]
    return das.reshape(T, 4 * H), dW.reshape(4 * H, H), dh, dc


@right("lstm_backward", "einsum")
def lstm_backward_einsum(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Sum the copies of W_h by einsum; return lists."""
    das, dh_0, dc_0 = walk(gates, cs, c_0, dhs, dc_T, W_h)
    dW_h = np.einsum("ti,tj->ij", das, shifted(h_0, hs))
    return das.tolist(), dW_h.tolist(), dh_0.tolist(), dc_0.tolist()
