"""Rebuild a value from a frame that a stranger may have made."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from examiner.errors import WireFault
from examiner.plain import DEPTH
from examiner.wire.encode import BITS, CONTAINERS, TORCH_ONLY


def decode(
    coded: Any,
    buffers: list[bytes],
    refer: Callable[[dict[str, Any]], Any] | None = None,
    depth: int = DEPTH,
) -> Any:
    """Rebuild a value that :func:`encode` made, or refuse it.

    Args:
        coded: What came in a frame.
        buffers: The frame's raw bytes.
        refer: Makes an object of a handle; by default handles are refused.
        depth: How much nesting is still allowed.

    Raises:
        WireFault: It is not what :func:`encode` makes.
    """
    if depth < 0 or not isinstance(coded, dict) or not coded:
        raise WireFault("a value of the wrong form")
    tag = next(iter(coded))
    try:
        if tag == "handle" and refer is not None:
            return refer(coded)
        return _DECODERS[tag](coded, buffers, refer, depth - 1)
    except WireFault:
        raise
    except (LookupError, ArithmeticError, TypeError, ValueError, RuntimeError) as fault:
        raise WireFault(f"a bad {tag!s:.20}: {type(fault).__name__}") from None


def _decode_many(coded: dict, buffers: list[bytes], refer: Any, depth: int) -> Any:
    tag = next(iter(coded))
    items = [decode(item, buffers, refer, depth) for item in coded[tag]]
    if tag == "dict":
        return dict(zip(items[::2], items[1::2], strict=True))
    if tag == "slice":
        start, stop, step = items
        return slice(start, stop, step)
    return CONTAINERS[tag](items)


def _decode_numpy(coded: dict, buffers: list[bytes], *_: Any) -> Any:
    array = _take(coded["numpy"], buffers)
    return array[()] if coded["scalar"] is True and array.ndim == 0 else array


def _take(place: Any, buffers: list[bytes]) -> np.ndarray:
    number, text, shape = place
    dtype = np.dtype(text) if isinstance(text, str) and len(text) < 16 else None
    if dtype is None or dtype.kind not in "biufcSU" or not isinstance(shape, list):
        raise WireFault("an array of the wrong form")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise WireFault("an array of the wrong shape")
    data = _buffer(number, buffers)
    if math.prod(shape) * dtype.itemsize != len(data):
        raise WireFault("an array of the wrong size")
    return np.frombuffer(bytearray(data), dtype).reshape(shape)


def _buffer(number: Any, buffers: list[bytes]) -> bytes:
    if type(number) is not int or number < 0:
        raise WireFault("a buffer of the wrong number")
    return buffers[number]


def _decode_torch(coded: dict, buffers: list[bytes], *_: Any) -> Any:
    import torch

    name, array = coded["dtype"], _take(coded["torch"], buffers)
    dtype = _dtype(name)
    if array.dtype.name != TORCH_ONLY.get(name, name):
        raise WireFault("a tensor of the wrong type")
    tensor = torch.from_numpy(array)
    tensor = tensor.view(dtype) if name in TORCH_ONLY else tensor
    return tensor.requires_grad_(coded["grad"] is True)


def _dtype(name: Any) -> Any:
    import torch

    found = getattr(torch, name, None) if isinstance(name, str) else None
    if not isinstance(found, torch.dtype):
        raise WireFault("a type that torch does not have")
    return found


def _decode_int(coded: dict, *_: Any) -> int:
    value = coded["int"]
    if type(value) is not int or value.bit_length() > BITS:
        raise WireFault("a bad whole number")
    return value


_DECODERS: dict[str, Callable[..., Any]] = {
    "none": lambda *_: None,
    "bool": lambda coded, *_: coded["bool"] == 1,
    "int": _decode_int,
    "float": lambda coded, *_: float.fromhex(coded["float"]),
    "complex": lambda coded, *_: complex(*map(float.fromhex, coded["complex"])),
    "str": lambda coded, buffers, *_: _buffer(coded["str"], buffers).decode(
        "utf-8", "surrogatepass"
    ),
    "bytes": lambda coded, buffers, *_: _buffer(coded["bytes"], buffers),
    "numpy": _decode_numpy,
    "torch": _decode_torch,
    "dtype": lambda coded, *_: _dtype(coded["dtype"]),
    **dict.fromkeys([*CONTAINERS, "dict", "slice"], _decode_many),
}
