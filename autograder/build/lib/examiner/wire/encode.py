"""Turn a value into what a frame can hold."""

from collections.abc import Callable
from typing import Any

import numpy as np

from examiner.errors import NotPlain
from examiner.plain import DEPTH, plain

BITS = 4096  # of a whole number
CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
# NumPy has no bfloat16: it travels as the bytes that it is made of.
TORCH_ONLY = {"bfloat16": "int16"}


def encode(
    value: Any,
    buffers: list[bytes],
    refer: Callable[[Any], dict[str, Any]] | None = None,
    depth: int = DEPTH,
) -> dict[str, Any]:
    """Turn a value into what a frame can hold.

    Args:
        value: Plain data (see :mod:`examiner.plain`).
        buffers: The frame's raw bytes, which grow.
        refer: Makes a handle of anything else; by default it is refused.
        depth: How much nesting is still allowed.

    Raises:
        NotPlain: The value is not plain and there is no ``refer``.
    """
    if depth < 0:
        raise NotPlain(f"a value nested more than {DEPTH} deep")
    if type(value) in _SCALARS:
        return _SCALARS[type(value)](value)
    if type(value) is str or type(value) is bytes:
        raw = value if type(value) is bytes else value.encode("utf-8", "surrogatepass")
        buffers.append(raw)
        return {type(value).__name__: len(buffers) - 1}
    if type(value).__name__ in CONTAINERS and type(value) in CONTAINERS.values():
        items = [encode(item, buffers, refer, depth - 1) for item in value]
        return {type(value).__name__: items}
    if type(value) is dict:
        pairs = (part for pair in value.items() for part in pair)
        return {"dict": [encode(part, buffers, refer, depth - 1) for part in pairs]}
    if type(value) is slice:
        parts = (value.start, value.stop, value.step)
        return {"slice": [encode(part, buffers, refer, depth - 1) for part in parts]}
    return _encode_array(value, buffers, refer, depth)


def _encode_int(value: int) -> dict[str, Any]:
    if value.bit_length() > BITS:
        raise NotPlain(f"a whole number of more than {BITS} bits")
    return {"int": value}


_SCALARS: dict[type, Callable[[Any], dict[str, Any]]] = {
    type(None): lambda value: {"none": 0},
    bool: lambda value: {"bool": int(value)},
    int: _encode_int,
    float: lambda value: {"float": value.hex()},
    complex: lambda value: {"complex": [value.real.hex(), value.imag.hex()]},
}


def _encode_array(
    value: Any, buffers: list[bytes], refer: Callable[[Any], dict] | None, depth: int
) -> dict[str, Any]:
    """Encode arrays, tensors, subclasses of plain types, and the rest by a handle."""
    try:
        rebuilt = plain(value, depth)
    except NotPlain:
        if refer is None:
            raise
        return refer(value)
    if isinstance(rebuilt, np.ndarray | np.generic):
        return {
            "numpy": _add(np.asarray(rebuilt), buffers),
            "scalar": isinstance(rebuilt, np.generic),
        }
    if type(rebuilt).__module__ == "torch":
        return _encode_torch(value, rebuilt, buffers)
    return encode(rebuilt, buffers, refer, depth)


def _add(array: np.ndarray, buffers: list[bytes]) -> list[Any]:
    buffers.append(np.ascontiguousarray(array).tobytes())
    return [len(buffers) - 1, array.dtype.str, list(array.shape)]


def _encode_torch(value: Any, rebuilt: Any, buffers: list[bytes]) -> dict[str, Any]:
    import torch

    if isinstance(rebuilt, torch.dtype):
        return {"dtype": str(rebuilt).removeprefix("torch.")}
    name = str(rebuilt.dtype).removeprefix("torch.")
    as_numpy = rebuilt.view(torch.int16) if name in TORCH_ONLY else rebuilt
    place = _add(as_numpy.numpy(), buffers)
    return {"torch": place, "dtype": name, "grad": bool(value.requires_grad)}
