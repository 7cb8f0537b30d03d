r"""Causal self-attention as a layer: its state is everything that it has read."""

import torch
from torch import Tensor, nn

from throughtime.layers.checks import check_sizes
from throughtime.shapes import check_kind, check_shape

Cache = tuple[Tensor, Tensor]


def causal_attention(qs: Tensor, ks: Tensor, vs: Tensor) -> Tensor:
    r"""Let each query look at the keys up to its own, and read their values.

    .. math::
        y_t = \sum_{i \le t} \alpha_{ti} v_i, \quad
        \alpha_{ti} = \frac{e^{q_t \cdot k_i / \sqrt{H}}}
            {\sum_{j \le t} e^{q_t \cdot k_j / \sqrt{H}}}

    Where there are more keys than queries, the queries belong to the last of them.

    Args:
        qs: Queries, shape ``(T, B, H)``.
        ks: Keys, shape ``(L, B, H)``, L at least T.
        vs: Values, shape ``(L, B, H)``.

    Returns:
        What is read, shape ``(T, B, H)``.

    Raises:
        ShapeError: The sizes do not agree, or one is 0.
        KindError: Not floating-point tensors of one dtype.

    Source:
        Vaswani et al. (2017), section 3.2.1; book/14_next.
    """
    check_kind(qs=qs, ks=ks, vs=vs)
    T, B, H = check_shape("qs", qs, "T B H")
    (L, _, _) = check_shape("ks", ks, "L B H", B=B, H=H)
    check_shape("vs", vs, "L B H", L=L, B=B)
    scores = torch.einsum("tbh,lbh->btl", qs, ks) / H**0.5
    seen = torch.ones(T, L, dtype=torch.bool, device=qs.device).tril(L - T)
    alpha = scores.masked_fill(~seen, -torch.inf).softmax(dim=2)
    return torch.einsum("btl,lbh->tbh", alpha, vs)


class SelfAttention(nn.Module):
    r"""Be one head of causal self-attention, called like a recurrent layer.

    Its state is the pair (keys, values) of all steps so far, so it grows with each.
    There are no positions in it: but for what it may not see yet, it does not know the
    order of its inputs.

    Args:
        input_size: D.
        hidden_size: H, of queries, keys and values.

    Raises:
        ThroughTimeError: A size is not a whole number from 1 on.

    Source:
        Vaswani et al. (2017); book/14_next.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        check_sizes(input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size = input_size, hidden_size
        self.W_q = nn.Linear(input_size, hidden_size, bias=False)
        self.W_k = nn.Linear(input_size, hidden_size, bias=False)
        self.W_v = nn.Linear(input_size, hidden_size, bias=False)

    def forward(self, xs: Tensor, state: Cache | None = None) -> tuple[Tensor, Cache]:
        r"""Read on.

        Args:
            xs: Inputs, shape ``(T, B, D)``.
            state: Keys and values of earlier steps, each ``(L, B, H)``; none without.

        Returns:
            What each step reads, shape ``(T, B, H)``, and the longer state.

        Raises:
            ShapeError: The sizes do not agree, or one is 0.
            KindError: Not floating-point tensors of one dtype.
        """
        check_kind(weights=self.W_q.weight, xs=xs)
        check_shape("xs", xs, "T B D", D=self.input_size)
        ks, vs = self.read(xs)
        if state is not None:
            ks, vs = torch.cat([state[0], ks]), torch.cat([state[1], vs])
        return causal_attention(self.W_q(xs), ks, vs), (ks, vs)

    def read(self, xs: Tensor) -> Cache:
        r"""Return the keys and values of inputs ``(T, B, D)``, and look at nothing."""
        return self.W_k(xs), self.W_v(xs)
