"""Checks of assignment a4, *Gates*.

Steps are held against ``torch.nn``'s cells, with the same weights in torch's order;
gradients and Jacobians against autograd, on cells of :mod:`checks.oracles`.
"""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import nn

from checks.oracles import (
    NAMES,
    peeping,
    remembered,
    rows,
    tensors,
    torchs,
    with_peepholes,
    without_output_tanh,
)
from examiner.ask import call_by_hand
from examiner.check import Case, check

# Single precision is enough for a step; torch begins with it.
Step = partial(Case, rtol=1e-5, atol=1e-6)


def draw(rng: np.random.Generator, **shapes: Any) -> dict[str, np.ndarray]:
    """Draw arrays of these shapes."""
    return {key: rng.normal(size=shape) for key, shape in shapes.items()}


@check(points=3)
def compact_step(rng: np.random.Generator) -> Iterator[Case]:
    """`compact_step` multiplies W with [h_prev; x_t], its blocks stacked i, f, o, g.

    i, f and o are logistic, g is tanh; c_t = f c_prev + i g, and h_t = o tanh(c_t).
    """
    D, H = 3, 4
    for name, B, far in (
        ("a single sequence", 1, 0.0),
        ("a batch of three, its cells", 3, 0.0),
        ("gates that are fully open or shut", 3, 2000.0),
    ):
        args = draw(rng, x_t=(B, D), h_prev=(B, H), c_prev=(B, H))
        args |= draw(rng, W=(4 * H, H + D), b=4 * H)
        args["b"][: 3 * H] += far * rng.permutation(np.arange(3 * H) % 3 - 1)
        x, h, c, *both = tensors(*args.values())
        by_torch, bias = (rows(stack, H, 0, 1, 3, 2) for stack in both)
        weights = by_torch[:, H:], by_torch[:, :H], bias
        h_t, c_t = torchs(nn.LSTMCell, x, (h, c), *weights)
        alone = name == "a batch of three, its cells"
        yield Step(
            name=name,
            args=args,
            want=(... if alone else h_t.numpy(), c_t.numpy()),
            points=1,
            parts=("h_t", "c_t"),
            may_change=not alone,
        )


@check(points=4)
def coupled_step(rng: np.random.Generator) -> Iterator[Case]:
    """`coupled_step` lets f = 1 - i, and its gates look at the cell.

    The input gate sees c_prev, the output gate sees c_t, the new one. Weights P of
    shape (2, H) are one number a unit; of shape (2, H, H), two matrices.
    """
    D, H, B = 3, 4, 4  # B is H, so that no wrong axis betrays itself by an error
    for name, shape, size in (
        ("peepholes of zero", (2, H), 0.0),
        ("one number a unit, what the cells become", (2, H), 1.0),
        ("one number a unit, what the states become", (2, H), 1.0),
        ("full matrices", (2, H, H), 1.0),
    ):
        args = draw(rng, x_t=(B, D), h_prev=(B, H), c_prev=(B, H))
        args |= draw(rng, W_x=(3 * H, D), W_h=(3 * H, H), b=3 * H, P=shape)
        args["P"] *= size
        h_t, c_t = with_peepholes(*tensors(*args.values()))
        yield Step(
            name=name,
            args=args,
            want=(... if "cells" in name else h_t, ... if "states" in name else c_t),
            points=1,
            parts=("h_t", "c_t"),
            may_change=name != "peepholes of zero",
        )


@check(points=6)
def lstm_backward(rng: np.random.Generator) -> Iterator[Case]:
    """`lstm_backward` sends the gradient back along h and along the cell.

    c_t hears from h_t = o_t c_t, and from c_{t+1} through f_{t+1}; then come the slopes
    of the gates, and the copies of W_h add up.
    """
    H = 4
    # Only the last starts from states that are not 0, and asks that arguments stay.
    for name, points, T, asked in (
        ("a single step, and nothing for c_T", 1, 1, "das"),
        ("a W_h of zeros, what the cell carries back", 1, 5, "dc_0"),
        ("a W_h of zeros, what the gates receive", 1, 5, "das"),
        ("both ways, some gates fully open or shut", 2, 6, "das dh_0 dc_0"),
        ("the copies of W_h, from states that are not 0", 1, 6, "dW_h"),
    ):
        inputs, dhs = rng.normal(size=(T, 4 * H)), rng.normal(size=(T, H))
        far = rng.permutation(4 * H * T)[:8]
        if "open or shut" in name:
            inputs.ravel()[far] += np.resize([800, -800], 8)
        alone = name.startswith("a W_h of zeros")
        W_h = (1 - alone) * rng.normal(size=(4 * H, H))
        start = asked == "dW_h"
        h_0, c_0, dc_T = rng.normal(size=(3, H)) * [[start], [start], [alone or start]]
        grads, forward = without_output_tanh(inputs, W_h, h_0, c_0, dhs, dc_T)
        parts = ("das", "dW_h", "dh_0", "dc_0")
        yield Case(
            name=name,
            args=forward
            | {"h_0": h_0, "c_0": c_0, "dhs": dhs, "dc_T": dc_T, "W_h": W_h},
            want=tuple(
                grad.numpy() if part in asked.split() else ...
                for part, grad in zip(parts, grads, strict=True)
            ),
            points=points,
            parts=parts,
            verb=call_by_hand,
            may_change=not start,
        )


@check(points=5)
def cell_jacobian(rng: np.random.Generator) -> Iterator[Case]:
    """`cell_jacobian` takes every way from c_{t-1} to c_t.

    The old cell passes the forget gate; i and f see it through their peepholes, and
    i, f and g through h_{t-1}, whose output gate sees it, too.
    """
    H = 4
    for name, points, seen, asked in (
        ("no recurrent weights", 1, (1, 1, 1), "J"),
        ("peepholes of i and f", 1, (1, 1, 0), "J"),
        ("all peepholes, some gates fully open or shut", 2, (1, 1, 1), "J"),
        ("how far off the direct way is", 1, (1, 1, 0), "off"),
    ):
        W_h, inputs = rng.normal(size=(4 * H, H)), rng.normal(size=(4, H))
        P = rng.uniform(0.5, 1.5, size=(3, H)) * np.array(seen)[:, None]
        c_prev = rng.uniform(0.3, 1.2, size=H) * rng.choice([-1, 1], size=H)
        units, ends = rng.permutation(H)[:3], rng.choice([-800, 800], size=3)
        if name == "no recurrent weights":
            W_h *= 0
        elif "open or shut" in name:
            inputs[[0, 1, 3], units] += ends
        c, *rest = tensors(c_prev, inputs, W_h, P)
        look = partial(peeping, inputs=rest[0], W_h=rest[1], P=rest[2])
        J = torch.autograd.functional.jacobian(look, c)[:H].numpy()
        _, i_t, f_t, g_t, o_prev = look(c).numpy().reshape(5, H)
        off = ((J - np.diag(f_t)) ** 2).sum() / (J**2).sum()
        yield Case(
            name=name,
            args={"i_t": i_t, "f_t": f_t, "g_t": g_t, "c_prev": c_prev}
            | {"o_prev": o_prev, "W_h": W_h, "P": P},
            want=(J, ...) if asked == "J" else (..., float(off**0.5)),
            points=points,
            parts=("J", "off"),
            verb=call_by_hand,
            may_change=name != "no recurrent weights",
        )


@check(points=4)
def gru_step(rng: np.random.Generator) -> Iterator[Case]:
    """`gru_step` is four GRUs, its blocks stacked z, r, n.

    r multiplies h_prev before the product, or W_hn h_prev + b_hn after it; z is the
    share of the old state, or of the new one.
    """
    D, H, B = 3, 4, 4  # B is H, as above
    for reset, z in product(("before", "after"), ("keeps", "writes")):
        args = draw(rng, x_t=(B, D), h_prev=(B, H), W_x=(3 * H, D))
        args |= draw(rng, W_h=(3, H, H), b=3 * H, b_hn=H)
        if z == "writes":  # symmetric, so that a missing transpose costs half
            args["W_h"] += args["W_h"].swapaxes(1, 2).copy()
        args["W_h"] = args["W_h"].reshape(3 * H, H)
        x, h, W_x, W_h, b, b_hn = tensors(*args.values())
        sign = torch.ones(3 * H, 1, dtype=torch.float64)
        sign[:H] = 1 if z == "keeps" else -1  # 1 - logistic(a) is logistic(-a)
        ours = [sign * W_x, sign * W_h, sign[:, 0] * b]
        if reset == "after":
            second = torch.cat([torch.zeros(2 * H, dtype=torch.float64), b_hn])
            stacks = (rows(W, H, 1, 0, 2) for W in ours)
            want = torchs(nn.GRUCell, x, h, *stacks, second)
        else:
            a = torch.cat([x, h], 1) @ torch.cat(ours[:2], 1).T + ours[2]
            z_t, r_t, _ = a.sigmoid().chunk(3, 1)
            n_t = torchs(nn.RNNCell, x, r_t * h, *(rows(W, H, 2) for W in ours))
            want = torch.lerp(n_t, h, z_t)
        args |= {"reset": reset, "z": z}
        yield Step(
            name=f"the reset {reset}, z that {z}",
            args=args,
            want=want.numpy(),
            points=1,
            may_change=(reset, z) != ("before", "keeps"),
        )


@check(points=4)
def remember(rng: np.random.Generator) -> Iterator[Case]:
    """`remember` gives torch the same cell, and each unit its half-life.

    Torch stacks i, f, g, o, and adds two biases: the whole bias is the first, with a
    forget bias of -ln(2^(1/n) - 1). `left` is the gradient of the sum of c_T by c_0.
    """
    D, H, T = 3, 4, 12
    for name, asked in (
        ("the weights", ("weight_ih", "weight_hh")),
        ("the biases", ("bias_ih", "bias_hh")),
        ("what is left, with a half-life of one step", ()),
        ("what is left", ()),
    ):
        W_x, W_h, b, xs = draw(
            rng, W_x=(4 * H, D), W_h=(4 * H, H), b=4 * H, xs=(T, D)
        ).values()
        half_lives = rng.permutation([1.0, 3.0, 10.0, 100.0]) * rng.uniform(1, 2)
        if "one step" in name:  # here many a wrong forget bias is right, namely 0
            half_lives, b[H : 2 * H] = np.ones(H), 0.0
        kept = np.exp(-np.log(2) / half_lives)
        W, compact = tensors(np.hstack([W_h, W_x]), b)
        b[H : 2 * H] = np.log(kept) - np.log1p(-kept)
        weights = tensors(W_x, W_h, b, 0 * b)
        left = remembered(torch.tensor(xs), *weights)
        W, compact = (rows(stack, H, 0, 1, 3, 2).numpy() for stack in (W, compact))
        state = {
            f"{key}_l0": weight.numpy() if key in asked else ...
            for key, weight in zip(NAMES, weights, strict=True)
        }
        yield Step(
            name=name,
            args={"W": W, "b": compact, "xs": xs, "half_lives": half_lives},
            want=(state, ...) if asked else (..., left.numpy()),
            points=1,
            parts=("state", "left"),
            may_change=name != "the weights",
        )
