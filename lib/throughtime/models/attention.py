r"""A soft look at a grid of features."""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    r"""Be additive attention: a small network scores each cell against a query.

    .. math::
        e_j &= v^\top \tanh(W_q q + W_k f_j), \quad
        \alpha = \mathrm{softmax}(e), \quad z = \sum_j \alpha_j f_j

    Args:
        query_size: Size of q.
        feature_size: Size C of each f_j.
        size: Size of the small network.

    Source:
        Bahdanau, Cho and Bengio (2015), appendix A.1.2; Xu et al. (2015), sec. 4.2;
        book/13_attention.
    """

    def __init__(self, query_size: int, feature_size: int, size: int = 64) -> None:
        super().__init__()
        self.W_q = nn.Linear(query_size, size, bias=False)
        self.W_k = nn.Linear(feature_size, size)
        self.v = nn.Linear(size, 1, bias=False)

    def keys(self, features: Tensor) -> Tensor:
        r"""Return W_k f_j, which need be computed only once a picture."""
        return self.W_k(features)

    def forward(
        self,
        query: Tensor,
        features: Tensor,
        keys: Tensor,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        r"""Look at the features.

        Args:
            query: q, shape ``(B, query_size)``.
            features: f_j, shape ``(B, N, C)``.
            keys: ``self.keys(features)``.
            mask: True for a cell that is there, bool, shape ``(B, N)``, one a row at
                least; the others get no weight.

        Returns:
            z, shape ``(B, C)``, and alpha, shape ``(B, N)``, each row of sum 1.
        """
        scores = self.v(torch.tanh(self.W_q(query)[:, None] + keys))[..., 0]
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = torch.softmax(scores, dim=1)
        return (weights[:, None] @ features)[:, 0], weights
