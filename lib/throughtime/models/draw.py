r"""Draw a picture in several strokes, with a window that goes where it is wanted."""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from throughtime.gated import lstm_step
from throughtime.layers import LSTM
from throughtime.shapes import check_shape


def filterbank(place: Tensor, side: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    r"""Return a soft window as two banks of Gaussian filters.

    .. math::
        \mu_i = g + (i - (N + 1) / 2)\, \delta, \quad
        F_{ia} \propto \exp(-(a - \mu_i)^2 / 2 \sigma^2), \quad \sum_a F_{ia} = 1

    Args:
        place: Row and column of the middle, stride, width and strength, each of any
            size (they are squashed here), shape ``(B, 5)``.
        side: Side of the picture, pixels.
        size: N, filters a bank.

    Returns:
        F of the rows and of the columns, ``(B, size, side)``, and the strength,
        ``(B, 1, 1)``.

    Raises:
        ShapeError: Not five numbers a row.

    Source:
        Gregor et al. (2015), sec. 3.2; book/13_attention.
    """
    check_shape("place", place, "B five", five=5)
    middles = (place[:, :2].tanh() + 1) / 2 * (side - 1)
    stride = torch.sigmoid(place[:, 2:3]) * (side - 1) / (size - 1)
    steps = torch.arange(size).to(place) - (size - 1) / 2
    variance = place[:, 3].exp()[:, None, None] + 0.1  # a tenth of a pixel's square
    banks = []
    for g in middles.split(1, dim=1):
        mu = g + steps * stride
        apart = torch.arange(side).to(place) - mu[..., None]
        banks.append(torch.softmax(-(apart**2) / (2 * variance), dim=-1))
    return banks[0], banks[1], place[:, 4].exp()[:, None, None]


class Draw(nn.Module):
    r"""Be DRAW, told which digit to draw: look at what is wrong, and add a stroke.

    In training an encoder reads the picture and what the canvas still lacks through a
    soft window, and says by a few numbers z_t, with noise, what to draw; a decoder
    turns them into a stroke. To draw anew, z_t is noise alone.

    Args:
        side: Side of the pictures, pixels.
        size: Side of the windows, filters.
        H: Number of hidden units, of the encoder and of the decoder.
        Z: Size of z_t.
        strokes: How many.
        classes: How many digits.

    Source:
        Gregor et al. (2015); the class as an input is ours; book/13_attention.
    """

    def __init__(
        self,
        side: int = 14,
        size: int = 5,
        H: int = 96,
        Z: int = 8,
        strokes: int = 6,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.side, self.size, self.H, self.Z = side, size, H, Z
        self.strokes, self.classes = strokes, classes
        # The layers only hold the weights: the loop needs their states step by step.
        self.encoder = LSTM(2 * size**2 + H, H)
        self.decoder = LSTM(Z + classes, H)
        self.look, self.code = nn.Linear(H, 5), nn.Linear(H, 2 * Z)
        self.place, self.stroke = nn.Linear(H, 5), nn.Linear(H, size**2)
        self.blank = nn.Parameter(torch.full((side, side), -2.0))

    def forward(
        self, pictures: Tensor, digit: Tensor, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Draw given pictures.

        Args:
            pictures: 0 and 1, ``(B, side, side)``.
            digit: Their classes, int64, ``(B,)``.
            generator: Source of chance; torch's own without it.

        Returns:
            The canvas after each stroke, log-odds, ``(strokes, B, side, side)``; and
            what the z_t cost in all, nats, ``(B,)``.
        """
        check_shape("pictures", pictures, "B side side", side=self.side)
        wanted, canvas = self._begin(digit)
        reading = writing = self._zeros(len(digit))
        cost, canvases = torch.zeros(len(digit)).to(canvas), []
        for _ in range(self.strokes):
            h_dec = writing[0]
            seen = self._read(pictures, pictures - torch.sigmoid(canvas), h_dec)
            reading = self._step(self.encoder, torch.cat([seen, h_dec], 1), reading)
            mu, log_sigma = self.code(reading[0]).chunk(2, dim=1)
            noise = torch.randn(mu.shape, generator=generator).to(mu)
            z = mu + log_sigma.exp() * noise
            cost = cost + ((mu**2 + (2 * log_sigma).exp() - 1) / 2 - log_sigma).sum(1)
            writing = self._step(self.decoder, torch.cat([z, wanted], 1), writing)
            canvas = canvas + self._write(writing[0])
            canvases.append(canvas)
        return torch.stack(canvases), cost

    @torch.no_grad()
    def draw(self, digit: Tensor, generator: torch.Generator | None = None) -> Tensor:
        r"""Draw digits anew; return the canvas after each stroke, log-odds."""
        wanted, canvas = self._begin(digit)
        writing, canvases = self._zeros(len(digit)), []
        for _ in range(self.strokes):
            z = torch.randn((len(digit), self.Z), generator=generator).to(canvas)
            writing = self._step(self.decoder, torch.cat([z, wanted], 1), writing)
            canvas = canvas + self._write(writing[0])
            canvases.append(canvas)
        return torch.stack(canvases)

    def nats(
        self, pictures: Tensor, digit: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        r"""Return an estimate of the bound on what each picture costs, nats, (B,)."""
        canvases, cost = self(pictures, digit, generator)
        points = binary_cross_entropy_with_logits(
            canvases[-1], pictures, reduction="none"
        )
        return points.sum((1, 2)) + cost

    def _begin(self, digit: Tensor) -> tuple[Tensor, Tensor]:
        wanted = one_hot(digit, self.classes).to(self.blank.dtype)
        return wanted, self.blank.expand(len(digit), -1, -1)

    def _zeros(self, B: int) -> tuple[Tensor, Tensor]:
        h_0 = self.blank.new_zeros(B, self.H)
        return h_0, h_0

    def _step(self, layer: LSTM, x_t: Tensor, state: tuple) -> tuple[Tensor, Tensor]:
        return lstm_step(x_t, state, *layer.weights("_l0").values())

    def _read(self, picture: Tensor, lacking: Tensor, h_dec: Tensor) -> Tensor:
        rows, columns, gamma = filterbank(self.look(h_dec), self.side, self.size)
        windows = [gamma * (rows @ image @ columns.mT) for image in (picture, lacking)]
        return torch.cat(windows, dim=1).flatten(1)

    def _write(self, h_dec: Tensor) -> Tensor:
        rows, columns, gamma = filterbank(self.place(h_dec), self.side, self.size)
        stroke = self.stroke(h_dec).unflatten(1, (self.size, self.size))
        return gamma * (rows.mT @ stroke @ columns)
