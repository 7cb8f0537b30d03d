"""Checks of assignment a3, *Gradients that vanish and explode*.

Gradients and Jacobians come from torch's autograd. Eigenvalues need no oracle: the
matrices are built from known ones, by :func:`checks.oracles.with_spectrum`.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch.nn import functional

from checks.oracles import with_spectrum
from examiner.ask import call_by_hand
from examiner.check import Case, check


@check(points=4)
def demo_norms(rng: np.random.Generator) -> Iterator[Case]:
    """`demo_norms` gives the norm of the gradient of each state, h_0 first.

    A step back goes through the slope of f at that step, then through the transpose
    of W_hh.
    """
    H = 5
    between = float(rng.uniform(0.2, 0.6))
    # Two of the matrices are symmetric, so that a missing transpose costs half.
    for name, points, T, slope, angle, shear in (
        ("ReLU, 50 steps", 1, 50, 0.0, 0.0, 0.0),
        ("a slope between 0 and 1", 2, 9, between, 1.0, 1.0),
        ("a linear network", 1, 7, 1.0, 0.0, 0.0),
    ):
        W_hh = with_spectrum(H, 1.1, angle, rng, shear)
        h_0, dh_T = rng.normal(size=H), rng.normal(size=H)
        hs, W = [torch.tensor(h_0, requires_grad=True)], torch.tensor(W_hh)
        for _ in range(T):
            hs.append(functional.leaky_relu(W @ hs[-1], negative_slope=slope))
        grads = torch.autograd.grad(hs[-1], hs, torch.tensor(dh_T))
        yield Case(
            name=name,
            args={"W_hh": W_hh, "h_0": h_0, "dh_T": dh_T, "T": T, "slope": slope},
            want=torch.stack(grads).norm(dim=1).numpy(),
            points=points,
            verb=call_by_hand,
        )


# Of each fate: the ratios, and how many networks have it, with rho above 1 and below.
# No two wrong ways to count come to the same number.
FATES = {
    "grew": ((20, 1e6), (8, 9), (1, 2)),
    "stayed": ((0.2, 5), (2, 3), (2, 3)),
    "shrank": ((1e-6, 0.05), (1, 3), (3, 4)),
    "lost": ((0, 0), (1, 2), (3, 4)),
}
SIDES = {"above": (1.1, 2), "below": (0.5, 0.9)}


@check(points=4)
def judge_rule(rng: np.random.Generator) -> Iterator[Case]:
    """`judge_rule` counts what became of the gradients, by the spectral radius.

    Each four counts are how many grew, stayed, shrank, were lost. The radius is the
    largest absolute value of an eigenvalue. The rule is right where rho > 1 and the
    gradient grew, or rho < 1 and it shrank or was lost.
    """
    H = 4
    for name, points, angles in (
        ("positive eigenvalues", 2, (0.0,)),
        ("negative eigenvalues, too", 1, (0.0, np.pi)),
        ("complex eigenvalues", 1, (1.2, 1.8)),
    ):
        counts: dict[str, tuple[int, ...]] = {"above": (), "below": ()}
        Ws, starts, ends = [], [], []
        for ratio, *times in FATES.values():
            for (side, rhos), n in zip(SIDES.items(), times, strict=True):
                counts[side] += (int(rng.integers(*n, endpoint=True)),)
                for _ in range(counts[side][-1]):
                    rho, angle = rng.uniform(*rhos), rng.choice(angles)
                    Ws.append(with_spectrum(H, rho, angle, rng, rng.uniform(0, 0.8)))
                    ends.append(rng.uniform(0.5, 2))
                    starts.append(ends[-1] * rng.uniform(*ratio))
        wrong = sum(counts["above"][1:]) + sum(counts["below"][:2])
        order = rng.permutation(len(Ws))
        yield Case(
            name=name,
            args={
                "Ws": np.array(Ws)[order],
                "starts": np.array(starts)[order],
                "ends": np.array(ends)[order],
            },
            want=(counts, wrong / len(Ws)),
            points=points,
            parts=("counts", "wrong"),
        )


@check(points=5)
def jacobian_between(rng: np.random.Generator) -> Iterator[Case]:
    """`jacobian_between` multiplies the Jacobians of steps k + 1 to t.

    The latest stands at the left, each is (1 - alpha) I + alpha diag(tanh'(a_j)) W_hh,
    and between t and t lies the identity.
    """
    T, D, H = 6, 3, 4
    W_xh, W_hh = rng.normal(size=(H, D)), rng.normal(size=(H, H))
    W, U = torch.tensor(W_xh), torch.tensor(W_hh)
    alpha = float(rng.uniform(0.6, 0.8))
    xs, h_0 = torch.tensor(rng.normal(size=(T, D))), torch.tensor(rng.normal(size=H))

    def run(h: torch.Tensor, k: int, t: int) -> torch.Tensor:
        for x_j in xs[k:t]:
            h = torch.lerp(h, torch.tanh(W @ x_j + U @ h), alpha)
        return h

    pre = torch.stack([W @ xs[j] + U @ run(h_0, 0, j) for j in range(T)])
    for name, points, t, k in (
        ("a single step", 1, 4, 3),
        ("three steps", 2, 5, 2),
        ("all steps", 1, T, 0),
        ("no step", 1, 3, 3),
    ):
        J = torch.autograd.functional.jacobian(partial(run, k=k, t=t), run(h_0, 0, k))
        yield Case(
            name=name,
            args={"pre": pre.numpy(), "W_hh": W_hh, "alpha": alpha, "t": t, "k": k},
            want=J.numpy(),
            points=points,
        )


@check(points=5)
def what_is_certain(rng: np.random.Generator) -> Iterator[Case]:
    """`what_is_certain` gives the bound, and what follows from it, and from rho(M).

    The bound is gamma to the power of the gap. Below 1 gamma proves that gradients
    vanish; else it proves nothing. In the linear network rho(M) decides.
    """
    H, alpha = 4, float(rng.uniform(0.2, 0.3))
    u, v = np.linalg.qr(rng.normal(size=(H, 2)))[0].T
    example = 6 * np.outer(u, v)  # as on the page: all eigenvalues are 0, the norm is 6
    leak = (1 - alpha) * np.eye(H)
    low = (with_spectrum(H, 0.3, 0.0, rng, 0.05) - leak) / alpha
    large = (with_spectrum(H, 1.4, 1.3, rng) - leak) / alpha
    positive = (with_spectrum(H, 1.3, 0.0, rng) - leak) / alpha
    small = with_spectrum(H, 0.5, 1.0, rng, 0.01)
    for name, points, W_hh, beta, linear in (
        ("a matrix of rank one", 1, example, 0.8, "vanishes"),
        ("an eigenvalue below -1", 1, low, 1.0, "vanishes"),
        ("complex eigenvalues", 1, large, 0.25, "explodes"),
        ("a positive eigenvalue above 1", 1, positive, 0.9, "explodes"),
        ("a matrix with a small norm", 1, small, 0.5, "vanishes"),
    ):
        norm = np.linalg.eigvalsh(W_hh.T @ W_hh).max() ** 0.5
        gamma = (1 - alpha) + alpha * beta * norm
        gap = int(rng.integers(3, 7))
        yield Case(
            name=name,
            args={"W_hh": W_hh, "alpha": alpha, "beta": beta, "gap": gap},
            want=(
                float(np.prod([gamma] * gap)),
                "vanishes" if gamma < 1 else "open",
                linear,
            ),
            points=points,
            parts=("bound", "any_f", "linear"),
        )


@check(points=5)
def clipped_step(rng: np.random.Generator) -> Iterator[Case]:
    """`clipped_step` divides by the tokens, clips by the joint norm, then steps.

    All arrays are shortened by one factor, if their joint norm is above the threshold.
    Where that norm is no finite number nothing moves.
    """
    shapes = {"W_xh": (4, 3), "W_hh": (4, 4), "b_h": (4,)}
    weights = {key: rng.normal(size=shape) for key, shape in shapes.items()}
    for name, points, size, hole in (
        ("a gradient that is too long", 2, 20.0, 0.0),
        ("a gradient that is short enough", 1, 0.05, 0.0),
        ("a gradient of zeros", 1, 0.0, 0.0),
        ("a gradient that holds nan", 0.5, 1.0, np.nan),
        ("a gradient that holds infinity", 0.5, 1.0, np.inf),
    ):
        tokens, rate = int(rng.integers(3, 9)), float(rng.uniform(0.1, 0.5))
        threshold = float(rng.uniform(0.5, 0.9))
        grads = {
            key: size * tokens * rng.normal(size=shape) for key, shape in shapes.items()
        }
        grads["W_hh"][1, 2] += hole
        moved = [torch.nn.Parameter(torch.tensor(W)) for W in weights.values()]
        for parameter, grad in zip(moved, grads.values(), strict=True):
            parameter.grad = torch.tensor(grad) / tokens
        norm = torch.nn.utils.clip_grad_norm_(moved, threshold).item()
        if np.isfinite(norm):
            torch.optim.SGD(moved, lr=rate).step()
        arrays = (parameter.detach().numpy() for parameter in moved)
        yield Case(
            name=name,
            args={
                "weights": weights,
                "grads": grads,
                "tokens": tokens,
                "threshold": threshold,
                "rate": rate,
            },
            want=(dict(zip(shapes, arrays, strict=True)), norm),
            points=points,
            parts=("weights", "norm"),
        )


@check(points=3)
def start_weights(rng: np.random.Generator) -> Iterator[Case]:
    """`start_weights` scales G so that f'(0) W_hh has the wanted spectral radius.

    The radius is the largest absolute value of an eigenvalue, and the logistic function
    has the slope 1/4 at 0.
    """
    for name, activation, slope, angle, H in (
        ("tanh, a negative eigenvalue", "tanh", 1.0, np.pi, 5),
        ("logistic units", "logistic", 0.25, 0.0, 4),
        ("a pair of complex eigenvalues", "identity", 1.0, 1.4, 6),
    ):
        size, rho = float(rng.uniform(2, 4)), float(rng.uniform(0.7, 1.3))
        G = with_spectrum(H, size, angle, rng)
        yield Case(
            name=name,
            args={"G": G, "rho": rho, "activation": activation},
            want=G * rho / (slope * size),
            points=1,
        )
