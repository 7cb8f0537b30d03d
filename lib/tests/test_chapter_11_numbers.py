"""The numbers that book/11_decoding states in words: by hand, in boxes, in answers."""

import math
import re
from pathlib import Path

import pytest
import torch

from throughtime import decode, tasks
from throughtime.text import END, START

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGE = (BOOK / "11_decoding.md").read_text(encoding="utf-8")
PLAIN = PAGE.replace("\N{MINUS SIGN}", "-")


def answer(name):
    return PLAIN.split(f"{{solution}} {name}")[1].split("\n```")[0]


def vectors(text):
    return [
        [float(v) for v in each.split(",")]
        for each in re.findall(r"\(([-\d., ]+)\)", text)
    ]


def hand_read(word):
    h, hs = [0.0, 0.0], []
    for letter in word:
        h = [h[k] / 2 + ("ab"[k] == letter) for k in range(2)]
        hs.append(h)
    return hs


def hand_write(s, fed, steps):
    """Return (s, o, letter) of each step; ``fed`` replaces what was written."""
    rows = []
    for t in range(steps):
        o = [s[0] - 7 / 8, s[1] - 7 / 8, 0.0]
        y = o.index(max(o))
        rows.append((s, o, ["a", "b", "end"][y]))
        if y == 2:
            break
        k = "ab".index(fed[t]) if t < len(fed) else y
        s = [2 * (s[i] - (i == k)) for i in range(2)]
    return rows


def test_three_letters_by_hand_come_back_turned_around():
    hs = hand_read("abb")
    said = re.search(r"reads \*a b b\*; its states are (.+)\.", PLAIN)[1]
    assert vectors(said) == hs
    rows = re.findall(r"^\| (\d) \| (\(.+?\)) \| (\(.+?\)) \| (\w+) \|$", PLAIN, re.M)
    want = hand_write(hs[-1], "", 9)
    assert len(rows) == len(want) == 4
    for (_, s, o, letter), (s_t, o_t, written) in zip(rows, want, strict=True):
        assert vectors(s) == [s_t]
        assert vectors(o) == [o_t]
        assert letter == written


def test_one_wrong_letter_fed_back_never_comes_to_an_end():
    rows = hand_write(hand_read("abb")[-1], "a", 50)
    assert [letter for _, _, letter in rows[1:]] == ["b"] * 49
    told = re.search(r"Then \$s_2 = (.+)\n", PLAIN)[1]
    assert [v for v in vectors(told) if v[0] < 0] == [s for s, _, _ in rows[1:4]]


def test_the_two_networks_turn_every_word_around():
    for n in range(1, 8):
        for k in range(2**n):
            word = format(k, f"0{n}b").replace("0", "a").replace("1", "b")
            rows = hand_write(hand_read(word)[-1], "", 20)
            told = "".join(letter for _, _, letter in rows).removesuffix("end")
            assert told == word[::-1]


def test_exercise_lag_has_the_distances_of_its_answer():
    S = 9
    same, turned = range(1, S + 1), range(S, 0, -1)
    for order, forward, end in (
        (same, {S}, set(range(1, 2 * S, 2))),
        (turned, set(range(1, 2 * S, 2)), {S}),
    ):
        assert {S + j - a for j, a in enumerate(order, 1)} == forward
        assert {j + a - 1 for j, a in enumerate(order, 1)} == end


def test_exercise_bits_counts_the_sentences_of_the_grammar():
    said = answer("ex-11-bits")
    phrases = 2 * (1 + 8 + 8 * 7) * 12
    sentences = phrases**2 * 6 * 2
    assert f"{phrases:,}".replace(",", "{,}") in said
    assert f"{sentences:,}".replace(",", "{,}") in said
    assert f"{math.log2(sentences):.1f} bits" in said
    assert f"{64 * 32:,} bits" in said
    assert 80 < 64 * 32 / math.log2(sentences) < 85
    pairs = tasks.translation(4000, torch.Generator().manual_seed(0), nested=(0, 0))
    words = pairs.source_vocabulary
    kinds = {name: set() for name in ("first", "length")}
    for b in range(4000):
        row = words.decode(tasks.written(pairs.source[:, b].tolist())).split()
        kinds["first"].add(row[0])
        kinds["length"].add(len(row))
    assert kinds["first"] == {"the", "a"}
    assert kinds["length"] == set(range(5, 12))


class Trap:
    """Write by the table of the exercise; a state is the symbol before."""

    def __init__(self):
        self.p = torch.zeros(12, 12, dtype=torch.float64)
        self.p[START, 4], self.p[START, 5] = 0.6, 0.4
        self.p[4, 6:11] = 0.2
        self.p[5, 11] = 1
        self.p[6:, END] = 1

    def step(self, ids, state):
        return self.p[ids].log(), state

    def select(self, state, rows):
        return state[rows]


def test_exercise_trap_catches_the_greedy_and_no_beam_of_two():
    begin, state = torch.tensor([START]), torch.zeros(1)
    greedy = decode.greedy(Trap(), state, begin, steps=3)
    assert greedy.ids[0, 0] == 4
    assert greedy.scores.exp().item() == pytest.approx(0.12, abs=1e-6)
    ((best, *_),) = decode.beam(Trap(), state, begin, steps=3, width=2)
    ((truth,),) = decode.exhaustive(Trap(), state, begin, steps=3)
    assert best.ids == truth.ids == (5, 11, END)
    assert math.exp(best.score) == pytest.approx(0.4)


def test_exercise_length_has_the_ranks_and_crossings_of_its_answer():
    said = answer("ex-11-length")
    found = [(-2.0, 2), (-3.0, 5), (-3.5, 8)]
    for alpha, wins in ((0, 0), (0.4, 0), (1, 2)):
        ranks = [score / n**alpha for score, n in found]
        assert ranks.index(max(ranks)) == wins
        if alpha:
            form = "{:.3f}" if alpha < 1 else "{:g}"
            assert all(form.format(rank) in said for rank in ranks)
    for (a, b), text in (((0, 1), "0.443"), ((1, 2), "0.328"), ((0, 2), "0.404")):
        (l_1, n_1), (l_2, n_2) = found[a], found[b]
        assert f"{math.log(l_2 / l_1) / math.log(n_2 / n_1):.3f}" == text
        assert text in said
    for alpha in torch.linspace(0, 5, 501).tolist():
        ranks = [score / n**alpha for score, n in found]
        assert ranks.index(max(ranks)) != 1


def test_exercise_same_has_the_shares_of_its_answer():
    said, q, T = answer("ex-11-same"), 0.99, 20
    assert f"{q**T:.3f}" == "0.818"
    assert "= 0.818" in said
    lowest = sum(q**t for t in range(1, T + 1)) / T
    assert f"= {lowest:.3f}$" in said
    assert f"{q**T:.2f}, {lowest:.2f} or 0.99" in said


def may_follow(symbols, n):
    """Return what the answer to the exercise on trees lets come next."""
    depth = sum(s.startswith("(") for s in symbols) - symbols.count(")")
    k = sum(s in "DANVP" for s in symbols)
    if not symbols:
        return {"("}
    if depth == 0:
        return {"end"}
    may = {"(", "D"} if k < n else set()
    if not symbols[-1].startswith("(") and (depth > 1 or k == n):
        may.add(")")
    return may


def test_exercise_parse_allows_all_well_formed_trees_and_no_others():
    n, longest = 2, 8
    opened, allowed = [[]], set()
    while opened:
        grown = []
        for path in opened:
            may = may_follow(path, n)
            if "end" in may:
                allowed.add(" ".join(path))
                continue
            names = [{"(": "(NP", "D": "D", ")": ")"}[each] for each in may]
            grown += [[*path, name] for name in names if len(path) < longest]
        opened = grown
    every, paths = set(), [[]]
    for _ in range(longest):
        paths = [[*path, s] for path in paths for s in ("(NP", "D", ")")]
        every |= {" ".join(p) for p in paths if tasks.well_formed(p, n)}
    assert allowed == every
    assert len(every) > 5


def test_the_box_on_length_has_its_numbers_right():
    box = PLAIN.split("(err-b-length)=")[1].split(":::")[0]
    assert "-6 nats over six symbols to -4.5 over three" in box
    assert -6 / 6**0.75 > -4.5 / 3**0.75
    assert -6 < -4.5
    assert math.exp(1.5) == pytest.approx(4.5, abs=0.05), "four and a half times"
