"""Only plain data passes, and nothing malformed harms."""

import contextlib
import json
import random
import socket
import struct
import time

import numpy as np
import pytest
import torch

from examiner.errors import NotPlain, WireFault
from examiner.wire import Channel, decode, encode
from examiner.wire.channel import HEADER_LIMIT

VALUES = [
    None,
    True,
    -(2**70),
    2.5,
    float("inf"),
    1 + 2j,
    "ü \ud800 \x00",
    b"\x00\xff",
    [1, [2, ()]],
    {1, 2},
    frozenset([3]),
    {"a": 1, (2, None): [3]},
    slice(1, None, 2),
    np.arange(6.0).reshape(2, 3).T,
    np.zeros((0, 3), np.int8),
    np.float32(3),
    np.array(["ab", "c"]),
    torch.arange(6).reshape(2, 3).T,
    torch.ones(2, dtype=torch.bfloat16),
    torch.tensor(1 + 2j),
    torch.float16,
]


@contextlib.contextmanager
def pair():
    here, there = (Channel(s) for s in socket.socketpair())
    with contextlib.closing(here), contextlib.closing(there):
        yield here, there


def through(value):
    buffers = []
    with pair() as (here, there):
        here.send({"v": encode(value, buffers)}, buffers)
        header, buffers = there.receive(time.monotonic() + 5)
    return decode(header["v"], buffers)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_data_passes_unchanged(value):
    got = through(value)
    assert type(got) is type(value)
    assert getattr(got, "dtype", None) == getattr(value, "dtype", None)
    if isinstance(value, np.ndarray | torch.Tensor):
        assert got.shape == value.shape
        assert (got == value).all()
    else:
        assert got == value


def test_nan_and_the_wish_for_a_gradient_pass():
    assert np.isnan(through(float("nan")))
    assert through(torch.ones(2, requires_grad=True)).requires_grad
    assert not through(torch.ones(2)).requires_grad


def test_an_array_that_came_can_be_written_to_and_is_nobody_elses():
    value = np.ones(3)
    got = through(value)
    got[0] = 5
    assert value[0] == 1


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        np.array([object()]),
        torch.ones(2).to_sparse(),
        torch.ones(2, device="meta"),
        2**5000,
    ],
    ids=["object", "function", "objects", "sparse", "meta", "huge"],
)
def test_what_is_not_plain_is_refused_by_name(value):
    with pytest.raises(NotPlain):
        encode(value, [])


def test_what_is_nested_too_deep_is_refused():
    value = []
    for _ in range(200):
        value = [value]
    with pytest.raises(NotPlain, match="deep"):
        encode(value, [])


def test_subclasses_lose_their_class():
    class Liar(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Array(np.ndarray):
        def __array_function__(self, *_):
            return True

    assert type(through(Liar(3))) is float
    assert type(through(np.ones(2).view(Array))) is np.ndarray


BAD = [
    None,
    [],
    {},
    {"pickle": 0},
    {"int": 2.5},
    {"int": "3"},
    {"int": True},
    {"float": 2},
    {"float": "zz"},
    {"str": -1},
    {"str": 7},
    {"str": True},
    {"list": 3},
    {"list": [3]},
    {"dict": [{"none": 0}]},
    {"dict": [{"list": []}, {"none": 0}]},
    {"slice": []},
    {"numpy": [0, "|O8", [1]], "scalar": False},
    {"numpy": [0, "<f8", [10**18]], "scalar": False},
    {"numpy": [0, "<f8", [-1]], "scalar": False},
    {"numpy": [0, "<f8", [1.0]], "scalar": False},
    {"numpy": [0, "f8,f8", [1]], "scalar": False},
    {"numpy": [0, "<f8"], "scalar": False},
    {"torch": [0, "<f8", [1]], "dtype": "nn", "grad": False},
    {"torch": [0, "<f8", [1]], "dtype": "float32", "grad": False},
    {"torch": [0, "<i8", [1]], "dtype": "int64", "grad": True},
    {"dtype": "__name__"},
    {"dtype": "Tensor"},
    {"handle": 0, "type": "f", "callable": True},
]


@pytest.mark.parametrize("coded", BAD, ids=json.dumps)
def test_what_no_encoder_made_is_refused(coded):
    with pytest.raises(WireFault):
        decode(coded, [b"12345678"])


def test_deep_nesting_in_a_frame_is_refused():
    coded = {"none": 0}
    for _ in range(100):
        coded = {"list": [coded]}
    with pytest.raises(WireFault):
        decode(coded, [])


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack("!I", HEADER_LIMIT + 1),
        struct.pack("!I", 3) + b"{}x",
        struct.pack("!I", 2) + b"[]",
        struct.pack("!I", 7) + b"[[],[]]",
        struct.pack("!I", 9) + b"[{},[-1]]",
        struct.pack("!I", 10) + b"[{},[1.0]]",
        struct.pack("!I", 26) + b"[{},[4611686018427387904]]",
        struct.pack("!I", 400_000) + b"[" * 400_000,
        struct.pack("!I", 4) + b"\xff\xfe\x00\x01",
    ],
)
def test_a_malformed_frame_is_refused(raw):
    with pair() as (here, there):
        here.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        here.sock.sendall(raw)
        with pytest.raises(WireFault):
            there.receive(time.monotonic() + 5)


def test_a_frame_that_does_not_come_ends_at_the_deadline():
    with pair() as (here, there):
        here.sock.sendall(struct.pack("!I", 10) + b"[{},")
        with pytest.raises(TimeoutError):
            there.receive(time.monotonic() + 0.05)
        here.close()
        with pytest.raises(EOFError):
            there.receive(time.monotonic() + 5)


def test_random_damage_gives_a_value_or_a_refusal():
    dice = random.Random(0)
    buffers = []
    whole = json.dumps(encode(VALUES, buffers))
    refused = 0
    for _ in range(3000):
        text = list(whole)
        for _ in range(dice.randint(1, 4)):
            text[dice.randrange(len(text))] = dice.choice('0123456789"{}[],:-eft')
        try:
            decode(json.loads("".join(text)), buffers)
        except (WireFault, json.JSONDecodeError):
            refused += 1
    assert refused > 1000
