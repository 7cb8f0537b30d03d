"""The numbers that book/07_gru states in words: by hand, in claims, in answers."""

import itertools
import math
import re
import statistics

import pytest
import torch
from chapter_07 import PAGE, answer, draw, numbers, run

from throughtime import layers
from throughtime.testing import assert_close

SWAP = torch.tensor([[0.0, 1], [1, 0]]).double()
GIVEN = [(4, (1, 1), (0.5, 0.5)), (0, (1, 0), (0.5, 0)), (3, (0, 0), (0.5, 0))]
KINDS = list(itertools.product(("before", "after"), ("keeps", "writes")))


def _hand(reset, z_does, given=GIVEN):
    """Return h_1, the candidate and h of step 2, and those of step 3."""
    h, found = torch.zeros(2).double(), []
    for x, r, z in given:
        r, z = torch.tensor(r).double(), torch.tensor(z).double()
        scaled = SWAP @ torch.diag(r) if reset == "before" else torch.diag(r) @ SWAP
        new = x * torch.tensor([1.0, 2]).double() + scaled @ h
        share = torch.diag(z if z_does == "keeps" else 1 - z)
        h = new + share @ (h - new)
        found += [new, h]
    return torch.stack(found[1:])


@pytest.mark.parametrize(("reset", "z_does"), KINDS)
def test_the_table_of_the_hand_is_what_matrices_give(reset, z_does):
    (line,) = re.findall(rf"^\| reset {reset}, z {z_does} (.+)$", PAGE, re.MULTILINE)
    assert_close(numbers(line), _hand(reset, z_does).flatten())


def test_the_table_of_what_is_read_is_what_the_hand_uses():
    rows = re.findall(r"^\| ([123]) \| (\d) \| (.+)\|$", PAGE, re.MULTILINE)[:3]
    for (x, r, z), (_, stated, rest) in zip(GIVEN, rows, strict=True):
        assert (float(stated), numbers(rest)) == (x, [*r, *z])


def test_exercise_conventions():
    text = answer("ex-07-conventions")
    given = [GIVEN[0], (0, (0, 1), (0.5, 0)), GIVEN[2]]
    ends = {kind: _hand(*kind, given)[-1].tolist() for kind in KINDS}
    (keeps,) = re.findall(r"so \$h_3 = (\(.+?\))\$ and \$(\(.+?\))\$", text)[:1]
    (writes,) = re.findall(r"so \$h_3 = (\(.+?\))\$ and \$(\(.+?\))\$", text)[1:]
    for z_does, stated in (("keeps", keeps), ("writes", writes)):
        got = [numbers(vector) for vector in stated]
        assert got == [ends["before", z_does], ends["after", z_does]]


def test_exercise_time():
    text = answer("ex-07-time")
    steps = [math.log(0.5) / math.log(1 / (1 + math.exp(-b))) for b in (0, 2, 6)]
    stated = re.search(r"(1) step for \$b = 0\$, ([\d.]+) for .+?, ([\d.]+) for", text)
    assert [float(n) for n in stated.groups()] == [
        round(n, 1 if n < 9 else 0) for n in steps
    ]
    share = math.exp(-1 / 100)
    b = math.log(share / (1 - share))
    assert f"= {share:.5f}$" in text
    assert f"= {b:.2f}$" in text
    assert abs(b - math.log(100)) < 0.01


def test_exercise_gradient():
    W = {name: torch.zeros(1, 1).double() for name in ("W_xr", "W_xz", "W_xn")}
    W |= {"W_hr": torch.full((1, 1), 4.0), "W_hz": torch.full((1, 1), 4.0)}
    W |= {"W_hn": torch.full((1, 1), 2.0)}
    h = torch.ones(1, requires_grad=True)
    r = torch.sigmoid(W["W_hr"] @ h - 4)  # 0.5, as is z; the candidate is tanh 0
    z = torch.sigmoid(W["W_hz"] @ h - 4)
    n = torch.tanh(W["W_hn"] @ (r * h) - 1)
    (got,) = torch.autograd.grad(z * h + (1 - z) * n, h)
    assert (r.item(), z.item(), n.item()) == (0.5, 0.5, 0)
    assert "= 3$: kept 0.5" in answer("ex-07-gradient")
    assert_close(got, [3])


def test_exercise_sizes():
    text = answer("ex-07-sizes")
    kinds = {name: getattr(layers, name) for name in ("MUT1", "MUT2", "MUT3", "GRU")}
    counts = {
        name: sum(p.numel() for p in kind(100, 100).parameters()) + 6000
        for name, kind in kinds.items()
    }
    assert counts["MUT3"] == counts["GRU"]
    for total in set(counts.values()):
        assert f"= {total}$" in text
    without = sum(p.numel() for p in layers.GRU(60, 100).parameters())
    assert f"= {without}$" in text


def _ends(values):
    return statistics.fmean(values), statistics.stdev(values)


def test_exercise_intervals():
    (question,) = re.findall(r"cell A the shares (.+?), and cell B, .+?, (.+)\.", PAGE)
    a, b = (numbers(text) for text in question)
    text = answer("ex-07-intervals")
    differences = [round(x - y, 10) for x, y in zip(a, b, strict=True)]
    for values, digits in ((a, 2), (b, 2), (differences, 2)):
        mean, s = _ends(values)
        half = 2.776 * s / math.sqrt(5)
        assert f"{mean:.{digits}f} \\pm {half:.3f}" in text
    assert f"$s = {_ends(a)[1]:.3f}$" in text
    assert f"$s = {_ends(differences)[1]:.2f}$" in text
    assert _ends(differences)[0] - 2.776 * _ends(differences)[1] / math.sqrt(5) > 0


def test_the_leak_of_the_holder_is_that_of_its_gate():
    gate = 1 / (1 + math.exp(-6))
    assert round(gate, 4) == 0.9975
    assert r"$\sigma(6)$ is 0.9975" in PAGE


def test_the_counting_gru_has_the_gate_that_is_said():
    assert round(1 / (1 + math.exp(-3)), 2) == 0.95
    assert "z is 0.95, the candidate 1" in PAGE


def test_blocks_of_an_orthogonal_stack_share_the_identity():
    stack = torch.linalg.qr(draw(5, 12, 4))[0]
    squares = [block.T @ block for block in stack.split(4)]
    assert_close(sum(squares), torch.eye(4))


def test_the_way_of_a_gradient_with_z_near_one_is_the_direct_one():
    W = {k: v.detach() for k, v in run().W.items()}
    W["b_z"] = W["b_z"] + 30
    net = run(W=W)
    (s, *_) = net.steps
    J = torch.stack(
        [torch.autograd.grad(s.h[i], s.h_prev, retain_graph=True)[0] for i in range(4)]
    )
    assert_close(J, torch.diag(s.z.detach()), atol=1e-9)
