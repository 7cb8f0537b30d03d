"""What the tests of chapter 07 share: a GRU in torch, every number of it kept."""

import re
from pathlib import Path
from types import SimpleNamespace

import torch
from pages import draw

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "07_gru.md").read_text(encoding="utf-8")
T, D, H = 6, 5, 4


def weights(seed=70):
    """Return the weights by the page's names, for vectors as columns."""
    W = {f"W_x{k}": draw(seed + i, H, D) / 2 for i, k in enumerate("rzn")}
    W |= {f"W_h{k}": draw(seed + 3 + i, H, H) / 2 for i, k in enumerate("rzn")}
    W |= {f"b_{k}": draw(seed + 6 + i, H) / 2 for i, k in enumerate("rzn")}
    return W | {"b_hn": draw(seed + 9, H) / 2}


def torchs(W, inputs=D):
    """Return torch's cell with these weights: reset after, z keeps."""
    cell = torch.nn.GRUCell(inputs, H, dtype=torch.float64)
    zeros = torch.zeros(2 * H, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.cat([W[f"W_x{k}"] for k in "rzn"]))
        cell.weight_hh.copy_(torch.cat([W[f"W_h{k}"] for k in "rzn"]))
        cell.bias_ih.copy_(torch.cat([W[f"b_{k}"] for k in "rzn"]))
        cell.bias_hh.copy_(torch.cat([zeros, W["b_hn"]]))
    return cell


def run(reset_after=False, z_writes=False, W=None):
    """Run a GRU over T steps; the loss reads every state. Nothing is forgotten."""
    W = {name: value.requires_grad_() for name, value in (W or weights()).items()}
    xs, reads = draw(90, T, D), draw(91, T, H)
    hs, steps = [draw(92, H).requires_grad_()], []
    loss = 0
    for x_t, read in zip(xs, reads, strict=True):
        h = hs[-1]
        a_r = W["W_xr"] @ x_t + W["W_hr"] @ h + W["b_r"]
        a_z = W["W_xz"] @ x_t + W["W_hz"] @ h + W["b_z"]
        r, z = torch.sigmoid(a_r), torch.sigmoid(a_z)
        s, q = r * h, W["W_hn"] @ h + W["b_hn"]
        of_h = r * q if reset_after else W["W_hn"] @ s
        a_n = W["W_xn"] @ x_t + W["b_n"] + of_h
        n = torch.tanh(a_n)
        keep = 1 - z if z_writes else z
        hs.append(keep * h + (1 - keep) * n)
        loss = loss + hs[-1] @ read
        names = {"a_r": a_r, "a_z": a_z, "a_n": a_n, "r": r, "z": z, "n": n}
        steps.append(SimpleNamespace(**names, s=s, q=q, x=x_t, h=hs[-1], h_prev=h))
    return SimpleNamespace(W=W, xs=xs, hs=hs, steps=steps, loss=loss, reads=reads)


def gradient(net, tensor):
    """Return autograd's derivative of the loss; 0 where it does not depend."""
    (found,) = torch.autograd.grad(
        net.loss, tensor, retain_graph=True, materialize_grads=True
    )
    return found


def equation(label):
    """Return the page's text of a labelled equation."""
    before = PAGE.split(f"$$ ({label})")[0]
    return before[before.rindex("$$\n") if before.endswith("\n") else 0 :]


def numbers(text):
    """Return the numbers of a text with the page's minus signs."""
    text = text.replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def answer(name):
    """Return the page's answer to an exercise."""
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]
