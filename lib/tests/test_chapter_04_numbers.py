"""The numbers that book/04_bptt states in words: the hand example, the answers."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from throughtime.testing import assert_close

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "04_bptt.md").read_text(encoding="utf-8")
NUMBERS = json.loads((BOOK / "_widgets" / "unroller.json").read_text(encoding="utf-8"))
NAMES = ("W_hy", "b_y", "W_hh", "W_xh", "b_h")


def _walk(ys=None, cut=None, carried=True):
    """Run the small network with copies; return every number and every gradient.

    ``cut`` detaches the state after that step; ``carried`` False sets it to 0.
    """
    net = SimpleNamespace(**{k: torch.tensor(v).double() for k, v in NUMBERS.items()})
    ys = net.ys if ys is None else torch.tensor(ys).double()[:, None]
    copies = [
        {n: getattr(net, n).clone().requires_grad_() for n in NAMES} for _ in range(3)
    ]
    h_0 = net.h_0.clone().requires_grad_()
    h_t, L, parts = h_0, 0, {"a": [], "h": [], "o": []}
    for t, (x_t, y_t, W) in enumerate(zip(net.xs, ys, copies, strict=True)):
        if t == cut:
            h_t = h_t.detach() * carried
        a_t = W["W_xh"] @ x_t + W["W_hh"] @ h_t + W["b_h"]
        h_t = torch.relu(a_t)
        o_t = W["W_hy"] @ h_t + W["b_y"]
        L = L + ((o_t - y_t) ** 2).sum() / 2
        for name, value in (("a", a_t), ("h", h_t), ("o", o_t)):
            parts[name].append(value)
    follow = [*parts["a"], *parts["h"], *parts["o"], h_0]
    grads = torch.autograd.grad(L, follow, retain_graph=True, allow_unused=True)
    weights = {
        n: torch.autograd.grad(L, [c[n] for c in copies], retain_graph=True)
        for n in NAMES
    }
    return SimpleNamespace(
        **parts, da=grads[:3], dh=grads[3:6], do=grads[6:9], dh_0=grads[9], dW=weights
    )


def _vector(text):
    text = text.replace("\N{MINUS SIGN}", "-")
    return [float(v) for v in re.findall(r"-?\d+\.?\d*", text)]


def _rows(heading, rest=PAGE):
    table = rest.split(heading)[1].split("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if re.match(r"\| [\d$]", line)
    ]


def _answer(name):
    return PAGE.split(f"{{solution}} ex-04-{name}\n")[1].split("```")[0]


def _matrices(text):
    found = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text)
    return [[_vector(row) for row in body.split(r"\\")] for body in found]


def test_the_forward_table_is_that_of_the_small_network():
    walk = _walk()
    rows = _rows("| $t$ | $a_t$ | $h_t$ | $o_t$ | $y_t$ |")
    for t, row in enumerate(rows):
        assert _vector(row[0]) == [t + 1]
        for cell, want in zip(row[1:4], (walk.a, walk.h, walk.o), strict=True):
            assert_close(_vector(cell), want[t].detach())
        assert _vector(row[4]) == NUMBERS["ys"][t]
    assert len(rows) == 3


def test_the_backward_table_is_autograds():
    walk, W_hh = _walk(), torch.tensor(NUMBERS["W_hh"]).double()
    rows = _rows("| $t$ | $do_t$ | from step")
    for row, t in zip(rows, (2, 1, 0), strict=True):
        later = W_hh.T @ walk.da[t + 1] if t < 2 else torch.zeros(2)
        slope = (walk.a[t] > 0).double()
        columns = (torch.tensor([t + 1]), walk.do[t], later, walk.dh[t], slope)
        for cell, want in zip(row, (*columns, walk.da[t]), strict=True):
            assert_close(_vector(cell), want)


def test_the_copies_of_w_hh_and_their_sum_are_autograds():
    part = PAGE.split("Each step used the weights once")[1].split("Step 1 adds")[0]
    *copies, total = _matrices(part.replace("\n", " "))
    for got, want in zip(copies, _walk().dW["W_hh"], strict=True):
        assert_close(got, want)
    assert_close(total, sum(_walk().dW["W_hh"]))


@pytest.mark.parametrize("name", NAMES)
def test_the_table_in_place_of_the_walk_has_what_each_copy_receives(name):
    tex = name.replace("_", "_{") + "}" if name[0] == "W" else name
    (row,) = [r for r in _rows("| copy of | step 1 |") if r[0] == f"${tex}$"]
    copies = _walk().dW[name]
    for cell, want in zip(row[1:], (*copies, sum(copies)), strict=True):
        assert_close(_vector(cell), want.flatten())


def test_what_is_left_for_the_start():
    assert_close(_walk().dh_0, [-0.125, 0.25])
    assert "$dh_0 =$ (-0.125, 0.25)" in PAGE.replace("\N{MINUS SIGN}", "-")


def test_exercise_walk_another_target():
    walk, text = _walk(ys=[0, 0.5, 0.5]), _answer("walk")
    for name, want in (("dh_1", walk.dh[0]), ("da_1", walk.da[0])):
        assert _vector(text.split(f"${name} =")[1].split("$")[0])[-2:] == want.tolist()
    assert _vector(text.split("da_1 = (0")[1].split("$")[0])[-1] == walk.dh_0[1]
    assert "(0.875, -1.75)" in text
    assert_close(walk.dh_0, [0.875, -1.75])
    assert_close(sum(walk.dW["W_hh"]), sum(_walk().dW["W_hh"]))


def test_exercise_window_with_the_state_carried_and_set_to_zero():
    copy_3, copy_2, total, _, alone = _matrices(_answer("window"))
    cut, zero = _walk(cut=2), _walk(cut=2, carried=False)
    assert_close(copy_3, cut.dW["W_hh"][2])
    assert_close(copy_2, cut.dW["W_hh"][1])
    assert_close(total, sum(cut.dW["W_hh"]))
    assert_close(cut.da[1], [1, 0.5])
    assert_close(zero.a[2].detach(), [1, 0])
    assert_close(alone, sum(zero.dW["W_hh"]))


def test_exercise_two_uses_of_one_number():
    w = torch.tensor([0.5, 0.5], requires_grad=True)
    L = (w[1] * (w[0] * 1 + 1) - 1) ** 2 / 2
    (copies,) = torch.autograd.grad(L, w)
    assert copies.tolist() == [-0.125, -0.375]
    text = _answer("two")
    assert "= -0.375$" in text
    assert "= -0.125$" in text
    assert "together $-0.5$" in text


def test_exercise_adam_the_first_steps_sizes():
    for g in (1.0, 1e-3):
        sizes = {}
        for name in ("Adam", "Adagrad", "RMSprop"):
            w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
            w.grad = torch.full_like(w, g)
            getattr(torch.optim, name)([w], lr=0.01, eps=1e-12).step()
            sizes[name] = abs(w.item())
        assert_close(sizes["Adam"], 0.01, rtol=1e-6)
        assert_close(sizes["Adagrad"], 0.01, rtol=1e-6)
        assert_close(sizes["RMSprop"], 0.1, rtol=1e-6)


def test_exercise_embedding_adam_moves_a_column_that_was_read_before():
    W = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([W], lr=0.1)
    W.grad = torch.tensor([1.0, 0.0]).double()  # the first was read, the second never
    optimiser.step()
    before = W.detach().clone()
    W.grad = torch.zeros_like(W)
    optimiser.step()
    assert W[0] != before[0]
    assert W[1] == 0


def test_the_printed_tanh_overflows_where_the_page_says():
    def printed(a):
        with np.errstate(all="ignore"):
            return (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1)

    for kind, good, bad in ((np.float32, 44.3, 44.4), (np.float64, 354.8, 355.0)):
        assert printed(kind(good)) == 1
        assert np.isnan(printed(kind(bad)))
        assert np.tanh(kind(bad)) == torch.tensor(kind(bad)).tanh() == 1
