r"""The two parts of an RWKV block: mixing over time, and over channels."""

import torch
from torch import Tensor, nn

from throughtime.layers.checks import check_sizes
from throughtime.shapes import check_kind, check_shape
from throughtime.unroll.mixing import wkv_loop, wkv_scan

TimeState = tuple[Tensor, Tensor, Tensor, Tensor]


class Shift(nn.Module):
    r"""Mix each input with the one before it, channel by channel.

    .. math:: m_t = \mu \odot x_t + (1 - \mu) \odot x_{t-1}

    Args:
        size: Channels.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mu = nn.Parameter(torch.linspace(0, 1, size))

    def forward(self, xs: Tensor, before: Tensor) -> Tensor:
        """Return the mixture, shape ``(T, B, H)``; ``before`` is x_0, ``(B, H)``."""
        earlier = torch.cat([before[None], xs[:-1]])
        return self.mu * xs + (1 - self.mu) * earlier


class TimeMixing(nn.Module):
    r"""Read and write a memory that fades, in parallel or step by step.

    .. math::
        k_t = W_k m_t^k, \quad v_t = W_v m_t^v, \quad r_t = W_r m_t^r, \quad
        o_t = W_o (\sigma(r_t) \odot y_t)

    where m are three mixtures of x_t and x_{t-1}, and y_t is what
    :func:`throughtime.gated.wkv_step` reads.

    Args:
        size: Channels H, of inputs and outputs.

    Raises:
        ThroughTimeError: The size is not a whole number from 1 on.

    Source:
        Peng et al. (2023), section 3; book/14_next.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        check_sizes(size=size)
        self.size = size
        self.shifts = nn.ModuleDict({name: Shift(size) for name in "rkv"})
        self.maps = nn.ModuleDict(
            {name: nn.Linear(size, size, bias=False) for name in "rkvo"}
        )
        # An exponent falls by w = e^log_w a step: from slow channels to fast ones.
        self.log_w = nn.Parameter(torch.linspace(-5, 1, size))
        self.u = nn.Parameter(torch.zeros(size))

    def forward(
        self, xs: Tensor, state: TimeState | None = None, parallel: bool = True
    ) -> tuple[Tensor, TimeState]:
        r"""Read on.

        Args:
            xs: Inputs, shape ``(T, B, H)``.
            state: The last input and the memory, from an earlier call; empty without.
            parallel: All steps at once, or one after the other: the result is one.

        Returns:
            Outputs, shape ``(T, B, H)``, and the state after the last step.

        Raises:
            ShapeError: The sizes do not agree, or one is 0.
            KindError: Not floating-point tensors of one dtype.
        """
        check_kind(weights=self.u, xs=xs)
        _, B, H = check_shape("xs", xs, "T B H", H=self.size)
        before = xs.new_zeros(B, H) if state is None else state[0]
        memory = None if state is None else state[1:]
        r, k, v = (self.maps[n](self.shifts[n](xs, before)) for n in "rkv")
        run = wkv_scan if parallel else wkv_loop
        ys, memory = run(k, v, self.log_w.exp(), self.u, memory)
        return self.maps["o"](torch.sigmoid(r) * ys), (xs[-1], *memory)


class ChannelMixing(nn.Module):
    r"""Compute on each step's channels, with a look at the step before.

    .. math:: o_t = \sigma(W_r m_t^r) \odot W_v \max(W_k m_t^k, 0)^2

    Args:
        size: Channels H, of inputs and outputs.
        inner: Channels inside; 4 H without it, as in the paper.

    Source:
        Peng et al. (2023), section 3; book/14_next.
    """

    def __init__(self, size: int, inner: int | None = None) -> None:
        super().__init__()
        check_sizes(size=size)
        inner = 4 * size if inner is None else inner
        self.size = size
        self.shifts = nn.ModuleDict({name: Shift(size) for name in "rk"})
        self.W_r = nn.Linear(size, size, bias=False)
        self.W_k = nn.Linear(size, inner, bias=False)
        self.W_v = nn.Linear(inner, size, bias=False)

    def forward(
        self, xs: Tensor, before: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        r"""Return outputs ``(T, B, H)``, and the last input for the next call.

        Raises:
            ShapeError: The sizes do not agree, or one is 0.
            KindError: Not floating-point tensors of one dtype.
        """
        check_kind(weights=self.W_r.weight, xs=xs)
        _, B, H = check_shape("xs", xs, "T B H", H=self.size)
        before = xs.new_zeros(B, H) if before is None else before
        r, k = (self.shifts[name](xs, before) for name in "rk")
        inside = torch.relu(self.W_k(k)) ** 2
        return torch.sigmoid(self.W_r(r)) * self.W_v(inside), xs[-1]
