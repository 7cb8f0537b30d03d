r"""The layers that torch lacks: the residual cell and the three mutants.

``**stack`` is as in :mod:`throughtime.layers.cells`.
"""

from typing import Any

from torch import Tensor

from throughtime.bptt import functions
from throughtime.errors import ShapeError
from throughtime.gated import MUT1_BLOCKS, MUT2_BLOCKS, MUT3_BLOCKS, Blocks
from throughtime.layers.recurrent import Recurrent, Sizes, State


class Residual(Recurrent):
    r"""Be the layer of the "incomplete" LSTM, without gates; the state is (h, c).

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        g: Cell input function, as in :func:`throughtime.gated.residual_step`.
        h: Cell output function.
        **stack: See :class:`Recurrent`.
    """

    has_cell = True

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        g: str = "tanh",
        h: str = "tanh",
        **stack: Any,
    ) -> None:
        options = {"g": g, "h": h}
        super().__init__(input_size, hidden_size, num_layers, options=options, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_x, W_h and b."""
        return {"W_x": (H, D), "W_h": (H, H), "b": (H,)}

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        return functions.residual(xs, state, *weights, **self.options, **masks)


class _Mutant(Recurrent):
    """Be the base of the three mutants, which differ in their blocks."""

    stacks: Blocks
    function: Any
    square = True  # whether D must be H

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, **stack: Any
    ) -> None:
        deep_twice = num_layers > 1 and stack.get("bidirectional")
        if self.square and (input_size != hidden_size or deep_twice):
            name = type(self).__name__
            raise ShapeError(
                f"{name} with input_size={input_size}, hidden_size={hidden_size}, "
                f"num_layers={num_layers}, bidirectional={bool(deep_twice)}; wanted "
                f"D = H in every layer, as {name} adds the input to the state without "
                "weights. Try MUT3, or nn.Linear before it."
            )
        super().__init__(input_size, hidden_size, num_layers, options={}, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_x, W_h and b."""
        in_x, in_h, in_b = map(len, self.stacks)
        return {"W_x": (in_x * H, D), "W_h": (in_h * H, H), "b": (in_b * H,)}

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        return type(self).function(xs, state, *weights, **masks)


class MUT1(_Mutant):
    """Be the layer of :func:`throughtime.gated.mut1_step`; D must be H."""

    stacks, function = MUT1_BLOCKS, staticmethod(functions.mut1)


class MUT2(_Mutant):
    """Be the layer of :func:`throughtime.gated.mut2_step`; D must be H."""

    stacks, function = MUT2_BLOCKS, staticmethod(functions.mut2)


class MUT3(_Mutant):
    """Be the layer of :func:`throughtime.gated.mut3_step`; D is free."""

    stacks, function, square = MUT3_BLOCKS, staticmethod(functions.mut3), False
