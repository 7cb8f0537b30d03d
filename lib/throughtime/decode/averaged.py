r"""Decode from the mean of what a model expects in several views of one thing."""

from typing import Any

from torch import Tensor

from throughtime.errors import ShapeError


class Averaged:
    r"""Be a model whose distribution is the mean of its distributions in K views.

    .. math:: p(w) = \frac1K \sum_k p(\pi_k w \mid \text{view } k)

    Views stand in blocks: row k * B + b of the model's state is view k of thing b. All
    views read the same words, each by its own names. For ``greedy`` and ``sample``; the
    searches would need to know B to select.

    Args:
        model: Anything with ``step``.
        names: What word v is called in view k, :math:`\pi_k v`, int64 of shape
            ``(K, V)``; each row is a permutation. In the mirror, left is called right.

    Source:
        book/12_practice.
    """

    def __init__(self, model: Any, names: Tensor) -> None:
        self.model, self.names = model, names

    def step(self, ids: Tensor, state: Any) -> tuple[Tensor, Any]:
        r"""Read one word a thing, ``(B,)``; return log-probabilities ``(B, V)``.

        Raises:
            ShapeError: The state has not K rows for each word.
        """
        K, B = len(self.names), len(ids)
        logits, state = self.model.step(self.names[:, ids].flatten(), state)
        if len(logits) != K * B:
            raise ShapeError(
                f"the model returned {len(logits)} rows for {K} views of {B} things; "
                f"wanted {K * B}. Try to start it with all views, block after block."
            )
        p = logits.softmax(-1).unflatten(0, (K, B))
        p = p.gather(2, self.names[:, None].expand_as(p))
        return p.mean(0).log(), state
