"""The numbers that book/01_sequences states in words: by hand, and in the answers."""

import re
from pathlib import Path

import torch
from torch import nn

from throughtime.cells import rnn_step
from throughtime.layers import RNN

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "01_sequences.md").read_text(encoding="utf-8")


def test_the_table_worked_by_hand_is_what_the_library_computes():
    W_xh = torch.tensor([[-1.0], [1.0]])
    W_hh = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
    weights = {"W_xh": W_xh, "W_hh": W_hh, "b_h": torch.zeros(2)}
    rows = re.findall(
        r"^\| ([123]) \| ([01]) \| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M
    )
    assert [row[1] for row in rows] == ["1", "0", "1"]
    h_prev = torch.zeros(1, 2)
    for _, x, a, h, o, lamp in rows:
        x_t = torch.tensor([[float(x)]])
        a_t = rnn_step(x_t, h_prev, **weights, activation="identity")
        h_t = rnn_step(x_t, h_prev, **weights, activation="relu")
        assert _vector(a) == a_t[0].tolist()
        assert _vector(h) == h_t[0].tolist()
        assert _vector(o) == [h_t.sum()]
        assert lamp == ("on" if h_t.sum() else "off")
        h_prev = h_t


def _vector(text):
    plain = text.replace("\N{MINUS SIGN}", "-").strip("( )")
    return [float(part) for part in plain.split(",")]


def test_the_binary_number_by_hand():
    xs, copies = [1.0, 0.0, 1.0], torch.full((3,), 2.0).double().requires_grad_()
    h = torch.zeros(()).double()
    for x_t, w_t in zip(xs, copies, strict=True):
        h = w_t * h + x_t
    h.backward()
    assert copies.grad.tolist() == [0, 2, 2]
    assert h == 5
    assert "h_2 = 2" in PAGE
    assert "w_3\\, h_1 = 2" in PAGE
    assert "w_3\\, w_2\\, h_0 = 0" in PAGE


def test_the_answer_on_three_copies():
    copies = torch.full((3,), 0.5).double().requires_grad_()
    h, loss = torch.ones(()).double(), 0
    for w_t in copies:
        h = w_t * h
        loss = loss + h
    loss.backward()
    assert copies.grad.tolist() == [7 / 4, 3 / 4, 1 / 4]
    assert copies.grad.sum() == 11 / 4
    said = ["1 + w_2 + w_3 w_2", "w_1 + w_3 w_1", "w_2 w_1"]
    for formula, fraction in zip(said, ["74", "34", "14"], strict=True):
        line = next(line for line in PAGE.split("\n") if f"&= {formula} =" in line)
        assert rf"\tfrac{fraction}" in line.split("=")[-1]
    assert r"The sum is $\tfrac{11}{4}$" in PAGE


def test_the_answer_on_the_size_of_an_mlp():
    D, H = 10, 100
    recurrent = sum(
        p.numel() for n, p in RNN(D, H).named_parameters() if n.startswith("W")
    )
    larger = [T for T in range(1, 30) if nn.Linear(T * D, H).weight.numel() > recurrent]
    assert min(larger) == 12
    assert "here $T > 11$" in PAGE
