"""The numbers that book/14_next states in words: by hand, answers, records."""

import json
import math
import re
import sys
from pathlib import Path

import pytest
import torch

from throughtime.gated import wkv_start, wkv_step
from throughtime.testing import assert_close

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
PAGE = (BOOK / "14_next.md").read_text(encoding="utf-8")
KS = [(1.0, 0.0), (0.0, 1.0), (0.6, 0.8)]
VS = [2.0, 5.0, 10.0]


def _numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def _answer(name):
    return PAGE.split(f"{{solution}} {name}\n")[1].split("\n```\n")[0]


def test_the_tables_of_the_first_section_are_what_its_rule_gives():
    rows = [line for line in PAGE.splitlines() if re.match(r"\| [123] \| \(", line)]
    s, want = [0.0, 0.0], []
    for t, (k, v) in enumerate(zip(KS, VS, strict=True), start=1):
        added = [v * part for part in k]
        s = [a + b for a, b in zip(s, added, strict=True)]
        want.append([t, *added, *s, s[0]])
    facts = [[t + 1, *KS[t], VS[t]] for t in range(3)]
    assert [_numbers(row) for row in rows] == facts + want


def test_the_soft_answer_of_the_first_section_is_a_softmax():
    weights = [math.exp(10 * k[0]) for k in KS]
    shares = [w / sum(weights) for w in weights]
    assert "0.982, 0.00004 and 0.018" in PAGE
    assert [round(shares[0], 3), round(shares[1], 5), round(shares[2], 3)] == [
        0.982,
        0.00004,
        0.018,
    ]
    answer = sum(share * v for share, v in zip(shares, VS, strict=True))
    assert round(answer, 2) == 2.14
    assert r"$0.982 \cdot 2 + 0.018 \cdot 10 = 2.14$" in PAGE
    assert all(math.hypot(*k) == pytest.approx(1) for k in KS)


def test_the_small_tree_gives_what_the_loop_gives():
    h, hs = 0.0, []
    for b in (4, 2, 6):
        h = h / 2 + b
        hs.append(h)
    assert hs == [4, 4, 8]
    assert "the loop gives 4, 4, 8" in PAGE
    a, b = 0.5 * 0.5, 0.5 * 2 + 6
    assert (a, b, a * hs[0] + b) == (0.25, 7, 8)
    assert "10 in place of 1,000" in PAGE
    assert math.ceil(math.log2(1000)) == 10


def test_exercise_crossover():
    H, answer = 512, _answer("ex-14-crossover")
    assert 3 * H**2 + 2 * 1280 * H == 8 * H**2
    T = 2559
    attention = sum(3 * H**2 + 2 * t * H for t in range(1, T + 1))
    assert attention == 8 * H**2 * T
    assert "1280" in answer
    assert "2559" in answer


def test_exercise_bits():
    answer = _answer("ex-14-bits")
    assert pytest.approx(0.2125) == 16 / 100 + 84 / 100 / 16
    assert pytest.approx(0.2125) == 0.16 + 0.84 / 16
    for p, eta, bits in ((0.3, 3.616, 38.4), (0.4, 3.315, 68.5)):
        e = 1 - p
        found = -p * math.log2(p) - e * math.log2(e) + e * math.log2(15)
        assert found == pytest.approx(eta, abs=5e-4)
        assert 100 * (4 - found) == pytest.approx(bits, abs=0.05)
        assert f"{eta}" in answer
        assert f"{bits}" in answer
    assert 16 * 4 == 64


def test_exercise_delta():
    s = torch.zeros(2, dtype=torch.float64)
    for k, v in zip(torch.tensor(KS).double(), VS, strict=True):
        s = s + (v - s @ k) * k
        assert_close(s @ k, v, rtol=1e-6)
    assert_close(s, [4.88, 8.84], rtol=1e-6)
    assert "(4.88,\\ 8.84)" in _answer("ex-14-delta")


def test_exercise_parity():
    xs = torch.randint(2, (500,), generator=torch.Generator().manual_seed(0))
    h, ones = 1, 0
    for x in xs.tolist():
        h, ones = (1 - 2 * x) * h, ones + x
        assert h == (-1) ** ones


def test_exercise_wkv():
    log2, state = math.log(2), wkv_start(1, 1, torch.zeros(1).double())
    w, u = torch.tensor([log2]).double(), torch.zeros(1).double()
    after = []
    for k, v, y in ((0, 4, 4), (log2, 1, 2), (0, 3, 2)):
        k_t, v_t = torch.tensor([[k]]).double(), torch.tensor([[v]]).double()
        got, state = wkv_step(k_t, v_t, state, w, u)
        assert got.item() == pytest.approx(y)
        alpha, beta, p = (part.item() for part in state)
        after.append((alpha, beta, p, alpha * math.exp(p), beta * math.exp(p)))
    assert after[0] == pytest.approx((4, 1, 0, 4, 1))
    assert after[1] == pytest.approx((2, 1.25, log2, 4, 2.5))


@pytest.fixture
def train(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "lib" / "train"))
    yield
    for name in ("remembering", "transcript", "distance"):
        sys.modules.pop(name, None)


def _record(name):
    return json.loads((BOOK / "records" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["transcript", "distance"])
def test_a_record_says_how_it_was_made_and_has_every_run_once(name):
    found = _record(name)
    assert {"command", "seed", "date", "versions", "settings"} <= set(found)
    assert (ROOT / found["command"].split()[1]).is_file()
    kinds = [{k: v for k, v in run.items() if k != "right"} for run in found["runs"]]
    assert len(kinds) == len({json.dumps(kind) for kind in kinds})
    assert {run["seed"] for run in found["runs"]} == set(found["seed"])
    assert all(0 <= share <= 1 for run in found["runs"] for share in run["right"])


@pytest.mark.usefixtures("train")
def test_a_tiny_run_of_the_transcripts_script_learns_its_shortest_length():
    import transcript

    found = transcript.measure("SelfAttention", 8, "recall", "last", 0, 150)
    assert len(found["right"]) == len(transcript.LENGTHS)
    assert found["right"][0] > 0.9


@pytest.mark.usefixtures("train")
def test_a_reader_looks_only_at_the_end_as_it_would_if_it_looked_always():
    import remembering

    torch.manual_seed(0)
    model = remembering.Reader(remembering.make("SelfAttention", 5, 4), 5, 3)
    xs = torch.randn(7, 2, 5)
    whole = torch.cat([model.layer(xs)[0][-1], xs[-1]], 1)
    assert_close(model(xs), model.answer(whole), rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("train")
@pytest.mark.parametrize(("kind", "block"), [("LSTM", 1), ("GRU", 1), ("MinGRU", 0)])
def test_a_gate_that_keeps_begins_open(kind, block):
    import remembering

    blocks = remembering.make(kind, 5, 4).b_l0.split(4)
    assert (blocks[block] == remembering.KEEP).all()
    assert all((other != remembering.KEEP).all() for n, other in enumerate(blocks)
               if n != block)  # fmt: skip


def _ends(question, asked="last"):
    """Return the shares at 16 lines, seed by seed, by kind and number of units."""
    found: dict = {}
    for run in _record("transcript")["runs"]:
        if (run["question"], run["asked"]) == (question, asked):
            found.setdefault((run["kind"], run["H"]), []).append(run["right"][-1])
    assert {len(shares) for shares in found.values()} == {3}
    return found


def test_what_the_page_says_of_recall_is_in_the_record():
    ends, sizes = _ends("recall"), (8, 16, 32, 64)
    assert all(min(ends["SelfAttention", H]) > 0.995 for H in sizes)
    for lstm in zip(*(ends["LSTM", H] for H in sizes), strict=True):
        assert list(lstm) == sorted(lstm)
        assert lstm[2] < 0.95, "the same size, set by hand, is always right"
    means = {key: sum(shares) / 3 for key, shares in ends.items()}
    small = [means[kind, 8] for kind in ("LSTM", "GRU", "MinGRU")]
    assert max(small) - min(small) < 0.01
    assert 0 < means["GRU", 64] - means["GRU", 16] < 0.05
    assert abs(means["MinGRU", 64] - means["MinGRU", 16]) < 0.01
    assert all(0.45 < means[kind, 64] < 0.6 for kind in ("GRU", "MinGRU"))


def test_what_the_page_says_of_counting_and_of_asking_first_is_in_the_record():
    ends = _ends("count")
    assert min(ends["LSTM", 8]) > 0.9
    assert sum(share < 0.9 for share in ends["GRU", 8]) == 1
    assert max(ends["MinGRU", 32]) < min(ends["GRU", 32]) - 0.05
    first, last = _ends("recall", "first")["LSTM", 64], _ends("recall")["LSTM", 64]
    assert all(one < other - 0.15 for one, other in zip(first, last, strict=True))
    assert max(first) - min(first) > 0.2


def test_what_the_page_says_of_pauses_is_in_the_record():
    found, shares = _record("distance"), {}
    for run in found["runs"]:
        shares.setdefault((run["kind"], run["pause"]), []).append(run["right"])
    asked = found["settings"]["asked_after"]
    near, far = asked.index(30), asked.index(1000)
    assert min(min(run) for run in shares["LSTM", 10]) > 0.95
    assert max(run[near] for run in shares["RNN", 30]) < 0.3
    assert max(run[near] for run in shares["MinGRU", 30]) < 0.5
    assert min(run[near] for run in shares["SelfAttention", 10]) > 0.99
    assert max(run[far] for run in shares["SelfAttention", 10]) < 0.5
    gru = [run[far] for run in shares["GRU", 10]]
    assert max(gru) - min(gru) > 0.2
    assert min(min(run) for run in shares["RNN", 10]) < 0.05, "less than a guess"
    assert all(run[asked.index(p)] > 0.99 for p in (10, 30, 100)
               for run in shares["SelfAttention", p])  # fmt: skip
    far = asked.index(100)
    assert max(run[far] for run in shares["GRU", 100]) < 0.3
    learnt = [run for run in shares["LSTM", 100] if run[far] > 0.9]
    assert len(learnt) == 2
    assert max(run[near] for run in learnt) < 0.2
    far = asked.index(1000)
    assert min(run[far] for run in shares["SelfAttention", 100]) > 0.95
    assert max(run[far] for run in learnt) < 0.3, "only short pauses carry far"
