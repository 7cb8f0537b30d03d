"""The numbers that book/06_lstm states in words: by hand, in claims, answers."""

import json
import math
import re
import statistics
from pathlib import Path

import pytest
import torch

from throughtime.gated import SIGMAS
from throughtime.testing import assert_close

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "06_lstm.md").read_text(encoding="utf-8")
RECORD = json.loads((BOOK / "records" / "forget.json").read_text(encoding="utf-8"))


def _numbers(text):
    """Return the numbers of a text with the page's minus signs."""
    text = text.replace("\N{MINUS SIGN}", "-")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def _answer(name):
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def _table():
    """Return x, i, f, c, h of the first section's steps, from its rules alone."""
    c, h, rows = torch.zeros(2), torch.zeros(2), []
    for x in (2.0, 0.0, 1.0):
        i = torch.tensor([float(x == 2), 1.0])
        f = torch.stack([torch.tensor(1.0), 0.25 + 0.5 * h[0]])
        c = f * c + i * x
        h = torch.tensor([0.5, 1.0]) * c
        rows.append([x, *i.tolist(), *f.tolist(), *c.tolist(), *h.tolist()])
    return rows


def test_the_table_of_the_first_section_is_what_its_rules_give():
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [123] \| \d \|", line)]
    assert [_numbers(line)[1:] for line in lines] == _table()


def _second_cell(c_1, step):
    """Return c_3[2] as a function of the cell after one or two steps."""
    c = c_1
    for x in (0.0, 1.0)[step - 1 :]:
        f = torch.stack([torch.ones(()), 0.25 + 0.5 * 0.5 * c[0]])
        c = f * c + torch.tensor([0.0, x])
    return c[1]


def test_the_gradients_of_the_first_section_are_autograds():
    for step, start in ((1, [2.0, 2.0]), (2, [2.0, 1.5])):
        c = torch.tensor(start, requires_grad=True)
        (dc,) = torch.autograd.grad(_second_cell(c, step), c)
        assert_close(dc, {1: [0.75, 0.5625], 2: [0.375, 0.75]}[step])
    assert r"dc_1 = \big(0.375 + 0.5 \cdot 0.75,\ 0.5625\big) = (0.75,\ 0.5625)" in PAGE
    assert 0.375 + 0.5 * 0.75 == 0.75


def test_a_gate_of_nine_tenths_leaves_a_tenth_after_twenty_two_steps():
    assert "$f = 0.9$ a tenth after 22 steps" in PAGE
    assert round(0.9**22, 1) == 0.1
    assert round(math.log(0.1) / math.log(0.9)) == 22


def test_the_gaps_of_the_hard_sigmoids_are_where_they_can_be_seen():
    a = torch.linspace(-6, 6, 12_001, dtype=torch.float64)
    for name, gap, place in (
        ("hard_sigmoid_02", 0.0759, 2.5),
        ("hard_sigmoid", 0.0692, 1.32),
    ):
        gaps = (SIGMAS[name](a) - torch.sigmoid(a)).abs()
        assert gaps.max().item() == pytest.approx(gap, abs=5e-5)
        assert abs(a[gaps.argmax()].item()) == pytest.approx(place, abs=0.01)


def test_exercise_preserve_works_whatever_stands_for_the_stars():
    answer = _answer("ex-06-preserve")
    rows = {}
    for gate in "ifo":
        listed = re.search(rf"\${gate}\$: ((?:[\d\\*]+, )+[\d\\*]+)", answer)[1]
        rows[gate] = listed.replace("\\", "").split(", ")
        assert len(rows[gate]) == 8
    xs = torch.arange(1.0, 9.0)
    for star in (0.0, 1.0):
        i, f, o = (
            [star if part == "*" else float(part) for part in rows[gate]]
            for gate in "ifo"
        )
        c, cs = 0.0, []
        for t in range(8):
            c = f[t] * c + i[t] * xs[t].item()
            cs.append(c)
        assert cs[1:5] == [2.0] * 4
        assert cs[5:7] == [0.0, 0.0]
        assert cs[7] == 8.0
        assert (o[2], o[3], o[4]) == (1.0, 0.0, 1.0)


def test_exercise_full_has_the_derivatives_of_a_real_cell():
    answer = _answer("ex-06-full")
    slope = 1 - math.tanh(2) ** 2
    assert round(slope, 4) == 0.0707
    for w, stated in ((4, 1.092), (-40, -1.022)):

        def cell(c, w=w):
            """Move f, i and g with h as their levels say, from o = 1 and c = 2."""
            dh = torch.tanh(c) - math.tanh(2)
            f = torch.sigmoid(math.log(9) + w * dh)
            i = torch.sigmoid(w * dh)
            return f * c + i * torch.tanh(w * dh)

        c = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        (full,) = torch.autograd.grad(cell(c), c)
        assert full.item() == pytest.approx(stated, abs=5e-4)
        assert f"{stated}" in answer
    assert math.log(0.5) / math.log(0.9) == pytest.approx(7, abs=0.5)
    assert math.log(2) / math.log(1.092) == pytest.approx(8, abs=0.5)


def test_exercise_bias():
    answer = _answer("ex-06-bias")
    for left, stated in ((math.exp(-1), "4.600"), (0.5, "4.968")):
        assert f"{stated}$" in answer
        f = 1 / (1 + math.exp(-float(stated)))
        assert f**100 == pytest.approx(left, abs=5e-4)


def test_exercise_backward_is_autograds():
    levels = {"i": 0.5, "f": 0.8, "g": 0.6, "o": 0.5}
    a = {
        name: torch.tensor(level, dtype=torch.float64) for name, level in levels.items()
    }
    a = {n: (torch.atanh(v) if n == "g" else torch.logit(v)) for n, v in a.items()}
    for v in a.values():
        v.requires_grad_()
    c_prev = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    i, f, o = (torch.sigmoid(a[name]) for name in "ifo")
    c = f * c_prev + i * torch.tanh(a["g"])
    loss = o * c + 0.3 * c
    found = torch.autograd.grad(loss, [*a.values(), c_prev])
    for name, stated, got in zip(
        (*a, "c_prev"), (0.12, 0.064, 0.256, 0.175, 0.64), found, strict=True
    ):
        assert got.item() == pytest.approx(stated), name
        assert f"= {stated}" in _answer("ex-06-backward") or name == "c_prev"
    assert r"$0.8 \cdot 0.8 = 0.64$" in _answer("ex-06-backward")
    assert c.item() == pytest.approx(0.7)


def test_exercise_count():
    text, c = "f(g(x)+y", 0.0
    hard = SIGMAS["hard_sigmoid"]
    assert hard(torch.tensor(3.0)) == 1
    for character in text:
        c = c + {"(": 1, ")": -1}.get(character, 0)
    assert c == 1


def test_the_record_says_how_it_was_made_and_its_intervals_are_its_shares():
    assert {"command", "seed", "date", "versions", "steps"} <= set(RECORD)
    assert not {"sha256", "characters"} & set(RECORD), "its data are drawn, no text"
    assert (BOOK.parent / RECORD["command"].split()[1]).is_file()
    for found in RECORD["results"].values():
        for runs in found.values():
            shares = runs["right"]
            assert len(shares) == len(RECORD["seeds"]) == 8
            half = 2.365 * statistics.stdev(shares) / math.sqrt(8)
            mean = statistics.fmean(shares)
            assert runs["mean"] == pytest.approx(mean, abs=1e-4)
            ends = [mean - half, mean + half]
            assert runs["interval"] == pytest.approx(ends, abs=2e-4)


def test_what_the_page_says_of_the_starts_seed_by_seed():
    runs = {start: by["right"] for start, by in RECORD["results"]["50"].items()}
    told = {}
    for other in ("0.0", "1.0", "5.0"):
        more = [a - b for a, b in zip(runs["3.0"], runs[other], strict=True)]
        half = 2.365 * statistics.stdev(more) / math.sqrt(8)
        told[other] = statistics.fmean(more) > half
    assert told == {"0.0": True, "1.0": False, "5.0": True}
    learnt = {k: sum(v > 0.95 for v in values) for k, values in runs.items()}
    assert learnt == {"0.0": 0, "1.0": 4, "3.0": 6, "5.0": 1, "chrono": 8}
