"""What cases compute their wants with: known spectra, torch's cells and autograd."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

Arrays = dict[str, np.ndarray]


def with_spectrum(
    H: int, rho: float, angle: float, rng: np.random.Generator, shear: float = 1.0
) -> np.ndarray:
    """Return a real matrix whose eigenvalues are known, in a random basis.

    Args:
        H: The size, at least 3.
        rho: Absolute value of the leading eigenvalue; others have at most half of it.
        angle: Its angle; where it is not real its conjugate comes with it.
        rng: What draws.
        shear: What stands above the diagonal; the more, the larger the norm. With 0
            and a real eigenvalue the matrix is symmetric.
    """
    triangle = np.triu(shear * rng.uniform(0.5, 1, size=(H, H)), 1)
    triangle += np.diag(rng.uniform(-0.5, 0.5, size=H) * rho)
    x, y = rho * np.cos(angle), rho * np.sin(angle)
    triangle[0, 0] = x
    if abs(y) > 1e-9:
        triangle[:2, :2] = [[x, y], [-y, x]]
    basis, _ = np.linalg.qr(rng.normal(size=(H, H)))
    return basis @ triangle @ basis.T


def halved(xs: np.ndarray, h_0: np.ndarray) -> np.ndarray:
    """Return the states of h_t = x_t + h_{t-1} / 2: a weighted sum of what was read."""
    T = len(xs)
    ago = np.arange(T)[:, None] - np.arange(T)
    weights = np.where(ago >= 0, 0.5 ** np.maximum(ago, 0), 0)
    start = 0.5 ** np.arange(1, T + 1)
    return weights @ xs + start[:, None] * h_0


def alternating(xs: np.ndarray, h_0: np.ndarray) -> np.ndarray:
    """Return the states of h_t = x_t - h_{t-1}: a sum with alternating signs."""
    sign = (-1.0) ** np.arange(1, len(xs) + 1)[:, None]
    return sign * (np.cumsum(sign * xs, axis=0) + h_0)


# Of each epoch: how many answers are wrong, how sure it is of the right ones and of the
# wrong ones; first on the validation set, then on the test set. Epoch 1 has the lowest
# validation loss, 2 the most right answers there, 3 the best test results.
EPOCHS = (
    ((5, 0.3, 6.0), (4, 0.4, 0.3)),
    ((2, 2.0, 0.5), (2, 0.35, 0.8)),
    ((1, 2.0, 9.0), (2, 2.0, 4.0)),
    ((3, 2.0, 2.0), (0, 3.0, 0.0)),
    ((4, 3.0, 5.0), (5, 3.0, 4.0)),
)


def labels_and_logits(
    epochs: list[int], part: int, sizes: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, so many 1 and so many 0, and a row of logits for each epoch."""
    ones, N = sizes[0], sum(sizes)
    labels, rows = rng.permutation(np.arange(N) < ones).astype(int), []
    for epoch in epochs:
        wrong, right_size, wrong_size = EPOCHS[epoch][part]
        logits = np.where(np.arange(N) < wrong, -wrong_size, right_size)
        jitter = rng.uniform(0.95, 1.05, size=N)
        rows.append((2 * labels - 1) * rng.permutation(logits * jitter))
    return labels, np.array(rows)


def copy(weights: Arrays) -> dict[str, Tensor]:
    """Return tensors with gradients of their own."""
    return {key: torch.tensor(W, requires_grad=True) for key, W in weights.items()}


# What the locked cell of a2's question 4 gives to students.
INPUTS = torch.tensor([[1.0], [0.0], [-1.0], [0.5]], dtype=torch.float64)
WANTED = torch.tensor([[0.5], [0.0], [1.0], [-0.5]], dtype=torch.float64)


def true_gradient(weights: Arrays) -> Arrays:
    """Return the gradient of the loss of a2's question 4."""
    w = copy(weights)
    h_t = torch.zeros_like(w["b_h"])
    loss = torch.zeros((), dtype=torch.float64)
    for x_t, y_t in zip(INPUTS, WANTED, strict=True):
        h_t = torch.tanh(w["W_xh"] @ x_t + w["W_hh"] @ h_t + w["b_h"])
        loss = loss + functional.mse_loss(w["W_hy"] @ h_t, y_t, reduction="sum") / 2
    loss.backward()
    return {key: W.grad.numpy() for key, W in w.items()}


def apart(g: np.ndarray, n: np.ndarray) -> float:
    """Return the distance of two arrays by their sizes: the law of cosines."""
    gg, nn, gn = np.sum(g * g), np.sum(n * n), np.sum(g * n)
    if gg + nn == 0:
        return 0.0
    return float(max(gg + nn - 2 * gn, 0) ** 0.5 / (gg**0.5 + nn**0.5))


# What torch's cells call their weights.
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def tensors(*arrays: np.ndarray) -> list[Tensor]:
    """Return arrays as tensors."""
    return [torch.tensor(array) for array in arrays]


def rows(W: Tensor, H: int, *order: int) -> Tensor:
    """Return some blocks of H rows of W, in this order."""
    return torch.cat([W[k * H : (k + 1) * H] for k in order])


def torchs(kind: type, x: Tensor, state: object, *weights: Tensor) -> Tensor:
    """Take a step with a cell of torch; weights are as in ``NAMES``, missing ones 0."""
    W_x, W_h, *biases = weights
    biases += [torch.zeros_like(W_x[:, 0])] * (2 - len(biases))
    cell = kind(W_x.shape[1], W_h.shape[1], device="meta")
    named = dict(zip(NAMES, (W_x, W_h, *biases), strict=True))
    return functional_call(cell, named, (x, state))


def remembered(xs: Tensor, *weights: Tensor) -> Tensor:
    """Return the gradient of the sum of c_T by c_0, for torch's LSTM from zeros."""
    c_0 = torch.zeros_like(weights[1][:1], requires_grad=True)
    h, c = torch.zeros_like(c_0), c_0
    for x_t in xs:
        h, c = torchs(nn.LSTMCell, x_t[None], (h, c), *weights)
    (left,) = torch.autograd.grad(c.sum(), c_0)
    return left[0]


def with_peepholes(
    x: Tensor, h: Tensor, c: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor, P: Tensor
) -> tuple[np.ndarray, ...]:
    """Let torch's LSTM be the coupled cell with peepholes.

    Its inputs are the finished sums, with 1 - logistic(a) = logistic(-a) for f.
    """
    H, full = c.shape[1], torch.diag_embed(P) if P.ndim == 2 else P
    a_i, a_g, a_o = (x @ W_x.T + h @ W_h.T + b).chunk(3, 1)
    a_i = a_i + torch.einsum("ij,bj->bi", full[0], c)
    as_it_is = torch.eye(4 * H, dtype=c.dtype), torch.zeros(4 * H, H, dtype=c.dtype)
    h_t, c_t = h, c
    for _ in range(2):  # the first pass finds c_t, in the second o sees it
        sums = [a_i, -a_i, a_g, a_o + torch.einsum("ij,bj->bi", full[1], c_t)]
        h_t, c_t = torchs(nn.LSTMCell, torch.cat(sums, 1), (h, c), *as_it_is)
    return h_t.numpy(), c_t.numpy()


def without_output_tanh(
    inputs: np.ndarray, W_h: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, *says: Any
) -> tuple[tuple[Tensor, ...], dict[str, np.ndarray]]:
    """Return the gradients of inputs, W_h, h_0 and c_0; and gates, cs and hs."""
    leaves = [leaf.requires_grad_() for leaf in tensors(inputs, W_h, h_0, c_0)]
    xs, W, h, c = leaves
    trace = []
    for x_t in xs:
        a_t = x_t + W @ h
        candidates = torch.arange(len(a_t)) // len(c) == 2
        gates = torch.where(candidates, a_t.tanh(), a_t.sigmoid())
        i, f, g, o = gates.chunk(4)
        c = torch.addcmul(f * c, i, g)
        h = o * c
        trace.append((gates, c, h))
    gates, cs, hs = (torch.stack(part) for part in zip(*trace, strict=True))
    grads = torch.autograd.grad([hs, c], leaves, tensors(*says))
    forward = {"gates": gates, "cs": cs, "hs": hs}
    return grads, {key: part.detach().numpy() for key, part in forward.items()}


def peeping(c: Tensor, inputs: Tensor, W_h: Tensor, P: Tensor) -> Tensor:
    """Return c_t, i_t, f_t, g_t and o_{t-1} in a row, as they depend on c_{t-1}."""
    o_prev = torch.sigmoid(inputs[3] + P[2] * c)
    a_i, a_f, a_g, _ = (W_h @ (o_prev * c.tanh())).chunk(4)
    i = torch.sigmoid(inputs[0] + a_i + P[0] * c)
    f = torch.sigmoid(inputs[1] + a_f + P[1] * c)
    g = torch.tanh(inputs[2] + a_g)
    return torch.cat([torch.addcmul(f * c, i, g), i, f, g, o_prev])
