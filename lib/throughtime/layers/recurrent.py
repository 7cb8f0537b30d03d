r"""What all recurrent layers share: stacks, two directions, masks and dropout."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from throughtime.errors import ShapeError, ThroughTimeError
from throughtime.layers.checks import (
    check_batch_first,
    check_probabilities,
    check_sizes,
)
from throughtime.shapes import check_kind, check_shape
from throughtime.unroll.loop import check_mask

State = Tensor | tuple[Tensor, ...]
Sizes = Mapping[str, tuple[int, ...]]


class Recurrent(nn.Module, ABC):
    r"""Be the base of the layers: one cell, in ``num_layers`` and both directions.

    Layer l > 0 reads the states of layer l - 1, D = H of each direction. Parameters
    have the cell's names with torch's endings: ``W_h_l0``, ``W_h_l0_reverse``, ...

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        bidirectional: Read backwards too, with weights of its own; the states of the
            two directions lie side by side, forward first.
        dropout: Probability of dropping a number between two layers, in training;
            what is left is scaled by 1 / (1 - p). Not after the last layer.
        recurrent_dropout: Probability of dropping a number of h_{t-1} in the products
            with the recurrent weights, in training, the same ones at every step;
            scaled alike.
        batch_first: Only False: time is always first.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: What the first weights are drawn from; torch's own without it.

    Raises:
        ThroughTimeError: ``batch_first=True``, or a size or probability out of range.
    """

    has_cell = False  # whether the state is a pair (h, c)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        options: Mapping[str, Any],
        bidirectional: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        batch_first: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_batch_first(batch_first)
        check_sizes(
            input_size=input_size, hidden_size=hidden_size, num_layers=num_layers
        )
        check_probabilities(dropout=dropout, recurrent_dropout=recurrent_dropout)
        if dropout and num_layers == 1:
            raise ThroughTimeError(
                f"dropout is {dropout} with num_layers=1; wanted two layers or more, "
                "as it acts between layers. Try recurrent_dropout, or nn.Dropout on "
                "the result."
            )
        self.input_size, self.hidden_size = input_size, hidden_size
        self.num_layers, self.bidirectional = num_layers, bidirectional
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.options = dict(options)
        for layer, suffix in self._places():
            D = input_size if layer == 0 else hidden_size * self.directions
            for name, shape in self.sizes(D, hidden_size).items():
                empty = torch.empty(shape, device=device, dtype=dtype)
                self.register_parameter(name + suffix, nn.Parameter(empty))
        self.reset_parameters(generator)

    @abstractmethod
    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shape of each weight of the cell, in the step's order."""

    @abstractmethod
    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""

    @property
    def directions(self) -> int:
        """Return 2 if the layer reads backwards too, else 1."""
        return 2 if self.bidirectional else 1

    def weights(self, suffix: str) -> dict[str, nn.Parameter]:
        """Return the weights of one place by their names, as of ``"_l0_reverse"``."""
        D, H = self.input_size, self.hidden_size
        return {name: getattr(self, name + suffix) for name in self.sizes(D, H)}

    def suffixes(self) -> list[str]:
        """Return the endings of the parameters' names, place by place."""
        return [suffix for _, suffix in self._places()]

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw each parameter uniformly from ±1/√H, as ``torch.nn`` does."""
        bound = self.hidden_size**-0.5
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-bound, bound, generator=generator)

    def forward(
        self, xs: Tensor, state: State | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, State]:
        r"""Run the layers over a batch of sequences.

        Args:
            xs: Inputs, shape ``(T, B, D)``.
            state: Before the first step, shape ``(layers * directions, B, H)``, for an
                LSTM a pair of such; zeros without it.
            mask: True for a real token, shape ``(T, B)``. Elsewhere a row's state stays
                as it is, so the last state is that of the row's last real token, and
                the backward direction begins there.

        Returns:
            The last layer's states, shape ``(T, B, directions * H)``, and the state
            after the last step (of the backward direction: after the first token), of
            the same form as ``state``.

        Raises:
            ShapeError: The sizes do not agree, or T or B is 0.
            KindError: Not floating-point, two dtypes, or ``mask`` not boolean.
            DeviceError: Tensors on two devices.
        """
        states = self._begin(xs, state, mask)
        last = []
        for layer in range(self.num_layers):
            ends = [
                self._one_way(xs, states[k], self.suffixes()[k], mask)
                for k in range(layer * self.directions, (layer + 1) * self.directions)
            ]
            hs = [hs for hs, _ in ends]
            xs = torch.cat(hs, dim=-1) if self.bidirectional else hs[0]
            if layer < self.num_layers - 1:
                xs = dropout(xs, self.dropout, self.training)
            last += [end for _, end in ends]
        if self.has_cell:
            return xs, tuple(torch.stack(part) for part in zip(*last, strict=True))
        return xs, torch.stack(last)

    def extra_repr(self) -> str:
        """Return what ``print`` shows of the layer."""
        usual = {"num_layers": 1, "bidirectional": False}
        usual |= {"dropout": 0.0, "recurrent_dropout": 0.0}
        more = {k: getattr(self, k) for k, v in usual.items() if getattr(self, k) != v}
        parts = [f"{name}={value!r}" for name, value in (self.options | more).items()]
        return ", ".join([str(self.input_size), str(self.hidden_size), *parts])

    def _one_way(
        self, xs: Tensor, state: State, suffix: str, mask: Tensor | None
    ) -> tuple[Tensor, State]:
        reverse = suffix.endswith("_reverse")
        if reverse:
            xs = xs.flip(0)
            mask = None if mask is None else mask.flip(0)
        drop = None
        if self.training and self.recurrent_dropout:
            drop = xs.new_ones(xs.shape[1], self.hidden_size)
            drop = dropout(drop, self.recurrent_dropout)
        weights = tuple(self.weights(suffix).values())
        with torch.autocast(xs.device.type, enabled=False):  # one dtype throughout
            hs, end = self.run(xs, state, weights, mask=mask, drop=drop)
        return (hs.flip(0) if reverse else hs), end

    def _begin(
        self, xs: Tensor, state: State | None, mask: Tensor | None
    ) -> list[State]:
        """Check the arguments; return the state of each layer and direction."""
        L = self.num_layers * self.directions
        sizes = {"D": self.input_size, "H": self.hidden_size, "L": L}
        check_kind(weights=next(self.parameters()), xs=xs)
        if xs.dim() == 2:
            raise ShapeError(
                f"xs has shape {tuple(xs.shape)}; wanted (T, B, D). Is it one sequence "
                "without a batch? Try xs[:, None]."
            )
        parts = self._parts(state)
        if parts:  # then its batch size tells whether xs has the batch first
            known = _without(sizes, "D")
            _, sizes["B"], _ = check_shape("state", parts[0], "L B H", **known)
        T, B, _ = check_shape("xs", xs, "T B D", **_without(sizes, "H", "L"))
        check_mask(mask, T, B)
        for part in parts:
            check_kind(xs=xs, state=part)
            check_shape("state", part, "L B H", **_without(sizes | {"B": B}, "D"))
        if not parts:
            zeros = xs.new_zeros(L, B, self.hidden_size)
            parts = (zeros, zeros) if self.has_cell else (zeros,)
        if self.has_cell:
            return list(zip(*(part.unbind(0) for part in parts), strict=True))
        return list(parts[0].unbind(0))

    def _parts(self, state: State | None) -> tuple[Tensor, ...]:
        """Return h, or h and c; nothing if there is no state."""
        if state is None:
            return ()
        parts = state if isinstance(state, tuple) else (state,)
        if len(parts) != 1 + self.has_cell:
            wanted = "the pair (h, c)" if self.has_cell else "one tensor h"
            raise ShapeError(
                f"state is a {type(state).__name__}; wanted {wanted}, each of shape "
                "(layers * directions, B, H). Try state=None for zeros."
            )
        return parts

    def _places(self) -> Iterator[tuple[int, str]]:
        for layer in range(self.num_layers):
            for ending in ("", "_reverse")[: self.directions]:
                yield layer, f"_l{layer}{ending}"


def _without(sizes: Mapping[str, int], *letters: str) -> dict[str, int]:
    return {letter: size for letter, size in sizes.items() if letter not in letters}
