"""Right answers to question 6, and the steps that the wrong ones share."""

import numpy as np
import torch

from checks.mutants.a4_gates.logistic import logistic
from examiner.answers import right


def blocks(W, *order):
    """Return blocks of rows in another order."""
    parts = np.split(W, 4)
    return np.concatenate([parts[k] for k in order])


def forget_bias(half_lives):
    """Return the bias that gives each unit its half-life."""
    return -np.log(2 ** (1 / half_lives) - 1)


def convert(W, b, b_f, order=(0, 1, 3, 2)):
    """Return torch's arrays."""
    H = len(b) // 4
    W, b = blocks(W, *order), blocks(b, *order)
    b[H : 2 * H] = b_f
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return dict(zip(names, (W[:, H:], W[:, :H], b, np.zeros(4 * H)), strict=True))


def run(state, xs, *, of="c", by="c", dtype=torch.float64):
    """Return the gradient of the sum of the last c or h by the first c or h."""
    H, D = state["weight_hh_l0"].shape[1], state["weight_ih_l0"].shape[1]
    lstm = torch.nn.LSTM(D, H, dtype=dtype)
    lstm.load_state_dict({k: torch.tensor(v) for k, v in state.items()})
    starts = {k: torch.zeros(1, 1, H, dtype=dtype) for k in "hc"}
    starts[by].requires_grad_()
    _, ends = lstm(torch.tensor(xs, dtype=dtype)[:, None], (starts["h"], starts["c"]))
    ends["hc".index(of)].sum().backward()
    return starts[by].grad.numpy().ravel()


@right("remember", "torch")
def remember_torch(W, b, xs, half_lives):
    """Convert, and let torch differentiate."""
    state = convert(W, b, forget_bias(half_lives))
    return state, run(state, xs)


@right("remember", "jacobians")
def remember_jacobians(W, b, xs, half_lives):
    """Do without torch: send a gradient back by hand."""
    state = convert(
        W, b, np.log(0.5 ** (1 / half_lives) / (1 - 0.5 ** (1 / half_lives)))
    )
    W_x, W_h, bias, _ = state.values()
    H = len(half_lives)
    h, c, steps = np.zeros(H), np.zeros(H), []
    for x_t in xs:
        a = W_x @ x_t + W_h @ h + bias
        i, f, o = logistic(a[:H]), logistic(a[H : 2 * H]), logistic(a[3 * H :])
        g, c_prev = np.tanh(a[2 * H : 3 * H]), c
        c = f * c + i * g
        h = o * np.tanh(c)
        steps.append((i, f, g, o, c_prev, c))
    dh, dc = np.zeros(H), np.ones(H)
    for i, f, g, o, c_prev, c_t in reversed(steps):
        dc = dc + dh * o / np.cosh(c_t) ** 2
        da = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f)]
        da += [dc * i * (1 - g**2), dh * np.tanh(c_t) * o * (1 - o)]
        dh, dc = np.concatenate(da) @ W_h, dc * f
    return {k: v.tolist() for k, v in state.items()}, dc.tolist()


@right("remember", "cell")
def remember_cell(W, b, xs, half_lives):
    """Loop over torch's cell, and return tensors."""
    H = len(half_lives)
    i, f, o, g = torch.tensor(np.column_stack([W, b])).chunk(4)
    f = torch.column_stack([f[:, :-1], torch.tensor(forget_bias(half_lives))])
    full = torch.cat([i, f, g, o])
    weights = full[:, H:-1], full[:, :H], full[:, -1], torch.zeros_like(full[:, -1])
    cell = torch.nn.LSTMCell(xs.shape[1], H, dtype=torch.float64)
    for parameter, weight in zip(cell.parameters(), weights, strict=True):
        parameter.data.copy_(weight)
    start = torch.zeros(1, H, dtype=torch.float64, requires_grad=True)
    h, c = torch.zeros_like(start), start
    for x_t in torch.tensor(xs):
        h, c = cell(x_t[None], (h, c))
    (left,) = torch.autograd.grad(c.sum(), start)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return dict(zip(names, weights, strict=True)), left[0]


@right("remember", "single_precision")
def remember_single(W, b, xs, half_lives):
    """Take torch's LSTM as it begins, with half as many digits."""
    state = convert(W, b, forget_bias(half_lives))
    left = run(state, xs, dtype=torch.float32)
    return {k: v.astype("f4") for k, v in state.items()}, left
