"""Right answers to question 4, and the ways that the wrong ones share."""

import numpy as np

from examiner.answers import right


def slope_of_state(c_prev, o_prev, P):
    """Return the slope of h_{t-1} by c_{t-1}."""
    shown = np.tanh(c_prev)
    return o_prev * (1 - shown**2) + shown * o_prev * (1 - o_prev) * P[2]


def ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P, **changed):
    """Return what each way contributes, by its name.

    ``slope`` is that of h_{t-1}; ``gate`` and ``tanh`` are the slopes of gates and g.
    """
    W_hi, W_hf, W_hg, _ = np.split(W_h, 4)
    gate = changed.get("gate", lambda s: s * (1 - s))
    by_i, by_f = g_t * gate(i_t), c_prev * gate(f_t)
    by_g = i_t * changed.get("tanh", lambda g: 1 - g**2)(g_t)
    slope = changed.get("slope", slope_of_state(c_prev, o_prev, P))
    return {
        "direct": np.diag(f_t),
        "peep_i": np.diag(by_i * P[0]),
        "peep_f": np.diag(by_f * P[1]),
        "h_i": by_i[:, None] * W_hi * slope,
        "h_f": by_f[:, None] * W_hf * slope,
        "h_g": by_g[:, None] * W_hg * slope,
    }


def add(found, *without):
    """Add up all ways but some; return the sum, and how far off the direct one is."""
    J = sum(part for name, part in found.items() if name not in without)
    return J, np.linalg.norm(J - found["direct"]) / np.linalg.norm(J)


@right("cell_jacobian", "ways")
def cell_jacobian_ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """Add up the ways of the table."""
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P))


@right("cell_jacobian", "loop")
def cell_jacobian_loop(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """Fill the entries one by one."""
    H = len(f_t)
    J, rest, size = np.zeros((H, H)), 0.0, 0.0
    for j in range(H):
        by_i, by_f = g_t[j] * i_t[j] * (1 - i_t[j]), c_prev[j] * f_t[j] * (1 - f_t[j])
        by_g = i_t[j] * (1 - g_t[j] ** 2)
        for k in range(H):
            o, shown = o_prev[k], np.tanh(c_prev[k])
            slope = o / np.cosh(c_prev[k]) ** 2 + shown * o * (1 - o) * P[2, k]
            way = by_i * W_h[j, k] + by_f * W_h[H + j, k] + by_g * W_h[2 * H + j, k]
            J[j, k] = way * slope + (j == k) * (by_i * P[0, j] + by_f * P[1, j])
            rest += J[j, k] ** 2
            J[j, k] += (j == k) * f_t[j]
            size += J[j, k] ** 2
    return J.tolist(), (rest / size) ** 0.5
