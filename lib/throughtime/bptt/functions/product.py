r"""Products with weights, by the faster of the two libraries that torch brings along.

``torch.nn.LSTM`` runs on oneDNN, while ``@`` runs on MKL, which is half as fast on some
processors (measured: 190 against 400 GFLOP/s on an AMD EPYC). torch gives oneDNN's
product of two float32 matrices by the operator that torch.compile uses; where it is
missing, or the matrices are small, ``@`` does the work.
"""

from typing import Any

import torch
from torch import Tensor

ENOUGH = 1_500_000  # multiplications from which on oneDNN is worth its overhead
_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, "_linear_pointwise"
)


def product(x: Tensor, W: Tensor, b: Tensor | None = None) -> Tensor:
    r"""Return x Wᵀ + b, without a graph.

    Args:
        x: Rows, shape ``(N, K)``.
        W: Shape ``(M, K)``.
        b: Shape ``(M,)``.

    Returns:
        Shape ``(N, M)``.
    """
    if x.shape[1] > 1 and _prefers_onednn(x, x.shape[0] * W.numel()):
        return _onednn(x, _whole(W), b)
    return x @ W.T if b is None else torch.addmm(b, x, W.T)


def weight_gradient(da: Tensor, x: Tensor) -> Tensor:
    r"""Return daᵀ x, the sum over rows of the outer products, shape ``(M, K)``."""
    if x.shape[1] > 1 and _prefers_onednn(x, da.shape[1] * x.numel()):
        if da.is_contiguous():  # the one that is not copied must be whole
            return _onednn(x.T.contiguous(), da.T, None).T
        return _onednn(da.T.contiguous(), _whole(x).T, None)
    return da.T @ x


class Recurrent:
    r"""Multiply rows by the same Wᵀ at every step.

    Args:
        W: Shape ``(M, K)``.
        B: How many rows will come.
    """

    def __init__(self, W: Tensor, B: int) -> None:
        self.W_T = W.T
        self.packed: Any = None
        if _prefers_onednn(W, B * W.numel()):
            self.packed = _pack(W.contiguous(), B)

    def add_to(self, a: Tensor, h: Tensor) -> Tensor:
        """Add h Wᵀ to a, in place."""
        if self.packed is None:
            return a.addmm_(h, self.W_T)
        return a.add_(_onednn(h, self.packed, None))

    def plus(self, a: Tensor | None, h: Tensor) -> Tensor:
        """Return a + h Wᵀ."""
        if self.packed is not None:
            result = _onednn(h, self.packed, None)
            return result if a is None else result.add_(a)
        return h.mm(self.W_T) if a is None else torch.addmm(a, h, self.W_T)


class Linear(torch.autograd.Function):
    r"""Compute x Wᵀ + b for all steps at once, in one product."""

    @staticmethod
    def forward(ctx: Any, xs: Tensor, W: Tensor, b: Tensor) -> Tensor:
        """Return the pre-activations, ``(T, B, M)``, of inputs ``(T, B, K)``."""
        ctx.save_for_backward(xs, W)
        A = product(xs.reshape(-1, xs.shape[2]), W, b)
        # Not a view, for the cells write over it.
        return torch.ops.aten._unsafe_view(A, [*xs.shape[:2], len(W)])

    @staticmethod
    def backward(ctx: Any, da: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of inputs, weights and bias."""
        xs, W = ctx.saved_tensors
        # A part of wider rows is copied before it is multiplied: a few steps at a time.
        n = len(da) if da.is_contiguous() else -(-len(da) // 8)
        dx, dW, db = ctx.needs_input_grad
        dxs = torch.empty_like(xs) if dx else None
        dWs, dbs = [], []
        for s in (slice(t, t + n) for t in range(0, len(da), n)):
            rows = da[s].reshape(-1, da.shape[2])
            if dx:
                dxs[s] = product(rows, W.T).view_as(xs[s])
            if dW:
                dWs.append(weight_gradient(rows, xs[s].reshape(-1, xs.shape[2])))
            if db:
                dbs.append(rows.sum(0))
        return dxs, sum(dWs) if dW else None, sum(dbs) if db else None


def _prefers_onednn(x: Tensor, multiplications: int) -> bool:
    fits = x.dtype == torch.float32 and x.device.type == "cpu"
    return _ONEDNN and fits and multiplications >= ENOUGH


def _whole(W: Tensor) -> Tensor:
    """Return W, copied if it is a part of a wider matrix, where oneDNN is 300x slow."""
    return W if W.is_contiguous() or W.T.is_contiguous() else W.contiguous()


def _onednn(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise.default(x, W, b, "none", [], "")


def _pack(W: Tensor, B: int) -> Tensor:
    return torch.ops.mkldnn._reorder_linear_weight.default(W, B)
