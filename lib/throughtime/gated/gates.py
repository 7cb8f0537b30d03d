"""What the gated cells share: sigma, cell functions, stacked blocks, checks."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.shapes import check_kind, check_shape

SIGMAS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    # torch's and Keras 3's: exactly 0 below -3 and exactly 1 above 3
    "hard_sigmoid": lambda a: (a / 6 + 0.5).clamp(0, 1),
    # Keras's until TF 2.15: exactly 0 below -2.5 and exactly 1 above 2.5
    "hard_sigmoid_02": lambda a: (0.2 * a + 0.5).clamp(0, 1),
}

CELL_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "identity": lambda a: a,
}


class Blocks(NamedTuple):
    """Which blocks of H rows each weight of a cell has, in stacking order."""

    W_x: tuple[str, ...]
    W_h: tuple[str, ...]
    b: tuple[str, ...]


def choose(
    option: str, name: str, known: dict[str, Callable[[Tensor], Tensor]]
) -> Callable[[Tensor], Tensor]:
    r"""Return the function of a name.

    Raises:
        ThroughTimeError: There is none; the message names the option and the known.
    """
    if name not in known:
        raise ThroughTimeError(
            f"{option} is {name!r}; wanted one of {', '.join(known)}. "
            f'Try "{next(iter(known))}".'
        )
    return known[name]


def check_step(
    x_t: Tensor,
    states: dict[str, Tensor],
    weights: tuple[Tensor, Tensor, Tensor],
    blocks: Blocks,
    square: str | None = None,
) -> int:
    r"""Check what a step was given: kinds, batch, and the blocks of each weight.

    Args:
        x_t: Input, shape ``(B, D)``.
        states: The members of the state by name, each ``(B, H)``.
        weights: W_x, W_h and b.
        blocks: The blocks that each of them has.
        square: Why D must be H, where a formula needs it.

    Returns:
        H.

    Raises:
        ShapeError: The sizes do not agree.
        KindError: Not floating-point tensors of one dtype.
        DeviceError: Tensors on two devices.
    """
    W_x, W_h, b = weights
    check_kind(x_t=x_t, **states, W_x=W_x, W_h=W_h, b=b)
    sizes: dict[str, int] = {}
    for name, state in states.items():
        B, H = check_shape(name, state, "B H", **sizes)
        sizes = {"B": B, "H": H}
    _, D = check_shape("x_t", x_t, "B D", B=B)
    if square and D != H:
        raise ShapeError(
            f"x_t has D = {D} and h_prev H = {H}; wanted D = H, as {square} without "
            "weights in between. Try mut3_step, which has weights in both places, or "
            "first bring the input to H numbers."
        )
    check_stack("W_x", W_x, "D", blocks.W_x, H=H, D=D)
    check_stack("W_h", W_h, "H", blocks.W_h, H=H)
    check_stack("b", b, "", blocks.b, H=H)
    return H


def check_stack(
    name: str, W: Tensor, axes: str, blocks: tuple[str, ...], **sizes: int
) -> None:
    r"""Check that a weight has H rows for each block.

    Args:
        name: What the step calls it.
        W: The weight.
        axes: Letters of its axes after the first, as in ``"D"``.
        blocks: The blocks that it is stacked of.
        **sizes: Known sizes; H among them.

    Raises:
        ShapeError: Another shape; the message names the blocks.
    """
    n = len(blocks)
    rows = f"{n}H" if n > 1 else "H"
    try:
        check_shape(name, W, f"{rows} {axes}", **sizes | {rows: n * sizes["H"]})
    except ShapeError as error:
        raise ShapeError(
            f"{error} The blocks wanted in {name} are, in this order: "
            f"{', '.join(blocks)}. Try to look at the step's options, too, as they say "
            "which blocks there are."
        ) from None
