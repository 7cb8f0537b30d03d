"""Files without pickle: what goes in comes out, and damage is refused."""

import json
import pickle
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from throughtime.errors import ThroughTimeError
from throughtime.train import History, load, save, store

TENSORS = {
    "double": torch.randn(7, 5, dtype=torch.float64),
    "single": torch.randn(3, 4)[:, ::2],  # not contiguous
    "half": torch.randn(5).half(),
    "bfloat16": torch.randn(4, 3).bfloat16(),
    "float8": torch.randn(6).to(torch.float8_e4m3fn),
    "bool": torch.tensor([True, False, True]),
    "int64": torch.tensor([2**62, -1]),
    "scalar": torch.tensor(3.5),
    "bfloat16 scalar": torch.tensor(1.5, dtype=torch.bfloat16),
    "empty": torch.zeros(0, 4),
    "complex": torch.randn(2, dtype=torch.complex128),
    "not finite": torch.tensor([float("nan"), float("inf"), -0.0]),
}
PLAIN = {
    "numbers": [1, -2.5, True, None, 2**100, 1e-320, float("inf")],
    "text": 'a "quote", \u4e2d, \n',
    "tuple": (1, (2, [3, ()])),
    7: "an int as key",
    (1, 2): {None: 0, 0.5: 1, True: 2},
    "empty": {},
    "counter": Counter({3: 2}),
}


def bits(tensor):
    return tensor.contiguous().reshape(-1).view(torch.uint8)


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_comes_back_bit_for_bit(name, tmp_path):
    tensor = TENSORS[name]
    store.write(tmp_path / "f", {"x": tensor}, "test")
    found = store.read(tmp_path / "f", "test")["x"]
    assert (found.dtype, found.shape) == (tensor.dtype, tensor.shape)
    assert torch.equal(bits(found), bits(tensor))


def test_plain_values_come_back_with_their_types(tmp_path):
    store.write(tmp_path / "f", PLAIN, "test")
    found = store.read(tmp_path / "f", "test")
    assert repr(found) == repr(PLAIN)


def test_arrays_come_back(tmp_path):
    content = {"a": np.arange(6, dtype=np.uint32).reshape(2, 3), "b": np.float32(2.5)}
    store.write(tmp_path / "f", content, "test")
    found = store.read(tmp_path / "f", "test")
    assert found["a"].dtype == np.uint32
    assert found["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["b"] == 2.5


def test_weights_are_saved_with_what_is_known_of_them(tmp_path):
    model, twin = nn.LSTM(5, 4), nn.LSTM(5, 4)
    save(model, tmp_path / "deep" / "model.npz", loss=1.25, config={"H": 4})
    weights, about = load(tmp_path / "deep" / "model.npz")
    twin.load_state_dict(weights)
    assert about == {"loss": 1.25, "config": {"H": 4}}
    xs = torch.randn(7, 3, 5)
    assert torch.equal(model(xs)[0], twin(xs)[0])


def test_the_same_weights_give_the_same_bytes(tmp_path):
    model = nn.LSTM(5, 4)
    for name in "ab":
        save(model, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_would_need_pickle_is_refused_and_the_old_file_stays(tmp_path):
    path = tmp_path / "f"
    store.write(path, {"a": 1}, "test")
    for bad in (object(), {1, 2}, np.array([object()]), torch.eye(2).to_sparse()):
        with pytest.raises(ThroughTimeError, match=r"test\.b\[0\] is a.*wanted.*Try"):
            store.write(path, {"b": [bad]}, "test")
    assert store.read(path, "test") == {"a": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_every_damaged_byte_is_noticed_or_does_no_harm(tmp_path):
    path = tmp_path / "f"
    content = {"x": torch.arange(5), "y": "text", "z": (1, 2)}
    store.write(path, content, "test")
    good = path.read_bytes()
    noticed = 0
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x41]) + good[place + 1 :])
        try:
            found = store.read(path, "test")
        except ThroughTimeError:
            noticed += 1
        else:
            assert repr(found) == repr(content)
    assert noticed > len(good) / 2


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(share, tmp_path):
    path = tmp_path / "f"
    save(nn.LSTM(5, 4), path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ThroughTimeError, match=r"damaged or foreign.*wanted weights"):
        load(path)


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "f"
    torch.save({"a": 1}, path)
    _refused(path)
    path.write_bytes(pickle.dumps({"a": 1}))
    _refused(path)
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    _refused(path)
    with path.open("wb") as file:
        np.savez(file, json=np.array([{}], dtype=object))
    _refused(path)
    path.write_text("weights", encoding="utf-8")
    _refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("json", json.dumps({"magic": "throughtime"}))
    _refused(path)


def _refused(path):
    with pytest.raises(ThroughTimeError, match=r"wanted weights, version 1.*Try"):
        load(path)


def test_a_checkpoint_is_not_taken_for_weights_and_a_missing_file_is_named(tmp_path):
    store.write(tmp_path / "run", {}, "checkpoint")
    with pytest.raises(ThroughTimeError, match="holds checkpoint, version 1; wanted"):
        load(tmp_path / "run")
    with pytest.raises(ThroughTimeError, match=r"there is no file .*none; wanted"):
        load(tmp_path / "none")


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ThroughTimeError, match=r"cannot be written .* Try"):
        save(nn.Linear(2, 1), tmp_path / "file" / "model")


@pytest.mark.parametrize("moment", ["half written", "before the move"])
def test_killed_while_writing_the_file_from_before_stays_readable(moment, tmp_path):
    program = """
        import io, os, signal, sys
        from pathlib import Path
        from throughtime.train import store

        def die(*_):
            os.kill(os.getpid(), signal.SIGKILL)

        def half(file, **arrays):
            whole = io.BytesIO()
            savez(whole, **arrays)
            os.write(file.fileno(), whole.getvalue()[: len(whole.getvalue()) // 2])
            die()

        savez = store.np.savez
        if sys.argv[2] == "half written":
            store.np.savez = half
        else:
            Path.replace = die
        store.write(sys.argv[1], {"x": 2}, "test")
    """
    path = tmp_path / "f"
    store.write(path, {"x": 1}, "test")
    command = [sys.executable, "-c", textwrap.dedent(program), path, moment]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert store.read(path, "test") == {"x": 1}
    store.write(path, {"x": 3}, "test")
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"], "nothing is left over"


def test_a_full_disk_is_said_and_the_file_from_before_stays(tmp_path, monkeypatch):
    def full(file, **arrays):
        file.write(b"PK")
        raise OSError("No space left on device")

    path = tmp_path / "f"
    store.write(path, {"x": 1}, "test")
    monkeypatch.setattr(store.np, "savez", full)
    with pytest.raises(ThroughTimeError, match=r"No space left.*make room"):
        store.write(path, {"x": 2}, "test")
    assert store.read(path, "test") == {"x": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_a_history_goes_through_json():
    history = History([1, 2], [2.5, 2.0], [0.1, 0.2], [1e-3, 1e-3], [0.5, 1.0])
    history.validation_steps, history.validation = [2], [2.25]
    history.stopped = "steps"
    assert History.from_json(history.to_json()) == history
    assert history.best == (2, 2.25)


@pytest.mark.parametrize("text", ["", "[1]", '{"steps": []}'])
def test_another_text_is_no_history(text):
    with pytest.raises(ThroughTimeError, match=r"wanted.*Try"):
        History.from_json(text)
