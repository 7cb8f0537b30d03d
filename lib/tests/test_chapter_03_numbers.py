"""The numbers that book/03_characters states in words: by hand, and in its answers."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from throughtime.testing import assert_close

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "03_characters.md").read_text(encoding="utf-8")
READ = {"h": [0, 1, 0, 0], "e": [1, 0, 0, 0], "l": [0, 0, 1, 0]}
LETTERS = "ehlo"


def matrices():
    """Return W_xh, W_hh, W_hy and b_y as the page prints them."""
    block = PAGE.split("(sec-03-hello)=")[1].split("Unit 1 says")[0]
    found = re.findall(r"pmatrix\}(.+?)\\end", block)
    return [
        torch.tensor([[float(n) for n in row.split("&")] for row in m.split(r"\\")])
        for m in found
    ]


def states(letters):
    """Run torch's own cell over letters; return states and logits."""
    W_xh, W_hh, W_hy, b_y = matrices()
    rnn = torch.nn.RNN(4, 3, nonlinearity="relu", bias=False)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(W_xh)
        rnn.weight_hh_l0.copy_(W_hh)
        hs, _ = rnn(torch.tensor([READ[c] for c in letters]).float())
    return hs, torch.nn.functional.linear(hs, W_hy, b_y[:, 0])


def numbers(cell):
    cell = cell.replace("\N{MINUS SIGN}", "-").strip("() ")
    return [float(n) for n in cell.split(",")]


def answer(name):
    return PAGE.split(f"{{solution}} {name}\n")[1].split("```")[0]


def test_the_table_of_hello_is_what_torchs_cell_computes():
    hs, os = states("hell")
    rows = re.findall(r"^\| ([1-4]) \|(.+)\|$", PAGE, re.M)[:4]
    assert [row[0] for row in rows] == list("1234")
    for t, (_, row) in enumerate(rows):
        read, h, o, target, p, loss = (cell.strip() for cell in row.split("|"))
        assert read + target == "hello"[t : t + 2]
        assert numbers(h) == hs[t].tolist()
        assert numbers(o) == os[t].tolist()
        want = torch.softmax(os[t], 0)[LETTERS.index(target)].item()
        assert float(p) == pytest.approx(want, abs=5.1e-4)
        assert float(loss) == pytest.approx(-math.log(want), abs=5.1e-4)


def test_the_step_in_full_and_the_product_of_the_word_are_right():
    _, os = states("hell")
    assert "2.718 / 5.718 = 0.475" in PAGE
    assert math.e / (3 + math.e) == pytest.approx(0.475, abs=5e-4)
    want = torch.nn.functional.cross_entropy(os, torch.tensor([0, 2, 2, 3]))
    assert 4 * want.item() == pytest.approx(1.617, abs=5e-4)
    assert "$e^{-1.617}$" in PAGE


def test_no_model_of_the_last_letter_alone_beats_two_coins_on_the_two_ls():
    q = np.linspace(0.001, 0.999, 999)
    assert_close((-np.log(q) - np.log(1 - q)).min(), 2 * math.log(2), rtol=1e-6)


def test_exercise_hello_has_the_state_and_the_probability_of_its_answer():
    hs, os = states("helll")
    assert hs[-1].tolist() == [0, 0, 3]
    assert os[-1].tolist() == [0, 0, 3, 6]
    assert "0.948" in answer("ex-03-hello")
    assert torch.softmax(os[-1], 0)[3].item() == pytest.approx(0.948, abs=5e-4)
    assert "403.4 / 425.5" in answer("ex-03-hello")
    assert math.exp(6) + math.exp(3) + 2 == pytest.approx(425.5, abs=0.05)


def test_exercise_units_and_the_admonition_have_the_right_numbers():
    text = answer("ex-03-units")
    assert 1.2 / math.log(2) == pytest.approx(1.731, abs=5e-4)
    assert math.exp(1.2) == pytest.approx(3.32, abs=5e-3)
    assert "216,000 bytes" in text
    assert 1e6 * 1.2 / math.log(2) / 8 == pytest.approx(216_000, abs=500)
    assert math.log(64) == pytest.approx(4.159, abs=5e-4)
    assert "1.5 nats a character has perplexity 4.48" in PAGE
    assert math.exp(1.5) == pytest.approx(4.48, abs=5e-3)


def test_exercise_cost_adds_bits_and_not_perplexities():
    total = (3 * math.log2(64) + 12 * math.log2(4)) / 15
    assert total == pytest.approx(2.8)
    assert 2**total == pytest.approx(6.96, abs=5e-3)
    assert "$2^{2.8} = 6.96$" in answer("ex-03-cost")


def test_exercise_forcing_free_inputs_have_the_wrong_optimum():
    texts, half = [(0, 1), (1, 0)], math.log(0.5)

    def loss(second, fed):
        """Return the mean loss with p_2 given by the first letter, each way fed."""
        total = 0.0
        for first, last in texts:
            inputs = [first] if fed == "teacher" else [0, 1]
            logs = [math.log(second[i][last]) for i in inputs]
            total -= half + sum(logs) / len(logs)
        return total / 2

    even, sure = [[0.5, 0.5]] * 2, [[1e-9, 1], [1, 1e-9]]
    assert loss(sure, "teacher") < loss(even, "teacher")
    grid = np.linspace(0.05, 0.95, 19)
    best = min(loss([[a, 1 - a], [b, 1 - b]], "own") for a in grid for b in grid)
    assert_close(loss(even, "own"), best)


@pytest.mark.parametrize("scale", [25.0, 0.04])
def test_exercise_listing_adagrad_takes_the_same_steps_from_scaled_gradients(scale):
    rng = np.random.default_rng(4)
    ds = rng.normal(size=(20, 6))

    def path(ds):
        W = torch.zeros(6, dtype=torch.float64, requires_grad=True)
        rule = torch.optim.Adagrad([W], lr=0.1, eps=0)
        for d in ds:
            W.grad = torch.tensor(d)
            rule.step()
        return W.detach()

    assert_close(path(scale * ds), path(ds))
    assert_close(path(ds[:1]), -0.1 * np.sign(ds[0]))


def test_exercise_windows_counts_what_is_read_and_the_mean_past():
    assert round(40 / 3, 1) == 13.3
    assert np.mean(np.arange(1, 41)) == 20.5
    assert "20.5" in answer("ex-03-windows")


RECORDS = sorted(set(re.findall(r'record\("(\w+)"\)', PAGE)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made_and_names_no_path(name):
    path = BOOK / "records" / f"{name}.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    wanted = {"command", "seed", "date", "versions", "sha256"}
    assert wanted <= set(found)
    script = found["command"].split()[1]
    assert (BOOK.parent / script).is_file()
    assert not re.search(r"/(tmp|work|home|root)/", path.read_text(encoding="utf-8"))
