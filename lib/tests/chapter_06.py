"""What the tests of chapter 06 share: torch's LSTM, and a run whose parts are seen."""

from types import SimpleNamespace

import torch

T, B, D, H, V = 7, 3, 5, 4, 11
BLOCKS = "ifgo"
OPEN = 60.0  # a pre-activation at which the logistic function is 1 in float64


def block(name):
    """Return the rows of a block in a stack of four."""
    start = BLOCKS.index(name) * H
    return slice(start, start + H)


def torchs(seed=0, scale=1.0, opened=""):
    """Return torch's LSTM, with the gates that are named held open."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = torch.nn.LSTM(D, H).double()
    with torch.no_grad():
        for weight in layer.parameters():
            weight.mul_(scale)
        for name in opened:
            for weight in layer.parameters():
                weight[block(name)] = 0
            layer.bias_ih_l0[block(name)] = OPEN
    return layer


def weights(layer):
    """Return W_x, W_h and b of torch's layer."""
    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return tuple(W.detach() for W in (layer.weight_ih_l0, layer.weight_hh_l0, b))


def ends(layer, xs, h, c):
    """Return h and c of one sequence after some steps, as columns."""
    _, (h_T, c_T) = layer(xs[:, None], (h[None, None], c[None, None]))
    return h_T[0, 0], c_T[0, 0]


def gates(layer, x_t, h_prev):
    """Return i, f, g and o by the four lines of the page, block by block."""
    W_x, W_h, b = weights(layer)
    found = []
    for name in BLOCKS:
        rows = block(name)
        a = W_x[rows] @ x_t + W_h[rows] @ h_prev + b[rows]
        found.append(torch.tanh(a) if name == "g" else torch.sigmoid(a))
    return found


def run(layer, xs, h, c):
    """Return every step's gates and states, row t for the page's step t + 1."""
    net = SimpleNamespace(i=[], f=[], g=[], o=[], h=[], c=[], h_prev=[], c_prev=[])
    for x_t in xs:
        i, f, g, o = gates(layer, x_t, h)
        parts = {"i": i, "f": f, "g": g, "o": o, "h_prev": h, "c_prev": c}
        c = f * c + i * g
        h = o * torch.tanh(c)
        for name, part in {**parts, "h": h, "c": c}.items():
            getattr(net, name).append(part)
    return net


def jacobian(f, at):
    return torch.autograd.functional.jacobian(f, at)
