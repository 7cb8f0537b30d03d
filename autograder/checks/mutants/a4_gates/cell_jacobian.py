"""Wrong answers to question 4."""

import numpy as np
import torch

from checks.mutants.a4_gates.cell_jacobian_right import add, slope_of_state, ways
from examiner.answers import wrong


@wrong("cell_jacobian", "copied_from_chapter")
def cell_jacobian_copied(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """This is the chapter's Jacobian, of a cell without peepholes.

    Here i and f see c_{t-1} directly, and the output gate of h_{t-1} sees it, too.
    """
    found = ways(i_t, f_t, g_t, c_prev, o_prev, W_h, 0 * P)
    return add(found)


@wrong("cell_jacobian")
def short_form(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """This is the direct way alone, diag(f_t), as if the gates were held fixed.

    They see c_{t-1}: through their peepholes, and through h_{t-1}.
    """
    return np.diag(f_t), 0.0


@wrong("cell_jacobian")
def forget_gate_held_fixed(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """You differentiate i g, but not the f in front of c_{t-1}.

    In a product both factors move: f sees c_{t-1}, too, so add c_{t-1} times its slope.
    """
    found = ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P)
    return add(found, "peep_f", "h_f")


@wrong("cell_jacobian")
def state_not_seen_by_the_forget_gate(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """Of the ways through h_{t-1} the forget gate's is missing.

    f sees h_{t-1} as i and g do: add c_{t-1} times its slope, with W_hf.
    """
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P), "h_f")


@wrong("cell_jacobian")
def peephole_of_the_forget_gate_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The peephole of i is there, that of f is missing: c_{t-1} f (1 - f) p_f."""
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P), "peep_f")


@wrong("cell_jacobian")
def state_held_fixed(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The ways through h_{t-1} are missing, all three.

    i, f and g see h_{t-1} = o_{t-1} tanh(c_{t-1}).
    """
    found = ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P)
    return add(found, "h_i", "h_f", "h_g")


@wrong("cell_jacobian")
def candidate_only(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """Of the ways through h_{t-1} only the candidate's is there.

    The gates i and f see h_{t-1} as well.
    """
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P), "h_i", "h_f")


@wrong("cell_jacobian")
def output_peephole_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The output gate of step t - 1 is held fixed.

    Through its peephole it sees c_{t-1}: the slope of h_{t-1} has a second term,
    tanh(c_{t-1}) o (1 - o) p_o.
    """
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P * [[1], [1], [0]]))


@wrong("cell_jacobian")
def gate_peepholes_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The peepholes of i and f are missing, the output gate's is there."""
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P * [[0], [0], [1]]))


@wrong("cell_jacobian")
def slope_of_the_state_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The ways through h_{t-1} lack its slope by c_{t-1}.

    h_{t-1} is o_{t-1} tanh(c_{t-1}): multiply the columns by o (1 - tanh²) + tanh o (1
    - o) p_o.
    """
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P, slope=1.0))


@wrong("cell_jacobian")
def tanh_of_the_cell_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The slope of tanh(c_{t-1}) is missing: h_{t-1} = o tanh(c), so o (1 - tanh²)."""
    shown = np.tanh(c_prev)
    slope = slope_of_state(c_prev, o_prev, P) + o_prev * shown**2
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P, slope=slope))


@wrong("cell_jacobian")
def square_of_the_cell(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The slope of tanh(c_{t-1}) is taken as 1 - c².

    It is 1 - tanh²: c_{t-1} is what goes into tanh, not what comes out.
    """
    more = c_prev**2 - np.tanh(c_prev) ** 2
    slope = slope_of_state(c_prev, o_prev, P) - o_prev * more
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P, slope=slope))


@wrong("cell_jacobian")
def gate_slopes_forgotten(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The slopes of the gates are missing: i (1 - i), f (1 - f) and 1 - g²."""
    ones = {"gate": np.ones_like, "tanh": np.ones_like}
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P, **ones))


@wrong("cell_jacobian")
def transposed(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """J is transposed, as for a gradient on its way back.

    Rows belong to c_t here, columns to c_{t-1}.
    """
    J, off = add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P))
    return J.T, off


@wrong("cell_jacobian")
def slopes_on_the_wrong_side(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The slopes of the gates multiply the columns, that of h_{t-1} the rows.

    What comes out of a gate is a row: diag(slope) W diag(slope of h_{t-1}).
    """
    H = len(f_t)
    turned = np.concatenate([W.T for W in W_h.reshape(4, H, H)])
    found = ways(i_t, f_t, g_t, c_prev, o_prev, turned, P)
    return add({k: part.T for k, part in found.items()})


@wrong("cell_jacobian")
def diagonals_everywhere(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """You add f_t and the peepholes to every entry of J.

    They lead from each unit to itself: put them on the diagonal with np.diag.
    """
    found = ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P)
    spread = {
        k: np.tile(np.diag(found[k])[:, None], len(f_t))
        for k in ("direct", "peep_i", "peep_f")
    }
    J, _ = add(found | spread)
    return J, np.linalg.norm(J - found["direct"]) / np.linalg.norm(J)


@wrong("cell_jacobian")
def blocks_in_another_order(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """The third block of W_h is taken for o's, the fourth for g's.

    They are stacked i, f, g, o.
    """
    W_hi, W_hf, W_hg, W_ho = np.split(W_h, 4)
    other = np.concatenate([W_hi, W_hf, W_ho, W_hg])
    return add(ways(i_t, f_t, g_t, c_prev, o_prev, other, P))


@wrong("cell_jacobian")
def off_by_the_short_one(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """J is right, but you divide by the norm of diag(f_t); divide by that of J."""
    J, off = add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P))
    return J, off * np.linalg.norm(J) / np.linalg.norm(f_t)


@wrong("cell_jacobian")
def off_not_relative(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """J is right, but "how far off" must be divided by the norm of J."""
    J, off = add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P))
    return J, off * np.linalg.norm(J)


@wrong("cell_jacobian")
def largest_singular_values(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """J is right, but its size is taken as the largest singular value, ord=2.

    Here all entries count: the root of the sum of their squares.
    """
    J, _ = add(ways(i_t, f_t, g_t, c_prev, o_prev, W_h, P))
    rest = np.linalg.norm(J - np.diag(f_t), ord=2)
    return J, rest / np.linalg.norm(J, ord=2)


@wrong("cell_jacobian", "by_autograd")
def cell_jacobian_torch(i_t, f_t, g_t, c_prev, o_prev, W_h, P):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    derivative yourself.
    """
    i, f, g, o, W, p, c_0 = (
        torch.tensor(v) for v in (i_t, f_t, g_t, o_prev, W_h, P, c_prev)
    )
    H = len(f)

    def cell(c):
        moved = c - c_0
        o_moved = torch.sigmoid(o.logit() + p[2] * moved)
        a = W @ (o_moved * c.tanh() - o * c_0.tanh())
        new_i = torch.sigmoid(i.logit() + a[:H] + p[0] * moved)
        new_f = torch.sigmoid(f.logit() + a[H : 2 * H] + p[1] * moved)
        return new_f * c + new_i * torch.tanh(g.atanh() + a[2 * H : 3 * H])

    J = torch.autograd.functional.jacobian(cell, c_0)
    return J, (J - torch.diag(f)).norm() / J.norm()
