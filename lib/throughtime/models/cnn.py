r"""A small convolutional network: a picture as a grid of features."""

from torch import Tensor, nn

from throughtime.shapes import check_kind, check_shape


class SmallCNN(nn.Module):
    r"""Turn pictures into G x G features; each block halves the sides.

    Args:
        channels: Of the blocks; a picture of 48 x 48 gives 6 x 6 after three.
        last: Channels of a further block that keeps the sides; None leaves it out.

    Source:
        book/12_captions.
    """

    def __init__(
        self, channels: tuple[int, ...] = (32, 64, 64), last: int | None = 64
    ) -> None:
        super().__init__()
        sizes = [(*pair, 2) for pair in zip((3, *channels), channels, strict=False)]
        if last:
            sizes.append((channels[-1], last, 1))
        self.blocks = nn.Sequential(*(_block(*size) for size in sizes))
        self.size = last or channels[-1]

    def forward(self, images: Tensor) -> Tensor:
        r"""Return features, shape ``(B, G * G, C)``, row by row of the grid.

        Args:
            images: From 0 to 1, shape ``(B, 3, side, side)``.

        Raises:
            ShapeError: Another shape.
            KindError: Not floating-point.
        """
        check_shape("images", images, "B colours side side", colours=3)
        check_kind(images=images)
        return self.blocks(images - 0.2).flatten(2).transpose(1, 2)


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
