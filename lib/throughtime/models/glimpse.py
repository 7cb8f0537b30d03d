r"""Read a picture by glimpses, and choose where to look."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, one_hot

from throughtime.gated import gru_step
from throughtime.images import glimpse
from throughtime.layers import GRU
from throughtime.models.generator import check_choice

POLICIES = ("learnt", "same", "random")


class Glimpsed(NamedTuple):
    """Hold what a reader says and where it looked; T looks, B pictures."""

    logits: Tensor
    """Of the classes after the last look, ``(B, classes)``."""
    log_probs: Tensor
    """Of each place that was chosen, before the look, nats, ``(T, B)``."""
    places: Tensor
    """Which of the places were chosen, int64, ``(T, B)``."""


class GlimpseReader(nn.Module):
    r"""Be a GRU that sees a coarse picture once, then a few sharp windows of it.

    The window's place is drawn from a softmax over all places, so that no gradient
    passes through the choice; ``log_probs`` are for the score-function gradient. In
    evaluation the most probable place is taken.

    Args:
        centres: Rows and columns of the places, pixels, ``(P, 2)``.
        size: Side of a window, pixels.
        coarse: Side of a block that is one number in the coarse picture, pixels.
        side: Side of the pictures, a multiple of ``coarse``.
        H: Number of hidden units.
        looks: How often it looks.
        classes: Number of answers.
        policy: ``"learnt"``: the state says where to look; ``"same"``: for each look
            a place is learnt, the same for all pictures; ``"random"``: anywhere.

    Raises:
        ThroughTimeError: No such policy.

    Source:
        Mnih et al. (2014), with places on a grid; book/13_attention.
    """

    def __init__(
        self,
        centres: Tensor,
        size: int,
        coarse: int,
        side: int,
        H: int = 100,
        looks: int = 2,
        classes: int = 10,
        policy: str = "learnt",
    ) -> None:
        super().__init__()
        check_choice("policy", policy, POLICIES)
        self.register_buffer("centres", centres)
        self.size, self.coarse, self.looks, self.policy = size, coarse, looks, policy
        self.first = nn.Linear((side // coarse) ** 2, H)
        # The layer only holds the weights: a place is chosen between two steps.
        self.layer = GRU(size**2 + len(centres), H)
        P = len(centres)
        self.where = nn.Linear(H, P) if policy == "learnt" else None
        self.habit = nn.Parameter(torch.zeros(looks, P)) if policy == "same" else None
        self.readout = nn.Linear(H, classes)

    def forward(
        self, images: Tensor, generator: torch.Generator | None = None
    ) -> Glimpsed:
        r"""Look, and look again.

        Args:
            images: Shape ``(B, side, side)``.
            generator: Source of chance; torch's own without it.

        Raises:
            ShapeError: Another shape.
        """
        h = torch.tanh(self.first(avg_pool2d(images[:, None], self.coarse).flatten(1)))
        log_probs, places = [], []
        for t in range(self.looks):
            scores = self._scores(h, t)
            place = self._choose(scores, generator)
            seen = glimpse(images, self.size, self.centres[place])
            x_t = torch.cat([seen, one_hot(place, len(self.centres)).to(h)], dim=1)
            h = gru_step(x_t, h, *self.layer.weights("_l0").values())
            log_probs.append(scores.gather(1, place[:, None])[:, 0])
            places.append(place)
        return Glimpsed(self.readout(h), torch.stack(log_probs), torch.stack(places))

    def _scores(self, h: Tensor, t: int) -> Tensor:
        """Return the log-probability of each place, ``(B, P)``."""
        if self.where is not None:
            return self.where(h).log_softmax(1)
        even = h.new_zeros(len(h), len(self.centres))
        return (even if self.habit is None else even + self.habit[t]).log_softmax(1)

    def _choose(self, scores: Tensor, generator: torch.Generator | None) -> Tensor:
        if self.training or self.policy == "random":
            return torch.multinomial(scores.exp(), 1, generator=generator)[:, 0]
        return scores.argmax(1)
