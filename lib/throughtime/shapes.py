"""Check the arguments of a function, and say what to try when they do not fit.

Works for NumPy arrays and tensors alike. It looks at the form of an array only:
NaN and inf pass through.
"""

import numpy as np
import torch

from throughtime.errors import DeviceError, KindError, ShapeError

Array = np.ndarray | torch.Tensor


def check_shape(name: str, array: Array, axes: str, **sizes: int) -> tuple[int, ...]:
    r"""Check an array's shape against its axes' letters, and return its sizes.

    Args:
        name: What the caller calls the array; messages begin with it.
        array: A NumPy array or a tensor.
        axes: One letter an axis, as in ``"T B D"``; a letter that comes twice, as in
            ``"H H"``, must have one size.
        **sizes: What a letter must be, where the caller knows it.

    Returns:
        The sizes, in the order of ``axes``.

    Raises:
        ShapeError: Other number of axes, another size, or an axis of size 0.
        KindError: Not an array.

    >>> T, B, D = check_shape("xs", np.zeros((7, 3, 5)), "T B D", B=3)
    >>> T, B, D
    (7, 3, 5)
    """
    if not isinstance(array, Array):
        raise KindError(
            f"{name} is a {type(array).__name__}; wanted an array of shape "
            f"{_tuple(axes.split())}. Try np.asarray or torch.as_tensor."
        )
    shape, letters = tuple(array.shape), axes.split()
    fault = _fault(shape, letters, sizes)
    if fault:
        wanted = _tuple(letters) + _known(letters, sizes)
        advice = _advice(name, array, letters, sizes)
        raise ShapeError(
            f"{name} has shape {_tuple(shape)}; wanted {wanted}: {fault}. {advice}"
        )
    return shape


def check_kind(**tensors: torch.Tensor) -> None:
    r"""Check that the arguments are floating-point tensors of one dtype and device.

    Args:
        **tensors: The arguments, by the names that messages shall use.

    Raises:
        KindError: Not a tensor, not floating-point, or two dtypes.
        DeviceError: Two devices.
    """
    for name, tensor in tensors.items():
        if not isinstance(tensor, torch.Tensor):
            raise KindError(
                f"{name} is a {type(tensor).__name__}; wanted a torch tensor. "
                f"Try torch.as_tensor({name})."
            )
        if not tensor.is_floating_point():
            raise KindError(
                f"{name} holds {tensor.dtype}; wanted floating-point numbers. "
                f"Try {name}.double(), or text.one_hot if these are ids."
            )
    first, *others = tensors.items()
    for other in others:
        _check_alike(first, other)


def to_numpy(array: Array) -> np.ndarray:
    """Return an array's numbers for comparing or drawing them, from any device."""
    if isinstance(array, torch.Tensor):
        return array.detach().cpu().numpy()
    return np.asarray(array)


def _check_alike(
    first: tuple[str, torch.Tensor], other: tuple[str, torch.Tensor]
) -> None:
    (a, tensor), (b, another) = first, other
    if tensor.dtype != another.dtype:
        raise KindError(
            f"{a} holds {tensor.dtype} and {b} {another.dtype}; wanted one dtype. "
            f"Try {b}.to({a}.dtype)."
        )
    if tensor.device != another.device:
        raise DeviceError(
            f"{a} lies on {tensor.device} and {b} on {another.device}; wanted one "
            f"device, as nothing is moved here. Try {b}.to({a}.device)."
        )


def _fault(
    shape: tuple[int, ...], letters: list[str], sizes: dict[str, int]
) -> str | None:
    """Return what is wrong with a shape, or None."""
    if len(shape) != len(letters):
        return f"it has {len(shape)} axes, not {len(letters)}"
    bound = dict(sizes)
    for letter, size in zip(letters, shape, strict=True):
        if size == 0:
            return f"{letter} is 0"
        if bound.setdefault(letter, size) != size:
            where = "in the other arguments" if letter in sizes else "on another axis"
            return f"{letter} is {size} here and {bound[letter]} {where}"
    return None


def _advice(name: str, array: Array, letters: list[str], sizes: dict[str, int]) -> str:
    """Return what to try: swapping the first two axes, if that mends the shape."""
    swapped = (*array.shape[:2][::-1], *array.shape[2:])
    if not _fault(swapped, letters, sizes):
        method = "transpose" if isinstance(array, torch.Tensor) else "swapaxes"
        guess = "Is the batch first? " if letters[:2] == ["T", "B"] else ""
        return f"{guess}Try {name}.{method}(0, 1)."
    if 0 in array.shape:
        return f"Is {name} empty? Look at how it was cut."
    return f"Print {name}.shape where it is made."


def _known(letters: list[str], sizes: dict[str, int]) -> str:
    known = [f"{letter} = {sizes[letter]}" for letter in letters if letter in sizes]
    return " with " + ", ".join(dict.fromkeys(known)) if known else ""


def _tuple(parts: list[str] | tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, parts)) + ("," if len(parts) == 1 else "") + ")"
