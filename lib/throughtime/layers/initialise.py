r"""First values for the recurrent weights, on every layer, direction and block.

Each function changes the layer in place and returns it.
"""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from throughtime.errors import ThroughTimeError
from throughtime.layers.recurrent import Recurrent
from throughtime.spectrum import identity, orthogonal, with_radius

Layer = TypeVar("Layer", bound=Recurrent)


def init_orthogonal(
    layer: Layer, gain: float = 1.0, generator: torch.Generator | None = None
) -> Layer:
    r"""Fill each H x H block of the recurrent weights with an orthogonal one.

    Args:
        layer: The layer.
        gain: What it is multiplied with: all of its singular values.
        generator: On the CPU; torch's own without it.

    Source:
        Saxe, McClelland and Ganguli (2014); book/05_gradients.
    """
    return _fill(layer, lambda H: gain * orthogonal(H, generator, torch.float64))


def init_identity(layer: Layer, scale: float = 1.0) -> Layer:
    r"""Fill each H x H block of the recurrent weights with scale times the identity.

    Source:
        Le, Jaitly and Hinton (2015); book/05_gradients.
    """
    return _fill(layer, lambda H: identity(H, scale))


def init_radius(
    layer: Layer, rho: float, generator: torch.Generator | None = None
) -> Layer:
    r"""Fill each block with normal numbers, scaled to the spectral radius rho.

    Args:
        layer: The layer.
        rho: Wanted spectral radius, from 0 on.
        generator: On the CPU; torch's own without it.

    Raises:
        ThroughTimeError: ``rho`` is negative.

    Source:
        Jaeger (2001); book/05_gradients.
    """

    def drawn(H: int) -> Tensor:
        W = torch.randn((H, H), generator=generator, dtype=torch.float64)
        return with_radius(W, rho)

    return _fill(layer, drawn)


def init_forget_bias(layer: Layer, value: float = 1.0) -> Layer:
    r"""Set the bias of each forget gate, so that an LSTM begins by remembering.

    With 0 a fresh gate lies near 1/2, and half of the cell is gone at each step; with 1
    near 0.73.

    Raises:
        ThroughTimeError: The layer has no forget gate.

    Source:
        Gers, Schmidhuber and Cummins (2000); Jozefowicz et al. (2015); book/06_lstm.
    """
    blocks = getattr(layer, "blocks", ())
    if "f" not in blocks:
        raise ThroughTimeError(
            f"the {type(layer).__name__} has the blocks ({', '.join(blocks)}); wanted "
            "one with a forget gate, f. Try it on an LSTM."
        )
    k, H = blocks.index("f"), layer.hidden_size
    with torch.no_grad():
        for suffix in layer.suffixes():
            layer.weights(suffix)["b"][k * H : (k + 1) * H] = value
    return layer


def _fill(layer: Layer, draw: Callable[[int], Tensor]) -> Layer:
    name = "W_hh" if "W_hh_l0" in layer.state_dict() else "W_h"
    with torch.no_grad():
        for suffix in layer.suffixes():
            for block in layer.weights(suffix)[name].split(layer.hidden_size):
                block.copy_(draw(len(block)))
    return layer
