"""Wrong answers to question 3: slips of a line, and what the rules exclude."""

import numpy as np
import torch

from checks.mutants.a4_gates.lstm_backward_right import (
    gate_gradients,
    results,
    shifted,
    slopes,
    walk,
)
from examiner.answers import wrong


@wrong("lstm_backward")
def own_share_not_handed_on(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Along the cell you hand on only what came along the cell.

    c_t hears from h_t, too, and all that it hears goes back: f_t times the sum.
    """
    T, H = cs.shape
    das, dh_next, dc_next = np.zeros(gates.shape), np.zeros(H), dc_T
    for t in reversed(range(T)):
        dh_t, c_prev = dhs[t] + dh_next, shifted(c_0, cs)[t]
        dc_t = dh_t * gates[t, 3 * H :] + dc_next
        das[t] = slopes(gates)[t] * gate_gradients(gates[t], cs[t], c_prev, dh_t, dc_t)
        dh_next, dc_next = W_h.T @ das[t], gates[t, H : 2 * H] * dc_next
    return results(das, dh_next, dc_next, hs, h_0)


@wrong("lstm_backward")
def last_state_before_the_first(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """For the first step you take hs[-1] and cs[-1], which are the last states.

    Before it were h_0 and c_0.
    """
    return results(*walk(gates, cs, cs[-1], dhs, dc_T, W_h), hs, hs[-1])


@wrong("lstm_backward")
def losses_edited_in_place(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """The numbers are right, but dhs was overwritten.

    dhs[t] += ... changes the array that came in: write dhs[t] + ... instead.
    """
    back = walk(gates, cs, c_0, dhs, dc_T, W_h)
    dhs[:-1] += back[0][1:] @ W_h
    return results(*back, hs, h_0)


@wrong("lstm_backward", "by_autograd")
def lstm_backward_torch(gates, cs, hs, h_0, c_0, dhs, dc_T, W_h):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    T, H = cs.shape
    W, h, c = (torch.tensor(v, requires_grad=True) for v in (W_h, h_0, c_0))
    sums = torch.tensor(gates).logit()
    sums[:, 2 * H : 3 * H] = torch.tensor(gates[:, 2 * H : 3 * H]).atanh()
    before = torch.tensor(shifted(h_0, hs))
    inputs = (sums - before @ W.detach().T).requires_grad_()
    start, all_hs = (h, c), []
    for t in range(T):
        a_i, a_f, a_g, a_o = (inputs[t] + W @ h).chunk(4)
        c = a_f.sigmoid() * c + a_i.sigmoid() * a_g.tanh()
        h = a_o.sigmoid() * c
        all_hs.append(h)
    loss = (torch.stack(all_hs) * torch.tensor(dhs)).sum() + c @ torch.tensor(dc_T)
    return torch.autograd.grad(loss, (inputs, W, *start))
