"""Checks of assignment a2, *Backwards*.

The oracle is torch's autograd, on a network written here for it, with one copy of the
weights a step where copies are asked for. Sizes differ wherever axes could be swapped.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional

from checks.oracles import apart, copy, true_gradient
from examiner.ask import call_by_hand, callback
from examiner.check import Case, check


@check(points=4)
def weighted_cross_entropy(rng: np.random.Generator) -> Iterator[Case]:
    """`weighted_cross_entropy` sums w_t times -ln p_t[y_t], with its gradient.

    The gradient has a row for each step, and it is right for large logits, too.
    """
    T, V = 7, 5
    logits, targets = rng.normal(size=(T, V)), rng.permutation(np.arange(T) % V)
    weights = rng.uniform(0.5, 2, size=T)
    padded = weights * (rng.permutation(T) < T - 3)
    large = logits + 2000
    large[0, targets[0]] -= 3000  # its probability rounds to 0
    for name, points, os_, weights_ in (
        ("logits of usual size", 2, logits, weights),
        ("three steps of padding", 1, logits, padded),
        ("logits near 2000, and a symbol held for impossible", 1, large, weights),
    ):
        o = torch.tensor(os_, requires_grad=True)
        each = functional.cross_entropy(o, torch.tensor(targets), reduction="none")
        loss = torch.dot(torch.tensor(weights_), each)
        (dos,) = torch.autograd.grad(loss, o)
        yield Case(
            name=name,
            args={"os": os_, "targets": targets, "weights": weights_},
            want=(loss.item(), dos.numpy()),
            points=points,
            parts=("loss", "dos"),
            verb=call_by_hand,
        )


@check(points=4)
def tied_embedding_gradient(rng: np.random.Generator) -> Iterator[Case]:
    """`tied_embedding_gradient` adds up what each row of E receives.

    A row receives from every step that reads its word, and from the logits of every
    step. Frozen rows receive nothing.
    """
    V, D = 6, 3
    again = rng.permutation([0, 1, 1, 4, 4, 4, 2, 5])  # nobody reads word 3
    frozen = [int(v) for v in rng.permutation([1, 5])]
    for name, points, ids, frozen_ in (
        ("four different words", 1, rng.permutation(V)[:4], []),
        ("words that come again", 2, again, []),
        ("two frozen rows", 1, again, frozen),
    ):
        T = len(ids)
        dxs, hs = rng.normal(size=(T, D)), rng.normal(size=(T, D))
        dos = rng.normal(size=(T, V))
        E = torch.zeros(V, D, dtype=torch.float64, requires_grad=True)
        xs = functional.embedding(torch.tensor(ids), E)
        os = functional.linear(torch.tensor(hs), E)
        (dE,) = torch.autograd.grad([xs, os], E, [torch.tensor(d) for d in (dxs, dos)])
        learns = ~np.isin(np.arange(V), frozen_)
        yield Case(
            name=name,
            args={"ids": ids, "dxs": dxs, "hs": hs, "dos": dos, "frozen": frozen_},
            want=dE.numpy() * learns[:, np.newaxis],
            points=points,
            verb=call_by_hand,
        )


@check(points=6)
def leaky_backward(rng: np.random.Generator) -> Iterator[Case]:
    """`leaky_backward` gives what each step's copy of each weight receives.

    A state hears from its own loss, and from the next step along two paths: the leak,
    and tanh. A copy receives from its own step only.
    """
    D, H = 3, 4
    # A slip in dh_0 costs the last case alone. In the first two W_hh is symmetric, so
    # that a missing transpose costs half.
    for name, points, T, losses, symmetric in (
        ("a single step", 1, 1, [1], True),
        ("a loss at the last step only", 2, 5, [0, 0, 0, 0, 1], True),
        ("a loss at every step", 2, 6, [1, 1, 1, 1, 1, 1], False),
        ("what the start receives", 1, 4, [1, 1, 1, 1], False),
    ):
        xs, h_0 = rng.normal(size=(T, D)), rng.normal(size=H)
        dhs = rng.normal(size=(T, H)) * np.array(losses)[:, np.newaxis]
        weights = {
            "W_xh": rng.normal(size=(H, D)) / 2,
            "W_hh": rng.normal(size=(H, H)) / 2,
            "b_h": rng.uniform(0.5, 1, size=H),
        }
        if symmetric:
            weights["W_hh"] = (weights["W_hh"] + weights["W_hh"].T) / 2
        alpha = float(rng.uniform(0.2, 0.4))
        copies = [copy(weights) for _ in range(T)]
        start = torch.tensor(h_0, requires_grad=True)
        h_t, hs = start, []
        for x_t, w in zip(torch.tensor(xs), copies, strict=True):
            h_new = torch.tanh(w["W_xh"] @ x_t + w["W_hh"] @ h_t + w["b_h"])
            h_t = torch.lerp(h_t, h_new, alpha)
            hs.append(h_t)
        stacked = torch.stack(hs)
        torch.autograd.backward(stacked, torch.tensor(dhs))
        grads = (np.stack([w[key].grad for w in copies]) for key in weights)
        yield Case(
            name=name,
            args={"xs": xs, "hs": stacked.detach().numpy(), "h_0": h_0, "dhs": dhs}
            | weights
            | {"alpha": alpha},
            want=(..., ..., ..., start.grad.numpy())
            if name == "what the start receives"
            else (*grads, ...),
            points=points,
            parts=("dW_xh", "dW_hh", "db_h", "dh_0"),
            verb=call_by_hand,
        )


@check(points=5)
def gradient_check(rng: np.random.Generator) -> Iterator[Case]:
    """`gradient_check` gives |g - n| / (|g| + |n|) for each array.

    n is the array of central differences, |.| the root of the sum of squares; where
    both are zero the error is 0. The weights stay as they were.
    """
    H = 5
    shapes = {"W_xh": (H, 1), "W_hh": (H, H), "b_h": (H,), "W_hy": (1, H)}
    weights = {key: rng.normal(size=shape) for key, shape in shapes.items()}
    silent = {**weights, "W_hy": np.zeros((1, H))}
    true, still = true_gradient(weights), true_gradient(silent)
    spoilt = {**true, "W_xh": -true["W_xh"], "W_hh": true["W_hh"].copy()}
    spoilt["W_hh"][1, 2] += 0.3
    table = {"table": rng.normal(size=(3, 2)), "gain": rng.normal(size=4)}
    slopes = {key: 3 * W**2 for key, W in table.items()}
    # The central difference of a cube is off by eps², so that any width can be asked.
    width = float(rng.uniform(0.4, 0.8))
    sliding = {key: slope + width**2 for key, slope in slopes.items()}
    # Elsewhere it is off by about eps², a one-sided one by about eps: the first case
    # tells them apart, others let both pass.
    for name, loss, weights_, grads, n, eps, atol in (
        ("a gradient that is right", "squared_loss", weights, true, true, 1e-4, 1e-6),
        ("two wrong arrays", "squared_loss", weights, spoilt, true, 3e-3, 3e-2),
        ("a readout of zeros", "squared_loss", silent, still, still, 1e-5, 1e-3),
        ("another loss, and wide steps", "cubes", table, slopes, sliding, width, 1e-9),
        ("weights that must stay", "squared_loss", weights, true, true, 1e-4, 1e-3),
    ):
        yield Case(
            name=name,
            args={"loss": callback(loss), "weights": weights_, "grads": grads}
            | {"eps": eps},
            want={key: apart(grads[key], n[key]) for key in weights_},
            points=1,
            atol=atol,
            may_change=name != "weights that must stay",
        )


@check(points=5)
def truncated_gradient(rng: np.random.Generator) -> Iterator[Case]:
    """`truncated_gradient` carries the state on, and cuts the gradient.

    No gradient leaves the window of its loss, the windows start with the first step,
    and the last one may be shorter.
    """
    D, H = 2, 4
    # But in the second W_hh is symmetric: a missing transpose costs that one alone.
    for name, points, T, length, far in (
        ("one window that holds everything", 1, 4, 6, 0),
        ("windows of one length", 2, 9, 3, 0),
        ("a last window that is shorter", 1, 8, 5, 0),
        ("units that are fully on or off", 1, 6, 2, 2000),
    ):
        xs, h_0 = rng.normal(size=(T, D)), rng.uniform(0.2, 0.8, size=H)
        dhs, b_h = rng.normal(size=(T, H)), rng.normal(size=H)
        b_h[:2] += [far, -far]
        W_xh, W_hh = rng.normal(size=(H, D)), 3 * rng.normal(size=(H, H))
        if name != "windows of one length":
            W_hh = (W_hh + W_hh.T) / 2
        w = copy({"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h})
        h_t, loss = torch.tensor(h_0), torch.zeros((), dtype=torch.float64)
        for t, x_t in enumerate(torch.tensor(xs)):
            h_prev = h_t.detach() if t % length == 0 else h_t
            h_t = torch.sigmoid(w["W_xh"] @ x_t + w["W_hh"] @ h_prev + w["b_h"])
            loss = loss + torch.dot(torch.tensor(dhs[t]), h_t)
        loss.backward()
        yield Case(
            name=name,
            args={
                "xs": xs,
                "dhs": dhs,
                "h_0": h_0,
                "W_xh": W_xh,
                "W_hh": W_hh,
                "b_h": b_h,
                "length": length,
            },
            want=(h_t.detach().numpy(), w["W_hh"].grad.numpy()),
            points=points,
            parts=("h_T", "dW_hh"),
            verb=call_by_hand,
        )
