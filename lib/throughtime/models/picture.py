r"""A picture as a grid of feature vectors."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from throughtime.errors import ShapeError
from throughtime.shapes import check_kind, check_shape


class SmallCNN(nn.Module):
    r"""Be a few convolutions, each followed by normalisation and a ReLU.

    Args:
        channels: Of each convolution, 3 x 3; the last is the size C of a feature. The
            first ``halvings`` have stride 2.
        side: Side of the pictures, pixels.
        halvings: The grid's side is G = side / 2 ** halvings.
        in_channels: 3 for colours, 1 for grey.
        places: Add a learnt vector to each cell, so that it knows where it lies.

    Raises:
        ShapeError: The side cannot be halved so often, or too few convolutions.

    >>> tuple(SmallCNN().eval()(torch.zeros(2, 3, 48, 48)).shape)
    (2, 6, 6, 64)
    """

    def __init__(
        self,
        channels: Sequence[int] = (24, 48, 64),
        side: int = 48,
        *,
        halvings: int = 3,
        in_channels: int = 3,
        places: bool = True,
    ) -> None:
        super().__init__()
        if side < 1 or side % 2**halvings or halvings > len(channels):
            raise ShapeError(
                f"side is {side}, halvings {halvings} and channels {tuple(channels)}; "
                "wanted a side that can be halved so often, and a convolution for each "
                "time. Try side=48, halvings=3."
            )
        self.side, self.in_channels = side, in_channels
        self.G, self.C = side // 2**halvings, channels[-1]
        parts: list[nn.Module] = []
        before = in_channels
        for place, after in enumerate(channels):
            stride = 2 if place < halvings else 1
            parts.append(nn.Conv2d(before, after, 3, stride, padding=1, bias=False))
            parts += [nn.BatchNorm2d(after), nn.ReLU()]
            before = after
        # Features lie side by side in memory: faster here, and the same numbers.
        self.layers = nn.Sequential(*parts).to(memory_format=torch.channels_last)
        places_shape = (self.G, self.G, self.C)
        self.places = nn.Parameter(0.1 * torch.randn(places_shape)) if places else None

    def forward(self, images: Tensor) -> Tensor:
        r"""Return the features of pictures, ``(B, G, G, C)``: row, column, feature.

        Args:
            images: Shape ``(B, channels, side, side)``, values about 0..1.

        Raises:
            ShapeError: Another shape.
            KindError: Not floating-point.
        """
        sizes = {"C": self.in_channels, "S": self.side}
        check_shape("images", images, "B C S S", **sizes)
        check_kind(images=images)
        images = images.contiguous(memory_format=torch.channels_last)
        features = self.layers(images).permute(0, 2, 3, 1)
        return features if self.places is None else features + self.places
