r"""Weights from ``torch.nn`` and back.

The gates are stacked alike: i, f, g, o and r, z, n. torch has two biases, which add up;
ours has their sum. Only the GRU's second bias of n does more than add, for it lies
inside the reset: it stays apart, as ``b_hn``. A module of torch without biases gets
zeros, which then can learn.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from throughtime.errors import KindError, ThroughTimeError
from throughtime.layers.recurrent import Recurrent

Layer = TypeVar("Layer", bound=Recurrent)
Torch = TypeVar("Torch", bound=nn.RNNBase)


def from_torch(
    layer: type[Layer], wanted: type[Torch], module: Torch, options: Mapping[str, Any]
) -> Layer:
    r"""Return a layer with the weights of a module of torch.

    Args:
        layer: The class to make.
        wanted: The class that the module must be of.
        module: Where the weights come from; it stays as it is.
        options: The layer's own.

    Raises:
        KindError: The module is of another class.
        ThroughTimeError: It is ``batch_first``, or has a projection.
    """
    if not isinstance(module, wanted):
        raise KindError(
            f"module is a {type(module).__name__}; wanted a torch.nn."
            f"{wanted.__name__}. Try the layer of the same name."
        )
    if module.batch_first or module.proj_size:
        what = "batch_first=True" if module.batch_first else "proj_size"
        raise ThroughTimeError(
            f"module has {what}; wanted a module without it, as time comes first here "
            "and states are not projected. Try to set module.batch_first = False, and "
            "transpose what you give it."
        )
    weight = module.weight_hh_l0
    made = layer(
        module.input_size,
        module.hidden_size,
        module.num_layers,
        bidirectional=module.bidirectional,
        dropout=module.dropout if module.num_layers > 1 else 0.0,
        device=weight.device,
        dtype=weight.dtype,
        **options,
    )
    with torch.no_grad():
        for suffix in made.suffixes():
            for ours, value in zip(
                made.weights(suffix).values(), _from(module, suffix), strict=True
            ):
                ours.copy_(value)
    return made.train(module.training)


def to_torch(layer: Recurrent, wanted: type[Torch], **options: Any) -> Torch:
    r"""Return a module of torch with the weights of a layer.

    Raises:
        ThroughTimeError: The layer has recurrent dropout, which torch lacks.
    """
    weight = next(layer.parameters())
    made = wanted(
        layer.input_size,
        layer.hidden_size,
        layer.num_layers,
        bidirectional=layer.bidirectional,
        dropout=layer.dropout,
        device=weight.device,
        dtype=weight.dtype,
        **options,
    )
    H = layer.hidden_size
    with torch.no_grad():
        for suffix in layer.suffixes():
            W_x, W_h, b, *b_hn = layer.weights(suffix).values()
            getattr(made, f"weight_ih{suffix}").copy_(W_x)
            getattr(made, f"weight_hh{suffix}").copy_(W_h)
            getattr(made, f"bias_ih{suffix}").copy_(b)
            second = getattr(made, f"bias_hh{suffix}").zero_()
            if b_hn:
                second[2 * H :] = b_hn[0]
    return made.train(layer.training)


def check_same(layer: Recurrent, known: Mapping[str, tuple[Any, ...]]) -> None:
    r"""Check that torch has this variant of the cell.

    Args:
        layer: The layer.
        known: What an option must be one of; any other option must not be there.

    Raises:
        ThroughTimeError: It has not; the message names the option.
    """
    given = {k: layer.options.get(k, "not there") for k in {**known, **layer.options}}
    if layer.recurrent_dropout:
        given["recurrent_dropout"] = layer.recurrent_dropout
    for name, value in given.items():
        if value not in known.get(name, ()):
            wish = " or ".join(map(repr, known.get(name, ("a layer without it",))))
            raise ThroughTimeError(
                f"{name} is {value!r}, and torch.nn.{type(layer).__name__} has no such "
                f"cell; wanted {wish}. Try to keep this layer as it is."
            )


def _from(module: nn.RNNBase, suffix: str) -> list[Tensor]:
    """Return W_x, W_h and b, and b_hn if the module is a GRU."""
    W_x, W_h = (getattr(module, f"weight_{kind}{suffix}") for kind in ("ih", "hh"))
    H = module.hidden_size
    if not module.bias:
        b = W_x.new_zeros(len(W_x))
        return [W_x, W_h, b, b[:H]] if isinstance(module, nn.GRU) else [W_x, W_h, b]
    b_x, b_h = (getattr(module, f"bias_{kind}{suffix}") for kind in ("ih", "hh"))
    if not isinstance(module, nn.GRU):
        return [W_x, W_h, b_x + b_h]
    b = torch.cat([b_x[: 2 * H] + b_h[: 2 * H], b_x[2 * H :]])
    return [W_x, W_h, b, b_h[2 * H :]]
