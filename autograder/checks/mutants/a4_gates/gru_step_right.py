"""Right answers to question 5, and the steps that the wrong ones share."""

import numpy as np
import torch

from checks.mutants.a4_gates.logistic import logistic
from examiner.answers import right


def candidate(x_n, h_prev, r_t, W_hn, b_hn, reset):
    """Return h-tilde, with the reset where it is asked for."""
    if reset == "before":
        return np.tanh(x_n + (r_t * h_prev) @ W_hn.T)
    return np.tanh(x_n + r_t * (h_prev @ W_hn.T + b_hn))


def mix(z_t, h_prev, h_tilde, z):
    """Return h_t, with the meaning of z that is asked for."""
    keep = z_t if z == "keeps" else 1 - z_t
    return keep * h_prev + (1 - keep) * h_tilde


def parts(x_t, h_prev, W_x, W_h, b, order=(0, 1, 2)):
    """Return z_t, r_t, the input's part of n, and W_hn."""
    xs, Ws = np.split(x_t @ W_x.T + b, 3, axis=1), np.split(W_h, 3)
    (x_z, x_r, x_n), (W_hz, W_hr, W_hn) = ([p[k] for k in order] for p in (xs, Ws))
    z_t, r_t = logistic(x_z + h_prev @ W_hz.T), logistic(x_r + h_prev @ W_hr.T)
    return z_t, r_t, x_n, W_hn


def step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z, **changed):
    """Do everything right but what is changed."""
    order = changed.get("order", (0, 1, 2))
    z_t, r_t, x_n, W_hn = parts(x_t, h_prev, W_x, W_h, b, order)
    n = changed.get("candidate", candidate)(x_n, h_prev, r_t, W_hn, b_hn, reset)
    return changed.get("mix", mix)(z_t, h_prev, n, z)


@right("gru_step", "numpy")
def gru_step_numpy(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """Follow the page."""
    return step(x_t, h_prev, W_x, W_h, b, b_hn, reset, z)


@right("gru_step", "loop")
def gru_step_loop(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """Go through the sequences one by one, with columns."""
    rows = []
    for x, h in zip(x_t, h_prev, strict=True):
        a_z, a_r, a_n = (W_x @ x + b).reshape(3, -1)
        U_z, U_r, U_n = W_h.reshape(3, len(h), len(h))
        share, r = 1 / (1 + np.exp(-a_z - U_z @ h)), 1 / (1 + np.exp(-a_r - U_r @ h))
        of_h = U_n @ (r * h) if reset == "before" else r * (U_n @ h + b_hn)
        new, old = np.tanh(a_n + of_h), h
        if z == "writes":
            new, old = old, new
        rows.append(new + share * (old - new))
    return rows


@right("gru_step", "einsum")
def gru_step_einsum(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """Compute all products with einsum, z that writes by its sign."""
    H = h_prev.shape[1]
    a = np.einsum("kij,bj->kbi", W_x.reshape(3, H, -1), x_t) + b.reshape(3, 1, H)
    U = W_h.reshape(3, H, H)
    gates = a[:2] + np.einsum("kij,bj->kbi", U[:2], h_prev)
    gates[0] *= {"keeps": 1, "writes": -1}[z]
    keep, r = 1 / (1 + np.exp(-gates))
    inside = r * h_prev if reset == "before" else h_prev
    of_h = np.einsum("ij,bj->bi", U[2], inside)
    n = np.tanh(a[2] + (of_h if reset == "before" else r * (of_h + b_hn)))
    return keep * h_prev + (1 - keep) * n


@right("gru_step", "torch")
def gru_step_torch(x_t, h_prev, W_x, W_h, b, b_hn, reset, z):
    """Compute with torch."""
    x, h, W, U, bias, b_n = map(torch.tensor, (x_t, h_prev, W_x, W_h, b, b_hn))
    x_z, x_r, x_n = torch.nn.functional.linear(x, W, bias).chunk(3, 1)
    U_z, U_r, U_n = U.chunk(3)
    share, r = torch.sigmoid(x_z + h @ U_z.T), torch.sigmoid(x_r + h @ U_r.T)
    of_h = (r * h) @ U_n.T if reset == "before" else r * (h @ U_n.T + b_n)
    n = torch.tanh(x_n + of_h)
    return torch.lerp(n, h, share) if z == "keeps" else torch.lerp(h, n, share)
