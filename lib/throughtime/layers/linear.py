r"""A recurrent layer that is trained without a loop through time."""

from typing import Any

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.layers.recurrent import Recurrent, Sizes, State
from throughtime.unroll.scan import linear_scan


class MinGRU(Recurrent):
    r"""Be the layer of :func:`throughtime.gated.min_gru_step`, run as a scan.

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        **stack: See :class:`Recurrent`; ``recurrent_dropout`` must be 0.

    Raises:
        ThroughTimeError: ``recurrent_dropout``, or as :class:`Recurrent`.

    Source:
        Feng et al. (2024); book/14_next.

    >>> sum(weight.numel() for weight in MinGRU(5, 4).parameters())  # 2H (D + 1)
    48
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, **stack: Any
    ) -> None:
        if stack.get("recurrent_dropout"):
            raise ThroughTimeError(
                f"recurrent_dropout is {stack['recurrent_dropout']}; wanted 0, as "
                "MinGRU has no product with h_{t-1}. Try dropout between two layers."
            )
        super().__init__(input_size, hidden_size, num_layers, options={}, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_x and b."""
        return {"W_x": (2 * H, D), "b": (2 * H,)}

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        W_x, b = weights
        a_z, h_tilde = (xs @ W_x.T + b).chunk(2, dim=2)
        z = torch.sigmoid(a_z)
        kept, added = z, (1 - z) * h_tilde
        mask = masks.get("mask")
        if mask is not None:  # a masked step keeps all and adds nothing
            kept = torch.where(mask[..., None], kept, 1.0)
            added = torch.where(mask[..., None], added, 0.0)
        hs = linear_scan(kept, added, state)
        return hs, hs[-1]
