"""Plain data: all that may pass between a student's code and a check.

An object of a student's own class could claim to equal everything. A value that
went through :func:`plain` cannot: it is rebuilt from exact built-in, NumPy and
torch types, and shares no memory with what the student holds.
"""

import sys
from typing import Any

import numpy as np

from examiner.errors import NotPlain

EXACT = (type(None), bool, int, float, complex, str, bytes)
NUMERIC = "biufcSU"  # NumPy kinds: bool, integers, floats, complex, text
DEPTH = 50

# The built-in's own method: a subclass may have replaced it.
_SCALARS = {
    int: lambda value: int.__add__(value, 0),
    float: float.__pos__,
    complex: complex.__pos__,
    str: lambda value: str.__getitem__(value, slice(None)),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
}


def plain(value: Any, depth: int = DEPTH) -> Any:
    """Rebuild a value from exact plain types, sharing no memory with it.

    Args:
        value: None, bool, numbers, str, bytes, list, tuple, set, dict, slice,
            NumPy arrays and scalars, torch tensors and dtypes, nested at most
            ``depth`` deep. Subclasses of these lose their class.
        depth: How much nesting is still allowed.

    Raises:
        NotPlain: The value is of another type; the text names it.
    """
    if depth < 0:
        raise NotPlain(f"a value nested more than {DEPTH} deep")
    if type(value) in EXACT:
        return value
    for kind, rebuild in _SCALARS.items():
        if isinstance(value, kind) and not isinstance(value, np.generic):
            return rebuild(value)
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(value)
    if _is_torch(value):
        return _plain_torch(value)
    return _plain_container(value, depth - 1)


def _plain_array(value: np.ndarray | np.generic) -> np.ndarray | np.generic:
    if value.dtype.kind not in NUMERIC:
        raise NotPlain(f"an array of dtype {value.dtype}; numbers are wanted")
    copy = np.array(value, subok=False)
    return copy[()] if isinstance(value, np.generic) else copy


def _is_torch(value: Any) -> bool:
    torch = sys.modules.get("torch")  # a student who returns a tensor imported it
    return torch is not None and isinstance(value, torch.Tensor | torch.dtype)


def _plain_torch(value: Any) -> Any:
    import torch

    if isinstance(value, torch.dtype):
        return value
    value = torch.Tensor.detach(value)
    if value.layout is not torch.strided or value.is_quantized or value.is_meta:
        raise NotPlain(f"a tensor of layout {value.layout}, type {value.dtype}")
    return value.as_subclass(torch.Tensor).cpu().clone().resolve_conj().resolve_neg()


def _plain_container(value: Any, depth: int) -> Any:
    # The built-in's own iterator: a subclass may have replaced __iter__.
    if isinstance(value, dict):
        return {plain(k, depth): plain(v, depth) for k, v in dict.items(value)}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(plain(item, depth) for item in kind.__iter__(value))
    if isinstance(value, slice):
        return slice(*(plain(v, depth) for v in (value.start, value.stop, value.step)))
    raise NotPlain(f"a value of type {type(value).__name__}")
