r"""Files of tensors and plain values, without pickle.

A file is an ``.npz`` archive: the arrays, and one entry ``json`` that says where each
belongs. Nothing in it can run. It is written beside its place and then moved there,
so that a crash leaves the file from before. It does not compress.
"""

import contextlib
import json
import os
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from throughtime.errors import ThroughTimeError

MAGIC, VERSION = "throughtime", 1
PLAIN = (bool, int, float, str, type(None))
# What NumPy can hold as it is; the others are stored as bytes.
NUMPY_KNOWS = {
    *(torch.float64, torch.float32, torch.float16, torch.complex64, torch.complex128),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
}


class Saved(NamedTuple):
    """Weights by name, and what was written about them."""

    weights: dict[str, Tensor]
    about: dict[str, Any]


def save(model: nn.Module, path: str | Path, **about: Any) -> None:
    r"""Write a model's weights and buffers to a file.

    Args:
        model: Any module.
        path: Where to; a file there is replaced in one go.
        **about: What a reader should know: numbers, texts, lists and dicts of such.

    Raises:
        ThroughTimeError: Something cannot be stored, or the file not written.
    """
    write(path, {"weights": dict(model.state_dict()), "about": about}, "weights")


def load(path: str | Path, device: torch.device | str = "cpu") -> Saved:
    r"""Read what :func:`save` wrote; ``model.load_state_dict(load(path).weights)``.

    Args:
        path: The file.
        device: Where the tensors shall lie that lay on another device than the CPU.

    Raises:
        ThroughTimeError: No such file, a damaged one, or one of another kind.
    """
    found = read(path, "weights", device)
    return Saved(found["weights"], found["about"])


def write(path: str | Path, content: dict[str, Any], kind: str) -> None:
    r"""Write nested dicts, lists, tuples, tensors, arrays and plain values to a file.

    Raises:
        ThroughTimeError: A value of another kind, or the file cannot be written.
    """
    path, arrays = Path(path), {}
    tree = _pack(content, arrays, kind)
    head = {"magic": MAGIC, "version": VERSION, "kind": kind, "tree": tree}
    arrays["json"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ThroughTimeError(
            f"{path} cannot be written ({error}); wanted a place for a file. "
            "Try another folder, or make room on the disk."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def read(path: str | Path, kind: str, device: torch.device | str = "cpu") -> Any:
    r"""Read what :func:`write` wrote with the same ``kind``.

    Raises:
        ThroughTimeError: No such file, a damaged one, or one of another kind.
    """
    path = Path(path)
    if not path.is_file():
        raise ThroughTimeError(
            f"there is no file {path}; wanted one that throughtime.train wrote. "
            "Try its full path."
        )
    try:
        # Reading an entry to its end checks its sum (CRC-32).
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        head = json.loads(arrays.pop("json").tobytes())
        if (head["magic"], head["version"], head["kind"]) == (MAGIC, VERSION, kind):
            return _unpack(head["tree"], arrays, torch.device(device))
        found = f"holds {head['kind']}, version {head['version']}"
    except _DAMAGE as error:
        found = f"is damaged or foreign ({type(error).__name__}: {error})"
    raise ThroughTimeError(
        f"{path} {found}; wanted {kind}, version {VERSION}, as throughtime.train "
        "writes it. Try another file, or remove this one and begin anew."
    )


_DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError),
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, MemoryError),
)


def _pack(value: Any, arrays: dict[str, np.ndarray], where: str) -> Any:
    """Return a value as JSON can hold it; its arrays go to ``arrays``."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, np.generic):
        return _pack(value.item(), arrays, where)
    if isinstance(value, Tensor | np.ndarray):
        return _pack_array(value, arrays, where)
    if isinstance(value, dict):
        pairs = [
            [_pack(key, arrays, where), _pack(inner, arrays, f"{where}.{key}")]
            for key, inner in value.items()
        ]
        return {"counter" if isinstance(value, Counter) else "dict": pairs}
    if isinstance(value, list | tuple):
        parts = [_pack(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]
        return parts if isinstance(value, list) else {"tuple": parts}
    raise ThroughTimeError(
        f"{where} is a {type(value).__name__}; wanted tensors, arrays, numbers, texts, "
        "and dicts, lists or tuples of such, as nothing is pickled. Try to leave it "
        "out of the state_dict."
    )


def _pack_array(
    value: Tensor | np.ndarray, arrays: dict[str, np.ndarray], where: str
) -> dict[str, Any]:
    name = f"a{len(arrays)}"
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise ThroughTimeError(
                f"{where} is an array of Python objects; wanted numbers. "
                "Try np.asarray(..., dtype=float)."
            )
        arrays[name] = value
        return {"array": name}
    if value.layout != torch.strided or value.is_quantized:
        raise ThroughTimeError(
            f"{where} is a sparse or quantized tensor; wanted a dense one. "
            "Try to_dense() or dequantize()."
        )
    flat = value.detach().cpu().contiguous().reshape(-1)
    known = flat.dtype in NUMPY_KNOWS
    arrays[name] = (flat if known else flat.view(torch.uint8)).numpy()
    dtype = str(value.dtype).removeprefix("torch.")
    shape, cpu = list(value.shape), value.device.type == "cpu"
    return {"tensor": name, "dtype": dtype, "shape": shape, "cpu": cpu}


def _unpack(tree: Any, arrays: dict[str, np.ndarray], device: torch.device) -> Any:
    """Return what :func:`_pack` packed."""
    if isinstance(tree, PLAIN):
        return tree
    if isinstance(tree, list):
        return [_unpack(part, arrays, device) for part in tree]
    if "tensor" in tree:
        flat = torch.from_numpy(arrays[tree["tensor"]])
        dtype = getattr(torch, tree["dtype"])
        flat = flat if dtype in NUMPY_KNOWS else flat.view(dtype)
        return flat.reshape(tree["shape"]).to("cpu" if tree["cpu"] else device)
    if "array" in tree:
        return arrays[tree["array"]]
    ((form, parts),) = tree.items()
    if form == "tuple":
        return tuple(_unpack(part, arrays, device) for part in parts)
    pairs = ((_unpack(k, arrays, device), _unpack(v, arrays, device)) for k, v in parts)
    return {"dict": dict, "counter": Counter}[form](dict(pairs))
