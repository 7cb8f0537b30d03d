"""What the tests of chapter 04 share: the network of the page, a copy a step."""

from types import SimpleNamespace

import torch

NAMES = ("W_xh", "W_hh", "W_hy", "b_h", "b_y")


def copied(page):
    """Return T copies of each weight that autograd follows."""
    T = len(page.xs)
    weights = vars(page.weights)
    return {
        name: [torch.tensor(weights[name], requires_grad=True) for _ in range(T)]
        for name in NAMES
    }


def shared(page):
    """Return one copy of each weight, T times the same."""
    weights = vars(page.weights)
    one = {n: torch.tensor(weights[n], requires_grad=True) for n in NAMES}
    return {name: [W] * len(page.xs) for name, W in one.items()}


def run(page, copies):
    """Run the page's network in torch; every number of it has a gradient."""
    h_t = torch.tensor(page.h_0, requires_grad=True)
    net = SimpleNamespace(hs=[h_t], as_=[], os=[], losses=[])
    xs = torch.tensor(page.xs)
    for t, (x_t, y_t) in enumerate(zip(xs, page.targets, strict=True)):
        W_xh, W_hh, W_hy, b_h, b_y = (copies[name][t] for name in NAMES)
        a_t = W_xh @ x_t + W_hh @ h_t + b_h
        h_t = torch.tanh(a_t)
        o_t = W_hy @ h_t + b_y
        net.as_.append(a_t)
        net.hs.append(h_t)
        net.os.append(o_t)
        net.losses.append(-torch.log_softmax(o_t, dim=0)[y_t])
    net.loss = sum(net.losses)
    return net


def gradients(loss, tensors):
    """Return autograd's gradients, as NumPy arrays; 0 where nothing depends."""
    found = torch.autograd.grad(
        loss, tensors, retain_graph=True, materialize_grads=True
    )
    return [gradient.numpy() for gradient in found]


def oracle(page):
    """Return dh_0 to dh_T, da_1 to da_T and do_1 to do_T as autograd has them."""
    net = run(page, shared(page))
    return SimpleNamespace(
        dhs=gradients(net.loss, net.hs),
        das=gradients(net.loss, net.as_),
        dos=gradients(net.loss, net.os),
        hs=[h_t.detach().numpy() for h_t in net.hs],
    )
