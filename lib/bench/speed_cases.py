"""What is timed: one training step of each cell, by three ways to compute it.

- ``ours``: ``throughtime.bptt.functions``, which the layers train through.
- ``torch``: ``torch.nn``, where it has the cell.
- ``loop``: ``throughtime.unroll`` of the step, differentiated by autograd.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from throughtime import gated
from throughtime.bptt import functions
from throughtime.cells import rnn_step
from throughtime.unroll import unroll

Sizes = tuple[int, int, int, int]
Run = Callable[[], None]

BIG = [(50, 32, 64, 128), (100, 64, 128, 256), (100, 32, 256, 512), (784, 32, 1, 128)]
ONE_ROW = (25, 1, 64, 100)
ON_GPU = (100, 64, 512, 1024)
RELATIVES = [(50, 32, 128, 128), (100, 32, 256, 256)]  # D = H, which MUT1, MUT2 need


@dataclass
class Cell:
    """One cell: its functions, how many blocks its weights have, its torch twin.

    Args:
        fast: A function of ``throughtime.bptt.functions``.
        step: The step of the same name.
        stacks: How many blocks of H rows W_x, W_h and b have.
        more: Makes the shapes of further weights, from H.
        states: How many parts the state has.
        options: Of the step and the function.
        twin: A class of ``torch.nn``.
    """

    fast: Callable[..., Any]
    step: Callable[..., Any]
    stacks: tuple[int, int, int]
    more: Callable[[int], list[tuple[int, ...]]] = lambda H: []
    states: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    twin: type[torch.nn.RNNBase] | None = None

    @property
    def ways(self) -> list[str]:
        """Name the ways in which this cell can be computed."""
        return ["ours", *(["torch"] if self.twin else []), "loop"]

    def training_step(self, way: str, sizes: Sizes, device: str = "cpu") -> Run:
        r"""Return a function that runs forward and backward once, in float32."""
        T, B, D, H = sizes
        generator = torch.Generator().manual_seed(0)

        def draw(*shape: int) -> Tensor:
            numbers = torch.randn(shape, generator=generator).mul_(H**-0.5)
            return numbers.to(device).requires_grad_()

        xs, dhs = draw(T, B, D), draw(T, B, H).detach()
        if way == "torch":
            module = self.twin(D, H).to(device)
            return partial(_step, lambda: module(xs)[0], dhs, xs, module.parameters)
        n_x, n_h, n_b = self.stacks
        shapes = [(n_x * H, D), (n_h * H, H), (n_b * H,), *self.more(H)]
        weights = [draw(*shape) for shape in shapes]
        parts = tuple(torch.zeros(B, H, device=device) for _ in range(self.states))
        state = parts if self.states > 1 else parts[0]

        def ours() -> Tensor:
            return self.fast(xs, state, *weights, **self.options)[0]

        def loop() -> Tensor:
            def step(x_t: Tensor, h: Any) -> Any:
                return self.step(x_t, h, *weights, **self.options)

            return unroll(step, xs, state)[0]

        forward = {"ours": ours, "loop": loop}[way]
        return partial(_step, forward, dhs, xs, lambda: weights)


def _step(
    forward: Callable[[], Tensor], dhs: Tensor, xs: Tensor, weights: Callable[[], Any]
) -> None:
    for leaf in (xs, *weights()):
        leaf.grad = None
    forward().backward(dhs)
    if xs.is_cuda:
        torch.cuda.synchronize()


def _lstm(blocks: int = 4, **options: Any) -> Cell:
    m = blocks - 1
    shapes = {"diagonal": lambda H: [(m * H,)], "full": lambda H: [(m * H, H)]}
    more = shapes.get(options.get("peephole"), lambda H: [])
    stacks = (blocks,) * 3
    return Cell(functions.lstm, gated.lstm_step, stacks, more, 2, options)


def _gru(**options: Any) -> Cell:
    after = options.get("reset_after")
    more = (lambda H: [(H,)]) if after else (lambda H: [])
    return Cell(functions.gru, gated.gru_step, (3, 3, 3), more, options=options)


def _mutant(name: str) -> Cell:
    blocks = getattr(gated, f"{name}_BLOCKS")
    small = name.lower()
    step, stacks = getattr(gated, f"{small}_step"), tuple(map(len, blocks))
    return Cell(getattr(functions, small), step, stacks)


def _rnn(**options: Any) -> Cell:
    return Cell(functions.rnn, rnn_step, (1, 1, 1), options=options)


def _with_twin(cell: Cell, twin: type[torch.nn.RNNBase]) -> Cell:
    cell.twin = twin
    return cell


TWINS = {
    "LSTM": _with_twin(_lstm(), torch.nn.LSTM),
    "GRU, reset after": _with_twin(_gru(reset_after=True), torch.nn.GRU),
    "RNN": _with_twin(_rnn(), torch.nn.RNN),
}
OTHERS = {
    "RNN, relu": _rnn(activation="relu"),
    "LSTM, no forget gate": _lstm(3, forget_gate=False),
    "LSTM, no input gate": _lstm(3, input_gate=False),
    "LSTM, no output gate": _lstm(3, output_gate=False),
    "LSTM, coupled": _lstm(3, coupled=True),
    "LSTM, diagonal peepholes": _lstm(peephole="diagonal"),
    "LSTM, full peepholes": _lstm(peephole="full"),
    "LSTM, hard sigmoid": _lstm(sigma="hard_sigmoid"),
    "residual": Cell(functions.residual, gated.residual_step, (1, 1, 1), states=2),
    "GRU, reset before": _gru(),
    "GRU, z writes": _gru(z="writes"),
    "MUT1": _mutant("MUT1"),
    "MUT2": _mutant("MUT2"),
    "MUT3": _mutant("MUT3"),
}
CELLS = TWINS | OTHERS
