r"""What the fast functions share."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import get_gradient_edge

from throughtime.bptt.functions.product import weight_gradient
from throughtime.errors import ThroughTimeError
from throughtime.shapes import check_kind, check_shape
from throughtime.unroll import unroll

# Numbers of a (steps, B, H) slice that stay in the processor's cache on the way back.
CHUNK = 100_000


def tanh_slope(d: Tensor, y: Tensor, out: Tensor) -> Tensor:
    """Write d (1 - y²), for y = tanh(a)."""
    return torch.ops.aten.tanh_backward.grad_input(d, y, grad_input=out)


def sigmoid_slope(d: Tensor, y: Tensor, out: Tensor) -> Tensor:
    """Write d y (1 - y), for y = sigmoid(a)."""
    return torch.ops.aten.sigmoid_backward.grad_input(d, y, grad_input=out)


def _clip_slope(slope: float) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def write(d: Tensor, y: Tensor, out: Tensor) -> Tensor:
        return torch.mul(d * slope, (y > 0) & (y < 1), out=out)

    return write


def tanh_(a: Tensor) -> Tensor:
    """Write tanh(a) over a; torch takes twice as long over a part of wider rows."""
    return a.tanh_() if a.is_contiguous() else a.copy_(a.contiguous().tanh_())


# d f'(a) from y = f(a), written into out; and f itself, in place.
SLOPES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "tanh": tanh_slope,
    "sigmoid": sigmoid_slope,
    "hard_sigmoid": _clip_slope(1 / 6),
    "hard_sigmoid_02": _clip_slope(0.2),
    "relu": lambda d, y, out: torch.mul(d, y > 0, out=out),
    "identity": lambda d, y, out: out.copy_(d.expand_as(y)),
}
IN_PLACE: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": tanh_,
    "sigmoid": torch.sigmoid_,
    "hard_sigmoid": lambda a: a.div_(6).add_(0.5).clamp_(0, 1),
    "hard_sigmoid_02": lambda a: a.mul_(0.2).add_(0.5).clamp_(0, 1),
    "relu": torch.relu_,
    "identity": lambda a: a,
}


class Inputs:
    r"""Hold what the inputs of all steps give to each step, and its way back.

    Args:
        project: Makes the pre-activations, ``(T, B, nH)``, of inputs and weights.
        sources: The inputs and weights.
        needed: Which of these need a gradient.
    """

    def __init__(
        self, project: Callable[..., Tensor], sources: Sequence[Tensor], needed: Any
    ) -> None:
        inference = torch.is_inference_mode_enabled()
        self.needed = [need and not inference for need in needed]
        pairs = zip(sources, self.needed, strict=True)
        self.leaves = [s.detach().requires_grad_(need) for s, need in pairs]
        with torch.set_grad_enabled(any(self.needed)):
            projected = project(*self.leaves)
        # Only the way back is kept: the values are freed when autograd frees them.
        self.way = get_gradient_edge(projected) if projected.requires_grad else None
        self._values: Tensor | None = projected.detach()

    def take(self) -> Tensor:
        """Hand over the pre-activations, once, to be written over."""
        values, self._values = self._values, None
        return values

    def gradients(self, d: Tensor) -> list[Tensor | None]:
        """Return the gradient of each source, or None, from that of the values."""
        if self.way is None:
            return [None] * len(self.leaves)
        wanted = [leaf for leaf in self.leaves if leaf.requires_grad]
        found = iter(torch.autograd.grad(self.way, wanted, d, retain_graph=True))
        return [next(found) if need else None for need in self.needed]


def check_drop(drop: Tensor | None, h_0: Tensor) -> None:
    r"""Check a mask of recurrent dropout."""
    if drop is not None:
        check_kind(h_0=h_0, drop=drop)
        check_shape("drop", drop, "B H", B=h_0.shape[0], H=h_0.shape[1])


def scaled(h: Tensor, factor: Tensor | None) -> Tensor:
    """Return h times a factor, if there is one."""
    return h if factor is None else h * factor


def added(d: Tensor, more: Tensor | None) -> Tensor:
    """Add to a gradient, in place, if there is something to add."""
    return d if more is None else d.add_(more)


def stay_(real: Tensor | None, new: Tensor, old: Tensor) -> None:
    """Put the old state back in the rows whose token is not real."""
    if real is not None:
        torch.where(real, new, old, out=new)


def columns(mask: Tensor | None, T: int) -> Sequence[Tensor | None]:
    """Return a mask's T steps, each ``(B, 1)``, or T times None."""
    return [None] * T if mask is None else mask[..., None].unbind(0)


def before(first: Tensor, states: Tensor) -> Tensor:
    r"""Return the states before each step, h_0 to h_{T-1}, shape ``(T, B, H)``."""
    return torch.cat([first[None], states[:-1]])


def recurrent_gradient(
    das: Tensor, first: Tensor, states: Tensor, drop: Tensor | None
) -> Tensor:
    r"""Return the sum over t of da_tᵀ h_{t-1}, without a copy of the states.

    Args:
        das: Shape ``(T, B, M)``.
        first: h_0, shape ``(B, H)``.
        states: h_1 to h_T, shape ``(T, B, H)``.
        drop: What h_{t-1} was multiplied with, shape ``(B, H)``.
    """
    dW = das[0].T @ scaled(first, drop)
    if len(das) > 1:
        seen = scaled(states[:-1], drop)
        dW += weight_gradient(das[1:].flatten(0, 1), seen.flatten(0, 1))
    return dW


def rows(d: Tensor | None, T: int) -> Sequence[Tensor | None]:
    """Return a gradient's T steps, or T times None."""
    return [None] * T if d is None else d.unbind(0)


def or_zeros(d: Tensor | None, like: Tensor) -> Tensor:
    """Return a gradient that may be written over, zero where there was none."""
    return torch.zeros_like(like) if d is None else d.clone()


def chunks(T: int, B: int, H: int) -> list[range]:
    """Return the steps, cut into pieces that stay in the cache, last piece first."""
    size = max(1, CHUNK // (B * H))
    return [range(s, min(T, s + size)) for s in range(0, T, size)][::-1]


def plain_gradients(
    step: Callable[..., Any],
    mask: Tensor | None,
    drop: Tensor | None,
    tensors: Sequence[Tensor | None],
    states: int,
    grads: Sequence[Tensor | None],
) -> list[Tensor | None]:
    r"""Return the gradients by the plain loop, with a graph of their own.

    Args:
        step: ``step(x_t, state, *weights)``.
        mask: As given.
        drop: As given.
        tensors: ``xs``, the state's parts, the weights; None for one that is absent.
        states: How many parts the state has.
        grads: With respect to hs and the parts of the last state.

    Raises:
        ThroughTimeError: ``drop`` is given.
    """
    if drop is not None:
        raise ThroughTimeError(
            "a second derivative with recurrent dropout; wanted one without. Try "
            "recurrent_dropout=0, or model.eval()."
        )
    with torch.enable_grad():
        # One alias each: the same tensor may stand in two places.
        alias = [None if t is None else t.view_as(t) for t in tensors]
        xs, parts, weights = alias[0], alias[1 : 1 + states], alias[1 + states :]
        state = parts[0] if states == 1 else tuple(parts)
        hs, last = unroll(lambda x_t, h: step(x_t, h, *weights), xs, state, mask)
        outputs = [hs, *([last] if states == 1 else last)]
        pairs = [(o, g) for o, g in zip(outputs, grads, strict=True) if g is not None]
        inputs = [t for t in alias if t is not None and t.requires_grad]
        found = iter(
            torch.autograd.grad(
                [o for o, _ in pairs],
                inputs,
                [g for _, g in pairs],
                create_graph=True,
                allow_unused=True,
            )
        )
    return [next(found) if t is not None and t.requires_grad else None for t in alias]
